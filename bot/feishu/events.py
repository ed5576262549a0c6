"""A Feishu event that is already proven authentic -> `Incoming`: a table of event types, one reader each."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.errors import BadCallback
from bot.feishu.content import heard
from bot.feishu.envelope import Unusable, parsed, table, words
from handlers.messages import Happened, Incoming, Pressed, Said, Value

CARD_CLICK = "card.action.trigger"
_ID = re.compile(r"[\x21-\x7e]{1,128}")
_PICKED = re.compile(r"(\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?|\d{2}:\d{2}) [+-]\d{4}")
"""What the date and time pickers submit: the time zone after it is the client's and says nothing."""
_INT32 = 2**31
_ACTION, _SUBJECT, _LABEL = 64, 128, 200


class Ignored(Exception):  # noqa: N818 - not an error: an authentic event that asks nothing of us
    """Nothing is to be done; `reason` is the counter's: malformed, event_type, not_addressed, bot."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Head(Value, frozen=True, kw_only=True):
    """What every reader needs beside the event: its id and when it came."""

    id: str
    now: datetime


def type_of(content: dict[str, Any]) -> str:
    """Name of the event: header.event_type in envelope 2.0, event.type in 1.0."""
    header = table(content, "header")
    return words(header.get("event_type") if header else table(content, "event").get("type"))


def incoming_of(content: dict[str, Any], now: datetime, bot_open_id: Callable[[], str]) -> Incoming:
    """Turn an envelope into what someone did; Ignored if nobody did anything that concerns us."""
    reader = _READERS.get(type_of(content))
    if reader is None:
        raise Ignored("event_type")
    header = table(content, "header")
    head = _Head(id=words(header.get("event_id") if header else content.get("uuid")), now=now)
    return reader(table(content, "event"), head, bot_open_id)


def _message(event: dict[str, Any], head: _Head, bot_open_id: Callable[[], str]) -> Incoming:
    """im.message.receive_v1. The message id, not the event id, tells repeats: Feishu's own page says so."""
    message = table(event, "message")
    if event.get("sender") and table(event, "sender").get("sender_type") == "app":
        raise Ignored("bot")
    message_id, open_id = _id(message.get("message_id")), _id(table(event, "sender", "sender_id").get("open_id"))
    group = message.get("chat_type") != "p2p"
    said = heard(message, message_id, bot_open_id())
    if group and not said.to_bot:
        raise Ignored("not_addressed")
    return Incoming(
        id=f"fs:{message_id}",
        chat=f"fs:{_id(message.get('chat_id')) if group else open_id}",
        sender=f"fs:{open_id}",
        at=head.now,
        content=said.content,
        thread=words(message.get("root_id"), 128) or words(message.get("parent_id"), 128),
        group=group,
        mentions=said.mentions,
    )


def _click(event: dict[str, Any], head: _Head, _: Callable[[], str]) -> Incoming:
    """card.action.trigger: the lane is the person who pressed, wherever the card hangs."""
    person = f"fs:{_id(table(event, 'operator').get('open_id'))}"
    action = table(event, "action")
    return Incoming(
        id=f"fs:{_id(head.id)}",
        chat=person,
        sender=person,
        at=head.now,
        content=_pressed(action.get("value"), table(action, "form_value")),
        message=words(table(event, "context").get("open_message_id"), 128),
    )


def _pressed(value: object, form: dict[str, Any]) -> Pressed:
    """Our own button's value as it came back; an action of "" if it is not one of ours."""
    if isinstance(value, str):
        value = _object(value)
    given = table(value)
    version = given.get("v", 0)
    number = isinstance(version, int | float) and not isinstance(version, bool)
    if not number or not 0 <= version < _INT32 or version != int(version):  # the range also keeps NaN and inf out
        return Pressed(action="")
    return Pressed(
        action=words(given.get("a"), _ACTION),
        subject=words(given.get("s"), _SUBJECT),
        version=int(version),
        label=words(given.get("l"), _LABEL),
        values={words(name): _submitted(entry) for name, entry in form.items()},
    )


def _submitted(entry: object) -> str:
    """One form value in words: several choices joined, a picked day or time without the client's time zone."""
    if isinstance(entry, list):
        return ",".join(_submitted(one) for one in entry if not isinstance(one, list))
    if isinstance(entry, bool | int | float):
        return words(str(entry).lower(), _LABEL)
    text = words(entry)
    picked = _PICKED.fullmatch(text)
    return picked[1] if picked else text


def _object(text: str) -> object:
    try:
        return parsed(text.encode("utf-8", "replace"))
    except (BadCallback, Unusable):
        return {}


def _menu(event: dict[str, Any], head: _Head, _: Callable[[], str]) -> Incoming:
    """application.bot.menu_v6: the key set in the console is the word that could have been typed."""
    person = f"fs:{_id(table(event, 'operator', 'operator_id').get('open_id'))}"
    said = Said(text=words(event.get("event_key"), _LABEL))
    return Incoming(id=f"fs:{_id(head.id)}", chat=person, sender=person, at=head.now, content=said)


def _entered(event: dict[str, Any], head: _Head, _: Callable[[], str]) -> Incoming:
    """Read every opening of the chat; `last_message_id` is empty at the first."""
    person = f"fs:{_id(table(event, 'operator_id').get('open_id'))}"
    happened = Happened(kind="entered", data={"last_message_id": words(event.get("last_message_id"), 128)})
    return Incoming(id=f"fs:{_id(head.id)}", chat=person, sender=person, at=head.now, content=happened)


def _recalled(event: dict[str, Any], head: _Head, _: Callable[[], str]) -> Incoming:
    """im.message.recalled_v1 names only the chat, never the person."""
    chat = f"fs:{_id(event.get('chat_id'))}"
    happened = Happened(kind="recalled", data={"message_id": _id(event.get("message_id"))})
    return Incoming(id=f"fs:{_id(head.id)}", chat=chat, sender=chat, at=head.now, content=happened)


def _id(value: object) -> str:
    """Return an identifier as platforms make them; Ignored("malformed") for anything else."""
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise Ignored("malformed")


_READERS: dict[str, Callable[[dict[str, Any], _Head, Callable[[], str]], Incoming]] = {
    "im.message.receive_v1": _message,
    CARD_CLICK: _click,
    "application.bot.menu_v6": _menu,
    "im.chat.access_event.bot_p2p_chat_entered_v1": _entered,
    "im.message.recalled_v1": _recalled,
}
