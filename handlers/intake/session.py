"""The intake of one chat: begun, gone on with, and led back to after a digression."""

import re

import msgspec

from classifier.similar import ranked
from handlers import attachments, faq, phrases, showing, words
from handlers.contact import Contact
from handlers.intake import conversation, needs, questions, repair, temper
from handlers.intake.answers import is_vague, plain
from handlers.intake.draft import Draft, asking, lacking, read
from handlers.intake.hearing import describes, hear, hear_first
from handlers.intake.registration import known, open_draft, submit
from handlers.messages import Button, Reply, Text
from handlers.requests import alike, card
from handlers.requests.lifecycle import allowed
from handlers.requests.suggested import Suggested, Suggestions
from handlers.wording import customer
from handlers.wording.terms import STATUS
from storage import links, requests
from storage.profile import PROFILE
from storage.requests import Request

HISTORY = 5
_SHORTEST_NEED = 2
# Words that only say that a need will follow, as the label of the menu does.
_ANNOUNCES = re.compile(
    r"(?:你好|您好)?[,，]?我?们?(?:想|要|想要|需要)?(?:提交?|登记|新增|报)(?:一?[个下条些])?新?的?(?:需求|工单)(?:了|吧|啊)?"
)


def begin(contact: Contact, text: str) -> Reply:
    """Start an intake with a need; what is surely none gets the menu."""
    if temper.scolds(text):
        return _upset(contact, None, text)
    if _ANNOUNCES.fullmatch(plain(text)):
        return start(contact)
    if answer := faq.find(text, contact.desk.policy):
        return contact.say(answer, *menu(has_requests=bool(contact.own())))
    first = hear_first(text, contact.now, contact.desk)
    if (not first.need and not is_vague(text)) or len(plain(text)) < _SHORTEST_NEED:
        return contact.say(greeting(contact), *menu(has_requests=bool(contact.own())))
    several = needs.split(text, lambda piece: _is_need(piece, contact))
    heard = first.heard
    if len(several) > 1:
        several[0] = _without_greeting(several[0], contact)
        own = hear_first(several[0], contact.now, contact.desk).heard
        # Who he is stands in the message once, the rest belongs to its need.
        heard = msgspec.structs.replace(own, fields=own.fields | _profile(heard.fields))
    draft = msgspec.structs.replace(_new(contact, text), rest=tuple(several[1:]))
    contact.focus(None, "")
    return after(contact, conversation.begin(draft, heard, contact.desk.policy))


def start(contact: Contact) -> Reply:
    """Ask for the need; who chose to state one is believed, whatever his next words look like."""
    draft = open_draft(contact) or _new(contact, "")
    contact.keep(draft=msgspec.json.encode(draft), focus="", focus_id=None)
    return contact.say(questions.ask(draft, contact.desk.policy))


def turn(contact: Contact, draft: Draft, text: str) -> Reply:
    """Go one step on in the intake."""
    if phrases.is_chatter(text) and not _confirms(contact, draft, text):
        return with_question(contact, customer.PRESENT)
    if _ANNOUNCES.fullmatch(plain(text)) and not draft.answers.get("description"):
        return with_question(contact, "")
    if temper.scolds(text):
        return _upset(contact, draft, text)
    if answer := faq.find(text, contact.desk.policy):
        return with_question(contact, answer)
    heard = hear(text, draft, contact.now, contact.desk)
    return after(contact, conversation.advance(draft, heard, contact.desk.policy))


def _confirms(contact: Contact, draft: Draft, text: str) -> bool:
    return asking(draft, contact.desk.policy) is None and repair.agrees(text)


def after(contact: Contact, turn: conversation.Turn) -> Reply:
    """Keep where a step has led, register what the customer has confirmed, or bring a person."""
    if turn.end == "person":
        return contact.say(customer.A_PERSON_ASKS) + submit(contact, turn.draft, human=True).reply
    if turn.end == "same":
        return _added(contact, turn)
    if turn.end == "submit":
        return _submitted(contact, turn.draft)
    draft, say = _offered(contact, turn)
    contact.keep(draft=msgspec.json.encode(draft))
    return contact.say(say)


def _offered(contact: Contact, turn: conversation.Turn) -> tuple[Draft, Text]:
    """Ask once the need is known whether it is an open request of his: that saves all other questions (A-045)."""
    draft, need = turn.draft, turn.draft.answers.get("description", "")
    if draft.settled or not need:
        return draft, turn.say
    draft = msgspec.structs.replace(draft, settled=True)
    own = alike.own(contact.own(only_open=True), need, contact.desk)
    told = [request for request in own if request.number != draft.beside][:HISTORY]
    if not told:
        return draft, turn.say
    lines = [customer.LISTED.format(number=r.number, title=card.short(r), status=STATUS[r.status]) for r in told]
    same = [Button(label=customer.SAME_AS.format(number=r.number), action="same_need", subject=r.number) for r in told]
    draft = msgspec.structs.replace(draft, offers=True)
    new = Button(label=customer.NEW_NEED, action="new_need")
    text = "\n".join(filter(None, (questions.several(draft), customer.HAVE_ALREADY, *lines)))
    return draft, Text(text=text, buttons=(*same, new))


def _added(contact: Contact, turn: conversation.Turn) -> Reply:
    """Put what the intake gathered to the request it turned out to be; if that is over by now it is a need of its own.

    What else the message asked for is registered next.
    """
    draft, request = turn.draft, contact.find(turn.number)
    if request is None or not allowed(request, "supplement"):
        contact.keep(draft=msgspec.json.encode(draft))
        return contact.say(questions.ask(draft, contact.desk.policy, lead=customer.GO_ON))
    contact.keep(draft=None)
    need = draft.answers.get("description", "")
    parts = (draft.answers.get(key, "") for key in ("background", "impact"))
    said = "\n".join((need, *(part for part in parts if part not in need)))
    sent = attachments.adopt(contact, request, draft.started - attachments.JUST_BEFORE)
    added = words.supplement(contact, turn.number, said) or Reply()
    return added + sent + _next_need(contact, draft, request.number, "again")


