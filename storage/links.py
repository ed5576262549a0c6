"""Links: how requests belong together (process.md A-045, A-068)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Store
from storage.prepared import Prepared, fields, prepare
from storage.tables.desk import link

Kind = Literal["follows", "beside", "same", "like"]
"""`follows`: the other is its history. `beside`: said in one breath. `same`: merged into the other, which is worked.
`like`: proposed to be the same, which nobody has decided."""


@dataclass(frozen=True, slots=True)
class Link:
    """One request and the other it belongs to."""

    id: int
    request_id: int
    other_id: int
    kind: str
    at: datetime
    actor: str


def _insert() -> Prepared[Any]:
    statements = [dialect.insert(link).on_conflict_do_nothing() for dialect in (sqlite, postgresql)]
    columns = ["request_id", "other_id", "kind", "at", "actor"]
    return prepare({"sqlite": statements[0], "postgresql": statements[1]}, columns=columns)


_ADD = _insert()
_OF = prepare(
    select(*fields(link, Link))
    .where(or_(link.c.request_id == bindparam("of"), link.c.other_id == bindparam("of")))
    .order_by(link.c.id),
    Link,
)
_REMOVE = prepare(
    delete(link).where(
        link.c.request_id == bindparam("of"), link.c.other_id == bindparam("other"), link.c.kind == bindparam("its")
    )
)


def add(store: Store, request_id: int, other_id: int, kind: Kind, now: datetime, actor: str) -> None:
    """Tie a request to another; does nothing if it is."""
    row = {"request_id": request_id, "other_id": other_id, "kind": kind, "at": now, "actor": actor}
    store.execute(_ADD, row)


def remove(store: Store, request_id: int, other_id: int, kind: Kind) -> bool:
    """Untie them; False if they were not tied."""
    return store.execute(_REMOVE, {"of": request_id, "other": other_id, "its": kind}).rowcount == 1


def of(store: Store, request_id: int) -> list[Link]:
    """Return every link of a request, from either side, oldest first."""
    return store.execute(_OF, {"of": request_id}).all()
