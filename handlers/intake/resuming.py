"""Resuming: what a customer may say of an intake that lies open, and what becomes of it while he says nothing."""

import re
from collections.abc import Callable
from dataclasses import replace

import msgspec

from handlers import numbering, phrases, talk, words
from handlers.contact import Contact
from handlers.intake import beside, nudges, questions, session, temper
from handlers.intake.answers import level, plain, says_nothing
from handlers.intake.draft import Draft, asking
from handlers.intake.hearing import First, hear_first
from handlers.intake.registration import open_draft
from handlers.intake.repair import CHANGE, CONFIRM
from handlers.messages import Button, Happened, Pressed, Reply, Said
from handlers.requests import survey
from handlers.requests.lifecycle import allowed
from handlers.wording import customer
from storage import lanes
from storage.profile import PROFILE

# Both are said of the intake, and of nothing in it.
_GIVES_UP = re.compile(
    r"(?:那|还是|先)?(?:就?算了|不用了|不要了|不?(?:想|需要)?(?:登记|提|填|弄|报)了|不弄|放弃)(?:吧|不?(?:登记|提|填)了)?"
)
_WAITS = re.compile(
    r"(?:好的?|嗯)?(?:请|麻烦)?(?:稍等|等(?:一下|下|等|会儿?|一会儿?)|等我(?:一下|一会儿?)?)"
    r"(?:我(?:先|去)?(?:查|看|问|找|确认|核实)(?:一下|下|一?[查看问找])?(?:再(?:告诉|回复|说).{0,2})?)?"
)
_CHANGES = ("改成", "改为", "修改", "更正", "写错")


def said(contact: Contact, draft: Draft, text: str) -> Reply | None:
    """Answer a word about an open intake, or one that meets a saved draft; None if the intake simply goes on."""
    words_ = re.sub(r"[,，、。\s]", "", plain(text))
    act = WORDS.get(plain(text))
    if act and not (act is _discard and words.asked_to_erase(contact)):
        return act(contact, draft)
    if _GIVES_UP.fullmatch(words_) and not words.asked_to_erase(contact):
        return contact.say(customer.GIVE_UP, nudges.RESUME, nudges.LATER, nudges.CANCEL)
    if _WAITS.fullmatch(words_):
        return (
            contact.say(customer.TAKE_YOUR_TIME)
            if rests(contact)
            else session.with_question(contact, customer.TAKE_YOUR_TIME)
        )
    return _met(contact, draft, text) if rests(contact) else None


def meet(contact: Contact) -> None:
    """Set an open intake aside as a saved draft if its customer comes back only after `intake.lapse`.

    Its question is then not asked again by itself, and whatever else he wants comes first.
    """
    draft = open_draft(contact)
    if draft and nudges.lapsed(draft, contact.chat.last_inbound_at, contact.now, contact.desk.policy):
        beside.keep(contact, rests=True)


def rests(contact: Contact) -> bool:
    """Whether the intake of this chat is a saved draft, which asks nothing of itself."""
    return beside.of(contact).rests


def wake(contact: Contact) -> None:
    """Let the intake go on."""
    beside.keep(contact, rests=False, answering=False)


def _met(contact: Contact, draft: Draft, text: str) -> Reply | None:
    """Answer words that meet a saved draft: it is brought up when he greets, and is in the way of nothing else."""
    if phrases.GREETINGS.fullmatch(plain(text)):
        return contact.say(nudges.welcome(draft, contact.desk.policy))
    spoken = words.spoken(text, contact)
    if spoken is not None:
        return spoken
    if _is_for_agent(contact, text):
        return talk.outside(contact, text)
    if phrases.is_chatter(text):
        return contact.say(customer.SMALL_TALK)
    return _go_on(contact, draft, text)


def pressed(contact: Contact, press: Pressed) -> Reply | None:
    """Take a press of one of the menus of this module; None if it is of another."""
    act, draft = BUTTONS.get(press.action), open_draft(contact)
    if act is None:
        return None
    return act(contact, draft) if draft else contact.say(customer.EXPIRED_MENU)


def settle(contact: Contact, reply: Reply) -> Reply:
    """Promise to remind of what stands open after a contact, and bring back what was put away for what is done now."""
    content, note = contact.incoming.content, beside.of(contact)
    if isinstance(content, Happened) or contact.kept.get("serving"):
        return reply
    if note.fresh:
        lanes.cancel_tagged(contact.store, "wecom", contact.chat.key, nudges.TAG, contact.now)
    note = msgspec.structs.replace(note, fresh=False)
    if isinstance(content, Said) and not _is_choice(content.text):
        note = note.remembering(content.text)
    left = contact.kept.get("draft", contact.chat.draft)
    if left is None:
        note = msgspec.structs.replace(note, reminded=False, rests=False, aside="", answering=False)
        contact.keep(beside=beside.encoded(note), remind_at=None)
        return reply + _take_down(contact) if contact.chat.draft and note.shelf else reply
    silent = note.rests or note.reminded
    contact.keep(
        beside=beside.encoded(note), remind_at=None if silent else nudges.moment(contact.now, contact.desk.policy)
    )
    return reply


def _is_choice(text: str) -> bool:
    """Whether words only choose what is offered: nobody who takes over needs to read them."""
    return plain(text).lower() in CONFIRM | CHANGE or words.asked(text.strip()) is not None


