"""Files: `media/upload` with its size limits, `media/get`."""

from bot.sandbox.wecom.refusals import OK, require
from bot.sandbox.wecom.request import Request
from bot.sandbox.wecom.state import Json, Medium, Platform

MEGABYTE = 1024 * 1024
FEWEST_BYTES = 6
UPLOAD_BYTES = {"image": 10 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 10 * MEGABYTE, "file": 20 * MEGABYTE}
STARTS = {
    "image": (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"),
    "voice": (b"#!AMR",),
}


def upload(platform: Platform, request: Request) -> Json:
    """Keep the multipart field `media` for three days."""
    kind = request.query.get("type", "")
    require(kind in UPLOAD_BYTES, 40004)
    part = request.upload("media")
    require(FEWEST_BYTES <= len(part.content) <= UPLOAD_BYTES[kind], 40006)
    require(kind not in STARTS or part.content.startswith(STARTS[kind]), 40123 if kind == "image" else 40004)
    medium = platform.keep_medium(kind, part.content, part.filename, part.content_type)
    return {**OK, "type": kind, "media_id": medium.media_id, "created_at": str(platform.stamp())}


def fetch(platform: Platform, request: Request) -> Medium:
    """Return a file, sent or received."""
    require(request.query.get("media_id"), 41006)
    return platform.medium(request.query["media_id"])
