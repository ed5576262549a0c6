"""Purges: what has been kept as long as the rules say, found and deleted a bounded number at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update

from storage.profile import PROFILE
from storage.requests import OPEN
from storage.store import Store
from storage.tables.desk import attachment, chat, customer, request
from storage.tables.engine import OVER, job, state_is

# What a chat remembers of an intake.
_INTAKE = ("draft", "menu", "beside", "remind_at")
_SEEN = func.coalesce(chat.c.last_inbound_at, chat.c.consent_at)
_ENDED = func.coalesce(request.c.closed_at, request.c.done_at, request.c.created_at)
_IS_OPEN = request.c.status.in_(OPEN)


def messages(store: Store, before: datetime, limit: int) -> int:
    """Blank the words of jobs that were over before a moment; the rows stay, so that repeats are recognised."""
    carries = state_is(*OVER) & (job.c.done_at < before) & (func.length(job.c.payload) > 0)
    # The newest first: those of yesterday are the ones that still carry something.
    old = select(job.c.id).where(carries).order_by(job.c.done_at.desc()).limit(limit)
    return store.execute(update(job).where(job.c.id.in_(old)).values(payload=b"", error="")).rowcount


def drafts(store: Store, before: datetime, limit: int) -> int:
    """Delete the drafts of chats in which nobody has spoken since a moment."""
    remembers = or_(chat.c.draft.is_not(None), chat.c.beside.is_not(None))
    old = select(chat.c.key).where(remembers, before > _SEEN).limit(limit)
    forgotten: dict[str, Any] = dict.fromkeys(name for name in _INTAKE if name in chat.c)
    return store.execute(update(chat).where(chat.c.key.in_(old)).values(forgotten)).rowcount


def chats(store: Store, before: datetime, limit: int) -> int:
    """Delete chats without a customer, a draft or a request in which nobody has spoken since a moment."""
    empty = and_(chat.c.customer_id.is_(None), chat.c.draft.is_(None), ~exists().where(request.c.chat == chat.c.key))
    old = select(chat.c.key).where(empty, before > _SEEN).limit(limit)
    return store.execute(delete(chat).where(chat.c.key.in_(old))).rowcount


def attachments(store: Store, before: datetime, limit: int) -> tuple[int, list[str]]:
    """Forget what was sent and belongs to nothing that is still worked on; returns how many, and the paths of files."""
    needed = exists().where(request.c.id == attachment.c.request_id, _IS_OPEN)
    old = select(attachment.c.id).where(attachment.c.at < before, ~needed).limit(limit)
    rows = store.execute(delete(attachment).where(attachment.c.id.in_(old)).returning(attachment.c.path)).all()
    return len(rows), [row.path for row in rows if row.path]


def requests(store: Store, before: datetime, words: str, limit: int) -> list[int]:
    """Return requests that were over before and still have more than `words` where the need stood."""
    old = select(request.c.id).where(~_IS_OPEN, before > _ENDED, request.c.description != words)
    return list(store.execute(old.order_by(request.c.id).limit(limit)).scalars())


def customers(store: Store, before: datetime, limit: int) -> list[int]:
    """Return customers who are known and have neither said nor wanted anything since."""
    known = or_(*(customer.c[field] != "" for field in PROFILE))
    wants = exists().where(request.c.customer_id == customer.c.id, or_(_IS_OPEN, before <= _ENDED))
    said = exists().where(chat.c.customer_id == customer.c.id, before <= _SEEN)
    idle: Sequence[ColumnElement[bool]] = (known, customer.c.updated_at < before, ~wants, ~said)
    return list(store.execute(select(customer.c.id).where(*idle).order_by(customer.c.id).limit(limit)).scalars())
