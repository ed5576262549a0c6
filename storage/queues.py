"""Queues seen from outside: how much waits, since when, and when there is something to do again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, union_all

from storage.store import Store
from storage.tables.engine import HEAD, LINE, job, state_is
from storage.tables.types import UtcDateTime

OUT = ("wecom", "feishu")


@dataclass(frozen=True, slots=True)
class Depth:
    """One queue: jobs to be worked, jobs set aside, and when the oldest of those to be worked came."""

    waiting: int = 0
    held: int = 0
    later: int = 0
    oldest: datetime | None = None


def depth(store: Store) -> dict[str, Depth]:
    """Return what is unfinished, by queue; costs what is unfinished, not what exists."""
    columns = (
        job.c.queue,
        job.c.state,
        func.count().label("jobs"),
        func.min(job.c.created_at, type_=UtcDateTime).label("oldest"),
    )
    parts = [select(*columns).where(state_is(*states)).group_by(job.c.queue, job.c.state) for states in (HEAD, LINE)]
    found: dict[str, dict[str, tuple[int, datetime]]] = {}
    for row in store.execute(union_all(*parts)):
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
    due = state_is("ready") & (job.c.queue == queue) & (job.c.due_at <= now)
    busy = state_is("leased") & (job.c.queue == queue)
    if but:
        due &= job.c.lane.not_in(list(but))
    return not any(store.execute(select(job.c.id).where(part).limit(1)).first() for part in (due, busy))


def next_due(store: Store, queues: Sequence[str], after: datetime) -> datetime | None:
    """Return the first moment after `after` at which something of these queues is to be tried again."""
    ready = [_first(store, state_is("ready") & (job.c.queue == queue) & (job.c.due_at > after)) for queue in queues]
    return min((moment for moment in ready if moment), default=None)


def next_later(store: Store, after: datetime | None = None) -> datetime | None:
    """Return the first moment at which a job waits to join its line."""
    later = state_is("later")
    return _first(store, later if after is None else later & (job.c.due_at > after))


def _first(store: Store, where: object) -> datetime | None:
    query = select(job.c.due_at).where(where).order_by(job.c.due_at).limit(1)  # type: ignore[arg-type]  # any condition
    return store.execute(query).scalar()


def outcome(store: Store, queue: str, dedup: str) -> str | None:
    """Return what a job came to, or None while it is unfinished or if there is none."""
    query = select(job.c.outcome).where(job.c.queue == queue, job.c.dedup == dedup, job.c.done_at.is_not(None))
    return store.execute(query).scalar()
