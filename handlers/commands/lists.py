"""Lists and single requests: /list and /show."""

import difflib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from handlers import showing
from handlers.commands.asked import Asked, Misused
from handlers.messages import Card, Message, Text
from handlers.privacy import masked
from handlers.requests import card, family
from handlers.wording import commands, staff
from handlers.wording.terms import FIELDS, STATUS
from storage import events, requests
from storage.events import Event
from storage.requests import Request

LONGEST = 20


def listed(asked: Asked) -> Message:
    """List requests by conditions; conditions on one column are alternatives."""
    where: dict[str, list[str]] = {}
    since: datetime | None = None
    for word in asked.words:
        column, value = _condition(word, asked)
        if isinstance(value, datetime):
            since = value
        else:
            where.setdefault(column, []).append(value)
    if "status" not in where and not asked.words:
        where["status"] = list(requests.OPEN)
    found = _found(where, since, asked)
    if not found:
        return Text(text=commands.LIST_NONE)
    lines = [card.line(request, asked.desk.policy) for request in found[:LONGEST]]
    more = [commands.LIST_MORE.format(most=LONGEST)] if len(found) > LONGEST else []
    return Card(title=commands.LIST, body="\n".join([*lines, *more]))


def show(asked: Asked) -> Message:
    """Show all of one request and what happened to it; phones in full to whom they concern."""
    if len(asked.words) != 1:
        raise Misused(commands.GIVE_ONE)
    request = asked.request(asked.words[0])
    plain = asked.in_full(request)
    told: Callable[[str], str] = str if plain else masked
    history = [told(_happened(event, asked)) for event in events.of_request(asked.store, request.id, LONGEST)]
    whole = {FIELDS[key]: told(getattr(request, key)) for key in ("description", "background", "note")}
    facts = dict(card.facts(request, asked.desk.policy, plain=plain)) | {k: v for k, v in whole.items() if v}
    around = card.standing(family.of(asked.store, request, asked.desk))
    title = staff.CARD.format(number=request.number)
    return Card(title=title, body="\n".join(history), facts=(*facts.items(), *around))


def _condition(word: str, asked: Asked) -> tuple[str, str | datetime]:
    """Read one condition as a column and its value, or refuse with the nearest word there is."""
    known = _vocabulary(asked)
    name = word.lstrip("@")
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.3)
    said = commands.CONDITION_NEAR if near else commands.CONDITION
    raise Misused(said.format(value=word[:20], found="".join(near)))


def _vocabulary(asked: Asked) -> dict[str, tuple[str, str | datetime]]:
    local = asked.now.astimezone(asked.desk.policy.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    types = asked.desk.policy.labels
    words: dict[str, tuple[str, str | datetime]] = {label: ("status", key) for key, label in STATUS.items()}
    words |= {label: ("type", key) for key, label in types.items()}
    words |= {key: ("type", key) for key in types} | {key: ("status", key) for key in STATUS}
    words |= {label: ("urgency", key) for key, label in showing.levels(asked.desk.policy).items()}
    words |= {key: ("urgency", key) for key in ("urgent", "important", "routine")}
    words |= {p: ("priority", p) for p in ("P0", "P1", "P2")} | {p: ("priority", p.upper()) for p in ("p0", "p1", "p2")}
    words |= {person.name: ("owner", person.feishu) for person in asked.desk.policy.people}
    words |= {commands.THIS_WEEK: ("since", local - timedelta(days=local.weekday()))}
    words |= {commands.THIS_MONTH: ("since", local.replace(day=1))}
    return words


def _found(where: dict[str, list[str]], since: datetime | None, asked: Asked) -> list[Request]:
    """Return what fits, newest first: an agent sees his own requests, a lead those of his department as well."""
    scopes: list[dict[str, list[str]]] = [{}]
    if not asked.manages:
        scopes = [{"owner": [asked.person.feishu]}]
        scopes += [{"department": [asked.person.department]}] if "lead" in asked.person.roles else []
    found: dict[int, Request] = {}
    for scope in scopes:
        columns: dict[str, Sequence[str]] = {**where, **scope}
        if all(set(where.get(key, values)) & set(values) for key, values in scope.items()):
            found |= {request.id: request for request in requests.listed(asked.store, columns, since, LONGEST + 1)}
    return [found[key] for key in sorted(found, reverse=True)]


def _happened(event: Event, asked: Asked) -> str:
    at, what = showing.clock(event.at, asked.desk.policy), commands.EVENTS.get(event.kind, event.kind)
    scores = showing.scores(event.data.get("scores", {}))
    words = "。".join(filter(None, (scores, event.data.get("said", ""))))
    return f"{at} {what}（{_actor(event.actor, asked)}）{words}"


def _actor(key: str, asked: Asked) -> str:
    person = asked.desk.policy.person(key.removeprefix("fs:"))
    return person.name if person else commands.ACTORS.get(key, commands.ACTORS["customer"])
