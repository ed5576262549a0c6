"""Cards: which platform message holds which slot, so that a later card can take its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, select

from storage.prepared import Prepared, fields, numbered, one_of, prepare
from storage.store import Store
from storage.tables.engine import card
from storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class CardPlace:
    """A message standing in a chat; `sent_at` is when it was first sent, not when it was last updated."""

    slot: str
    chat: str
    message_id: str
    sent_at: datetime


_REMEMBER = upsert(card, ["slot"], ["chat", "message_id", "sent_at"])
_CARDS = select(*fields(card, CardPlace))
_BY_SLOT = prepare(_CARDS.where(card.c.slot == bindparam("held")), CardPlace)
_BELOW = prepare(_CARDS.where(card.c.slot > bindparam("above"), card.c.slot < bindparam("under")), CardPlace)
_BY_MESSAGE = prepare(_CARDS.where(card.c.message_id == bindparam("its")), CardPlace)


@cache
def _by_slots(count: int) -> Prepared[CardPlace]:
    return prepare(_CARDS.where(one_of(card.c.slot, count)), CardPlace)


def remember(store: Store, slot: str, chat: str, message_id: str, now: datetime) -> None:
    """Note which message shows `slot` from now on; if it is the same as before, its `sent_at` stays."""
    known = by_slot(store, slot)
    if known is None or known.message_id != message_id:
        store.execute(_REMEMBER, {"slot": slot, "chat": chat, "message_id": message_id, "sent_at": now})


def by_slot(store: Store, slot: str) -> CardPlace | None:
    """Return the message that holds a slot, if any does."""
    return store.execute(_BY_SLOT, {"held": slot}).first()


def by_slots(store: Store, slots: Sequence[str]) -> dict[str, CardPlace]:
    """Return the messages that hold these slots, by slot."""
    return {place.slot: place for place in store.execute(_by_slots(len(slots)), numbered(slots))}


def of_request(store: Store, request_id: int) -> list[CardPlace]:
    """Return every message that holds a card of one request, whoever's it is."""
    return store.execute(_BELOW, {"above": f"request:{request_id}:", "under": f"request:{request_id};"}).all()


def by_message(store: Store, message_id: str) -> CardPlace | None:
    """Return the slot that a message holds; None if it holds none (any more)."""
    return store.execute(_BY_MESSAGE, {"its": message_id}).first()
