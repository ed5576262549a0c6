"""Dues: promises to act at a moment, found by an index and never by a timer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from storage.database import Store
from storage.tables.desk import due
from storage.upsert import upsert

_PUT = upsert(due, ["request_id", "kind"], ["at"])


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done for one request at one moment."""

    id: int
    request_id: int
    kind: str
    at: datetime


def put(store: Store, request_id: int, kind: str, at: datetime) -> None:
    """Promise to act at `at`; a request holds one promise of each kind, the later word counts."""
    store.execute(_PUT[store.dialect], {"request_id": request_id, "kind": kind, "at": at})


def drop(store: Store, request_id: int, kinds: Sequence[str] | None = None) -> None:
    """Take back promises of one request: those kinds, or all."""
    query = delete(due).where(due.c.request_id == request_id)
    store.execute(query if kinds is None else query.where(due.c.kind.in_(kinds)))


def take(store: Store, now: datetime, limit: int) -> list[Due]:
    """Take what is due by `now`, oldest first. Each is taken by one transaction only."""
    query = select(due).where(due.c.at <= now).order_by(due.c.at, due.c.id).limit(limit)
    rows = [Due(**row) for row in store.execute(query.with_for_update(skip_locked=True)).mappings()]
    if rows:
        store.execute(delete(due).where(due.c.id.in_([row.id for row in rows])))
    return rows


def next_moment(store: Store) -> datetime | None:
    """Return the earliest promised moment."""
    earliest: datetime | None = store.execute(select(func.min(due.c.at))).scalar_one()
    return earliest


def of_request(store: Store, request_id: int) -> dict[str, datetime]:
    """Return the open promises of one request by kind."""
    rows = store.execute(select(due.c.kind, due.c.at).where(due.c.request_id == request_id))
    return {row.kind: row.at for row in rows}
