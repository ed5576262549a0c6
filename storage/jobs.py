"""Jobs: what was taken in and what was promised, kept until it is done.

A job is worked inside a transaction (`take` … `finish`), or leased for work outside of one (`lease`, then `finish`,
`retry`, `hold` or `bury`). Each of those names the owner and the attempt it speaks for: whoever was overtaken after
its lease ended changes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import ColumnElement, LargeBinary, bindparam, case, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import lanes
from storage.prepared import Prepared, fields, prepare
from storage.store import Store
from storage.tables.engine import HEAD, OVER, job, state_is
from storage.tables.types import UtcDateTime


class Job(Struct, frozen=True):
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
_LINE_UP: ColumnElement[str] = case((lanes.HAS_HEAD, "waiting"), else_="ready")


def _insert(state: ColumnElement[str]) -> Prepared[Any]:
    once = [job.c.queue, job.c.dedup]
    values = {**_ROW, "state": state}
    lite = sqlite.insert(job).values(values).on_conflict_do_nothing(index_elements=once)
    post = postgresql.insert(job).values(values).on_conflict_do_nothing(index_elements=once)
    return prepare({"sqlite": lite.returning(job.c.id), "postgresql": post.returning(job.c.id)})


_PUT = _insert(_LINE_UP)
_PUT_LATER = _insert(literal("later"))
_PUT_DONE = _insert(literal("done"))
_COLUMNS = [column for column in fields(job, Job) if column.key != "owner"]
_DUE = (
    select(*_COLUMNS)
    .where(job.c.queue == bindparam("in_queue"), state_is("ready"), job.c.due_at <= bindparam("now"))
    .order_by(job.c.due_at, job.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_HEADS = prepare(_DUE, Job)
_BEHIND = prepare(select(job.c.payload).where(lanes.IN_LANE, state_is("waiting")).order_by(job.c.id))
_ABSORB = prepare(
    update(job)
    .where(lanes.IN_LANE, state_is("waiting"))
    .values(state="done", outcome="absorbed", done_at=bindparam("now"))
)
_START = prepare(
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
_OVER = prepare(
    _MINE.values(state=bindparam("into"), done_at=bindparam("now"), outcome=bindparam("result"), error=bindparam("why"))
)
_HOLD = prepare(_MINE.values(state="held", error=bindparam("why")))
_POSTPONE = prepare(_MINE.values(state="later", due_at=bindparam("due")))
_RETRY = prepare(
    _MINE.values(
        state="ready",
        due_at=bindparam("due"),
        error=bindparam("why"),
        attempts=job.c.attempts + bindparam("more"),
        tried_at=func.coalesce(job.c.tried_at, bindparam("now", type_=UtcDateTime)),
    )
)
_KEPT = prepare(
    update(job).where(job.c.id == bindparam("job_id")).values(done_at=bindparam("now"), outcome=bindparam("result"))
)


def put_many(store: Store, new: Sequence[New], now: datetime) -> int:
    """Add jobs at the end of their lanes, but none whose `dedup` the queue has already. Returns how many were new."""
    if not new:
        return 0
    lanes.lock(store, [(one.queue, one.lane) for one in new])
    return sum(_put(store, one, now) for one in new)


def _put(store: Store, new: New, now: datetime) -> bool:
    values = _values(new, now)
    put_id = store.execute(_PUT_LATER if values["due"] > now else _PUT, values).scalar()
    if put_id is not None and new.tag:
        lanes.cancel_tagged(store, new.queue, new.lane, new.tag, now, newer=put_id)
    return put_id is not None


def _values(new: New, now: datetime) -> dict[str, Any]:
    return {
        "in_queue": new.queue,
        "in_lane": new.lane,
        "in_dedup": new.dedup,
        "in_tag": new.tag,
        "in_payload": new.payload,
        "due": new.due_at or now,
        "now": now,
    }


def keep(store: Store, new: New, now: datetime, outcome: str) -> None:
    """Add a job as done, with this outcome: nobody works it, but it is kept and its repeats are recognised."""
    known = store.execute(_PUT_DONE, _values(new, now)).scalar()
    if known is not None:
        store.execute(_KEPT, {"job_id": known, "now": now, "result": outcome})


def take(store: Store, queue: str, now: datetime, limit: int, but: Collection[str] = ()) -> list[Job]:
    """Return first jobs of lanes that are due, for work inside this transaction; others skip them until it ends.

    `but`: lanes to leave out.
    """
    values: dict[str, Any] = {"in_queue": queue, "now": now, "at_most": limit}
    if not but:
        return store.execute(_HEADS, values).all()
    query = _DUE.where(job.c.lane.not_in(list(but)))
    return [Job(**row) for row in store.execute(query, values).mappings()]


def start(store: Store, jobs: Sequence[Job], now: datetime, owner: str, until: datetime) -> list[Job]:
    """Lease what `take` returned in this transaction: it stays with `owner` after the commit, until `until`."""
    if jobs:
        shared = {"by": owner, "until": until, "now": now}
        store.execute(_START, [{"job_id": one.id, **shared} for one in jobs])
    return [structs.replace(one, owner=owner, attempts=one.attempts + 1, tried_at=one.tried_at or now) for one in jobs]


def lease(store: Store, queue: str, now: datetime, limit: int, owner: str, until: datetime) -> list[Job]:
    """Lease the first jobs of lanes that are due, to be worked outside of any transaction. `until` is real time."""
    return start(store, take(store, queue, now, limit), now, owner, until)


def absorb(store: Store, leased: Job, now: datetime) -> list[bytes]:
    """Mark the jobs behind a leased one as done: it does their work too. Returns their payloads, oldest first."""
    lanes.lock(store, [(leased.queue, leased.lane)])
    behind = {"in_queue": leased.queue, "in_lane": leased.lane}
    payloads: list[bytes] = store.execute(_BEHIND, behind).scalars()
    if payloads:
        store.execute(_ABSORB, {**behind, "now": now})
    return payloads


def finish(store: Store, done: Job, now: datetime, outcome: str = "") -> bool:
    """Mark a job as done; False if it is no longer this owner's."""
    return _end(store, _OVER, done, into="done", now=now, result=outcome, why="")


