"""How a request looks: the agent's card, its facts, one line of a list."""

import re

import msgspec

from handlers.messages import Button, Card, Tone, reachable
from handlers.policy import Policy
from handlers.privacy import masked
from handlers.requests.alike import Found
from handlers.requests.family import ALONE, Family
from handlers.requests.lifecycle import allowed
from handlers.requests.suggested import HEADS, Suggested, Suggestions, audited, to_decide
from handlers.showing import clock, excerpt, levels
from handlers.wording import staff, terms
from handlers.wording.terms import FIELDS, STATUS
from storage.requests import Request

TITLE = 24
_CLAUSE = re.compile(r"[^，,。；;！!？?]+[，,。；;！!？?]*")
_GREETING = re.compile(r"\s*(?:你好|您好|在吗)[呀啊]?[，,。！!]*\s*")
_NOTHING_ELSE = 7

# Verbs a person may press, in the order of the card.
BUTTONS = ("accept", "progress", "ask", "deliver", "assign", "judge", "merge", "close")
FOLLOWING = ("ask", "split")
"""Verbs left on the card of a request that follows another: the rest is done to that one."""
_MOST_OFFERED = 6
"""Of many types that are like the same kind only the first fit on a card; 改判 names them all."""
_LABELS = FIELDS | terms.HEADS
TONE: dict[str, Tone] = {"urgent": "urgent", "important": "warning", "routine": "plain"}


def assignment(request: Request, policy: Policy, *, around: Family = ALONE) -> Card:
    """Build the card the assignee works from; it carries only buttons that apply now."""
    kept = around.root.number if around.root else ""
    title = staff.MERGED_CARD if kept else staff.NEW if request.status == "waiting" else staff.CARD
    return Card(
        title=title.format(number=request.number, kept=kept),
        body=_how_to_talk(request) if request.open else "",
        facts=(*standing(around), *facts(request, policy)),
        buttons=tuple(
            Button(
                label=staff.LABELS[verb],
                action=verb,
                subject=request.number,
                version=request.version,
                primary=verb in ("accept", "deliver"),
            )
            for verb in (FOLLOWING if kept else BUTTONS)
            if allowed(request, verb)
        )
        + (() if kept else candidates(request, policy)),
        tone=TONE[request.urgency] if request.open else "good",
    )


def candidates(request: Request, policy: Policy) -> tuple[Button, ...]:
    """Offer the two best values of what the classifier is unsure of, to confirm or change by one tap (A-060).

    Who accepts the request lets stand what he saw: from then on 改判 changes it.
    """
    if request.accepted_at or not allowed(request, "judge"):
        return ()
    open_ = suggestions(request).heads
    asked = [head for head in HEADS if head in open_ and _asked(request, head, open_[head], policy)]
    return tuple(
        Button(
            label=(staff.CONFIRM if value == getattr(request, head) else staff.CHANGE).format(
                value=labels(head, policy)[value]
            ),
            action=f"pick_{head}",
            subject=f"{request.number}|{value}",
            version=request.version,
        )
        for head in asked
        for value in _offered(getattr(request, head), open_[head])
        if value in labels(head, policy)
    )


def _asked(request: Request, head: str, guess: Suggested, policy: Policy) -> bool:
    return to_decide(head, guess, audit=_audited(request, head, guess, policy))


def _audited(request: Request, head: str, guess: Suggested, policy: Policy) -> bool:
    return request.accepted_at is None and audited(request.number, head, guess, policy.learning.audit)


def _offered(value: str, guess: Suggested) -> list[str]:
    """Return what one tap may decide: what stands there, the best two, or all that the suggestion may mean."""
    return list(dict.fromkeys((value, *(guess.among or (guess.value, guess.runner_up)))))[:_MOST_OFFERED]


def _how_to_talk(request: Request) -> str:
    return staff.HOW_TO_REPLY if reachable(request.chat) else staff.NO_CHAT.format(number=request.number)


def standing(around: Family) -> tuple[tuple[str, str], ...]:
    """List what stands around a request: what it may repeat, what it follows, how many customers want it (A-069)."""
    numbers = "、".join(member.number for member in around.members)
    named = staff.VOTES_NUMBERS.format(numbers=numbers)
    rows = {
        "following": staff.FOLLOWING.format(kept=around.root.number, votes=around.votes) if around.root else "",
        "votes": staff.VOTES.format(votes=around.votes, numbers=named) if around.members else "",
        # Without their numbers: a card is known by the one number on it. They stand in its thread.
        "alike": "\n".join(map(resemblance, around.found)),
    }
    return tuple((FIELDS[key], value) for key, value in rows.items() if value)


def found(one: Found) -> str:
    """Put a request that may ask for the same into one line, by its number."""
    return f"{one.request.number} {resemblance(one)}"


def resemblance(one: Found) -> str:
    """Say what a request that may ask for the same is about, how alike it is, and the words both have."""
    words = staff.ALIKE_WORDS.format(words="".join(f"“{word}”" for word in one.words)) if one.words else ""
    title, likeness = short(one.request), f"{one.likeness:.0%}"
    return staff.ALIKE.format(title=title, likeness=likeness, words=masked(words))


def notice(request: Request, policy: Policy, title: str, *, body: str = "", tone: Tone = "plain") -> Card:
    """Build a card without buttons about a request."""
    return Card(title=title, body=body, facts=facts(request, policy), tone=tone)


