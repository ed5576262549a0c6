"""Agents: what they press on a card and say in its thread (contract.md, section 6)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers import attachments, forms, numbering, proxying
from handlers.announcements import announce, owner_name
from handlers.desk import Desk
from handlers.intake import interruption
from handlers.messages import Attached, Form, Incoming, Outgoing, Pressed, Reply, Said, Text, Toast, reachable
from handlers.requests import alike, assignment, card, family, merging
from handlers.requests.judging import judged
from handlers.requests.lifecycle import Happening, allowed, apply
from handlers.requests.merging import CannotMerge
from handlers.sections import Person
from handlers.wording import staff, terms
from storage import cards, chats, events, requests
from storage.database import Store
from storage.requests import Request


class Denied(Exception):  # noqa: N818 - an answer, not a fault
    """The press changes nothing; the exception's text says why."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One press of one person on one request."""

    incoming: Incoming
    press: Pressed
    person: Person
    request: Request
    store: Store
    desk: Desk

    @property
    def now(self) -> datetime:
        """When it was pressed."""
        return self.incoming.at

    def do(self, verb: str, *, said: str = "", **columns: Any) -> Happening:
        """Apply a verb as this person."""
        return apply(verb, self.request, self.person.chat, self.now, self.store, self.desk, said=said, **columns)

    def value(self, name: str) -> str:
        """Return a form's input, or refuse: an empty one means nothing."""
        value = self.press.values.get(name, "").strip()
        if not value:
            raise Denied(staff.EMPTY.format(label=forms.LABELS[name]))
        return value


def press(incoming: Incoming, pressed: Pressed, store: Store, desk: Desk) -> Reply:
    """Take a press on a card: every refusal is a toast that says why, and changes nothing."""
    if pressed.action == proxying.SUBMIT:
        return proxying.submitted(incoming, pressed, store, desk)
    try:
        deed = _deed(incoming, pressed, store, desk)
        return ACTIONS[pressed.action](deed)
    except Denied as denied:
        return Reply(toast=Toast(text=str(denied), kind="warning"))


def reply(incoming: Incoming, store: Store, desk: Desk) -> Reply:
    """Relay what an agent says in a card's thread to the customer; anywhere else say how it is done."""
    person = desk.policy.person(incoming.sender.removeprefix("fs:"))
    if person is None:
        return _answer(incoming, staff.STAFF_ONLY)
    try:
        request = _talked_of(incoming, person, store)
    except Denied as denied:
        return _answer(incoming, str(denied))
    match incoming.content:
        case Said(text=text) if text.strip():
            happened = apply("answer", request, person.chat, incoming.at, store, desk, said=text)
            told = Reply(outgoing=interruption.announced(happened, store, desk))
        case Attached() as sent:
            told = attachments.relay(incoming, sent, request, store)
        case _:
            return _answer(incoming, staff.NOT_READ)
    _talk(store, request, "talk", incoming.at)
    return told + _unheard(incoming, request)


def _unheard(incoming: Incoming, request: Request) -> Reply:
    """Say so where what is written for the customer reaches nobody."""
    if reachable(request.chat):
        return Reply()
    words = Text(text=staff.NOT_SENT.format(number=request.number))
    return Reply(outgoing=(Outgoing(to=incoming.chat, message=words, key=f"unheard:{incoming.id}"),))


def _talk(store: Store, request: Request, focus: str, now: datetime) -> None:
    """Let the customer's next words go to the agent; a menu offered before no longer takes them, but an intake does."""
    chat = chats.open_chat(store, request.chat)
    menu = chat.menu if chat.draft else None
    seen = {"menu": chat.menu, "draft": chat.draft}
    chats.settle(store, request.chat, seen, focus_id=request.id, focus=focus, focus_at=now, menu=menu)


def _talked_of(incoming: Incoming, person: Person, store: Store) -> Request:
    """Return the request whose card the message answers, or refuse."""
    place = cards.by_message(store, incoming.thread) if incoming.thread else None
    request = _of_slot(place.slot, store) if place else None
    if request is None:
        raise Denied(staff.NO_THREAD if incoming.thread else staff.ONLY_COMMANDS)
    if not assignment.may_act(person, request):
        raise Denied(staff.NOT_YOURS.format(department=request.department))
    if not allowed(request, "answer"):
        raise Denied(staff.NOT_RELAYED.format(number=request.number, status=terms.STATUS[request.status]))
    return request


