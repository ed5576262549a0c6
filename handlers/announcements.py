"""Who is told what of each kind of event: one kind, one function, one table.

Nothing here changes state. Keys make each promise unique: `<event id>:<to whom>`.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from handlers import showing
from handlers.desk import Desk
from handlers.messages import Button, Card, Message, Outgoing, Text, reachable
from handlers.privacy import masked
from handlers.requests import assignment, calendar, card, complaints
from handlers.requests.confirming import Switch
from handlers.requests.family import ALONE, Family
from handlers.requests.lifecycle import Happening
from handlers.wording import customer, staff, terms
from storage.requests import Request


def announce(happening: Happening, desk: Desk) -> tuple[Outgoing, ...]:
    """Say what has to be said about one event and what followed from it, wherever there is a chat to say it in."""
    told = tuple(one for one in ANNOUNCEMENTS[happening.event.kind](happening, desk) if reachable(one.to))
    told += tuple(one for switch in happening.switched for one in _switched(switch, desk))
    return told + tuple(one for followed in happening.followed for one in announce(followed, desk))


def to_customer(
    request: Request,
    key: str,
    message: Message,
    *,
    state: bool = True,
    after: datetime | None = None,
    unasked: bool = False,
) -> Outgoing:
    """Promise to tell the customer; of waiting news of the state only the newest is kept (contract.md 6).

    `unasked`: nobody did or said anything that he waits for, so it keeps to the hours of push.hours.
    """
    return Outgoing(
        to=request.chat,
        message=message,
        key=f"{key}:customer",
        supersedes=f"state:{request.id}" if state else "",
        request=request.id,
        not_before=after,
        unasked=unasked or after is not None,
    )


def to_thread(request: Request, key: str, message: Message) -> Outgoing:
    """Promise to put something into the thread of the assignee's card."""
    return Outgoing(
        to=f"fs:{request.owner}",
        message=message,
        key=f"{key}:thread",
        thread=slot(request, request.owner),
        request=request.id,
    )


def draw_card(request: Request, key: str, desk: Desk, *, around: Family = ALONE) -> Outgoing:
    """Promise to draw the assignee's card, in place where it stands already."""
    return Outgoing(
        to=f"fs:{request.owner}",
        message=card.assignment(request, desk.policy, around=around),
        key=f"{key}:card",
        slot=slot(request, request.owner),
        request=request.id,
    )


def slot(request: Request, owner: str) -> str:
    """Name the place of one person's card of a request."""
    return f"request:{request.id}:{owner}"


def owner_name(request: Request, desk: Desk) -> str:
    """Name the assignee."""
    person = desk.policy.person(request.owner)
    return person.name if person else terms.SOMEBODY


def _switched(switch: Switch, desk: Desk) -> Iterator[Outgoing]:
    """Tell the managers, or who is there in their place, that people confirm every suggestion of a kind, or no more."""
    mode, rules = switch.mode, desk.policy.confirm
    title, words = (staff.CONFIRM_OVER, staff.CONFIRM_ENDS)
    if mode.on:
        title, words = staff.CONFIRM_TITLE, staff.CONFIRM_BEGINS
    said = words.format(
        label=terms.HEADS[switch.head],
        share=f"{mode.kept.share:.0%}",
        count=mode.kept.decisions,
        kept=mode.kept.kept,
        below=f"{rules.below:.0%}",
        above=f"{rules.above:.0%}",
    )
    message = Card(title=title.format(label=terms.HEADS[switch.head]), body=said, tone="warning" if mode.on else "good")
    key = f"confirm:{switch.head}:{mode.since and mode.since.isoformat()}"
    for person in assignment.in_charge(desk.policy):
        yield Outgoing(to=person.chat, message=message, key=f"{key}:{person.feishu}")


def _key(happening: Happening) -> str:
    return f"event:{happening.event.id}"


