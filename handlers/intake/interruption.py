"""Interruption: what an agent says to a customer in the middle of an intake, and how he answers it (contract.md 6).

The intake goes on with his next words, as it must; so he is told how to answer instead, and reminded at the end of what
he has not answered.
"""

import re

import msgspec

from handlers import numbering, talk, words
from handlers.announcements import announce, owner_name
from handlers.contact import Contact
from handlers.desk import Desk
from handlers.intake import beside, nudges, questions, resuming, session
from handlers.intake.answers import plain
from handlers.intake.draft import Draft, read
from handlers.messages import Button, Outgoing, Reply, Text
from handlers.requests.lifecycle import Happening, allowed
from handlers.width import narrow
from handlers.wording import customer
from handlers.wording.terms import STATUS
from storage import chats, events
from storage.database import Store

_CHOOSES = re.compile(rf"回答\s*{numbering.TYPED}[。!！]?")
GO_ON = Button(label=customer.GO_ON_INTAKE, action="resume")


def announced(happened: Happening, store: Store, desk: Desk) -> tuple[Outgoing, ...]:
    """Announce what an agent said; in an intake the customer is told how to answer: his next words belong to that."""
    told, request = announce(happened, desk), happened.request
    chat = chats.open_chat(store, request.chat)
    if chat.draft is None or beside.of_chat(chat).rests:
        return told
    missing = nudges.missing(read(chat.draft), desk.policy)
    during = customer.DURING_INTAKE.format(missing=missing, number=request.number)
    answer = Button(label=customer.ANSWER.format(number=request.number), action="answer_to", subject=request.number)

    def with_way(one: Outgoing) -> Outgoing:
        if one.to != request.chat or not isinstance(one.message, Text):
            return one
        said = one.message.text.removesuffix(customer.ANSWER_HERE).rstrip()
        return msgspec.structs.replace(one, message=Text(text=f"{said}\n{during}", buttons=(answer, GO_ON)))

    return tuple(with_way(one) for one in told)


def answer_to(contact: Contact, number: str) -> Reply:
    """Take his next words for a request, even in the middle of an intake, which can be gone on with."""
    request = contact.find(number)
    if request is None:
        return contact.say(customer.NO_SUCH.format(number=number))
    if not allowed(request, "supplement"):
        return contact.say(customer.NOT_NOW.format(number=request.number, status=STATUS[request.status]))
    contact.focus(request.id, "ask")
    asks = contact.chat.draft is not None and not resuming.rests(contact)
    beside.keep(contact, answering=asks)
    said = customer.ANSWER_NOW.format(number=request.number, owner=owner_name(request, contact.desk))
    return contact.say(said, *([GO_ON] if asks else []))


def answered(contact: Contact, draft: Draft | None, text: str) -> Reply | None:
    """Pass his words on if he chose to answer, and come back to the intake; None if they are the intake's."""
    if chosen := _CHOOSES.fullmatch(narrow(text.strip())):
        return answer_to(contact, numbering.read(chosen["number"]))
    request, focus = talk.focused(contact)
    if draft is None or not beside.of(contact).answering or words.asked(text.strip()):
        return None
    beside.keep(contact, answering=False)
    if plain(text) in resuming.WORDS or request is None or focus != "ask" or not allowed(request, "supplement"):
        return contact.say(questions.ask(draft, contact.desk.policy, lead=customer.RESUMED))
    return talk.outside(contact, text) + session.remind(contact)


def owed(contact: Contact) -> Reply:
    """Say at the end of an intake what came during it and is not answered yet; his next words are the answer."""
    ended = contact.chat.draft is not None and contact.kept.get("draft", contact.chat.draft) is None
    request, focus = talk.focused(contact) if ended else (None, "")
    if request is None or focus != "ask" or contact.kept.get("focus") in ("ask", "talk"):
        return Reply()
    if not contact.find(request.number) or not allowed(request, "supplement"):
        return Reply()
    contact.focus(request.id, "ask")
    asked = events.data_of(contact.store, request.id, "ask")
    words_ = {"number": request.number, "owner": owner_name(request, contact.desk)}
    said = customer.STILL_ASKED.format(**words_, said=asked[-1].get("said", "") if asked else "").strip()
    (told,) = contact.say(said).outgoing
    return Reply(outgoing=(msgspec.structs.replace(told, key=f"{told.key}:asked"),))
