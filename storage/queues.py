"""Queues seen from outside: how much waits, since when, and when there is something to do again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, union_all

from storage.prepared import prepare
from storage.store import Store
from storage.tables.engine import HEAD, LINE, job, state_is
from storage.tables.types import UtcDateTime

OUT = ("wecom", "feishu")


def fetching(platform: str) -> str:
    """Return the queue of what is to be got from a platform: each has its own, so that neither waits for the other."""
    return f"{platform}:fetch"


_IN_QUEUE = job.c.queue == bindparam("in_queue")
_DUE = select(job.c.id).where(_IN_QUEUE, state_is("ready"), job.c.due_at <= bindparam("now")).limit(1)
_IS_DUE = prepare(_DUE)
_IS_BUSY = prepare(select(job.c.id).where(_IN_QUEUE, state_is("leased")).limit(1))
_SOONEST = select(job.c.due_at).order_by(job.c.due_at).limit(1)
_AGAIN = prepare(_SOONEST.where(_IN_QUEUE, state_is("ready"), job.c.due_at > bindparam("after")))
_LATER = prepare(_SOONEST.where(state_is("later")))
_OUTCOME = prepare(
    select(job.c.outcome).where(_IN_QUEUE, job.c.dedup == bindparam("in_dedup"), job.c.done_at.is_not(None))
)
_DEPTH = union_all(
    *(
        select(
            job.c.queue,
            job.c.state,
            func.count().label("jobs"),
            func.min(job.c.created_at, type_=UtcDateTime).label("oldest"),
        )
        .where(state_is(*states))
        .group_by(job.c.queue, job.c.state)
        for states in (HEAD, LINE)
    )
)


@dataclass(frozen=True, slots=True)
class Depth:
    """One queue: jobs to be worked, jobs set aside, and when the oldest of those to be worked came."""

    waiting: int = 0
    held: int = 0
    later: int = 0
    oldest: datetime | None = None


def depth(store: Store) -> dict[str, Depth]:
    """Return what is unfinished, by queue; costs what is unfinished, not what exists."""
    found: dict[str, dict[str, tuple[int, datetime]]] = {}
    for row in store.execute(_DEPTH):
        found.setdefault(row.queue, {})[row.state] = (row.jobs, row.oldest)
    return {queue: _depth(states) for queue, states in found.items()}


def _depth(states: dict[str, tuple[int, datetime]]) -> Depth:
    active = [states[state] for state in ("ready", "leased", "waiting") if state in states]
    return Depth(
        waiting=sum(jobs for jobs, _ in active),
        held=states.get("held", (0,))[0],
        later=states.get("later", (0,))[0],
        oldest=min((oldest for _, oldest in active), default=None),
    )


def pending(store: Store) -> int:
    """Count promises that are due and not delivered: waiting for a retry, a window or a limit."""
    found = depth(store)
    return sum(found[queue].waiting + found[queue].held for queue in OUT if queue in found)


def idle(store: Store, queue: str, now: datetime, but: Collection[str] = ()) -> bool:
    """Whether nothing of a queue is being worked or waits to be worked by now, lanes in `but` left out."""
    values = {"in_queue": queue, "now": now}
    due = store.execute(_DUE.where(job.c.lane.not_in(list(but))), values) if but else store.execute(_IS_DUE, values)
    return not due.all() and not store.execute(_IS_BUSY, values).all()


def next_due(store: Store, queues: Sequence[str], after: datetime) -> datetime | None:
    """Return the first moment after `after` at which something of these queues is to be tried again."""
    ready = [store.execute(_AGAIN, {"in_queue": queue, "after": after}).scalar() for queue in queues]
    return min((moment for moment in ready if moment), default=None)


def next_later(store: Store) -> datetime | None:
    """Return the first moment at which a job waits to join its line."""
    soonest: datetime | None = store.execute(_LATER).scalar()
    return soonest


def outcome(store: Store, queue: str, dedup: str) -> str | None:
    """Return what a job came to, or None while it is unfinished or if there is none."""
    found: str | None = store.execute(_OUTCOME, {"in_queue": queue, "in_dedup": dedup}).scalar()
    return found
