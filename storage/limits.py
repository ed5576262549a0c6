"""Limits: how often a platform may be called, shared by all processes, as rows of one number each (GCRA)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from storage.prepared import Prepared, numbered, one_of, prepare
from storage.store import Store
from storage.tables.engine import limit_bucket
from storage.upsert import upsert

_WRITE = upsert(limit_bucket, ["key"], ["arrival"])


@cache
def _read(count: int) -> Prepared[Any]:
    query = select(limit_bucket.c.key, limit_bucket.c.arrival).where(one_of(limit_bucket.c.key, count))
    # Always in the same order, so that two processes cannot wait for each other.
    return prepare(query.order_by(limit_bucket.c.key).with_for_update())


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` calls at once, then one every `interval` seconds; in any span s at most `burst + s / interval`."""

    interval: float
    burst: int


Demand = Mapping[str, Rate]
"""The buckets that one call takes a drop of each."""


class Wait(NamedTuple):
    """Seconds until a call may be made, and the bucket it waits for longest; 0 seconds: now."""

    seconds: float = 0.0
    bucket: str = ""


def admit(store: Store, demands: Sequence[Demand], real: datetime) -> list[Wait]:
    """Return for each call, in order, how long it has to wait; those that need not are counted."""
    keys = sorted({key for demand in demands for key in demand})
    if not keys:
        return [Wait()] * len(demands)
    arrivals = {row.key: row.arrival for row in store.execute(_read(len(keys)), numbered(keys))}
    known = dict(arrivals)
    now = real.timestamp()
    waits = [_admit(arrivals, demand, now) for demand in demands]
    changed = [{"key": key, "arrival": at} for key, at in arrivals.items() if known.get(key) != at]
    if changed:
        store.execute(_WRITE, changed)
    return waits


def _admit(arrivals: dict[str, float], demand: Demand, now: float) -> Wait:
    longest = max(
        (Wait(arrivals.get(key, 0.0) - (rate.burst - 1) * rate.interval - now, key) for key, rate in demand.items()),
        default=Wait(),
    )
    if longest.seconds > 0:
        return longest
    for key, rate in demand.items():
        arrivals[key] = max(arrivals.get(key, 0.0), now) + rate.interval
    return Wait()


def purge(store: Store, real: datetime) -> None:
    """Delete the rows of limits of which nothing is used any more."""
    store.execute(delete(limit_bucket).where(limit_bucket.c.arrival < real.timestamp()))
