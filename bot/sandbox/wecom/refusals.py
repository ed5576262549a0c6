"""The platform's refusals: error codes with their texts, and the checks that many endpoints share."""

import re
from typing import Any

OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}

TEXTS: dict[int, str] = {
    -1: "system error",
    40001: "invalid credential",
    40003: "invalid userid",
    40004: "invalid media type",
    40006: "invalid media size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid corpid",
    40014: "invalid access_token",
    40031: "invalid userid list",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail",
    40058: "invalid Request Parameter",
    40063: "some parameters are empty",
    40096: "invalid external userid",
    40123: "invalid image format",
    41001: "access_token missing",
    41006: "missing media_id",
    42001: "access_token expired",
    42014: "invalid task_id",
    42022: "code has been used",
    42052: "msgid expired",
    43001: "require GET method",
    43002: "require POST method",
    44001: "empty media data",
    44004: "empty content",
    45002: "content size out of limit",
    45003: "title size out of limit",
    45004: "description size out of limit",
    45005: "url size out of limit",
    45008: "article size out of limit",
    45009: "api freq out of limit",
    47001: "data format error, Warning: wrong json format. ",
    60020: "not allow to access from your ip",
    81013: "user & party & tag all invalid",
    95000: "invalid open_kfid",
    95001: "send msg count limit",
    95002: "send msg session expired",
    95004: "open_kfid not exist",
    95007: "invalid msg token",
    95008: "menu item count out of limit",
    95009: "invalid menu item type",
    95014: "user not servicer",
    95016: "change service state invalid",
    95018: "send msg session status invalid",
    95019: "servicer not online",
    95031: "customer not active in 48 hours",
    301002: "not allow operate another agent with this accesstoken",
    404: "no such interface",
}
"""Texts are for people; callers branch on the number alone, as the platform advises."""


class Refused(Exception):  # noqa: N818 - a refusal is an ordinary answer of the platform, not an error of this program
    """A business error: answered with HTTP 200 and this errcode."""

    def __init__(self, errcode: int, detail: str = "") -> None:
        super().__init__(errcode, detail)
        self.errcode = errcode
        self.detail = detail


def require(condition: object, errcode: int, detail: str = "") -> None:
    """Refuse with `errcode` unless `condition` holds."""
    if not condition:
        raise Refused(errcode, detail)


def text_field(fields: dict[str, Any], name: str, most: int, *, least: int = 1, errcode: int = 40058) -> str:
    """Return the text `fields[name]` of `least` to `most` UTF-8 bytes, or refuse with `errcode`."""
    value = fields.get(name, "")
    require(isinstance(value, str), 40058, f"{name} must be a string")
    require(least <= len(value.encode()) <= most, errcode, f"{name} has {len(value.encode())} bytes")
    return str(value)


def object_field(fields: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the JSON object `fields[name]`, or refuse with 40058."""
    value = fields.get(name)
    if not isinstance(value, dict):
        raise Refused(40058, f"{name} must be an object")
    return value


def list_field(fields: dict[str, Any], name: str, errcode: int, least: int, most: int) -> list[dict[str, Any]]:
    """Return the list of objects `fields[name]` with `least` to `most` entries, or refuse with `errcode`."""
    value = fields.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Refused(40058, f"{name} must be a list of objects")
    require(least <= len(value) <= most, errcode, f"{name} has {len(value)} entries")
    return value


def web_address(url: object) -> bool:
    """Tell whether `url` carries a scheme, as links must."""
    return isinstance(url, str) and re.match(r"https?://\S", url) is not None
