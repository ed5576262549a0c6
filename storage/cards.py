"""Cards: which platform message holds which slot, so that a later card can take its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage.store import Store
from storage.tables.engine import card
from storage.upsert import upsert

_REMEMBER = upsert(card, ["slot"], ["chat", "message_id", "sent_at"])


@dataclass(frozen=True, slots=True)
class CardPlace:
    """A message standing in a chat; `sent_at` is when it was first sent, not when it was last updated."""

    slot: str
    chat: str
    message_id: str
    sent_at: datetime


def remember(store: Store, slot: str, chat: str, message_id: str, now: datetime) -> None:
    """Note the message that holds `slot` from now on; an update in place keeps its first moment."""
    known = by_slot(store, slot)
    if known is None or known.message_id != message_id:
        store.execute(_REMEMBER[store.dialect], {"slot": slot, "chat": chat, "message_id": message_id, "sent_at": now})


def by_slot(store: Store, slot: str) -> CardPlace | None:
    """Return the message that holds a slot, if any does."""
    row = store.execute(select(card).where(card.c.slot == slot)).mappings().first()
    return CardPlace(**row) if row else None


def by_slots(store: Store, slots: Sequence[str]) -> dict[str, CardPlace]:
    """Return the messages that hold these slots, by slot."""
    rows = store.execute(select(card).where(card.c.slot.in_(slots))).mappings()
    return {row["slot"]: CardPlace(**row) for row in rows}


def by_message(store: Store, message_id: str) -> CardPlace | None:
    """Return the slot that a message holds; None if it holds none (any more)."""
    row = store.execute(select(card).where(card.c.message_id == message_id)).mappings().first()
    return CardPlace(**row) if row else None
