"""The life of a request: which verb is allowed when, and what each changes (process.md A-150).

A verb changes one row, records one event and sets or takes back what is due, all in the caller's transaction. What is
said about it follows from the event alone (handlers/announcements.py).
"""

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from handlers import numbering
from handlers.desk import Desk
from handlers.policy import Policy
from handlers.requests import alike, clocks, confirming, family, learning
from handlers.requests.confirming import Switch
from handlers.requests.family import ALONE, Family
from handlers.requests.suggested import HEADS, Suggestions
from handlers.wording import staff
from storage import dues, events, requests
from storage.database import Store
from storage.events import Event
from storage.requests import Request

# (status, verb) -> the status it leads to. What is not here is refused.
TRANSITIONS = {
    ("waiting", "accept"): "working",
    ("working", "deliver"): "testing",
    ("testing", "pass"): "done",
    ("testing", "fail"): "working",
    ("done", "reopen"): "working",
    ("closed", "reopen"): "working",
    **{(status, "withdraw"): "withdrawn" for status in ("waiting", "working", "testing")},
    **{(status, "close"): "closed" for status in ("waiting", "working", "testing", "done")},
    **{(status, "assign"): status for status in ("waiting", "working", "testing")},
    **{(status, "judge"): status for status in ("waiting", "working", "testing")},
    **{(status, "progress"): status for status in ("working", "testing")},
    **{(status, "ask"): status for status in ("waiting", "working", "testing")},
    **{(status, "answer"): status for status in ("waiting", "working", "testing", "done")},
    **{(status, "supplement"): status for status in ("waiting", "working", "testing", "done", "closed")},
    **{(status, "urge"): status for status in ("waiting", "working", "testing")},
    **{(status, "score"): status for status in ("done", "closed")},
    **{(status, "merge"): status for status in ("waiting", "working")},
    **{(status, "split"): status for status in ("waiting", "working", "testing", "done", "closed")},
    **{(status, "join"): status for status in ("waiting", "working", "testing")},
    **{(status, "leave"): status for status in ("waiting", "working", "testing", "done", "closed")},
}

# Verbs after which the customer has had an answer of substance (contract.md 7): `respond` stops.
_ANSWERS = {"progress", "ask", "answer", "deliver"}

# What an agent does to a request is done to those merged into it, each under its own number. A customer
# speaks for himself alone: his acceptance closes nobody else's.
_CARRIED = {"accept", "progress", "deliver", "close", "assign"}
_CARRIED_COLUMNS = ("note", "owner", "department")
# What an agent says of what was suggested: it may stand, or it is otherwise.
_DECIDES = {"accept", "judge"}
# With these a request follows no other any more: it is worked on by itself again, or not at all.
_LEAVES = {"fail", "reopen", "withdraw"}


_NOTHING_SUGGESTED = Suggestions()


class NotNow(Exception):  # noqa: N818 - a refusal, not a fault
    """The request is not in a state that allows this verb."""

    def __init__(self, request: Request, verb: str) -> None:
        super().__init__(f"{verb} while {request.status}")
        self.request = request
        self.verb = verb


@dataclass(frozen=True, slots=True)
class Happening:
    """What a verb did: the event, the request before and after, what stands around it, and what followed for others."""

    before: Request
    request: Request
    event: Event
    family: Family = ALONE
    followed: "tuple[Happening, ...]" = ()
    switched: tuple[Switch, ...] = ()
    """What people are asked to confirm from now on, or need not any more: this verb decided it (A-217)."""


def register(
    values: dict[str, Any],
    now: datetime,
    store: Store,
    desk: Desk,
    *,
    human: bool = False,
    by: str = "",
    quiet: bool = False,
    suggested: Suggestions = _NOTHING_SUGGESTED,
    answers: Container[str] = (),
) -> Happening:
    """Open a request under the next number of the month and start its clocks (A-050, A-051).

    `by` is who brought it, if not the customer in his chat; `quiet`: the customer is not told. `suggested` is all that
    the classifier made of it, `answers` names what was stated (A-060).
    """
    level = desk.policy.level(values["urgency"])
    opened = requests.add(
        store,
        values
        | clocks.limits(now, values["urgency"], desk.policy)
        | {"number": next_number(now, store, desk.policy), "status": "waiting", "priority": level.priority}
        | {"created_at": now},
    )
    clocks.start(opened, store, desk.policy)
    data = {"owner": opened.owner, "human": human} | ({"quiet": True} if quiet else {})
    happened = Happening(opened, opened, events.add(store, opened.id, "registered", now, by or opened.chat, data))
    alike.note(store, opened, now, desk)
    said = by or ("" if human else opened.chat)
    news = learning.registered(opened, suggested, answers, said, now, store)
    # What was kept can wait for the agent's word, which comes soon: a turn of the intake must not count for it.
    switched = _reviewed([one.head for one in news if one.sure and not one.kept], now, store, desk)
    return replace(happened, family=family.of(store, opened, desk), switched=switched)


