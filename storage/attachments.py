"""Attachments: pictures, files, places and links that customers and agents sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from storage.database import Store
from storage.tables.desk import attachment


@dataclass(frozen=True, slots=True)
class Attachment:
    """One thing kept; `path` (relative to the data directory) is empty until its bytes were fetched."""

    id: int
    chat: str
    request_id: int | None
    kind: str
    media: str
    name: str
    note: str
    path: str
    at: datetime


def add(store: Store, **columns: Any) -> Attachment:
    """Keep a new attachment."""
    return get(store, store.execute(insert(attachment).values(**columns).returning(attachment.c.id)).scalar_one())


def get(store: Store, attachment_id: int) -> Attachment:
    """Return one attachment; raises NoResultFound if there is none."""
    row = store.execute(select(attachment).where(attachment.c.id == attachment_id)).mappings().one()
    return Attachment(**row)


def change(store: Store, attachment_id: int, **columns: Any) -> None:
    """Set columns of one attachment."""
    store.execute(update(attachment).where(attachment.c.id == attachment_id).values(**columns))


def adopt(store: Store, chat: str, request_id: int, since: datetime) -> list[Attachment]:
    """Give what was sent in a chat since the intake began to the request it became."""
    unclaimed = (attachment.c.chat == chat) & attachment.c.request_id.is_(None) & (attachment.c.at >= since)
    store.execute(update(attachment).where(unclaimed).values(request_id=request_id))
    return of_request(store, request_id)


def of_request(store: Store, request_id: int) -> list[Attachment]:
    """Return what is kept with one request, oldest first."""
    query = select(attachment).where(attachment.c.request_id == request_id).order_by(attachment.c.id)
    return [Attachment(**row) for row in store.execute(query).mappings()]
