"""One call of the bot as it came over the wire."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.wecom.refusals import Refused, require

ESCAPED_CHARACTER = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")
BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
PART_FIELD = re.compile(rb'(?<![\w*])(name|filename)="([^"]*)"', re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One file of a multipart upload."""

    name: str
    filename: str
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Request:
    """Method, query and raw body. The content type matters for uploads only, as on the real platform."""

    method: str
    query: Mapping[str, str]
    body: bytes
    content_type: str

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object; refuse with 40033 (escaped characters) or 47001 (no JSON object)."""
        require(not ESCAPED_CHARACTER.search(self.body), 40033)
        try:
            value = json.loads(self.body)
        except ValueError as error:
            raise Refused(47001) from error
        if not isinstance(value, dict):
            raise Refused(47001)
        return value

    def upload(self, name: str) -> Part:
        """Return the multipart file field `name`; refuse with 44001 when there is none with a plain file name."""
        boundary = BOUNDARY.search(self.content_type)
        require(boundary, 44001)
        separator = b"\r\n--" + (boundary[1].encode() if boundary else b"")
        for raw in (b"\r\n" + self.body).split(separator)[1:-1]:
            part = _part(raw)
            if part.name == name and part.filename and part.content:
                return part
        raise Refused(44001)


def _part(raw: bytes) -> Part:
    head, _, content = raw.partition(b"\r\n\r\n")
    fields = {key.decode().lower(): value.decode(errors="replace") for key, value in PART_FIELD.findall(head)}
    content_type = re.search(rb"content-type:\s*([^\r\n]+)", head, re.IGNORECASE)
    return Part(
        fields.get("name", ""),
        fields.get("filename", ""),
        content,
        content_type[1].decode() if content_type else "application/octet-stream",
    )
