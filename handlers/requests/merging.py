"""Merging: a person says that two requests are one; both customers keep their numbers (process.md A-068).

The merged request follows the one kept: the same person works on both, what he does to the kept one is done to the
merged one under its own number, and its own clocks stand still. Splitting gives it back what merging took.
"""

from datetime import datetime

from handlers.desk import Desk
from handlers.requests import alike, family
from handlers.requests.lifecycle import Happening, allowed, apply
from handlers.wording import staff
from handlers.wording.terms import STATUS
from storage import dues, events, links, requests
from storage.database import Store
from storage.requests import Request

_LIMITS = ("respond_by", "resolve_by")


class CannotMerge(Exception):  # noqa: N818 - an answer, not a fault
    """The two cannot be merged or split; the exception's text says why, and nothing has changed."""


def merge(
    request: Request, other: Request, by: str, now: datetime, store: Store, desk: Desk, *, form: str = ""
) -> list[Happening]:
    """Let a request follow another, or the one that follows already; raises CannotMerge.

    `by` is the chat key of who decided it, `form` the id of the form it was decided on. Those that followed the first
    follow the second from now on.
    """
    kept = _kept(request, other, store)
    members = family.of(store, request, desk).members
    family.tie(store, request, kept, now, by)
    joined = apply("join", kept, by, now, store, desk, said=request.number)
    merged = _followed(request, kept, by, now, store, desk)
    events.mark(store, merged.event, form=form, **_had(request))
    moved: list[Happening] = []
    for member in members:
        family.untie(store, member, request)
        family.tie(store, member, kept, now, by)
        moved += _moved(requests.get(store, member.id), kept, by, now, store, desk)
    return [merged, *_delivered_too(merged.request, kept, by, now, store, desk), joined, *moved]


def split(request: Request, by: str, now: datetime, store: Store, desk: Desk) -> list[Happening]:
    """Let a request stand by itself again, with the person and the time limits it had; raises CannotMerge."""
    kept = alike.root(store, request)
    if kept is None:
        raise CannotMerge(staff.SPLIT_NONE.format(number=request.number))
    family.untie(store, request, kept)
    columns = family.before_merge(store, request)
    if desk.policy.person(columns.get("owner", "")) is None:  # gone since
        columns = {name: value for name, value in columns.items() if name in _LIMITS}
    if request.status == "working" and request.accepted_at is None:
        columns["status"] = "waiting"  # merging had put it to work, nobody has
    if not request.open:
        columns = {}
    left = apply("leave", kept, by, now, store, desk, said=request.number)
    return [apply("split", request, by, now, store, desk, **columns), left]


def _kept(request: Request, other: Request, store: Store) -> Request:
    """Return the request that is kept, held until the transaction ends, or refuse."""
    kept = alike.root(store, other) or other
    mine = alike.root(store, request)
    if request.id == other.id:
        raise CannotMerge(staff.MERGE_SELF.format(number=request.number))
    if kept.id == request.id:
        raise CannotMerge(staff.MERGE_ROUND.format(number=request.number, kept=other.number))
    if mine:
        raise CannotMerge(staff.MERGE_ALREADY.format(number=request.number, kept=mine.number))
    for one, verb in ((request, "merge"), (kept, "join")):
        if not allowed(one, verb):
            raise CannotMerge(staff.MERGE_OVER.format(number=one.number, status=STATUS[one.status]))
    return requests.get(store, kept.id)


def _followed(request: Request, kept: Request, by: str, now: datetime, store: Store, desk: Desk) -> Happening:
    """Stop the clocks of a request and give it to who works on the one kept."""
    columns = {"owner": kept.owner, "department": kept.department, "respond_by": None, "resolve_by": None}
    status = {"status": "working"} if kept.status != "waiting" else {}
    return apply("merge", request, by, now, store, desk, said=kept.number, **columns, **status)


def _moved(member: Request, kept: Request, by: str, now: datetime, store: Store, desk: Desk) -> list[Happening]:
    """Bring one that followed before to where the request kept stands now: behind it nobody would ever work on it."""
    if not member.open:
        return []
    moved: list[Happening] = []
    status = {"status": "working"} if member.status == "waiting" and kept.status != "waiting" else {}
    if status or member.owner != kept.owner:
        columns = {"owner": kept.owner, "department": kept.department} | status
        moved.append(apply("assign", member, by, now, store, desk, **columns))
        member = moved[-1].request
    return moved + (_delivered_too(member, kept, by, now, store, desk) if member.status == "working" else [])


def _had(request: Request) -> dict[str, str]:
    """Return what merging takes from a request, to be given back: it stays on the event."""
    had: dict[str, str] = {f"old_{name}": getattr(request, name) for name in ("owner", "department")}
    return had | {name: moment.isoformat() for name in _LIMITS if (moment := getattr(request, name))}


def _delivered_too(
    request: Request, kept: Request, by: str, now: datetime, store: Store, desk: Desk
) -> list[Happening]:
    """Deliver to the customer of a merged request what has been delivered to the other already."""
    if kept.status != "testing":
        return []
    delivered = apply("deliver", request, by, now, store, desk, said=kept.note, note=kept.note)
    dues.drop(store, request.id)
    return [delivered]


def proposed(store: Store, request: Request) -> set[int]:
    """Return the ids of the requests proposed for merging with one: who sees its card knows of them."""
    return {tie.other_id for tie in links.of(store, request.id) if tie.kind == "like" and tie.request_id == request.id}
