"""Forms: what a verb needs to know, asked on a card with one submit button."""

from collections.abc import Callable

import msgspec

from handlers.messages import Button, Card, Form, Input
from handlers.policy import Policy
from handlers.privacy import masked
from handlers.requests import card
from handlers.requests.family import Family
from handlers.wording import staff, terms
from storage.requests import Request

LABELS = staff.INPUTS | terms.HEADS
OPTIONS: dict[str, Callable[[Policy], tuple[tuple[str, str], ...]]] = {
    "type": lambda policy: tuple(card.labels("type", policy).items()),
    "nature": lambda policy: tuple(card.labels("nature", policy).items()),
    "urgency": lambda policy: tuple(card.labels("urgency", policy).items()),
    "person": lambda policy: tuple((p.feishu, f"{p.name}（{p.department}）") for p in policy.people),
}


def closed(request: Request, verb: str, values: dict[str, str]) -> Card:
    """Replace a submitted form: what was done, and with which words."""
    said = "\n".join(v for name, v in values.items() if name in ("content", "reason") and v)
    return Card(title=f"{staff.LABELS[verb]} {request.number}", body=masked(said) or staff.SUBMITTED, tone="good")


def _form(verb: str, inputs: Callable[[Request, Policy], tuple[Input, ...]]) -> Callable[[Request, Policy, str], Form]:
    def form(request: Request, policy: Policy, form_id: str) -> Form:
        submit = Button(
            label=staff.SUBMIT,
            action=f"form_{verb}",
            subject=f"{request.number}|{form_id}",
            version=request.version,
            primary=True,
        )
        return Form(
            title=f"{staff.LABELS[verb]} {request.number}",
            body=card.short(request),
            inputs=inputs(request, policy),
            submit=submit,
        )

    return form


def _choice(name: str, policy: Policy, initial: str = "") -> Input:
    options = OPTIONS[name](policy)
    # A type that the policy names no more is no choice: another is chosen, not slipped in.
    known = initial if initial in dict(options) else ""
    return Input(name=name, label=LABELS[name], kind="choice", options=options, initial=known)


def _content(hint: str) -> Callable[[Request, Policy], tuple[Input, ...]]:
    return lambda _, __: (Input(name="content", label=LABELS["content"], kind="long", hint=hint),)


def _reason(hint: str, *, required: bool) -> Input:
    return Input(name="reason", label=LABELS["reason"], hint=hint, required=required)


def merging(request: Request, policy: Policy, around: Family, form_id: str) -> Form:
    """Ask into which request this one is to be merged; the likeliest is filled in, what is alike stands above."""
    known = "\n".join(map(card.found, around.found))
    best = around.found[0].request.number if around.found else ""
    number = Input(name="number", label=LABELS["number"], hint=staff.MERGE_HINT, initial=best)
    how = staff.MERGE_HOW.format(number=request.number)
    made = _form("merge", lambda _, __: (number,))(request, policy, form_id)
    return msgspec.structs.replace(made, body="\n".join(filter(None, (made.body, how, known))))


FORMS: dict[str, Callable[[Request, Policy, str], Form]] = {
    "progress": _form("progress", _content(staff.HINTS["progress"])),
    "ask": _form("ask", _content(staff.HINTS["ask"])),
    "deliver": _form("deliver", _content(staff.HINTS["deliver"])),
    "close": _form("close", lambda _, __: (_reason(staff.HINTS["close"], required=True),)),
    "assign": _form("assign", lambda _, p: (_choice("person", p), _reason(staff.HINTS["assign"], required=False))),
    "judge": _form(
        "judge",
        lambda r, p: (
            _choice("type", p, r.type),
            _choice("nature", p, r.nature),
            _choice("urgency", p, r.urgency),
            _reason(staff.HINTS["judge"], required=False),
        ),
    ),
}
