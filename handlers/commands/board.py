"""The board: how many requests stand where, and which are late."""

from handlers import showing
from handlers.commands import model
from handlers.commands.asked import Asked
from handlers.messages import Card, Message, Text
from handlers.privacy import masked
from handlers.requests import card
from handlers.wording import commands, staff, terms
from handlers.wording.terms import STATUS
from storage import requests
from storage.requests import Request

LONGEST = 20


def board(asked: Asked) -> Message:
    """Show the state of one request, or the board: an agent sees his own, a manager everything."""
    if asked.words:
        return _one(asked, asked.request(asked.words[0]))
    if not asked.manages:
        mine = {"owner": [asked.person.feishu], "status": requests.OPEN}
        own = requests.listed(asked.store, mine, None, LONGEST)
        return _lines(commands.OWN, own, requests.count(asked.store, mine), asked, model.banner(asked))
    by_status = requests.tally(asked.store, "status", only_open=False)
    there = {label: by_status[key] for key, label in STATUS.items() if by_status.get(key)}
    facts = [(label, commands.COUNT.format(count=count)) for label, count in there.items()]
    facts += _counts(asked, "priority", {p: p for p in ("P0", "P1", "P2")})
    facts += _counts(asked, "type", asked.desk.policy.labels)
    load = requests.load(asked.store)
    facts += [(p.name, f"{load[p.feishu]}/{p.capacity}") for p in asked.desk.policy.people if load.get(p.feishu)]
    late = requests.count_overdue(asked.store, asked.now)
    return Card(
        title=commands.BOARD,
        body="\n".join(filter(None, (_counted(by_status, late), model.banner(asked)))),
        facts=tuple(facts),
        tone="warning" if late else "plain",
    )


def overdue(asked: Asked) -> Message:
    """List what is past a time limit."""
    whose = asked.scope
    late = requests.overdue(asked.store, asked.now, LONGEST, whose)
    count = requests.count_overdue(asked.store, asked.now, whose)
    return _lines(commands.OVERDUE, late, count, asked) if late else Text(text=commands.OVERDUE_NONE)


def _counted(by_status: dict[str, int], late: int) -> str:
    unfinished = sum(by_status.get(status, 0) for status in requests.OPEN)
    return commands.TOTALS.format(count=unfinished, total=late)


def _one(asked: Asked, request: Request) -> Message:
    person = asked.desk.policy.person(request.owner)
    facts = {
        "status": STATUS[request.status],
        "priority": request.priority,
        "owner": person.name if person else staff.NOBODY,
        "note": masked(request.note),
        "resolve_by": showing.clock(request.resolve_by, asked.desk.policy) if request.open else "",
    }
    shown = tuple((terms.FIELDS[key], value) for key, value in facts.items() if value)
    return Card(title=staff.CARD.format(number=request.number), body=card.short(request), facts=shown)


def _counts(asked: Asked, column: str, labels: dict[str, str]) -> list[tuple[str, str]]:
    counted = requests.tally(asked.store, column)
    before = {key: terms.KINDS.get(key, key) for key in counted if key not in labels}  # types the policy names no more
    there = {label: counted[key] for key, label in (labels | before).items() if counted.get(key)}
    return [(label, commands.OPEN.format(count=count)) for label, count in there.items()]


def _lines(title: str, found: list[Request], count: int, asked: Asked, banner: str = "") -> Message:
    """Show the first of `count` requests, one a line, and how many there are."""
    if not found:
        return Text(text="\n".join(filter(None, (commands.EMPTY.format(title=title), banner))))
    lines = [card.line(request, asked.desk.policy) for request in found]
    more = [commands.MORE.format(count=count)] if count > len(found) else []
    return Card(title=f"{title}（{count}）", body="\n".join(filter(None, [*lines, *more, banner])))