def _deed(incoming: Incoming, pressed: Pressed, store: Store, desk: Desk) -> Deed:
    """Check who presses what: the operator, not the chat, decides; the request must be as the card shows it."""
    person = desk.policy.person(incoming.sender.removeprefix("fs:"))
    if person is None:
        raise Denied(staff.NOT_STAFF)
    number, _, form = pressed.subject.partition("|")
    request = requests.by_number(store, number) if number else None
    if request is None or pressed.action not in ACTIONS:
        raise Denied(staff.GONE)
    if not assignment.may_act(person, request):
        raise Denied(staff.NOT_YOURS.format(department=request.department))
    verb = _VERBS.get(pressed.action) or pressed.action.removeprefix("form_")
    submitted = bool(form) and pressed.action.startswith("form_")  # a card's own buttons name no form
    if submitted and form in events.forms(store, request.id, verb):
        raise Denied(staff.USED)
    if not submitted and pressed.version != request.version:
        raise Denied(_stale(request, verb, desk))
    if not allowed(request, verb):
        raise Denied(
            staff.NOT_NOW.format(number=request.number, status=terms.STATUS[request.status], label=staff.LABELS[verb])
        )
    kept = alike.root(store, request)
    if kept and verb not in card.FOLLOWING:
        raise Denied(staff.FOLLOWS.format(number=request.number, kept=kept.number))
    return Deed(incoming, pressed, person, request, store, desk)


def _stale(request: Request, verb: str, desk: Desk) -> str:
    words = {"number": request.number, "status": terms.STATUS[request.status], "owner": owner_name(request, desk)}
    return (staff.ALREADY_TAKEN if verb == "accept" and request.accepted_at else staff.STALE).format(**words)


def _accept(deed: Deed) -> Reply:
    """Take the request on; a lead or manager may do so for the assignee."""
    return _done(deed, announce(deed.do("accept"), deed.desk))


def _open_form(deed: Deed) -> Reply:
    """Bring the form a verb needs, as a card of its own."""
    verb = deed.press.action
    return _bring(deed, forms.FORMS[verb](deed.request, deed.desk.policy, deed.incoming.id))


def _open_merging(deed: Deed) -> Reply:
    """Bring the form that asks into which request this one is merged."""
    around = family.of(deed.store, deed.request, deed.desk)
    return _bring(deed, forms.merging(deed.request, deed.desk.policy, around, deed.incoming.id))


def _bring(deed: Deed, message: Form) -> Reply:
    told = Outgoing(
        to=deed.person.chat,
        message=message,
        key=f"form:{deed.incoming.id}",
        slot=_form_slot(deed.incoming.id, deed.request),
        request=deed.request.id,
    )
    return Reply(outgoing=(told,), toast=Toast(text=staff.FORM_BELOW, kind="info"))


def _submitted(act: Callable[[Deed], tuple[Outgoing, ...]]) -> Callable[[Deed], Reply]:
    """Make the action of a submitted form: do it once, close the form, confirm."""

    def submit(deed: Deed) -> Reply:
        told = act(deed)
        form = deed.press.subject.partition("|")[2]
        closed = Outgoing(
            to=deed.person.chat,
            message=forms.closed(deed.request, deed.press.action.removeprefix("form_"), deed.press.values),
            key=f"closed:{deed.incoming.id}",
            slot=_form_slot(form, deed.request),
            request=deed.request.id,
        )
        return _done(deed, (*told, closed))

    return submit


def _progress(deed: Deed) -> tuple[Outgoing, ...]:
    said = deed.value("content")
    return announce(_once(deed, "progress", said, note=said), deed.desk)


def _ask(deed: Deed) -> tuple[Outgoing, ...]:
    said = deed.value("content")
    _talk(deed.store, deed.request, "ask", deed.now)
    return interruption.announced(_once(deed, "ask", said), deed.store, deed.desk)


def _deliver(deed: Deed) -> tuple[Outgoing, ...]:
    said = deed.value("content")
    return announce(_once(deed, "deliver", said, note=said), deed.desk)


def _close(deed: Deed) -> tuple[Outgoing, ...]:
    return announce(_once(deed, "close", deed.value("reason")), deed.desk)


def _assign(deed: Deed) -> tuple[Outgoing, ...]:
    name = deed.value("person")
    person = deed.desk.policy.person(name) or deed.desk.policy.named(name)
    if person is None:
        raise Denied(staff.UNKNOWN_PERSON.format(name=name))
    if person.feishu == deed.request.owner:
        raise Denied(staff.SAME_PERSON.format(name=person.name))
    said = deed.press.values.get("reason", "").strip()
    columns = {"owner": person.feishu, "department": person.department}
    return announce(_once(deed, "assign", said, **columns), deed.desk)


