"""WeCom customer service (微信客服): what kf/sync_msg returns, as values."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.wecom.keys import pressed
from bot.wecom.text import clean, excerpt
from handlers.messages import Attached, Content, Happened, Incoming, Said, Unreadable, Value

Item = dict[str, Any]

_SERVICER = "5"
"""Origin of a message: 3 the customer, 4 the system, 5 a person answering in the WeCom client."""
_TITLE, _NOTE = 120, 1000
"""Characters kept of what people forward."""
_ENDED = "3"
_CHANGES = {"1": "serving", "2": "serving", _ENDED: "served", "4": "serving"}
"""change_type of a session: 1 taken from the pool, 2 handed on, 3 ended, 4 taken up again; another changes nothing."""


class Page(Value, frozen=True):
    """One answer of kf/sync_msg. `more` decides whether to go on: a page may be empty and not the last."""

    messages: list[Item]
    cursor: str
    more: bool


def incoming(item: Item, open_kfid: str, now: datetime) -> Incoming | None:
    """Read one item of a page; None if it concerns no customer (a servicer went on break)."""
    event = _object(item, "event")
    # Items of type event carry these two inside the event and not in the envelope.
    account = _text(item, "open_kfid") or _text(event, "open_kfid") or open_kfid
    customer = _text(item, "external_userid") or _text(event, "external_userid")
    if not customer:
        return None
    return Incoming(
        id=f"kf:{account}:{_text(item, 'msgid') or _fingerprint(item)}",
        chat=f"kf:{account}:{customer}",
        sender=customer,
        at=min(_moment(item.get("send_time"), now), now),
        content=_content(item, event),
        nickname=_text(item, "nickname"),
    )


def _content(item: Item, event: Item) -> Content:
    kind = _text(item, "msgtype")
    if kind == "event":
        return _EVENTS.get(_text(event, "event_type"), _ignored)(event)
    if _text(item, "origin") == _SERVICER:
        return Happened(kind="ignored", data={"event": "servicer", "servicer": _text(item, "servicer_userid")})
    read = _MESSAGES.get(kind)
    content = read(kind, _object(item, kind)) if read else None
    return content or Unreadable(kind=kind or "unknown", raw=excerpt(json.dumps(item, ensure_ascii=False)))


# --- what customers send ----------------------------------------------------------------------------------------------


def _said(_: str, text: Item) -> Content | None:
    content = _text(text, "content")
    # A menu of the console's has keys of its own: its label is as good as typed.
    return pressed(_text(text, "menu_id"), content) or (Said(text=content) if content else None)


def _attached(kind: str, media: Item) -> Content | None:
    media_id = _text(media, "media_id")
    return Attached(kind=kind, media=media_id, name=_text(media, "filename")) if media_id else None


def _location(_: str, place: Item) -> Content:
    words = " ".join(filter(None, (_text(place, "name"), _text(place, "address"))))
    point = f"({_text(place, 'latitude')},{_text(place, 'longitude')})"
    return Attached(kind="location", name=_text(place, "name"), note=f"{words} {point}".strip())


def _link(_: str, link: Item) -> Content:
    title = _text(link, "title")
    words = " ".join(filter(None, (title, _text(link, "desc"), _text(link, "url"))))
    return Attached(kind="link", name=title, note=words)


def _titled(kind: str, *names: str) -> Callable[[str, Item], Content | None]:
    """Make a reader for what people forward: of all it holds only these fields can be read."""

    def read(_: str, shared: Item) -> Content | None:
        words = " ".join(filter(None, (_text(shared, name) for name in names)))
        return Attached(kind=kind, name=words[:_TITLE], note=words[:_NOTE]) if words else None

    return read


def _record(_: str, record: Item) -> Content | None:
    """Read a forwarded chat: its title, and what was said in words; the JSON inside is not in the documents."""
    items = record.get("item") or record.get("items")
    lines = [_line(item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    title = _text(record, "title")
    words = "\n".join(filter(None, (title, *lines)))
    return Attached(kind="record", name=title[:_TITLE], note=words[:_NOTE]) if words else None


def _line(item: Item) -> str:
    try:
        content = json.loads(_text(item, "msg_content") or "{}")
    except (ValueError, RecursionError):
        return ""
    said = _text(_object(content, "text"), "content") if isinstance(content, dict) else ""
    return f"{_text(item, 'sender_name')}：{said}" if said else ""


# --- what happens -----------------------------------------------------------------------------------------------------


def _happened(kind: str, **fields: str) -> Callable[[Item], Content]:
    """Make a reader that copies event fields into data: keyword = name in data, value = name in the event."""

    def read(event: Item) -> Content:
        return Happened(kind=kind, data={name: _text(event, field) for name, field in fields.items()})

    return read


def _session(event: Item) -> Content:
    change = _text(event, "change_type")
    servicer = _text(event, "old_servicer_userid" if change == _ENDED else "new_servicer_userid")
    data = {"servicer": servicer, "code": _text(event, "msg_code")}
    return Happened(kind=_CHANGES[change], data=data) if change in _CHANGES else _ignored(event)


def _ignored(event: Item) -> Content:
    return Happened(kind="ignored", data={"event": _text(event, "event_type")})


_MESSAGES: dict[str, Callable[[str, Item], Content | None]] = {
    "text": _said,
    "image": _attached,
    "file": _attached,
    "video": _attached,
    "location": _location,
    "link": _link,
    "merged_msg": _record,
    "miniprogram": _titled("miniprogram", "title"),
    "business_card": _titled("card", "userid"),
    "channels": _titled("channels", "nickname", "title"),
    "channels_shop_product": _titled("product", "title", "sales_price", "shop_nickname"),
    "channels_shop_order": _titled("order", "order_id", "product_titles", "price_wording", "state"),
}

_EVENTS: dict[str, Callable[[Item], Content]] = {
    "enter_session": _happened("entered", welcome_code="welcome_code", scene="scene", scene_param="scene_param"),
    "msg_send_fail": _happened("send_failed", msgid="fail_msgid", fail_type="fail_type"),
    "session_status_change": _session,
    "user_recall_msg": _happened("recalled", msgid="recall_msgid"),
    "servicer_recall_msg": _happened("recalled", msgid="recall_msgid", servicer="servicer_userid"),
}


# --- reading what may be anything -------------------------------------------------------------------------------------


def _object(item: Item, name: str) -> Item:
    value = item.get(name)
    return value if isinstance(value, dict) else {}


def _text(item: Item, name: str) -> str:
    """One field as text, numbers included; empty if it is missing or neither."""
    value = item.get(name)
    if isinstance(value, str):
        return clean(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _moment(seconds: Any, otherwise: datetime) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return otherwise
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):  # not a number, or a year nobody will live in
        return otherwise


def _fingerprint(item: Item) -> str:
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()
