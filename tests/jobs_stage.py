"""A stage for the job table: one moment, and short words for putting, claiming and finishing jobs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from storage import jobs
from storage.database import Database, Store
from storage.jobs import Job, New

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
T = TypeVar("T")


def put_one(
    store: Store,
    queue: str,
    lane: str,
    dedup: str,
    payload: bytes,
    *,
    now: datetime,
    due_at: datetime | None = None,
    tag: str = "",
) -> bool:
    """Put one job; False if it was put before (same queue and dedup)."""
    return jobs.put_many(store, [New(queue, lane, dedup, payload, due_at, tag)], now) == 1


def put(database: Database, *dedups: str, lane: str = "a", **options: object) -> None:
    for dedup in dedups:
        assert run(database, put_one, "wecom", lane, dedup, dedup.encode(), now=NOW, **options)


def run(database: Database, function: Callable[..., T], *args: object, **options: object) -> T:
    """Run one function of the storage in a transaction of its own."""
    return database.run_sync(lambda store: function(store, *args, **options))


def putting(name: str, payload: bytes = b"") -> Callable[[Store], bool]:
    """Return work that puts one job into a lane of its own."""
    return lambda store: put_one(store, "wecom", name, name, payload, now=NOW)


def lease(database: Database, owner: str = "me", now: datetime = NOW, until: datetime = NOW + HOUR) -> list[Job]:
    return database.run_sync(lambda s: jobs.lease(s, "wecom", now, 10, owner, until))


def names(found: list[Job]) -> list[str]:
    return [job.dedup for job in found]


def drained(database: Database, now: datetime = NOW) -> list[str]:
    """Finish what can be claimed until nothing can; returns it in order."""
    done: list[str] = []
    while leased := lease(database, now=now):
        for job in leased:
            assert run(database, jobs.finish, job, now)
            done.append(job.dedup)
    return done