def _take_down(contact: Contact) -> Reply:
    """Offer the draft that was put away last, now that the other need is settled."""
    *others, draft = beside.of(contact).shelf
    contact.keep(draft=msgspec.json.encode(draft))
    beside.keep(contact, shelf=tuple(others), rests=True)
    (told,) = contact.say(nudges.welcome(draft, contact.desk.policy, customer.ALSO_HALF_DONE)).outgoing
    return Reply(outgoing=(msgspec.structs.replace(told, key=f"{told.key}:shelf"),))


def _is_for_agent(contact: Contact, text: str) -> bool:
    """Whether words answer an agent, or a survey: a draft that only rests does not come before them."""
    request, focus = talk.focused(contact)
    if request is None:
        return False
    if focus == "survey":
        return survey.heard(request, text, contact.desk) is not None
    return focus in ("ask", "talk") and allowed(request, "supplement")


def _go_on(contact: Contact, draft: Draft, text: str) -> Reply | None:
    """Let an answer go on with the draft; ask of a new need whether it belongs to it."""
    note = beside.of(contact)
    if temper.scolds(text):
        return None
    if note.aside:  # asked, and he went on instead of choosing: what he says is about one thing
        return _join(contact, draft, f"{note.aside}\n{text}")
    if _is_another_need(contact, draft, text):
        beside.keep(contact, aside=text)
        said = customer.BELONGS.format(need=nudges.need(draft))
        return contact.say(
            said, Button(label=customer.SAME, action="join"), Button(label=customer.OTHER, action="apart")
        )
    wake(contact)
    return None


def _is_another_need(contact: Contact, draft: Draft, text: str) -> bool:
    """Whether words state a need and do not answer the question that stands open."""
    first = hear_first(text, contact.now, contact.desk)
    return first.stated and not _answers(draft, text, first, contact)


def _answers(draft: Draft, text: str, first: First, contact: Contact) -> bool:
    field, fields = asking(draft, contact.desk.policy), first.heard.fields
    if plain(text).lower() in CONFIRM | CHANGE or any(word in text for word in _CHANGES):
        return True
    if field is None:
        return False
    fits: dict[str, Callable[[], bool]] = {
        "description": lambda: True,
        "customer": lambda: any(key in fields for key in PROFILE),
        "urgency": lambda: bool(level(text, contact.desk.policy) or fields.get("urgency") or fields.get("pressing")),
        "history": lambda: bool(numbering.alone(text)),
    }
    return says_nothing(text) or fits.get(field.kind, lambda: field.key in fields)()


# --- what can be chosen -----------------------------------------------------------------------------------------------


def _resume(contact: Contact, draft: Draft) -> Reply:
    """Ask the open question again."""
    aside = beside.of(contact).aside
    if aside:
        return _join(contact, draft, aside)
    wake(contact)
    return contact.say(questions.ask(draft, contact.desk.policy, lead=customer.RESUMED))


def _later(contact: Contact, _: Draft) -> Reply:
    """Put the draft off; it is brought up when he greets us again."""
    beside.keep(contact, rests=True)
    return contact.say(customer.SAVED)


def _discard(contact: Contact, _: Draft) -> Reply:
    contact.keep(draft=None)
    return contact.say(customer.CANCELLED_DRAFT)


def _restart(contact: Contact, _: Draft) -> Reply:
    """Begin from nothing; words that were set aside are the need that is begun with."""
    aside = beside.of(contact).aside
    beside.keep(contact, rests=False, reminded=False, aside="")
    contact.keep(draft=None)
    empty = _without_draft(contact)
    return session.begin(empty, aside) if aside else session.start(empty)


def _join_aside(contact: Contact, draft: Draft) -> Reply:
    aside = beside.of(contact).aside
    return _join(contact, draft, aside) if aside else contact.say(customer.EXPIRED_MENU)


def _join(contact: Contact, draft: Draft, more: str) -> Reply:
    """Add words to what the draft is about."""
    whole = "\n".join(filter(None, (draft.answers.get("description", ""), more)))
    joined = msgspec.structs.replace(draft.having(description=whole), steps=(), last="")
    beside.keep(contact, rests=False, aside="")
    contact.keep(draft=msgspec.json.encode(joined))
    return contact.say(questions.ask(joined, contact.desk.policy, lead=customer.ADDED))


def _apart(contact: Contact, draft: Draft) -> Reply:
    """Put the draft away and begin with the other need; the draft is offered again when that is settled."""
    note = beside.of(contact)
    if not note.aside:
        return contact.say(customer.EXPIRED_MENU)
    beside.keep(contact, rests=False, reminded=False, aside="", shelf=(*note.shelf, draft))
    contact.keep(draft=None)
    return session.begin(_without_draft(contact), note.aside)


def _without_draft(contact: Contact) -> Contact:
    """Return the contact as if no intake were open; what it keeps is kept for both."""
    return replace(contact, chat=msgspec.structs.replace(contact.chat, draft=None))


_Act = Callable[[Contact, Draft], Reply]
BUTTONS: dict[str, _Act] = {
    "resume": _resume,
    "later": _later,
    "discard": _discard,
    "restart": _restart,
    "join": _join_aside,
    "apart": _apart,
}
WORDS: dict[str, _Act] = {
    **dict.fromkeys((customer.CANCEL, f"{customer.CANCEL}需求"), _discard),
    **dict.fromkeys(("继续", "继续登记", "继续填写", "继续吧", "接着填", "接着来", "接着登记"), _resume),
    **dict.fromkeys(("稍后再说", "稍后", "晚点再说", "晚点", "回头再说", "等会再说", "等会儿再说", "先放着"), _later),
    **dict.fromkeys(("重新开始", "重新登记", "重新填写", "重新来", "重来"), _restart),
}
