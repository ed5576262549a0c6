"""Clocks: what falls due in the life of a request, and when (process.md A-124, A-138, A-155, A-173)."""

from datetime import datetime
from typing import Any

from handlers.measures import Span
from handlers.policy import Policy
from handlers.requests import calendar
from storage import dues
from storage.database import Store
from storage.requests import Request

LIMITS = ("respond", "resolve")
# What a verb ends: the promises to act that make no sense after it.
_ENDS = {
    "accept": ("dispatch",),
    "deliver": ("push", "resolve_near", "resolve_over"),
    "pass": ("push", "survey", "follow"),
    "fail": ("follow",),
    "split": ("follow",),
    "withdraw": None,
    "close": None,
    "merge": None,
}


def limits(now: datetime, urgency: str, policy: Policy) -> dict[str, Any]:
    """Return the two time limits of a request registered (or reopened) now."""
    level = policy.level(urgency)
    return {
        "respond_by": calendar.after(now, level.respond, policy),
        "resolve_by": calendar.after(now, level.resolve, policy),
    }


def start(request: Request, store: Store, policy: Policy) -> None:
    """Promise the reminders of a new request."""
    moments = _dispatch(request, request.created_at, policy)
    for name in LIMITS:
        moments |= _watched(request, name, request.created_at, policy)
    dues.put_many(store, request.id, moments)


def move(verb: str, before: Request, after: Request, now: datetime, store: Store, policy: Policy) -> None:
    """Set and take back what is due after a verb."""
    if verb in _ENDS:
        dues.drop(store, after.id, _ENDS[verb])
    if after.responded_at and not before.responded_at:
        dues.drop(store, after.id, ("respond_near", "respond_over"))
    moments: dict[str, datetime] = {}
    if after.respond_by != before.respond_by and not after.responded_at:
        dues.drop(store, after.id, ("respond_near",))
        moments |= _watched(after, "respond", now, policy)
    if after.resolve_by != before.resolve_by and after.status in ("waiting", "working"):
        dues.drop(store, after.id, ("resolve_near",))
        moments |= _watched(after, "resolve", now, policy)
    if after.urgency != before.urgency and after.status == "waiting":
        dues.drop(store, after.id, ("dispatch",))
        moments |= _dispatch(after, now, policy)
    if verb == "split" and after.status == "waiting":
        moments |= _dispatch(after, now, policy)
    restarted = after.priority != before.priority and after.status == "working"
    if verb in ("accept", "fail", "reopen") or restarted or (verb == "split" and after.status == "working"):
        moments["push"] = next_push(now, now, after.priority, policy)
    dues.put_many(store, after.id, moments)


def next_push(last: datetime, now: datetime, priority: str, policy: Policy) -> datetime:
    """Return the first slot after now of the progress pushes, moved into the hours customers may be written to.

    Slots that were slept through are skipped: five late updates help nobody.
    """
    cadence: Span = getattr(policy.push, priority)
    slot = calendar.after(last, cadence, policy)
    while slot <= now:
        slot = calendar.after(slot, cadence, policy)
    return calendar.within(slot, policy.push.hours, policy)


def _dispatch(request: Request, now: datetime, policy: Policy) -> dict[str, datetime]:
    """Return the alarm of an urgent request nobody accepts, and of no other (A-124)."""
    return {"dispatch": calendar.after(now, policy.alerts.dispatch, policy)} if request.urgency == "urgent" else {}


def _watched(request: Request, name: str, now: datetime, policy: Policy) -> dict[str, datetime]:
    """Return the reminder before a time limit, unless that is over already, and the alarm at it."""
    limit: datetime | None = getattr(request, f"{name}_by")
    if limit is None:  # it follows another request, whose clocks run
        return {}
    near = limit - policy.alerts.before.wall
    return {f"{name}_near": near, f"{name}_over": limit} if near > now else {f"{name}_over": limit}