def _submitted(contact: Contact, draft: Draft) -> Reply:
    """Register, and go on with the next need of the same message, if there is one."""
    done = submit(contact, draft)
    _tie(contact, done.request, draft)
    return done.reply + _next_need(contact, draft, done.request.number)


def _next_need(contact: Contact, draft: Draft, number: str, key: str = "") -> Reply:
    """Begin with the next need of the message whose first need became this request; `key` tells apart two answers.

    It has the customer in common with the first, and nothing else: why, how urgent, asked before are its own.
    """
    if not draft.rest:
        return Reply()
    need, *rest = draft.rest
    past = tuple(one for one in _past(contact, need) if one[0] != number)
    heard = hear_first(need, contact.now, contact.desk).heard
    after_it = Draft(started=contact.now, answers=_profile(draft.answers), past=past, rest=tuple(rest), beside=number)
    step = conversation.begin(after_it, heard, contact.desk.policy)
    contact.keep(draft=msgspec.json.encode(step.draft))
    lead = customer.NEXT_NEED.format(need=showing.excerpt(need, 40))
    reply = contact.say(msgspec.structs.replace(step.say, text=f"{lead}\n{step.say.text}"))
    return _keyed(reply, key) if key else reply


def _tie(contact: Contact, request: Request, draft: Draft) -> None:
    """Link a request to the earlier one it belongs to, and to the one stated in the same breath (A-045)."""
    others: dict[links.Kind, str] = {"follows": draft.answers.get("history", ""), "beside": draft.beside}
    for kind, number in others.items():
        other = contact.find(number) if number else None
        if other and other.id != request.id:
            links.add(contact.store, request.id, other.id, kind, contact.now, contact.chat.key)


def _upset(contact: Contact, draft: Draft | None, text: str) -> Reply:
    """Answer scolding with an apology and a person; what was said is kept as it was said."""
    own = contact.own(only_open=True)
    if draft is None and own:
        request = requests.get(contact.store, own[0].id)
        return contact.say(customer.SORRY) + contact.done("supplement", request, text)
    draft = draft or Draft(started=contact.now, answers=known(contact))
    said = "\n".join(filter(None, (draft.answers.get("description", ""), text)))
    complaint = Suggested(value="complaint", confidence=1.0, because=(showing.excerpt(text, 20),))
    pressing = Suggested(value="important", confidence=1.0)
    heads = {"urgency": pressing} | draft.suggestions.heads | {"nature": complaint}
    kept = msgspec.structs.replace(draft.having(description=said), suggestions=Suggestions(heads=heads))
    return contact.say(customer.SORRY) + submit(contact, kept, human=True).reply


def _new(contact: Contact, text: str) -> Draft:
    """Begin a draft with what is known of the customer."""
    profile = known(contact)
    recalled = bool(profile) and not lacking(profile)
    return Draft(started=contact.now, answers=profile, past=_past(contact, text), recalled=recalled)


def _without_greeting(need: str, contact: Contact) -> str:
    """Return a need without the sentences before it that only greet and say who writes."""
    sentences = re.split(r"(?<=[。！!\n])", need)
    while len(sentences) > 1 and not describes(sentences[0], contact.now):
        sentences.pop(0)
    return "".join(sentences)


def _is_need(piece: str, contact: Contact) -> bool:
    """Whether a piece of a message is a need by itself: the classifier takes it for one, and it describes something."""
    return hear_first(piece, contact.now, contact.desk).stated and describes(piece, contact.now)


def _profile(fields: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in fields.items() if key in PROFILE}


def _past(contact: Contact, text: str) -> tuple[tuple[str, str], ...]:
    """Return the customer's earlier requests for the question about them: those most like this need first (A-045)."""
    own = contact.own()
    order = [place for place, _ in ranked(text, [request.description for request in own])] if text else []
    order += [place for place in range(len(own)) if place not in order]
    return tuple((own[place].number, card.short(own[place])) for place in order[:HISTORY])


def with_question(contact: Contact, lead: str) -> Reply:
    """Say something and, within an intake, repeat the open question."""
    draft = open_draft(contact)
    return contact.say(questions.ask(draft, contact.desk.policy, lead=lead) if draft else lead)


def remind(contact: Contact) -> Reply:
    """Lead back to the open question after a digression, if the digression has not ended the intake."""
    left = contact.kept.get("draft", contact.chat.draft)
    if left is None:
        return Reply()
    draft = read(left)
    return _keyed(contact.say(questions.ask(draft, contact.desk.policy, lead=customer.RESUMED)), "again")


def _keyed(reply: Reply, key: str) -> Reply:
    """Return the second of two answers to one message, under a key of its own."""
    (told,) = reply.outgoing
    return Reply(outgoing=(msgspec.structs.replace(told, key=f"{told.key}:{key}"),))


def greeting(contact: Contact) -> str:
    """Greet, by name whom we know."""
    name = known(contact).get("contact")
    return customer.GREETING_BACK.format(name=name) if name else customer.GREETING


def menu(*, has_requests: bool) -> tuple[Button, ...]:
    """Offer what one can begin with."""
    buttons = [Button(label=customer.START, action="start")]
    buttons += [Button(label=customer.STATUS, action="status")] if has_requests else []
    return (*buttons, Button(label=customer.PERSON, action="person"))
