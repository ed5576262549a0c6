"""Proxy intake by agents: /代录, its form, and what becomes of both (process.md A-021, A-027, A-031)."""

import re
from collections.abc import Mapping

from handlers import showing
from handlers.announcements import owner_name
from handlers.commands.asked import Asked, Misused
from handlers.desk import Desk
from handlers.intake import form, hearing, origins, proxy
from handlers.intake.answers import plain
from handlers.messages import Button, Card, Form, Incoming, Input, Outgoing, Pressed, Reply, Text, Toast
from handlers.policy import Policy
from handlers.sections import Person
from handlers.wording import staff
from storage.database import Store
from storage.profile import PROFILE

SUBMIT = "form_proxy"
SOURCE = "sales"
"""Where it comes from, if the agent chooses nothing else."""
_ASKED = (
    *("company", "contact", "phone", "email"),
    *("background", "description", "expected", "urgency", "source", "history"),
)
# Shown only if the words that were typed with the command said it.
_HEARD = ("title", "industry", "pain", "impact", "wanted_by", "type")
_LONG = {"background", "description", "expected", "pain", "impact"}
_ROOM = 1000
"""Characters that an input of Feishu takes."""
_WORD = re.compile(r"[\s，,;；、]*([^\s，,;；、。]+)(?:[\s，,;；、。]+|$)")
_NUMBER = re.compile(r"[+()0-9-]+")
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,3}|[\u4e00-\u9fff]{1,3}(?:先生|女士|小姐|经理|总|工|老师|主任)")


def command(asked: Asked) -> Reply:
    """Register what is typed with /代录 if nothing is missing; else bring the form with what is known."""
    if not asked.rest:
        return _form(asked, {}, {})
    said = _said(asked.rest, asked)
    try:
        fit = proxy.read(
            form.Form(**said, reporter=asked.person.name),
            asked.now,
            asked.desk,
            source=SOURCE,
            origin=f"said:{asked.incoming.id}",
        )
    except form.Unfit as unfit:
        return _form(asked, said, unfit.problems)
    entered = proxy.enter(fit, asked.now, asked.store, asked.desk, by=asked.person.chat)
    words = Text(text=_done(entered, asked.desk))
    told = Outgoing(to=asked.incoming.chat, message=words, key=f"reply:{asked.incoming.id}")
    return Reply(outgoing=(told, *entered.outgoing))


def submitted(incoming: Incoming, pressed: Pressed, store: Store, desk: Desk) -> Reply:
    """Register a submitted form once; what is wrong with it stands on the form, with all that was filled in."""
    person = desk.policy.person(incoming.sender.removeprefix("fs:"))
    if person is None:
        return Reply(toast=Toast(text=staff.NOT_STAFF, kind="warning"))
    said = {key: value for key, value in pressed.values.items() if key in (*_ASKED, *_HEARD)}
    given = form.Form(**said, reporter=person.name)
    try:
        fit = proxy.read(given, incoming.at, desk, source=SOURCE, origin=f"form:{pressed.subject}")
    except form.Unfit as unfit:
        again = _place(_drawn(said, unfit.problems, pressed.subject, desk.policy), person, pressed.subject, incoming)
        (problem, *_) = form.lines(unfit.problems).split("\n")
        return Reply(outgoing=(again,), toast=Toast(text=staff.PROXY_TOAST.format(problem=problem), kind="warning"))
    try:
        entered = proxy.enter(fit, incoming.at, store, desk, by=person.chat)
    except origins.Spent as spent:
        return Reply(toast=Toast(text=str(spent), kind="warning"))
    if not entered.new:
        return Reply(toast=Toast(text=staff.USED, kind="warning"))
    title = staff.PROXY_REGISTERED.format(number=entered.request.number)
    closed = Card(title=title, body=_done(entered, desk), tone="good")
    told = _place(closed, person, pressed.subject, incoming)
    return Reply(outgoing=(told, *entered.outgoing), toast=Toast(text=title))