def _registered(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    request = happening.request
    words = {"number": request.number, "department": request.department, "owner": owner_name(request, desk)}
    words["source"] = request.source
    wanted = happening.event.data.get("human")
    text = customer.HUMAN if wanted else customer.BROUGHT if request.proxied else customer.REGISTERED
    if not happening.event.data.get("quiet"):
        # What he did not ask for at this moment waits for the hours in which he may be written to.
        after = calendar.within(request.created_at, desk.policy.push.hours, desk.policy) if request.proxied else None
        yield to_customer(request, _key(happening), Text(text=text.format(**words)), after=after)
    yield draw_card(request, _key(happening), desk, around=happening.family)
    if happening.family.found:
        found = "、".join(one.request.number for one in happening.family.found)
        note = staff.ALIKE_NOTE.format(number=request.number, found=found)
        yield to_thread(request, f"{_key(happening)}:alike", Text(text=note))
    if wanted:
        yield to_thread(request, _key(happening), Text(text=staff.HUMAN_BADGE.format(number=request.number)))
    yield from _notices(happening, desk)
    yield from complaints.suspected(request, desk.policy)


def _notices(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    request = happening.request
    approving = desk.policy.route(request.type, request.nature).approval
    for person in assignment.informed(request, desk.policy):
        title = staff.APPROVAL if person.department == approving else staff.NOTICE
        body = card.notice(request, desk.policy, title.format(number=request.number, department=approving))
        yield Outgoing(to=person.chat, message=body, key=f"{_key(happening)}:cc:{person.feishu}", request=request.id)


def _redrawn(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    yield draw_card(happening.request, _key(happening), desk, around=happening.family)


def _moved(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    """Draw the card where it belongs now, and a notice where it was."""
    before, request = happening.before, happening.request
    if before.owner != request.owner:
        title = staff.MOVED.format(number=request.number, owner=owner_name(request, desk))
        yield Outgoing(
            to=f"fs:{before.owner}",
            message=card.notice(request, desk.policy, title),
            key=f"{_key(happening)}:old",
            slot=slot(before, before.owner),
            request=request.id,
        )
    yield from _redrawn(happening, desk)


def _assigned(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    yield from _moved(happening, desk)
    # A card that comes back to somebody changes in place and rings no bell, and the reason stands on no card.
    by = desk.policy.person(happening.event.actor.removeprefix("fs:"))
    said = staff.HANDED.format(by=by.name if by else staff.SYSTEM, said=happening.event.data.get("said", ""))
    yield to_thread(happening.request, _key(happening), Text(text=said))


def _merged(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    """Tell the customer once that he is not alone, without saying who else (A-068)."""
    request, around = happening.request, happening.family
    words = customer.MERGED if around.votes > 1 else customer.MERGED_OWN
    said = words.format(number=request.number, votes=around.votes, kept=around.root.number if around.root else "")
    yield to_customer(request, _key(happening), Text(text=said), state=False)
    yield from _moved(happening, desk)


def _split(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    yield from _moved(happening, desk)
    said = staff.SPLIT.format(number=happening.request.number, said=happening.event.data.get("said", ""))
    yield to_thread(happening.request, _key(happening), Text(text=said))


def _joined(words: str) -> Callable[[Happening, Desk], Iterator[Outgoing]]:
    """Make an announcement of who follows a request now, or follows it no more."""

    def joined(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
        yield from _redrawn(happening, desk)
        said = words.format(number=happening.event.data.get("said", ""), votes=happening.family.votes)
        yield to_thread(happening.request, _key(happening), Text(text=said))

    return joined


def _judged(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    before, request = happening.before, happening.request
    yield from _redrawn(happening, desk)
    if (before.type, before.nature) != (request.type, request.nature):
        yield from _notices(happening, desk)


def _told(words: str, *, state: bool = True) -> Callable[[Happening, Desk], Iterator[Outgoing]]:
    """Make an announcement that tells the customer one sentence and redraws the card; `state` as in `to_customer`."""

    def told(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
        request = happening.request
        said = happening.event.data.get("said", "")
        text = words.format(number=request.number, owner=owner_name(request, desk), said=said)
        # What the customer did himself is answered where he did it.
        if happening.event.actor != request.chat:
            yield to_customer(request, _key(happening), Text(text=text.strip()), state=state)
        yield from _redrawn(happening, desk)

    return told


def _answered(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    request = happening.request
    words = customer.REPLY.format(
        owner=owner_name(request, desk), number=request.number, said=happening.event.data["said"]
    )
    yield to_customer(request, _key(happening), Text(text=words), state=False)
    if happening.before != request:
        yield from _redrawn(happening, desk)


def _delivered(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    request = happening.request
    words = customer.DELIVERED.format(number=request.number, said=happening.event.data.get("said", "")).strip()
    yield to_customer(request, _key(happening), Text(text=words, buttons=verdicts(request)))
    yield from _redrawn(happening, desk)


def verdicts(request: Request) -> tuple[Button, Button]:
    """Return the two answers to a delivery."""
    passes = Button(label=customer.PASS, action="pass", subject=request.number, primary=True)
    return passes, Button(label=customer.FAIL, action="fail", subject=request.number)


def _from_customer(words: str) -> Callable[[Happening, Desk], Iterator[Outgoing]]:
    """Make an announcement that puts what the customer did into the thread, and redraws the card if it changed."""

    def heard(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
        request = happening.request
        said = masked(happening.event.data.get("said", ""))
        yield to_thread(request, _key(happening), Text(text=words.format(said=said, number=request.number).strip()))
        if happening.before != request:
            yield from _redrawn(happening, desk)

    return heard


def _passed(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    """Tell the assignee; one whose customer said nothing is told so himself (process.md A-171)."""
    request, kept = happening.request, happening.family.root
    silent = happening.event.actor != request.chat
    words = staff.PASSED_SILENT.format(kept=kept.number if kept else "") if silent else staff.PASSED
    yield from _from_customer(words)(happening, desk)
    if silent:
        told = Text(text=customer.PASSED_SILENT.format(number=request.number))
        yield to_customer(request, _key(happening), told, unasked=True)


def _urged(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    """Remind the assignee; a customer who called for a person is not only in a hurry."""
    words = happening.event.data.get("said") or staff.URGED.format(number=happening.request.number)
    yield to_thread(happening.request, _key(happening), Text(text=words))


def _scored(happening: Happening, desk: Desk) -> Iterator[Outgoing]:
    request, data = happening.request, happening.event.data
    scores = showing.scores(data["scores"])
    comment = masked(data.get("said", ""))
    text = staff.SCORED.format(scores=scores, comment=comment).strip()
    yield to_thread(request, _key(happening), Text(text=text))
    if min(data["scores"].values()) <= desk.policy.survey.low:
        alarm = Card(
            title=staff.LOW_SCORE.format(number=request.number),
            body=text,
            facts=card.facts(request, desk.policy),
            tone="warning",
        )
        for person in assignment.superiors(request, desk.policy):
            yield Outgoing(
                to=person.chat, message=alarm, key=f"{_key(happening)}:low:{person.feishu}", request=request.id
            )


ANNOUNCEMENTS: dict[str, Callable[[Happening, Desk], Iterator[Outgoing]]] = {
    "registered": _registered,
    "accept": _told(customer.ACCEPTED),
    "assign": _assigned,
    "judge": _judged,
    "progress": _told(customer.PROGRESS),
    "ask": _told(customer.ASKED, state=False),
    "answer": _answered,
    "deliver": _delivered,
    "supplement": _from_customer(staff.SUPPLEMENT),
    "urge": _urged,
    "pass": _passed,
    "fail": _from_customer(staff.FAILED),
    "withdraw": _from_customer(staff.WITHDRAWN),
    "close": _told(customer.CLOSED),
    "reopen": _told(customer.REOPENED),
    "score": _scored,
    "merge": _merged,
    "split": _split,
    "join": _joined(staff.JOINED_BY),
    "leave": _joined(staff.LEFT_BY),
}


def progress_push(request: Request, at: datetime, desk: Desk) -> Outgoing:
    """Promise the regular word of progress (A-155): the latest progress, or honestly that there is none."""
    latest = customer.PUSH_LATEST.format(note=request.note) if request.note else customer.PUSH_NOTHING
    words = customer.PUSH.format(number=request.number, status=terms.STATUS[request.status], latest=latest)
    return to_customer(request, f"push:{request.id}:{at.isoformat()}", Text(text=words), unasked=True)