def bury(store: Store, dead: Job, now: datetime, error: str) -> bool:
    """Give a job up; its lane goes on. False if it is no longer this owner's."""
    return _end(store, _OVER, dead, into="dead", now=now, result="", why=error)


def hold(store: Store, held: Job, reason: str) -> bool:
    """Set a job aside until `lanes.release`; its lane goes on. False if it is no longer this owner's."""
    return _end(store, _HOLD, held, why=reason)


def postpone(store: Store, early: Job, due_at: datetime) -> bool:
    """Take a job out of its line until `due_at`; its lane goes on. False if it is no longer this owner's."""
    lanes.lock(store, [(early.queue, early.lane)])
    mine = _change(store, _POSTPONE, early, due=due_at)
    if mine:
        lanes.promote(store, (early.queue, early.lane))
    return mine


def retry(store: Store, failed: Job, now: datetime, due_at: datetime, error: str) -> bool:
    """Let a job be tried again from `due_at`; its lane waits for it. False if it is no longer this owner's."""
    # A leased job counted its attempt when it was leased.
    return _change(store, _RETRY, failed, due=due_at, why=error, now=now, more=0 if failed.owner else 1)


def _end(store: Store, statement: Prepared[Any], ended: Job, **values: Any) -> bool:
    lanes.lock(store, [(ended.queue, ended.lane)])
    mine = _change(store, statement, ended, **values)
    if mine:
        lanes.promote(store, (ended.queue, ended.lane))
    return mine


def _change(store: Store, statement: Prepared[Any], changed: Job, **values: Any) -> bool:
    fence = {"job_id": changed.id, "by": changed.owner, "attempt": changed.attempts}
    return store.execute(statement, {**fence, **values}).rowcount == 1


def purge(store: Store, before: datetime, limit: int = 1000) -> int:
    """Delete up to `limit` jobs that were over before that moment; a repeat of one counts as new again."""
    old = select(job.c.id).where(state_is(*OVER), job.c.done_at < before).limit(limit)
    return store.execute(delete(job).where(job.c.id.in_(old))).rowcount
