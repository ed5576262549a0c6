"""Lanes: of all unfinished jobs of one chat exactly one is the head, and only the head may be worked.

The head is kept, not searched for: a claim then costs what is due, however long the lines behind the heads are.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import and_, bindparam, case, exists, func, literal_column, not_, select, text, update

from storage.prepared import prepare
from storage.store import Store
from storage.tables.engine import HEAD, LINE, job, state_is

Lane = tuple[str, str]
"""Queue and lane."""

_head = job.alias("head")
HAS_HEAD = exists().where(
    and_(
        _head.c.queue == bindparam("in_queue"),
        _head.c.lane == bindparam("in_lane"),
        literal_column("(head.state = 'ready' OR head.state = 'leased')"),
    )
)
IN_LANE = (job.c.queue == bindparam("in_queue")) & (job.c.lane == bindparam("in_lane"))

_LOCK = prepare(text("SELECT count(pg_advisory_xact_lock(k)) FROM unnest(CAST(:keys AS bigint[])) AS k"))
_FIRST = select(func.min(job.c.id)).where(IN_LANE, state_is("waiting")).scalar_subquery()
_PROMOTE = prepare(update(job).where(job.c.id == _FIRST, not_(HAS_HEAD)).values(state="ready"))
_DEMOTE = prepare(update(job).where(IN_LANE, state_is("ready")).values(state="waiting"))
_DUE = prepare(
    select(job.c.id, job.c.queue, job.c.lane)
    .where(state_is("later"), job.c.due_at <= bindparam("now"))
    .order_by(job.c.due_at, job.c.id)
    .limit(bindparam("at_most"))
)
_JOIN = prepare(update(job).where(job.c.id == bindparam("job_id"), state_is("later")).values(state="waiting"))
_IS_HELD = prepare(select(job.c.id).where(IN_LANE, state_is("held")).limit(1))
_HELD = prepare(select(job.c.id).where(IN_LANE, state_is("held")).order_by(job.c.id))
_TAGS = select(job.c.tag, func.max(job.c.id).label("newest")).where(IN_LANE, job.c.tag != "").group_by(job.c.tag)
_TAGS_BY_STATES = [prepare(_TAGS.where(state_is(*states))) for states in (LINE, HEAD)]
_FREE = prepare(
    update(job)
    .where(job.c.id == bindparam("job_id"), state_is("held"))
    # That it was tried is kept: parts of it may have arrived, and a platform refuses those as repeats.
    .values(state="waiting", attempts=case((job.c.attempts > 0, 1), else_=0), tried_at=None, error="")
)
_CANCEL = (
    update(job)
    .where(IN_LANE, job.c.tag == bindparam("in_tag"), job.c.id < bindparam("newer"))
    .values(state="cancelled", done_at=bindparam("now"))
)
_CANCEL_LINE = prepare(_CANCEL.where(state_is(*LINE)))
_CANCEL_HEAD = prepare(_CANCEL.where(state_is("ready")))
_NEWEST = 2**62  # above every id


def lock(store: Store, lanes: Iterable[Lane]) -> None:
    """Lock these lanes until the transaction ends; SQLite has one writer and needs no lock.

    Because of it the ids of one lane follow the order of commits: no job is seen before one with a smaller id. The
    locks are taken in sorted order, so that two transactions never wait for each other.
    """
    if store.dialect == "postgresql":
        wanted = {_number(lane) for lane in lanes} - store.locked
        if wanted:
            store.execute(_LOCK, {"keys": sorted(wanted)})
            store.locked |= wanted


def promote(store: Store, lane: Lane) -> None:
    """Make the first waiting job of a lane its head, if it has none."""
    store.execute(_PROMOTE, _named(lane))


def enter(store: Store, now: datetime, limit: int = 200) -> set[str]:
    """Put jobs whose moment has come into line in their lanes; returns their queues."""
    rows = store.execute(_DUE, {"now": now, "at_most": limit}).all()
    if not rows:
        return set()
    lanes = [(row.queue, row.lane) for row in rows]
    lock(store, lanes)
    store.execute(_JOIN, [{"job_id": row.id} for row in rows])
    for lane in dict.fromkeys(lanes):
        promote(store, lane)
    return {queue for queue, _ in lanes}


def cancel_tagged(store: Store, queue: str, lane: str, tag: str, now: datetime, newer: int = _NEWEST) -> int:
    """Cancel jobs with this tag that are not being sent yet: a newer one replaces them. Returns how many."""
    lock(store, [(queue, lane)])
    values = {**_named((queue, lane)), "in_tag": tag, "now": now, "newer": newer}
    head = store.execute(_CANCEL_HEAD, values).rowcount
    if head:
        promote(store, (queue, lane))
    return head + store.execute(_CANCEL_LINE, values).rowcount


def release(store: Store, lane: str, now: datetime, queue: str) -> int:
    """Put the held jobs of a lane back into line, in their old order; of each tag only the newest. Returns how many."""
    here = _named((queue, lane))
    if not store.execute(_IS_HELD, here).all():
        return 0
    lock(store, [(queue, lane)])
    tagged: dict[str, int] = {}
    for tags in _TAGS_BY_STATES:
        for row in store.execute(tags, here):
            tagged[row.tag] = max(row.newest, tagged.get(row.tag, 0))
    for tag, newest in tagged.items():
        cancel_tagged(store, queue, lane, tag, now, newer=newest)
    held = [{"job_id": row.id} for row in store.execute(_HELD, here)]
    if held:
        store.execute(_FREE, held)
        store.execute(_DEMOTE, here)
        promote(store, (queue, lane))
    return len(held)


def _named(lane: Lane) -> dict[str, str]:
    return {"in_queue": lane[0], "in_lane": lane[1]}


def _number(lane: Lane) -> int:
    return int.from_bytes(blake2b("\0".join(lane).encode(), digest_size=8).digest(), "big", signed=True)
