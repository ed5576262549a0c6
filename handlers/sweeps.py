"""Sweeps: what is due by now, one function per kind of promise (architecture C5)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from handlers import announcements, showing
from handlers.desk import Desk
from handlers.messages import Card, Discard, Outgoing
from handlers.requests import assignment, calendar, card, clocks, family, silence, survey
from handlers.wording import staff
from storage import chats, dues, requests
from storage.database import Store, is_fault
from storage.dues import Due
from storage.requests import Request

BATCH = 100
AGAIN = timedelta(minutes=10)
"""After a fault of ours a promise is acted on once more so much later."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep promised, and how many promises to act it took."""

    outgoing: tuple[Outgoing, ...]
    worked: int
    discards: tuple[Discard, ...] = ()


def sweep(now: datetime, store: Store, desk: Desk) -> Swept:
    """Act on what is due by now, oldest first; call again until nothing was due."""
    taken = dues.take(store, now, BATCH)
    told: list[Outgoing] = []
    for promise in taken:
        told += _act(promise, now, store, desk)
    return Swept(tuple(told), len(taken))


def _act(promise: Due, now: datetime, store: Store, desk: Desk) -> list[Outgoing]:
    try:
        with store.savepoint():
            return SWEEPS[promise.kind](promise, requests.get(store, promise.request_id), now, store, desk)
    except Exception as error:
        if is_fault(error):
            raise
        # One request that cannot be handled must not keep back what is due for all others.
        log.exception("due failed", due=promise.kind, request=promise.request_id)
        dues.put(store, promise.request_id, promise.kind, now + AGAIN)
        return []


def _dispatch(due: Due, request: Request, _: datetime, __: Store, desk: Desk) -> list[Outgoing]:
    """Tell somebody else than the silent assignee of an urgent request nobody accepted (A-124)."""
    if request.status != "waiting":
        return []
    title = staff.DISPATCH.format(number=request.number)
    return _alarm(request, "dispatch_over", title, due.at, desk, to_owner=False)


def _near(due: Due, request: Request, _: datetime, __: Store, desk: Desk) -> list[Outgoing]:
    name = due.kind.removesuffix("_near")
    title = staff.NEAR[name].format(number=request.number, at=showing.clock(_limit(request, name), desk.policy))
    return _alarm(request, due.kind, title, due.at, desk, to_owner=True) if _runs(request, name) else []


def _over(due: Due, request: Request, _: datetime, __: Store, desk: Desk) -> list[Outgoing]:
    name = due.kind.removesuffix("_over")
    title = staff.OVER[name].format(number=request.number, at=showing.clock(_limit(request, name), desk.policy))
    return _alarm(request, due.kind, title, due.at, desk, to_owner=True) if _runs(request, name) else []


def _push(due: Due, request: Request, now: datetime, store: Store, desk: Desk) -> list[Outgoing]:
    """Tell the customer how it stands, and who waits for the same; promise the next time: the first slot after now."""
    if request.status != "working":
        return []
    morning = calendar.within(now, desk.policy.push.hours, desk.policy)
    if morning > now:  # it fell due while the bot slept, and the night is no time to catch up
        dues.put(store, request.id, "push", morning)
        return []
    dues.put(store, request.id, "push", clocks.next_push(due.at, now, request.priority, desk.policy))
    following = [one for one in family.of(store, request, desk).members if one.status == "working"]
    return [announcements.progress_push(one, due.at, desk) for one in (request, *following)]


def _survey(due: Due, request: Request, now: datetime, store: Store, desk: Desk) -> list[Outgoing]:
    """Ask for the scores of a request accepted outside the hours."""
    if request.status != "done":
        return []
    moment = calendar.within(now, desk.policy.push.hours, desk.policy)
    if moment > now:
        dues.put(store, request.id, "survey", moment)
        return []
    chats.change(store, request.chat, focus_id=request.id, focus="survey", focus_at=now)
    asked = survey.question(request, desk)
    return [announcements.to_customer(request, f"survey:{request.id}:{due.id}", asked, unasked=True)]


def _follow(_: Due, request: Request, now: datetime, store: Store, desk: Desk) -> list[Outgoing]:
    """Accept a merged request nobody answered, after the one it follows."""
    return [
        one for happened in silence.end(request, now, store, desk) for one in announcements.announce(happened, desk)
    ]


def _alarm(request: Request, kind: str, title: str, at: datetime, desk: Desk, *, to_owner: bool) -> list[Outgoing]:
    """Promise an alarm about a time limit: to the superiors, and to the assignee unless his silence is the matter."""
    message = Card(
        title=title, facts=card.brief(request, desk.policy), tone="urgent" if kind.endswith("over") else "warning"
    )
    chats = [f"fs:{request.owner}"] if to_owner else []
    chats += [p.chat for p in assignment.superiors(request, desk.policy)] if not kind.endswith("near") else []
    key = f"{kind}:{request.id}:{at.isoformat()}"
    return [Outgoing(to=chat, message=message, key=f"{key}:{chat}", request=request.id) for chat in chats]


def _limit(request: Request, name: str) -> datetime | None:
    return request.respond_by if name == "respond" else request.resolve_by


def _runs(request: Request, name: str) -> bool:
    """Whether a time limit still runs."""
    if name == "respond":
        return request.open and request.responded_at is None
    return request.status in ("waiting", "working")


SWEEPS: dict[str, Callable[[Due, Request, datetime, Store, Desk], list[Outgoing]]] = {
    "dispatch": _dispatch,
    "respond_near": _near,
    "respond_over": _over,
    "resolve_near": _near,
    "resolve_over": _over,
    "push": _push,
    "survey": _survey,
    silence.DUE: _follow,
}
