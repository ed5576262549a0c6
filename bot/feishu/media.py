"""Files to and from Feishu."""

import asyncio
from email.message import Message as Headers
from io import BytesIO
from pathlib import Path
from typing import Any

from bot.errors import Refused, Retry
from bot.feishu.api import FeishuApi
from bot.feishu.limits import MEDIA
from handlers.messages import EMPTY, TOO_LARGE

IMAGE_SIZE, FILE_SIZE = 10 << 20, 30 << 20
"""Bytes: im/v1/images and im/v1/files take no more."""
LARGEST = MEDIA.size
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".ico"}
"""Formats that im/v1/images takes; any other picture goes as a file."""
_KINDS = {".opus": "opus", ".mp4": "mp4", ".pdf": "pdf", ".doc": "doc", ".docx": "doc"}
_KINDS |= {".xls": "xls", ".xlsx": "xls", ".ppt": "ppt", ".pptx": "ppt"}
_WAYS = ("image", "file")


async def image_key(api: FeishuApi, content: bytes, name: str) -> str:
    """Upload a picture and return its image_key."""
    with BytesIO(content) as image:
        body = await api.send_file(lambda sdk, token: sdk.upload_image(token, _rewound(image), name))
    return _key(body, "image_key")


async def file_key(api: FeishuApi, content: bytes, name: str) -> str:
    """Upload a file and return its file_key."""
    kind = _KINDS.get(Path(name).suffix.lower(), "stream")
    with BytesIO(content) as file:
        body = await api.send_file(lambda sdk, token: sdk.upload_file(token, _rewound(file), name, kind))
    return _key(body, "file_key")


async def download(api: FeishuApi, media: str, most: int = LARGEST) -> tuple[bytes, str, str]:
    """Fetch what a person sent: content, file name ("" if not told) and content type; Refused beyond `most` bytes.

    `media` is "<message_id>/<key>/<image|file>", as content.py wrote it.
    """
    message_id, _, rest = media.partition("/")
    key, _, way = rest.rpartition("/")
    if not message_id or not key or way not in _WAYS:
        raise Refused("附件标识无法识别")
    answer = await api.fetch(lambda sdk, token: sdk.resource(token, message_id, key, way))
    if len(answer.content) > most:
        raise Refused(TOO_LARGE)
    told = Headers()
    told["Content-Disposition"] = answer.headers.get("Content-Disposition", "")
    kind = answer.headers.get("Content-Type", "application/octet-stream").partition(";")[0].strip()
    return answer.content, _file_name(told), kind


async def stored(data_dir: Path, path: str) -> bytes:
    """Read a file of the data directory; Refused if it is missing, empty, too large, or lies elsewhere."""
    content = await asyncio.to_thread(_content, data_dir, path)
    if not content:
        raise Refused(EMPTY)
    return content


def _content(data_dir: Path, path: str) -> bytes:
    place = (data_dir / path).resolve()
    if not place.is_relative_to(data_dir.resolve()):
        raise Refused("文件不在数据目录")
    try:
        if place.stat().st_size > FILE_SIZE:
            raise Refused("文件超过 30 MB")
        return place.read_bytes()
    except OSError as error:
        raise Refused("文件已不存在") from error


def _rewound(file: BytesIO) -> BytesIO:
    """Go back to the beginning: a second try with another token sends the whole file."""
    file.seek(0)
    return file


def _key(body: dict[str, Any], name: str) -> str:
    data = body.get("data")
    key = data.get(name) if isinstance(data, dict) else None
    if not isinstance(key, str) or not key:
        raise Retry("飞书上传答复无法理解")
    return key


def _file_name(told: Headers) -> str:
    """File name of Content-Disposition, RFC 2231 or plain UTF-8 that came as Latin-1."""
    name = told.get_filename("") or ""
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name
