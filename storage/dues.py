"""Dues: promises to act at a moment, found by an index and never by a timer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from storage.database import Store
from storage.prepared import prepare
from storage.tables.desk import due
from storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done for one request at one moment."""

    id: int
    request_id: int
    kind: str
    at: datetime


_OF = due.c.request_id == bindparam("of")
_PUT = upsert(due, ["request_id", "kind"], ["at"])
_DROP = prepare(delete(due).where(_OF, due.c.kind == bindparam("what")))
_DROP_ALL = prepare(delete(due).where(_OF))
_TAKE = prepare(
    select(due.c.id, due.c.request_id, due.c.kind, due.c.at)
    .where(due.c.at <= bindparam("now"))
    .order_by(due.c.at, due.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True),
    Due,
)
_TAKEN = prepare(delete(due).where(due.c.id == bindparam("this")))
_SOONEST = prepare(select(func.min(due.c.at)))
_OF_REQUEST = prepare(select(due.c.kind, due.c.at).where(_OF))


def put(store: Store, request_id: int, kind: str, at: datetime) -> None:
    """Promise to act at `at`; a request has one promise of each kind, and a new one replaces the old."""
    put_many(store, request_id, {kind: at})


def put_many(store: Store, request_id: int, moments: Mapping[str, datetime]) -> None:
    """Like `put`, for several kinds of one request."""
    if moments:
        store.execute(_PUT, [{"request_id": request_id, "kind": kind, "at": at} for kind, at in moments.items()])


def drop(store: Store, request_id: int, kinds: Sequence[str] | None = None) -> None:
    """Take back promises of one request: those kinds, or all."""
    if kinds is None:
        store.execute(_DROP_ALL, {"of": request_id})
    elif kinds:
        store.execute(_DROP, [{"of": request_id, "what": kind} for kind in kinds])


def take(store: Store, now: datetime, limit: int) -> list[Due]:
    """Take what is due by `now`, oldest first. Each is taken by one transaction only."""
    rows = store.execute(_TAKE, {"now": now, "at_most": limit}).all()
    if rows:
        store.execute(_TAKEN, [{"this": row.id} for row in rows])
    return rows


def next_moment(store: Store) -> datetime | None:
    """Return the earliest promised moment."""
    earliest: datetime | None = store.execute(_SOONEST).scalar_one()
    return earliest


def of_request(store: Store, request_id: int) -> dict[str, datetime]:
    """Return the open promises of one request by kind."""
    return {row.kind: row.at for row in store.execute(_OF_REQUEST, {"of": request_id})}
