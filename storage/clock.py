"""How far the test clock is ahead of real time."""

from datetime import timedelta

from sqlalchemy import select

from storage.prepared import prepare
from storage.store import Store
from storage.tables.engine import clock
from storage.upsert import upsert

_LOAD = prepare(select(clock.c.offset_us))
_SAVE = upsert(clock, ["id"], ["offset_us"])


def load(store: Store) -> timedelta:
    """Return the kept offset, nothing if none is kept."""
    kept = store.execute(_LOAD).scalar()
    return timedelta(microseconds=kept or 0)


def save(store: Store, offset: timedelta) -> None:
    """Keep the offset."""
    store.execute(_SAVE, {"id": 1, "offset_us": offset // timedelta(microseconds=1)})
