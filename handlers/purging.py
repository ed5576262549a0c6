"""Purging: every night what has been kept as long as the rules say is deleted, in small pieces (policy: privacy)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from handlers import erasing
from handlers.desk import Desk
from handlers.measures import Span
from handlers.messages import Discard
from handlers.policy import Policy
from handlers.wording import staff
from storage import erasures, memos, purges
from storage.database import Store

HOUR = 3
"""The hour of the night at which it begins, in the time zone of the policy."""
BATCH = 200
"""Rows of one kind in one transaction: customers wait no longer than for a turn."""
FEW = 10
"""Customers in one transaction: each has requests, chats and files."""
_MEMO = "purge"


@dataclass(frozen=True, slots=True)
class Purged:
    """What one piece of the purge deleted; `worked` 0: nothing was due, or nothing is left to delete."""

    worked: int = 0
    discards: tuple[Discard, ...] = field(default=())


def next_moment(store: Store) -> datetime | None:
    """Return when the next purge is due; None before the first look."""
    kept = memos.get(store, _MEMO)
    return datetime.fromisoformat(kept.decode()) if kept else None


def purge(now: datetime, store: Store, desk: Desk) -> Purged:
    """Delete a piece of what is due; call again until nothing was deleted: then the next night is noted."""
    due = next_moment(store)
    if due is not None and now < due:
        return Purged()
    kept = memos.hold(store, _MEMO)  # of several processes one purges
    if due is None or kept is None or kept.decode() != due.isoformat():
        if kept is None:
            memos.put(store, _MEMO, _night(now, desk.policy))
        return Purged()
    counts, discards = _piece(now, store, desk)
    worked = sum(counts.values())
    if not worked:
        memos.put(store, _MEMO, _night(now, desk.policy))
        return Purged()
    # A customer has a proof of his own.
    told = {kind: n for kind, n in counts.items() if n and kind != "customers"}
    if told:
        erasures.count(store, due, told)
    store.scrub()
    return Purged(worked, discards)


def _piece(now: datetime, store: Store, desk: Desk) -> tuple[dict[str, int], tuple[Discard, ...]]:
    rules = desk.policy.privacy

    def before(kept: Span) -> datetime:
        return now - kept.wall

    gone = [
        erasing.erase(erasing.of_customer(one, store), "retention", now, store, desk)
        for one in purges.customers(store, before(rules.customers), FEW)
    ]
    files, paths = purges.attachments(store, before(rules.attachments), BATCH)
    counts = {
        "customers": len(gone),
        "requests": erasing.blanked(purges.requests(store, before(rules.requests), staff.ERASED_NEED, BATCH), store),
        "attachments": files,
        "drafts": purges.drafts(store, before(rules.drafts), BATCH),
        "chats": purges.chats(store, before(rules.drafts), BATCH),
        "messages": purges.messages(store, before(rules.messages), BATCH),
    }
    return counts, tuple(Discard(path=path) for path in paths) + tuple(one for each in gone for one in each.discards)


def _night(now: datetime, policy: Policy) -> bytes:
    """Write down the next three o'clock."""
    local = now.astimezone(policy.zone)
    tonight = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    next_ = tonight if tonight > local else tonight + timedelta(days=1)
    return next_.astimezone(UTC).isoformat().encode()
