"""Events: what happened to a request, when, and by whom. Only ever added."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from storage.database import Store
from storage.prepared import prepare
from storage.tables.desk import event


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one request."""

    id: int
    request_id: int
    kind: str
    at: datetime
    actor: str
    data: dict[str, Any]


def _event(number: int, request_id: int, kind: str, at: datetime, actor: str, data: bytes) -> Event:
    return Event(number, request_id, kind, at, actor, json.loads(data))


_ADD = prepare(insert(event).returning(event.c.id), columns=["request_id", "kind", "at", "actor", "data"])
_MARK = prepare(update(event).where(event.c.id == bindparam("this")), columns=["data"])
_DATA = prepare(
    select(event.c.data)
    .where(event.c.request_id == bindparam("of"), event.c.kind == bindparam("what"))
    .order_by(event.c.id)
)
_LAST = prepare(
    select(event.c.id, event.c.request_id, event.c.kind, event.c.at, event.c.actor, event.c.data)
    .where(event.c.request_id == bindparam("of"))
    .order_by(event.c.id.desc())
    .limit(bindparam("at_most")),
    _event,
)


def add(store: Store, request_id: int, kind: str, at: datetime, actor: str, data: dict[str, Any]) -> Event:
    """Record what happened."""
    body = json.dumps(data, ensure_ascii=False).encode()
    row = {"request_id": request_id, "kind": kind, "at": at, "actor": actor, "data": body}
    return Event(store.execute(_ADD, row).scalar_one(), request_id, kind, at, actor, data)


def mark(store: Store, happened: Event, **data: Any) -> Event:
    """Add facts to an event within the transaction that recorded it; return it as it is now."""
    marked = replace(happened, data=happened.data | data)
    store.execute(_MARK, {"this": happened.id, "data": json.dumps(marked.data, ensure_ascii=False).encode()})
    return marked


def forms(store: Store, request_id: int, kind: str) -> set[str]:
    """Return the ids of the forms that made events of one kind, however long ago."""
    return {data.get("form", "") for data in data_of(store, request_id, kind)}


def data_of(store: Store, request_id: int, kind: str) -> list[dict[str, Any]]:
    """Return the facts of all events of one kind, however long ago, oldest first."""
    return [json.loads(data) for data in store.execute(_DATA, {"of": request_id, "what": kind}).scalars()]


def of_request(store: Store, request_id: int, limit: int = 50) -> list[Event]:
    """Return the last events of one request, oldest first."""
    return store.execute(_LAST, {"of": request_id, "at_most": limit}).all()[::-1]