def _judge(deed: Deed) -> tuple[Outgoing, ...]:
    values = {name: deed.value(name) for name in terms.HEADS}
    for name, value in values.items():
        if value not in dict(forms.OPTIONS[name](deed.desk.policy)):
            raise Denied(staff.UNKNOWN_CHOICE.format(label=forms.LABELS[name], value=value))
    columns = judged(deed.request, values, deed.desk.policy)
    return announce(_once(deed, "judge", deed.press.values.get("reason", "").strip(), **columns), deed.desk)


def _pick(deed: Deed) -> Reply:
    """Decide one question by one tap: what was suggested is confirmed or changed (A-060)."""
    head, value = deed.press.action.removeprefix("pick_"), deed.press.subject.partition("|")[2]
    names = card.labels(head, deed.desk.policy)
    if value not in names:
        raise Denied(staff.UNKNOWN_CHOICE.format(label=terms.HEADS[head], value=value[:20]))
    said = staff.PICKED.format(label=terms.HEADS[head], value=names[value])
    happened = deed.do("judge", said=said, **judged(deed.request, {head: value}, deed.desk.policy))
    return Reply(outgoing=announce(happened, deed.desk), toast=Toast(text=said))


def _merge(deed: Deed) -> tuple[Outgoing, ...]:
    """Merge into the request named: one this person may see, or one that was proposed to him (A-068)."""
    typed = deed.value("number")
    other = requests.by_number(deed.store, numbering.read(typed))
    shown = merging.proposed(deed.store, deed.request)
    if other is None or not (assignment.may_act(deed.person, other) or other.id in shown):
        raise Denied(staff.NO_SUCH.format(number=typed[:40]))
    try:
        form = deed.press.subject.partition("|")[2]
        done = merging.merge(deed.request, other, deed.person.chat, deed.now, deed.store, deed.desk, form=form)
    except CannotMerge as refused:
        raise Denied(str(refused)) from None
    return tuple(one for happened in done for one in announce(happened, deed.desk))


def _split(deed: Deed) -> Reply:
    """Take a merge back."""
    try:
        done = merging.split(deed.request, deed.person.chat, deed.now, deed.store, deed.desk)
    except CannotMerge as refused:
        raise Denied(str(refused)) from None
    return _done(deed, tuple(one for happened in done for one in announce(happened, deed.desk)))


def _once(deed: Deed, verb: str, said: str, **columns: Any) -> Happening:
    """Apply a verb and leave the form's id on its event, so that a second submit is known as such."""
    form = deed.press.subject.partition("|")[2]
    happened = deed.do(verb, said=said, **columns)
    events.mark(deed.store, happened.event, form=form)
    return happened


def _done(deed: Deed, told: tuple[Outgoing, ...]) -> Reply:
    verb = deed.press.action.removeprefix("form_")
    unheard = verb in ("progress", "ask", "deliver", "close") and not reachable(deed.request.chat)
    words = staff.DONE_NOT_SENT if unheard else staff.DONE
    return Reply(outgoing=told, toast=Toast(text=words.format(label=staff.LABELS[verb])))


def _answer(incoming: Incoming, words: str) -> Reply:
    return Reply(outgoing=(Outgoing(to=incoming.chat, message=Text(text=words), key=f"reply:{incoming.id}"),))


def _form_slot(form: str, request: Request) -> str:
    """Name the place of a form so that an answer in its thread is known to be about its request."""
    return f"form:{request.id}:{form}"


def _of_slot(place: str, store: Store) -> Request | None:
    """Return the request whose card or form holds a place."""
    kind, _, rest = place.partition(":")
    return requests.get(store, int(rest.split(":", 1)[0])) if kind in ("request", "form") else None


_VERBS = {f"pick_{head}": "judge" for head in terms.HEADS}
"""Presses that are another verb's in short."""
ACTIONS: dict[str, Callable[[Deed], Reply]] = {
    "accept": _accept,
    **dict.fromkeys(forms.FORMS, _open_form),
    "form_progress": _submitted(_progress),
    "form_ask": _submitted(_ask),
    "form_deliver": _submitted(_deliver),
    "form_close": _submitted(_close),
    "form_assign": _submitted(_assign),
    "form_judge": _submitted(_judge),
    **{f"pick_{head}": _pick for head in terms.HEADS},
    "merge": _open_merging,
    "form_merge": _submitted(_merge),
    "split": _split,
}
