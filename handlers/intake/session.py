"""The intake of one chat: begun, gone on with, and led back to after a digression."""

import msgspec

from handlers import words
from handlers.contact import Contact
from handlers.intake import conversation, questions, repair
from handlers.intake.answers import is_vague, plain
from handlers.intake.draft import Draft, asking
from handlers.intake.hearing import hear, hear_first
from handlers.intake.registration import known, open_draft, submit
from handlers.messages import Button, Reply
from handlers.requests import card
from handlers.wording import customer

HISTORY = 3
_SHORTEST_NEED = 2


def begin(contact: Contact, text: str) -> Reply:
    """Start an intake with a need; what is surely none gets the menu."""
    first = hear_first(text, contact.now, contact.desk)
    past = _past(contact)
    if (not first.need and not is_vague(text)) or len(plain(text)) < _SHORTEST_NEED:
        return contact.say(greeting(contact), *menu(has_requests=bool(past)))
    draft = Draft(started=contact.now, answers=known(contact), past=past)
    turn = conversation.begin(draft, first.heard, contact.desk.policy)
    contact.keep(draft=msgspec.json.encode(turn.draft), focus="", focus_id=None)
    return contact.say(turn.say)


def start(contact: Contact) -> Reply:
    """Ask for the need; who chose to state one is believed, whatever his next words look like."""
    draft = open_draft(contact) or Draft(started=contact.now, answers=known(contact), past=_past(contact))
    contact.keep(draft=msgspec.json.encode(draft), focus="", focus_id=None)
    return contact.say(questions.ask(draft, contact.desk.policy))


def turn(contact: Contact, draft: Draft, text: str) -> Reply:
    """Go one step on in the intake."""
    confirms = asking(draft, contact.desk.policy) is None and plain(text).lower() in repair.CONFIRM
    if words.is_chatter(text) and not confirms:
        return with_question(contact, customer.PRESENT)
    heard = hear(text, draft, contact.now, contact.desk)
    return after(contact, conversation.advance(draft, heard, contact.desk.policy))


def after(contact: Contact, turn: conversation.Turn) -> Reply:
    """Keep where a step has led, or register what the customer has confirmed."""
    if turn.submitted:
        return submit(contact, turn.draft)
    contact.keep(draft=msgspec.json.encode(turn.draft))
    return contact.say(turn.say)


def with_question(contact: Contact, lead: str) -> Reply:
    """Say something and, within an intake, repeat the open question."""
    draft = open_draft(contact)
    return contact.say(questions.ask(draft, contact.desk.policy, lead=lead) if draft else lead)


def remind(contact: Contact) -> Reply:
    """Lead back to the open question after a digression, if the digression has not ended the intake."""
    left = contact.kept.get("draft", contact.chat.draft)
    if left is None:
        return Reply()
    draft = msgspec.json.decode(left, type=Draft)
    (told,) = contact.say(questions.ask(draft, contact.desk.policy, lead=customer.RESUMED)).outgoing
    return Reply(outgoing=(msgspec.structs.replace(told, key=f"{told.key}:again"),))


def greeting(contact: Contact) -> str:
    """Greet, by name whom we know."""
    name = known(contact).get("contact")
    return customer.GREETING_BACK.format(name=name) if name else customer.GREETING


def menu(*, has_requests: bool) -> tuple[Button, ...]:
    """Offer what one can begin with."""
    buttons = [Button(label=customer.START, action="start")]
    buttons += [Button(label=customer.STATUS, action="status")] if has_requests else []
    return (*buttons, Button(label=customer.PERSON, action="person"))


def _past(contact: Contact) -> tuple[tuple[str, str], ...]:
    return tuple((r.number, card.short(r)) for r in contact.own()[:HISTORY])
