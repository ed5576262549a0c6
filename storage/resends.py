"""Promises told again: the platform took a message and said later that it failed."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam, case, literal_column, select, update

from storage import lanes
from storage.prepared import prepare
from storage.store import Store
from storage.tables.engine import HEAD, TOLD, job, state_is

AGAIN = "#again"
RECENT = 50  # promises of one chat looked through
_SURE = 16  # characters of a mark that all parts of one promise share
_ASKED = (job.c.id, job.c.queue, job.c.dedup)
_LAST = prepare(select(*_ASKED).where(TOLD, job.c.lane == bindparam("in_lane")).order_by(job.c.id.desc()).limit(RECENT))
_UNDER_WAY = prepare(
    select(*_ASKED).where(job.c.queue == literal_column("'wecom'"), job.c.lane == bindparam("in_lane"), state_is(*HEAD))
)
# What is under way keeps its place: its lease ends here, so the sending cannot write down a success any more.
_AGAIN = prepare(
    update(job)
    .where(job.c.id == bindparam("job_id"), state_is("done", *HEAD))
    .values(
        state=case((state_is("done"), "waiting"), else_="ready"),
        dedup=bindparam("new"),
        attempts=0,
        tried_at=None,
        owner="",
        lease_until=None,
        done_at=None,
        outcome="",
        due_at=bindparam("now"),
    )
)


def mark(dedup: str) -> str:
    """Name a promise to its platform: the same name is the same message there (Feishu uuid, KF msgid)."""
    return sha256(dedup.encode()).hexdigest()[:32]


def resend(store: Store, lane: str, message: str, now: datetime) -> bool:
    """Send a message again, once and under a new name, that the platform says has failed; False if there is none such.

    The platform may report the failure before our own sender has recorded the message as sent. So the jobs being sent
    are looked through first, then those done: one that ends in between is found in the second.
    """
    rows = [*store.execute(_UNDER_WAY, {"in_lane": lane}), *store.execute(_LAST, {"in_lane": lane})]
    failed = next((row for row in rows if mark(row.dedup)[:_SURE] == message[:_SURE]), None)
    if failed is None or failed.dedup.endswith(AGAIN):
        return False
    lanes.lock(store, [(failed.queue, lane)])
    store.execute(_AGAIN, {"job_id": failed.id, "new": failed.dedup + AGAIN, "now": now})
    lanes.promote(store, (failed.queue, lane))
    return True
