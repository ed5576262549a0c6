"""Images and files: multipart uploads of the bot, and the download of what people sent."""

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from bot.sandbox.feishu.errors import RefusedError
from bot.sandbox.feishu.state import World

MB = 1024 * 1024
MAX_IMAGE, MAX_FILE = 10 * MB, 30 * MB
FILE_TYPES = frozenset(("opus", "mp4", "pdf", "doc", "xls", "ppt", "stream"))
IMAGE_STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"\x00\x00\x01\x00")
PARAMETER = re.compile(r'(\w+\*?)="?([^";]*)"?')


@dataclass(frozen=True)
class Part:
    """One part of a multipart body."""

    name: str
    filename: str
    content: bytes


def parts_of(content_type: str, body: bytes) -> dict[str, Part]:
    """Read the parts by name, by hand: it needs no library. Code 234001 for a body that is not multipart."""
    boundary = re.search(r'boundary="?([^";,]+)"?', content_type)
    if not content_type.startswith("multipart/form-data") or boundary is None:
        raise RefusedError(234001, "Invalid request param, multipart/form-data is wanted.")
    sections = body.split(b"--" + boundary[1].encode())[1:-1]
    parts = [_part(section.removeprefix(b"\r\n").removesuffix(b"\r\n")) for section in sections]
    return {part.name: part for part in parts}


def _part(section: bytes) -> Part:
    head, _, content = section.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    disposition = next((line for line in lines if line.lower().startswith("content-disposition")), "")
    parameters = dict(PARAMETER.findall(disposition))
    return Part(parameters.get("name", ""), parameters.get("filename", ""), content)


def upload_image(world: World, parts: Mapping[str, Part]) -> dict[str, Any]:
    """POST /im/v1/images."""
    image = parts.get("image")
    if image is None or "image_type" not in parts or parts["image_type"].content not in {b"message", b"avatar"}:
        raise RefusedError(234001, "Invalid request param.")
    _check_size(image.content, MAX_IMAGE)
    if not image.content.startswith(IMAGE_STARTS):
        raise RefusedError(234011, "Can't regonize the image format.")
    return {"image_key": world.keep("img", image.content, image.filename or "image.png").key}


def upload_file(world: World, parts: Mapping[str, Part]) -> dict[str, Any]:
    """POST /im/v1/files."""
    file, name, kind = parts.get("file"), parts.get("file_name"), parts.get("file_type")
    if file is None or name is None or not name.content or kind is None or kind.content.decode() not in FILE_TYPES:
        raise RefusedError(234001, "Invalid request param.")
    _check_size(file.content, MAX_FILE)
    return {"file_key": world.keep("file", file.content, name.content.decode()).key}


def _check_size(content: bytes, most: int) -> None:
    if not content:
        raise RefusedError(234010, "File's size can't be 0.")
    if len(content) > most:
        raise RefusedError(234006, "The file size exceed the max value.")


def download(world: World, message_id: str, key: str, kind: str) -> Response:
    """GET /im/v1/messages/:message_id/resources/:file_key?type=image|file."""
    message, resource = world.messages.get(message_id), world.resources.get(key)
    if message is None or message.deleted or resource is None or key not in message.content:
        raise RefusedError(234003, "File not in msg.")
    if kind not in {"image", "file"} or (kind == "image") != key.startswith("img_"):
        raise RefusedError(234001, "Invalid request param, wrong type.")
    media_type = mimetypes.guess_type(resource.filename)[0] or "application/octet-stream"
    disposition = f"attachment; filename*=UTF-8''{quote(resource.filename)}"
    return Response(resource.content, media_type=media_type, headers={"Content-Disposition": disposition})
