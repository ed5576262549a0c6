"""Chats: the send window, and where each conversation stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from storage.database import Store
from storage.tables.desk import chat


@dataclass(frozen=True, slots=True)
class Chat:
    """One conversation; `draft` and `menu` are JSON of the handlers' own making."""

    key: str
    customer_id: int | None = None
    nickname: str = ""
    last_inbound_at: datetime | None = None
    sent: int = 0
    serving: bool = False
    unreachable: bool = False
    draft: bytes | None = None
    menu: bytes | None = None
    focus_id: int | None = None
    focus: str = ""
    focus_at: datetime | None = None


def get(store: Store, key: str) -> Chat | None:
    """Return the chat, or None if nobody has spoken in it."""
    row = store.execute(select(chat).where(chat.c.key == key)).mappings().first()
    return Chat(**row) if row else None


def open_chat(store: Store, key: str) -> Chat:
    """Return the chat, beginning it at its first word."""
    found = get(store, key)
    if found is None:
        store.execute(insert(chat).values(key=key))
        found = Chat(key)
    return found


def change(store: Store, key: str, **columns: Any) -> None:
    """Set columns of one chat."""
    store.execute(update(chat).where(chat.c.key == key).values(**columns))


def count_sent(store: Store, key: str, messages: int) -> None:
    """Count platform messages against the send window (5 per customer message, wecom.md section 0)."""
    store.execute(update(chat).where(chat.c.key == key).values(sent=chat.c.sent + messages))


def of_customer(store: Store, customer_id: int) -> list[str]:
    """Return the keys of all chats of one customer."""
    return list(store.execute(select(chat.c.key).where(chat.c.customer_id == customer_id)).scalars())
