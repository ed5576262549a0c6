"""Events: what happened to a request, when, and by whom. Only ever added."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from storage.database import Store
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


def add(store: Store, request_id: int, kind: str, at: datetime, actor: str, data: dict[str, Any]) -> Event:
    """Record what happened."""
    body = json.dumps(data, ensure_ascii=False).encode()
    query = insert(event).values(request_id=request_id, kind=kind, at=at, actor=actor, data=body)
    return Event(store.execute(query.returning(event.c.id)).scalar_one(), request_id, kind, at, actor, data)


def mark(store: Store, happened: Event, **data: str) -> None:
    """Add facts to an event within the transaction that recorded it."""
    body = json.dumps(happened.data | data, ensure_ascii=False).encode()
    store.execute(update(event).where(event.c.id == happened.id).values(data=body))


def forms(store: Store, request_id: int, kind: str) -> set[str]:
    """Return the ids of the forms that made events of one kind, however long ago."""
    query = select(event.c.data).where(event.c.request_id == request_id, event.c.kind == kind)
    return {json.loads(data).get("form", "") for data in store.execute(query).scalars()}


def of_request(store: Store, request_id: int, limit: int = 50) -> list[Event]:
    """Return the last events of one request, oldest first."""
    query = select(event).where(event.c.request_id == request_id).order_by(event.c.id.desc()).limit(limit)
    rows = [Event(**{**row, "data": json.loads(row["data"])}) for row in store.execute(query).mappings()]
    return rows[::-1]