def _said(typed: str, asked: Asked) -> dict[str, str]:
    """Read `客户名 [联系人] [电话] 描述…`, or fields under labels of their own, by key."""
    policy, now = asked.desk.policy, asked.now.astimezone(asked.desk.policy.zone)
    heard = hearing.fields(typed, now, policy)
    said = {key: heard[key] for key in PROFILE if heard.get(key)}
    if "description" not in heard:
        opening, description = _opened(typed, said)
        said |= opening
        # Who it is for says nothing of the need.
        heard = hearing.fields(description, now, policy) | {"description": description}
    said = {key: heard[key] for key in (*_ASKED, *_HEARD) if heard.get(key)} | said
    said["impact"] = said.get("impact") or heard.get("affected", "")
    if said.get("urgency") not in showing.levels(policy):
        said.pop("urgency", None)
    return {key: value for key, value in said.items() if value}


def _opened(typed: str, said: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Part who it is for, which stands first, from the need; a number within the need stays as typed."""
    opening: dict[str, str] = {}
    rest = typed
    while found := _WORD.match(rest):
        label, _, value = found[1].replace("：", ":").rpartition(":")
        one = _of_him(value, said) or ({} if label or opening.keys() & {"company", "contact"} else _named(value))
        if not one or one.keys() & opening.keys():
            break
        opening |= one
        rest = rest[found.end() :]
    return opening, rest.strip()


def _of_him(word: str, said: Mapping[str, str]) -> dict[str, str]:
    """Read a word that is a phone, an e-mail or what has been understood of him already."""
    phone = form.only_phone(word) if _NUMBER.fullmatch(plain(word)) else ""
    known = [key for key in PROFILE if key in said and plain(said[key]) == plain(word)]
    return {"phone": phone} if phone else {key: said[key] for key in known[:1]}


def _named(name: str) -> dict[str, str]:
    """Read the name a command begins with: a person's if it looks like one, else the company's."""
    return {"contact" if _PERSON.fullmatch(name) else "company": name}


def _form(asked: Asked, said: Mapping[str, str], problems: Mapping[str, str]) -> Reply:
    """Bring the form into the private chat; where there are no forms, say what is missing."""
    why = form.lines(dict(problems))
    if asked.incoming.platform != "feishu":
        raise Misused(staff.PROXY_MORE.format(problems=why) if why else staff.PROXY_HOW)
    if any(len(value) > _ROOM for value in said.values()):
        raise Misused(f"{staff.PROXY_MORE.format(problems=why)}\n{staff.PROXY_TOO_LONG}")
    drawn = _drawn(said, problems, asked.incoming.id, asked.desk.policy)
    told = [_place(drawn, asked.person, asked.incoming.id, asked.incoming)]
    if asked.incoming.chat != asked.person.chat:
        words = Text(text=staff.PROXY_SENT)
        told.append(Outgoing(to=asked.incoming.chat, message=words, key=f"reply:{asked.incoming.id}"))
    return Reply(outgoing=tuple(told))


def _drawn(said: Mapping[str, str], problems: Mapping[str, str], form_id: str, policy: Policy) -> Form:
    """Draw the form with what is known, and above it what is wrong."""
    keys = [*_ASKED, *(key for key in _HEARD if said.get(key))]
    return Form(
        title=staff.PROXY_FORM,
        body=staff.PROXY_MORE.format(problems=form.lines(dict(problems))) if problems else staff.PROXY_HOW,
        inputs=tuple(_input(key, said.get(key, ""), policy) for key in keys),
        submit=Button(label=staff.SUBMIT, action=SUBMIT, subject=form_id, primary=True),
    )


def _input(key: str, value: str, policy: Policy) -> Input:
    options: dict[str, Mapping[str, str]] = {
        "urgency": showing.levels(policy),
        "type": policy.labels,
        "source": policy.sources,
    }
    label = form.LABELS[key]
    if key in options:
        chosen = value or (SOURCE if key == "source" else "")
        choices = tuple(options[key].items())
        return Input(name=key, label=label, kind="choice", options=choices, initial=chosen, required=False)
    # What must be filled in is said by the answer: a client that refuses to send says less.
    return Input(name=key, label=label, kind="long" if key in _LONG else "text", initial=value, required=False)


def _place(message: Form | Card, person: Person, form_id: str, incoming: Incoming) -> Outgoing:
    return Outgoing(to=person.chat, message=message, key=f"proxy:{incoming.id}", slot=f"proxy:{form_id}")


def _done(entered: proxy.Entered, desk: Desk) -> str:
    request = entered.request
    words = staff.PROXY_DONE if entered.new else staff.PROXY_KNOWN
    return words.format(
        number=request.number,
        department=request.department,
        owner=owner_name(request, desk),
        priority=request.priority,
    )
