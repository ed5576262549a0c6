"""Jobs: what was taken in and what was promised, kept until it is done.

A job is worked inside a transaction (`take` … `finish`), or leased for work outside of one (`lease`, then `finish`,
`retry`, `hold` or `bury`). Each of those names the owner and the attempt it speaks for: whoever was overtaken after
its lease ended changes nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, bindparam, case, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import lanes
from storage.lanes import cancel_tagged, enter, release
from storage.store import Dialect, Store
from storage.tables.engine import HEAD, OVER, job, state_is
from storage.tables.types import UtcDateTime

__all__ = ["Job", "New", "cancel_tagged", "enter", "release"]


@dataclass(frozen=True, slots=True)
class Job:
    """A job someone is working; `owner` is empty if it is worked inside the transaction that took it."""

    id: int
    queue: str
    lane: str
    dedup: str
    tag: str
    payload: bytes
    attempts: int
    due_at: datetime
    created_at: datetime
    tried_at: datetime | None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class New:
    """A job to be put; without `due_at` it is due at once. `tag`: a newer one replaces it while it waits."""

    queue: str
    lane: str
    dedup: str
    payload: bytes
    due_at: datetime | None = None
    tag: str = ""


_ROW = {
    "queue": bindparam("in_queue"),
    "lane": bindparam("in_lane"),
    "dedup": bindparam("in_dedup"),
    "tag": bindparam("in_tag"),
    "payload": bindparam("in_payload", type_=LargeBinary),
    "attempts": literal(0),
    "due_at": bindparam("due", type_=UtcDateTime),
    "owner": literal(""),
    "created_at": bindparam("now", type_=UtcDateTime),
    "error": literal(""),
    "outcome": literal(""),
}
_LINE_UP = case((lanes.HAS_HEAD, "waiting"), else_="ready")


def _insert(state: Any) -> dict[Dialect, Any]:
    once = [job.c.queue, job.c.dedup]
    values = {**_ROW, "state": state}
    return {
        "sqlite": sqlite.insert(job).values(values).on_conflict_do_nothing(index_elements=once).returning(job.c.id),
        "postgresql": postgresql.insert(job)
        .values(values)
        .on_conflict_do_nothing(index_elements=once)
        .returning(job.c.id),
    }


_PUT = _insert(_LINE_UP)
_PUT_LATER = _insert(literal("later"))
_COLUMNS = [job.c[name] for name in Job.__dataclass_fields__ if name != "owner"]
_HEADS = (
    select(*_COLUMNS)
    .where(job.c.queue == bindparam("in_queue"), state_is("ready"), job.c.due_at <= bindparam("now"))
    .order_by(job.c.due_at, job.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_HEADS_BUT = _HEADS.where(job.c.lane.not_in(bindparam("but", expanding=True)))
_START = (
    update(job)
    .where(job.c.id == bindparam("job_id"))
    .values(
        state="leased",
        attempts=job.c.attempts + 1,
        owner=bindparam("by"),
        lease_until=bindparam("until"),
        tried_at=func.coalesce(job.c.tried_at, bindparam("now", type_=UtcDateTime)),
    )
)
_MINE = (
    update(job)
    .where(
        job.c.id == bindparam("job_id"),
        job.c.owner == bindparam("by"),
        job.c.attempts == bindparam("attempt"),
        state_is(*HEAD),
    )
    .values(owner="", lease_until=None)
)
_OVER = _MINE.values(
    state=bindparam("into"), done_at=bindparam("now"), outcome=bindparam("result"), error=bindparam("why")
)
_HOLD = _MINE.values(state="held", error=bindparam("why"))
_RETRY = _MINE.values(
    state="ready",
    due_at=bindparam("due"),
    error=bindparam("why"),
    attempts=job.c.attempts + bindparam("more"),
    tried_at=func.coalesce(job.c.tried_at, bindparam("now", type_=UtcDateTime)),
)


def put(
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
    return put_many(store, [New(queue, lane, dedup, payload, due_at, tag)], now) == 1


def put_many(store: Store, new: Sequence[New], now: datetime) -> int:
    """Put jobs, each behind those of its lane; repeats are passed over. Returns how many were new."""
    if not new:
        return 0
    lanes.lock(store, [(one.queue, one.lane) for one in new])
    return sum(_put(store, one, now) for one in new)


def _put(store: Store, new: New, now: datetime) -> bool:
    due = new.due_at or now
    values = {
        "in_queue": new.queue,
        "in_lane": new.lane,
        "in_dedup": new.dedup,
        "in_tag": new.tag,
        "in_payload": new.payload,
        "due": due,
        "now": now,
    }
    put_id = store.execute((_PUT_LATER if due > now else _PUT)[store.dialect], values).scalar()
    if put_id is not None and new.tag:
        cancel_tagged(store, new.queue, new.lane, new.tag, now, newer=put_id)
    return put_id is not None


def take(store: Store, queue: str, now: datetime, limit: int, but: Collection[str] = ()) -> list[Job]:
    """Return heads of lanes that are due, for work inside this transaction; others pass them over until it ends."""
    values = {"in_queue": queue, "now": now, "at_most": limit}
    rows = store.execute(_HEADS_BUT, {**values, "but": list(but)}) if but else store.execute(_HEADS, values)
    return [Job(**row) for row in rows.mappings()]


def start(store: Store, jobs: Sequence[Job], now: datetime, owner: str, until: datetime) -> list[Job]:
    """Lease what `take` returned in this transaction: it stays with `owner` after the commit, until `until`."""
    if jobs:
        shared = {"by": owner, "until": until, "now": now}
        store.execute(_START, [{"job_id": one.id, **shared} for one in jobs])
    return [replace(one, owner=owner, attempts=one.attempts + 1, tried_at=one.tried_at or now) for one in jobs]


def lease(
    store: Store, queue: str, now: datetime, limit: int, owner: str, until: datetime, but: Collection[str] = ()
) -> list[Job]:
    """Lease heads of lanes that are due, for work outside of any transaction. `until` is real time."""
    return start(store, take(store, queue, now, limit, but), now, owner, until)


def finish(store: Store, done: Job, now: datetime, outcome: str = "") -> bool:
    """End a job well; False if it is no longer this owner's."""
    return _end(store, _OVER, done, into="done", now=now, result=outcome, why="")


