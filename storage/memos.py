"""Memos: the few things an installation remembers of itself."""

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.prepared import prepare
from storage.store import Store
from storage.tables.desk import memo
from storage.upsert import upsert

_READ = select(memo.c.value).where(memo.c.name == bindparam("called"))
_GET = prepare(_READ)
_HOLD = prepare(_READ.with_for_update())
_PUT = upsert(memo, ["name"], ["value"])
_FIRST = prepare(
    {
        "sqlite": sqlite.insert(memo).on_conflict_do_nothing(),
        "postgresql": postgresql.insert(memo).on_conflict_do_nothing(),
    },
    columns=["name", "value"],
)


def get(store: Store, name: str) -> bytes | None:
    """Return what is remembered under a name."""
    found: bytes | None = store.execute(_GET, {"called": name}).scalar()
    return found


def hold(store: Store, name: str) -> bytes | None:
    """Like `get`; nobody else may change it until the transaction ends."""
    found: bytes | None = store.execute(_HOLD, {"called": name}).scalar()
    return found


def put(store: Store, name: str, value: bytes) -> None:
    """Remember something, in place of what was remembered under the name."""
    store.execute(_PUT, {"name": name, "value": value})


def first(store: Store, name: str, value: bytes) -> bytes:
    """Store a value under a name that has none yet; returns what is stored, for ever the first value."""
    store.execute(_FIRST, {"name": name, "value": value})
    return get(store, name) or value