def facts(request: Request, policy: Policy, *, plain: bool = False) -> tuple[tuple[str, str], ...]:
    """List what is known of a request; phones and e-mails masked unless `plain` (contract.md 6)."""
    person = policy.person(request.owner)
    rows = {
        "customer": who(request),
        "reach": " ".join(filter(None, (request.phone, request.email))),
        "industry": request.industry,
        "hint": staff.DEGRADED if suggestions(request).degraded else "",
        "type": suggested(request, "type", policy),
        "nature": suggested(request, "nature", policy),
        "urgency": suggested(request, "urgency", policy),
        "priority": request.priority,
        "status": STATUS[request.status],
        "owner": person.name if person else "",
        "background": request.background,
        "description": request.description,
        "expected": request.expected,
        "pain": request.pain,
        "impact": request.impact,
        "wanted_by": clock(request.wanted_by, policy),
        "history": request.history,
        "respond_by": clock(request.respond_by, policy) if not request.responded_at and request.open else "",
        "resolve_by": clock(request.resolve_by, policy) if request.open else "",
        "note": request.note,
        "source": request.source if request.proxied else "",
        "reporter": request.reporter,
        "at": clock(request.reported_at, policy),
        "created_at": clock(request.created_at, policy),
    }
    show = (lambda text: text) if plain else masked
    return tuple((_LABELS[key], excerpt(show(value))) for key, value in rows.items() if value)


def brief(request: Request, policy: Policy) -> tuple[tuple[str, str], ...]:
    """List the few facts an alarm needs."""
    person = policy.person(request.owner)
    rows = {
        "customer": who(request),
        "urgency": f"{levels(policy)[request.urgency]}（{request.priority}）",
        "status": STATUS[request.status],
        "owner": person.name if person else "",
        "description": excerpt(request.description, 100),
    }
    return tuple((_LABELS[key], masked(value)) for key, value in rows.items() if value)


def who(request: Request) -> str:
    """Name the customer: company, contact and title."""
    title = "" if request.title in request.contact else request.title
    return " ".join(filter(None, (request.company, request.contact, title)))


def suggested(request: Request, head: str, policy: Policy) -> str:
    """Show a label, and whether a person decided it or the classifier only suggests it, and why."""
    names = labels(head, policy)
    value: str = getattr(request, head)
    label = names.get(value) or terms.KINDS.get(value, value)
    guess = suggestions(request).heads.get(head)
    if guess and guess.stated and guess.value != value:
        return _beside(request, label, guess, names)
    if guess is None or guess.value != value:
        return label
    because = _because(guess)
    if _audited(request, head, guess, policy):
        return staff.AUDITED.format(value=label, because=because)
    if guess.sure or request.accepted_at:
        return staff.SUGGESTION.format(value=label, because=because)
    if guess.held:
        return staff.HELD.format(value=label, because=because)
    others = [one for one in guess.among if one != value] or [guess.runner_up]
    other = "、".join(names.get(one, staff.OTHERWISE) for one in others)
    return staff.UNSURE.format(value=label, other=other, because=because)


def _beside(request: Request, label: str, guess: Suggested, names: dict[str, str]) -> str:
    """Show what the customer named himself, or whoever brought the request wrote down, and the suggestion beside it."""
    words = staff.BESIDE if guess.sure else staff.BESIDE_UNSURE
    because = _because(guess)
    by = staff.STATED_FOR if request.proxied else staff.STATED
    return words.format(value=label, by=by, other=names.get(guess.value, guess.value), because=because)


def _because(guess: Suggested) -> str:
    return "、".join(map(_reason, guess.because)) or staff.ON_THE_WHOLE


def _reason(because: str) -> str:
    """Write `故障词: 转圈` the way people read it, a bare word as it is."""
    group, _, word = because.rpartition(": ")
    return f"{group}“{word}”" if group else word


def suggestions(request: Request) -> Suggestions:
    """Return what the classifier suggested, empty where a person has decided since."""
    return msgspec.json.decode(request.suggestion, type=Suggestions) if request.suggestion else Suggestions()


def labels(head: str, policy: Policy) -> dict[str, str]:
    """Return what people call the values of one question."""
    return {"type": policy.labels, "nature": terms.NATURES, "urgency": levels(policy)}[head]


def line(request: Request, policy: Policy) -> str:
    """Put a request into one line of a list."""
    person = policy.person(request.owner)
    words = (request.number, request.priority, STATUS[request.status], policy.label(request.type))
    brought = "·".join(filter(None, (request.source, request.reporter))) if request.proxied else ""
    by = staff.BROUGHT_BY.format(by=brought) if brought else ""
    return " · ".join(filter(None, (*words, person.name if person else staff.NOBODY, short(request), by)))


def short(request: Request) -> str:
    """Return the first words of the need as a title, without who sends it.

    Masked before it is cut: half a phone number is recognised by nobody and read by everybody.
    """
    himself = [value for value in (request.company, request.contact, request.phone) if value]
    clauses = _CLAUSE.findall(request.description.replace("\n", " "))
    need = "".join(clause for clause in clauses if not _introduces(clause, himself)) or request.description
    return excerpt(masked(need).rstrip("，,。；; "), TITLE)


def _introduces(clause: str, himself: list[str]) -> bool:
    """Whether a clause says who writes and next to nothing else."""
    rest = clause
    for value in himself:
        rest = rest.replace(value, "")
    return _GREETING.fullmatch(clause) is not None or (rest != clause and len(rest) <= _NOTHING_ELSE)
