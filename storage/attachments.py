"""Attachments: pictures, files, places and links that customers and agents sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from storage.database import Store
from storage.prepared import Prepared, fields, prepare
from storage.tables.desk import attachment


@dataclass(frozen=True, slots=True)
class Attachment:
    """One thing kept; `path` (relative to the data directory) is empty and `size` 0 until its bytes were fetched."""

    id: int
    chat: str
    request_id: int | None
    kind: str
    media: str
    name: str
    note: str
    path: str
    at: datetime
    size: int = 0


_COLUMNS = fields(attachment, Attachment)
_THIS = attachment.c.id == bindparam("this")
_GET = prepare(select(*_COLUMNS).where(_THIS), Attachment)
_ADOPT = prepare(
    update(attachment)
    .where(
        attachment.c.chat == bindparam("here"),
        attachment.c.request_id.is_(None),
        attachment.c.at >= bindparam("since"),
    )
    .values(request_id=bindparam("by"))
)
_OF_REQUEST = prepare(
    select(*_COLUMNS).where(attachment.c.request_id == bindparam("of")).order_by(attachment.c.id), Attachment
)

_OF_CHAT = prepare(
    select(*_COLUMNS).where(attachment.c.chat == bindparam("here")).order_by(attachment.c.id), Attachment
)
_AMOUNT = select(func.count(), func.coalesce(func.sum(attachment.c.size), 0)).where(
    attachment.c.chat == bindparam("here")
)
_OF_ONE = prepare(_AMOUNT.where(attachment.c.request_id == bindparam("of")))
_LOOSE = prepare(_AMOUNT.where(attachment.c.request_id.is_(None), attachment.c.at >= bindparam("since")))


@cache
def _add(columns: tuple[str, ...]) -> Prepared[Attachment]:
    return prepare(insert(attachment).returning(*_COLUMNS), Attachment, columns)


@cache
def _change(columns: tuple[str, ...]) -> Prepared[Any]:
    return prepare(update(attachment).where(_THIS), columns=columns)


def add(store: Store, **columns: Any) -> Attachment:
    """Keep a new attachment."""
    return store.execute(_add(tuple(columns)), columns).one()


def get(store: Store, attachment_id: int) -> Attachment:
    """Return one attachment; raises NoResultFound if there is none."""
    return store.execute(_GET, {"this": attachment_id}).one()


def find(store: Store, attachment_id: int) -> Attachment | None:
    """Return one attachment, None if it is not there (any more)."""
    return store.execute(_GET, {"this": attachment_id}).first()


def amount(store: Store, chat: str, request_id: int | None, since: datetime) -> tuple[int, int]:
    """Return how many things a chat sent, and their bytes: for one request, or since a moment for none (None)."""
    values = {"here": chat, "since": since} if request_id is None else {"here": chat, "of": request_id}
    count, size = store.execute(_LOOSE if request_id is None else _OF_ONE, values).one()
    return int(count), int(size)


def change(store: Store, attachment_id: int, **columns: Any) -> None:
    """Set columns of one attachment."""
    store.execute(_change(tuple(columns)), {"this": attachment_id, **columns})


def adopt(store: Store, chat: str, request_id: int, since: datetime) -> list[Attachment]:
    """Give what was sent in a chat since the intake began to the request it became."""
    adopted = store.execute(_ADOPT, {"here": chat, "since": since, "by": request_id})
    return of_request(store, request_id) if adopted.rowcount else []


def of_request(store: Store, request_id: int) -> list[Attachment]:
    """Return what is kept with one request, oldest first."""
    return store.execute(_OF_REQUEST, {"of": request_id}).all()


def of_chats(store: Store, chats: Sequence[str]) -> list[Attachment]:
    """Return what was sent in these chats, oldest first in each."""
    return [one for chat in chats for one in store.execute(_OF_CHAT, {"here": chat})]
