"""Leases: who is working a job outside of any transaction, and what becomes of it when he is gone. In real time."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import bindparam, select, update

from storage.jobs import Job
from storage.prepared import prepare
from storage.store import Store
from storage.tables.engine import job, state_is

_MINE = prepare(
    select(job.c.id)
    .where(
        job.c.id == bindparam("job_id"),
        job.c.owner == bindparam("by"),
        job.c.attempts == bindparam("attempt"),
        state_is("leased"),
    )
    .with_for_update()
)
_RENEW = prepare(
    update(job)
    .where(job.c.id == bindparam("job_id"), job.c.owner == bindparam("by"), state_is("leased"))
    .values(lease_until=bindparam("until"))
)
_OWNERS = prepare(select(job.c.owner).where(state_is("leased")).distinct())


def renew(store: Store, ids: Iterable[int], owner: str, until: datetime) -> None:
    """Extend the leases of jobs still being worked."""
    rows = [{"job_id": one, "by": owner, "until": until} for one in ids]
    if rows:
        store.execute(_RENEW, rows)


def owners(store: Store) -> set[str]:
    """Return who holds leases."""
    return set(store.execute(_OWNERS).scalars())


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
    fence = {"job_id": leased.id, "by": leased.owner, "attempt": leased.attempts}
    return store.execute(_MINE, fence).scalar() is not None
