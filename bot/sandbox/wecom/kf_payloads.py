"""What `kf/send_msg` may carry: limits per message type, and how a customer reads it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.wecom.refusals import Refused, list_field, object_field, require, text_field, web_address
from bot.sandbox.wecom.state import Json, Platform

TEXT_BYTES = 2048
URL_BYTES = 2048
MENU_EDGE_BYTES = 1024
MENU_ITEMS = 10
MAX_LATITUDE = 90
MAX_LONGITUDE = 180


@dataclass(frozen=True)
class Shown:
    """A message as the customer's client draws it."""

    text: str = ""
    menu: tuple[tuple[str, str], ...] = ()
    card: Json | None = None
    media: bytes | None = None
    filename: str = ""

    def fields(self) -> Json:
        """Return the fields of a seen message."""
        return dict(self.__dict__)


def shown_message(platform: Platform, msgtype: object, body: Json) -> Shown:
    """Check the payload of `msgtype` in `body` and return it as seen; refuse with the platform's code."""
    reader = READERS.get(msgtype) if isinstance(msgtype, str) else None
    if reader is None:
        raise Refused(40008, str(msgtype))
    return reader(platform, str(msgtype), object_field(body, str(msgtype)))


def _text(platform: Platform, msgtype: str, payload: Json) -> Shown:
    require(payload.get("content"), 44004)
    return Shown(text_field(payload, "content", TEXT_BYTES, errcode=45002))


def _media(platform: Platform, msgtype: str, payload: Json) -> Shown:
    medium = platform.medium(payload.get("media_id"), msgtype)
    return Shown(media=medium.content, filename=medium.filename)


def _link(platform: Platform, msgtype: str, payload: Json) -> Shown:
    title = text_field(payload, "title", 128, errcode=45003)
    desc = text_field(payload, "desc", 512, least=0, errcode=45004)
    url = text_field(payload, "url", URL_BYTES, errcode=45005)
    require(web_address(url), 40058, "url needs http:// or https://")
    platform.medium(payload.get("thumb_media_id"), "image")
    return Shown("\n".join(one for one in (title, desc, url) if one), card=payload)


def _miniprogram(platform: Platform, msgtype: str, payload: Json) -> Shown:
    for name in ("appid", "pagepath"):
        text_field(payload, name, URL_BYTES)
    platform.medium(payload.get("thumb_media_id"), "image")
    return Shown(text_field(payload, "title", 64, least=0, errcode=45003), card=payload)


def _location(platform: Platform, msgtype: str, payload: Json) -> Shown:
    for name, most in (("latitude", MAX_LATITUDE), ("longitude", MAX_LONGITUDE)):
        value = payload.get(name)
        require(isinstance(value, int | float) and abs(value) <= most, 40058, name)
    return Shown(f"{payload.get('name', '')} {payload.get('address', '')}".strip(), card=payload)


def _ca_link(platform: Platform, msgtype: str, payload: Json) -> Shown:
    return Shown(text_field(payload, "link_url", URL_BYTES), card=payload)


def _menu(platform: Platform, msgtype: str, payload: Json) -> Shown:
    head = text_field(payload, "head_content", MENU_EDGE_BYTES, least=0)
    tail = text_field(payload, "tail_content", MENU_EDGE_BYTES, least=0)
    items = list_field(payload, "list", 95008, 0, MENU_ITEMS)
    require(head or tail or items, 40058, "an empty menu")
    lines = [_menu_line(item) for item in items]
    clicks = [item["click"] for item in items if item["type"] == "click"]
    text = "\n".join(line for line in [head, *lines, tail] if line)
    return Shown(text, tuple((one.get("id", ""), one["content"]) for one in clicks))


def _menu_line(item: Json) -> str:
    kind = item.get("type")
    limits = MENU_FIELDS.get(kind) if isinstance(kind, str) else None
    if limits is None:
        raise Refused(95009, str(kind))
    part = object_field(item, str(kind))
    for name, (least, most) in limits.items():
        if least or name in part:
            text_field(part, name, most, least=least)
    require(kind != "view" or web_address(part["url"]), 40058, "url needs http:// or https://")
    return str(part["content"])


MENU_FIELDS: dict[str, dict[str, tuple[int, int]]] = {
    # field -> (fewest, most) bytes; 0 = may be left out
    "click": {"id": (0, 128), "content": (1, 128)},
    "view": {"url": (1, URL_BYTES), "content": (1, 1024)},
    "miniprogram": {"appid": (1, 32), "pagepath": (1, 1024), "content": (1, 1024)},
    "text": {"content": (1, 256)},
}

READERS: dict[str, Callable[[Platform, str, Json], Shown]] = {
    "text": _text,
    "image": _media,
    "voice": _media,
    "video": _media,
    "file": _media,
    "link": _link,
    "miniprogram": _miniprogram,
    "location": _location,
    "ca_link": _ca_link,
    "msgmenu": _menu,
}