def bury(store: Store, dead: Job, now: datetime, error: str) -> bool:
    """Give a job up; its lane goes on. False if it is no longer this owner's."""
    return _end(store, _OVER, dead, into="dead", now=now, result="", why=error)


def hold(store: Store, held: Job, now: datetime, reason: str) -> bool:
    """Set a job aside until `release`; its lane goes on. False if it is no longer this owner's."""
    return _end(store, _HOLD, held, why=reason)


def retry(store: Store, failed: Job, now: datetime, due_at: datetime, error: str) -> bool:
    """Let a job be tried again from `due_at`; its lane waits for it. False if it is no longer this owner's."""
    # A leased job counted its attempt when it was leased.
    return _change(store, _RETRY, failed, due=due_at, why=error, now=now, more=0 if failed.owner else 1)


def _end(store: Store, statement: Any, ended: Job, **values: Any) -> bool:
    lanes.lock(store, [(ended.queue, ended.lane)])
    mine = _change(store, statement, ended, **values)
    if mine:
        lanes.promote(store, (ended.queue, ended.lane))
    return mine


def _change(store: Store, statement: Any, changed: Job, **values: Any) -> bool:
    fence = {"job_id": changed.id, "by": changed.owner, "attempt": changed.attempts}
    return store.execute(statement, {**fence, **values}).rowcount == 1


def renew(store: Store, ids: Iterable[int], owner: str, until: datetime) -> None:
    """Keep leases of work that goes on."""
    query = update(job).where(job.c.id == bindparam("job_id"), job.c.owner == owner, state_is("leased"))
    rows = [{"job_id": one} for one in ids]
    if rows:
        store.execute(query.values(lease_until=until), rows)


def owners(store: Store) -> set[str]:
    """Return who holds leases."""
    return set(store.execute(select(job.c.owner).where(state_is("leased")).distinct()).scalars())


def takeover(store: Store, real: datetime, gone: Collection[str] = ()) -> int:
    """Make jobs ready again whose lease has ended by `real`, or whose owner is known to be `gone`."""
    ended = (job.c.lease_until < real) | job.c.owner.in_(list(gone))
    query = update(job).where(state_is("leased"), ended).values(state="ready", owner="", lease_until=None)
    return store.execute(query).rowcount


def give_back(store: Store, owner: str) -> int:
    """Make all jobs of a stopping owner ready again, at once."""
    query = update(job).where(state_is("leased"), job.c.owner == owner)
    return store.execute(query.values(state="ready", owner="", lease_until=None)).rowcount


def is_mine(store: Store, leased: Job) -> bool:
    """Whether the lease still holds; on PostgreSQL it then holds until the transaction ends."""
    mine = (job.c.id == leased.id) & (job.c.owner == leased.owner) & (job.c.attempts == leased.attempts)
    return store.execute(select(job.c.id).where(mine, state_is("leased")).with_for_update()).first() is not None


def purge(store: Store, before: datetime, limit: int = 1000) -> int:
    """Delete what was over before that moment, a bounded number at a time. Repeats of it are new again."""
    old = select(job.c.id).where(state_is(*OVER), job.c.done_at < before).limit(limit)
    return store.execute(delete(job).where(job.c.id.in_(old))).rowcount