def apply(
    verb: str, request: Request, by: str, now: datetime, store: Store, desk: Desk, *, said: str = "", **columns: Any
) -> Happening:
    """Do one verb: raises NotNow if the status does not allow it.

    `by` is a chat key; `said` is what the person wrote with it; `columns` are further changes of the row. Requests
    merged into this one follow it, in the same transaction.
    """
    happened = _apply(verb, request, by, now, store, desk, said=said, **columns)
    before, after = happened.before, happened.request
    if (before.open, before.description) != (after.open, after.description):
        alike.note(store, after, now, desk)
    around = family.of(store, after, desk)
    followed: list[Happening] = []
    if around.root and verb in _LEAVES:
        family.untie(store, after, around.root)
        followed += [apply("leave", around.root, by, now, store, desk, said=after.number)]
    elif around.members and verb == "withdraw":
        followed += _bequeathed(after, around.members, by, now, store, desk)
    elif around.members and verb in _CARRIED and by.startswith("fs:"):
        followed += _carried(verb, around.members, by, now, store, desk, said=said, **columns)
    around = family.of(store, after, desk) if followed else around
    switched = _learnt(verb, after, by, now, store, desk, columns=columns, follows=around.root is not None)
    return replace(happened, family=around, followed=tuple(followed), switched=switched)


def _learnt(
    verb: str,
    request: Request,
    by: str,
    now: datetime,
    store: Store,
    desk: Desk,
    *,
    columns: Container[str],
    follows: bool,
) -> tuple[Switch, ...]:
    """Keep what an agent's verb says of what was suggested (A-060)."""
    if verb not in _DECIDES or not by.startswith("fs:") or (follows and verb == "accept"):
        return ()
    heads = [head for head in HEADS if verb == "accept" or head in columns]
    done = learning.decided(request, heads, by, now, store, tacitly=verb == "accept")
    return _reviewed(done, now, store, desk)


def _reviewed(heads: Collection[str], now: datetime, store: Store, desk: Desk) -> tuple[Switch, ...]:
    switched = confirming.review(heads, now, store, desk.policy)
    if switched:
        desk.confirming.refresh(store)
    return switched


def _carried(
    verb: str, members: tuple[Request, ...], by: str, now: datetime, store: Store, desk: Desk, said: str, **columns: Any
) -> Iterator[Happening]:
    """Do to the open members what was done to the request they follow; nothing falls due for them by themselves."""
    kept = {name: columns[name] for name in _CARRIED_COLUMNS if name in columns}
    for member in members:
        request = requests.get(store, member.id)
        # A second delivery tells news to a customer who still has the first before him.
        mine = "progress" if (request.status, verb) == ("testing", "deliver") else verb
        if request.open and allowed(request, mine):
            yield apply(mine, request, by, now, store, desk, said=said, **kept)
            dues.drop(store, request.id)


def _bequeathed(
    request: Request, members: tuple[Request, ...], by: str, now: datetime, store: Store, desk: Desk
) -> Iterator[Happening]:
    """Let the first open member take the place of a request whose customer wants it no more: the others still do."""
    heirs = [member for member in members if member.open]
    for member in members:
        family.untie(store, member, request)
    for member in heirs[1:]:
        family.tie(store, member, heirs[0], now, by)
    for heir in heirs[:1]:
        limits = family.before_merge(store, heir)
        own = {name: value for name, value in limits.items() if name not in ("owner", "department")}
        said = staff.HEIR.format(number=request.number)
        yield apply("split", requests.get(store, heir.id), by, now, store, desk, said=said, **own)


def _apply(
    verb: str, request: Request, by: str, now: datetime, store: Store, desk: Desk, *, said: str, **columns: Any
) -> Happening:
    if not allowed(request, verb):
        raise NotNow(request, verb)
    status = TRANSITIONS[request.status, verb]
    columns |= {"status": status} if status != request.status else {}
    columns |= _stamps(verb, request, now)
    changed = requests.change(store, request, **columns) if columns else request
    clocks.move(verb, request, changed, now, store, desk.policy)
    data = {"said": said} if said else {}
    data |= {key: value for key, value in columns.items() if isinstance(value, str) and key != "note"}
    return Happening(request, changed, events.add(store, request.id, verb, now, by, data))


def allowed(request: Request, verb: str) -> bool:
    """Whether the verb may be done now."""
    return (request.status, verb) in TRANSITIONS


def next_number(now: datetime, store: Store, policy: Policy) -> str:
    """Take the next request number; the month is the one of the policy's time zone."""
    local = now.astimezone(policy.zone)
    serial = requests.next_serial(store, f"{local:%Y%m}")
    return numbering.given(local, serial)


def _stamps(verb: str, request: Request, now: datetime) -> dict[str, Any]:
    """Return the times a verb leaves on the row."""
    by_verb: dict[str, dict[str, Any]] = {
        "accept": {"accepted_at": now},
        "deliver": {"delivered_at": now},
        "pass": {"done_at": now},
        "close": {"closed_at": now},
        "withdraw": {"closed_at": now},
        "reopen": {"reopened": request.reopened + 1, "done_at": None, "closed_at": None, "delivered_at": None},
        "fail": {"reopened": request.reopened + 1, "delivered_at": None},
    }
    stamps = by_verb.get(verb, {})
    if verb in _ANSWERS and request.responded_at is None:
        stamps["responded_at"] = now
    return stamps
