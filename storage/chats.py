"""Chats: the send window, and where each conversation stands."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update

from storage.database import Store
from storage.prepared import Prepared, fields, prepare
from storage.store import ChangedError
from storage.tables.desk import chat


class Chat(msgspec.Struct, frozen=True):
    """One conversation; `draft`, `menu` and `beside` are JSON of the handlers' own making."""

    key: str
    customer_id: int | None = None
    nickname: str = ""
    last_inbound_at: datetime | None = None
    sent: int = 0
    serving: bool = False
    unreachable: bool = False
    draft: bytes | None = None
    menu: bytes | None = None
    beside: bytes | None = None
    remind_at: datetime | None = None
    focus_id: int | None = None
    focus: str = ""
    focus_at: datetime | None = None
    consent: str = ""
    consent_at: datetime | None = None


_HERE = chat.c.key == bindparam("here")
_GET = prepare(select(*fields(chat, Chat)).where(_HERE), Chat)
_OPEN = prepare(insert(chat), columns=["key"])
_COUNT = prepare(update(chat).where(_HERE).values(sent=chat.c.sent + bindparam("more")))
_DROP = prepare(delete(chat).where(_HERE))
_OF_CUSTOMER = prepare(select(chat.c.key).where(chat.c.customer_id == bindparam("whose")))
# What others write too: a sender (`serving`, `beside`), reminders (`beside`), agents (`focus_at`), an erasure (all).
_WATCHED = ("serving", "draft", "beside", "focus_at")
_REMIND = prepare(
    select(*fields(chat, Chat))
    .where(chat.c.remind_at <= bindparam("now"))
    .order_by(chat.c.remind_at, chat.c.key)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True),
    Chat,
)
_SOONEST = prepare(select(func.min(chat.c.remind_at)))


@cache
def _change(columns: tuple[str, ...]) -> Prepared[Any]:
    return prepare(update(chat).where(_HERE), columns=columns)


@cache
def _settle(columns: tuple[str, ...], seen: tuple[str, ...]) -> Prepared[Any]:
    unchanged = [chat.c[name].is_not_distinct_from(bindparam(f"seen_{name}", type_=chat.c[name].type)) for name in seen]
    return prepare(update(chat).where(_HERE, *unchanged), columns=columns)


def get(store: Store, key: str) -> Chat | None:
    """Return the chat, or None if nobody has spoken in it."""
    return store.execute(_GET, {"here": key}).first()


def open_chat(store: Store, key: str) -> Chat:
    """Return the chat; adds it if nobody has spoken in it before."""
    found = get(store, key)
    if found is None:
        store.execute(_OPEN, {"key": key})
        found = Chat(key)
    return found


def change(store: Store, key: str, **columns: Any) -> None:
    """Set columns of one chat."""
    store.execute(_change(tuple(columns)), {"here": key, **columns})


def watched(read: Chat) -> dict[str, Any]:
    """Return those columns of a chat that others may change while a turn of its customer is under way, for `settle`."""
    return {name: getattr(read, name) for name in _WATCHED}


def settle(store: Store, key: str, seen: Mapping[str, Any], **columns: Any) -> None:
    """Set columns of a chat that was read without a lock, if it still holds `seen`.

    Raises ChangedError if another transaction of PostgreSQL was quicker: the whole work is then done again, on what
    holds now. Why no lock when it is read: others lock a request first and then its chat, and both would wait forever.
    """
    if store.dialect == "sqlite":  # one writer: nobody comes between
        change(store, key, **columns)
        return
    values = {"here": key, **columns, **{f"seen_{name}": value for name, value in seen.items()}}
    if not store.execute(_settle(tuple(columns), tuple(seen)), values).rowcount:
        raise ChangedError(f"the chat was changed meanwhile: {', '.join(seen)}")


def count_sent(store: Store, key: str, messages: int) -> None:
    """Count platform messages against the send window (5 per customer message, wecom.md section 0)."""
    store.execute(_COUNT, {"here": key, "more": messages})


def of_customer(store: Store, customer_id: int) -> list[str]:
    """Return the keys of all chats of one customer."""
    return store.execute(_OF_CUSTOMER, {"whose": customer_id}).scalars()


def drop(store: Store, key: str) -> None:
    """Forget a chat in which nobody ever spoke."""
    store.execute(_DROP, {"here": key})


def to_remind(store: Store, now: datetime, limit: int) -> list[Chat]:
    """Return chats whose customers are to be reminded of a draft by `now`, longest due first."""
    return store.execute(_REMIND, {"now": now, "at_most": limit}).all()


def next_reminder(store: Store) -> datetime | None:
    """Return the first moment at which somebody is to be reminded."""
    soonest: datetime | None = store.execute(_SOONEST).scalar_one()
    return soonest
