"""Files to and from WeCom."""

import re
from typing import Literal
from urllib.parse import unquote

from urllib3.filepost import encode_multipart_formdata

from bot.errors import Refused, Retry
from bot.wecom.api import Api
from bot.wecom.connection import TooLong
from bot.wecom.errcodes import check
from handlers.messages import TOO_LARGE

Kind = Literal["image", "file"]

_SECONDS = 60
"""Deadline of one transfer: twenty megabytes over a slow line."""
LARGEST = 20 << 20
"""Bytes of the largest file WeCom hands out or takes."""
_LEAST = 5
"""WeCom takes files of more than 5 bytes."""
_PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""First bytes of the pictures WeCom takes, whatever their names say."""
_MOST_PICTURE = 2 << 20
"""Larger pictures are sent as files: 2 MB is what KF shows."""
_LONGEST_NAME = 120
_EXTENDED_NAME = re.compile(r"filename\*\s*=\s*utf-8'[^']*'([^;\s]+)", re.IGNORECASE)
_QUOTED_NAME = re.compile(r'filename\s*=\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_BARE_NAME = re.compile(r"filename\s*=\s*([^;\s]+)", re.IGNORECASE)
# Control characters, and those that turn the direction of writing round to hide what a file is.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


async def download(api: Api, media: str, most: int = LARGEST) -> tuple[bytes, str, str]:
    """Fetch content, file name (may be empty) and content type; Retry if it may work later.

    Refused if it has expired (three days) or has more than `most` bytes, of which no more are read.

    The content comes from a stranger: nothing here looks into it.
    """
    most = min(most, LARGEST)
    try:
        answer, said = await api.request("GET", "media/get", {"media_id": media}, file_of=most + 1024, seconds=_SECONDS)
    except TooLong as error:
        raise Refused(TOO_LARGE) from error
    check(said)
    if len(answer.body) > most:
        raise Refused(TOO_LARGE)
    disposition = answer.headers.get("content-disposition")
    if disposition is None:
        raise Retry("企业微信的回答无法识别")
    content_type = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    return answer.body, file_name(disposition), content_type or "application/octet-stream"


async def upload(api: Api, kind: Kind, name: str, content: bytes) -> str:
    """Hand a file over; the media id holds for three days. Refused if it is too large or too small."""
    if not _LEAST < len(content) <= LARGEST:
        raise Refused("文件为空或超过 20 MB")

    # WeCom shows the name as it is written here, in plain UTF-8: percent signs would be seen.
    shown = safe_name(name).replace('"', "'") or "file"
    field = shown, content, _picture(content) or "application/octet-stream"
    body, form = encode_multipart_formdata({"media": field})
    _, said = await api.request("POST", "media/upload", {"type": kind}, body=body, kind=form, seconds=_SECONDS)
    media = check(said).get("media_id")
    if not isinstance(media, str) or not media:
        raise Retry("企业微信的回答无法识别")
    return media


def kind_of(content: bytes) -> Kind:
    """Say whether WeCom takes it for a picture; everything else goes as a file."""
    return "image" if _picture(content) and len(content) <= _MOST_PICTURE else "file"


def file_name(disposition: str) -> str:
    """Find the name in a Content-Disposition header, as plain as it can be shown; empty if there is none."""
    for pattern in (_EXTENDED_NAME, _QUOTED_NAME, _BARE_NAME):
        found = pattern.search(disposition)
        if found:
            return safe_name(unquote(found[1]))
    return ""


def safe_name(name: str) -> str:
    """Reduce a name to its last part, without unseen characters; the end, where the type is, survives shortening."""
    last = _UNSEEN.sub("", name).replace("\\", "/").rsplit("/", 1)[-1].strip(" .")
    return last[-_LONGEST_NAME:]


def _picture(content: bytes) -> str:
    return next((content_type for start, content_type in _PICTURES.items() if content.startswith(start)), "")
