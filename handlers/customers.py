"""Customers: what one may say outside and inside the intake, and where it goes."""

from datetime import timedelta

import msgspec

from handlers import attachments, window, words
from handlers.announcements import announce, owner_name
from handlers.contact import Contact
from handlers.desk import Desk
from handlers.intake import conversation, questions, repair
from handlers.intake.answers import is_vague, plain
from handlers.intake.draft import Draft, asking
from handlers.intake.hearing import hear, hear_first
from handlers.intake.registration import known, open_draft, submit
from handlers.messages import Attached, Button, Happened, Incoming, Pressed, Reply, Said, Unreadable
from handlers.requests import card, survey
from handlers.requests.lifecycle import STATUS, allowed, apply
from handlers.wording import customer
from storage import chats, jobs, requests, resends
from storage.database import Store
from storage.requests import Request

HISTORY = 3
# The failures of msg_send_fail that say the send window is used up (wecom.md section 1a).
_WINDOW_SHUT = {"4", "5", "6"}
_SHORTEST_NEED = 2


def handle(incoming: Incoming, store: Store, desk: Desk) -> Reply:
    """Answer one thing a customer did. While a person serves the KF session the bot is silent (contract.md 7)."""
    contact = Contact(incoming, chats.open_chat(store, incoming.chat), store, desk)
    if isinstance(incoming.content, Happened):
        return _happened(contact, incoming.content)
    named = {"nickname": incoming.nickname} if incoming.nickname else {}
    served = contact.chat.serving and not window.expired(contact.chat, incoming.at)
    known = {"last_inbound_at": incoming.at, "sent": 0, "unreachable": False, "serving": served}
    chats.change(store, incoming.chat, **known, **named)
    if served:
        return Reply()
    jobs.release(store, incoming.chat, incoming.at, "wecom")
    match incoming.content:
        case Said(text=text):
            return said(contact, text)
        case Pressed() as press:
            return pressed(contact, press)
        case Attached() as sent:
            return attached(contact, sent)
        case Unreadable(kind=kind):
            return _with_question(contact, customer.UNREADABLE.format(kind=customer.KINDS.get(kind, "这类消息")))


def said(contact: Contact, text: str) -> Reply:
    """Take typed words: a menu's number or label, a word of the table, the intake, the talk, or a new need."""
    if not plain(text):
        return _with_question(contact, customer.NOT_UNDERSTOOD if contact.chat.draft else customer.GREETING)
    offered = _offered(contact, text)
    if offered:
        return pressed(contact, offered)
    draft = open_draft(contact)
    if draft and plain(text) in (customer.CANCEL, f"{customer.CANCEL}需求"):
        chats.change(contact.store, contact.chat.key, draft=None)
        return contact.say(customer.CANCELLED_DRAFT)
    if text.lstrip().startswith(("/", "／")):
        return contact.say(customer.ONLY_STAFF)
    spoken = words.spoken(text, contact)
    if spoken is not None:
        return spoken + (_remind(contact) if draft else Reply())
    return _turn(contact, draft, text) if draft else _outside(contact, text)


def pressed(contact: Contact, press: Pressed) -> Reply:
    """Take a press of a menu item; an old one that no longer fits is answered, never obeyed."""
    if press.action == "score":
        return _score_pressed(contact, press.subject)
    if press.action == "start":
        return _start(contact)
    reply = words.pressed(press.action, press.subject, contact)
    if reply is not None:
        return reply
    draft = open_draft(contact)
    turn = conversation.press(draft, press, contact.desk.policy) if draft else None
    if turn is None:
        return contact.say(customer.EXPIRED_MENU) + (_remind(contact) if draft else Reply())
    return _after(contact, turn)


def _start(contact: Contact) -> Reply:
    """Ask for the need; who chose to state one is believed, whatever his next words look like."""
    draft = open_draft(contact) or Draft(started=contact.now, answers=known(contact), past=_past(contact))
    chats.change(contact.store, contact.chat.key, draft=msgspec.json.encode(draft), focus="", focus_id=None)
    return contact.say(questions.ask(draft, contact.desk.policy))


def _past(contact: Contact) -> tuple[tuple[str, str], ...]:
    return tuple((r.number, card.short(r)) for r in contact.own()[:HISTORY])


def attached(contact: Contact, sent: Attached) -> Reply:
    """Keep a picture or file with the intake or the request it belongs to; it answers no question."""
    kind = customer.KINDS.get(sent.kind, "附件")
    if open_draft(contact):
        said = customer.KEPT.format(kind=kind)
        # A place looks like an answer to somebody who sends one; a picture does not.
        told = _with_question(contact, said) if sent.kind == "location" else contact.say(said)
        return attachments.receive(contact, sent, None) + told
    request = _focused(contact)[0] or next(iter(contact.own(only_open=True)), None)
    if request:
        said = customer.KEPT_FOR.format(kind=kind, number=request.number)
        return attachments.receive(contact, sent, request) + contact.say(said)
    return attachments.receive(contact, sent, None) + contact.say(customer.KEPT_ALONE.format(kind=kind))


def _happened(contact: Contact, event: Happened) -> Reply:
    match event.kind:
        case "entered" if event.data.get("welcome_code"):
            (told,) = contact.say(_greeting(contact)).outgoing
            return Reply(outgoing=(msgspec.structs.replace(told, code=event.data["welcome_code"]),))
        case "serving":
            # Nobody serves whom he has not heard: the session is as young as this, whatever was said long ago.
            chats.change(contact.store, contact.chat.key, serving=True, last_inbound_at=contact.now)
        case "served":
            # An ended session takes no message until the customer writes again.
            chats.change(contact.store, contact.chat.key, serving=False)
            window.close(contact.chat.key, contact.store)
        case "send_failed":
            _send_failed(contact, event)
    return Reply()


def _send_failed(contact: Contact, event: Happened) -> None:
    """Promise once more what the platform took and could not bring; a shut window is waited for."""
    if event.data.get("fail_type") in _WINDOW_SHUT:
        window.close(contact.chat.key, contact.store)
    resends.resend(contact.store, contact.chat.key, event.data.get("msgid", ""), contact.now)


def _offered(contact: Contact, text: str) -> Pressed | None:
    """Read a typed number or label of the menu last offered as a press of it."""
    menu = msgspec.json.decode(contact.chat.menu, type=list[Button]) if contact.chat.menu else []
    word = plain(text)
    for n, button in enumerate(menu, 1):
        if word in (str(n), plain(button.label), plain(button.label).split(":")[0]):
            return _press_of(button)
    number = words.bare_number(text)
    meant = [button for button in menu if number and button.subject == number]
    return _press_of(meant[0]) if len(menu) > 1 and len(meant) == 1 else None


def _press_of(button: Button) -> Pressed:
    return Pressed(action=button.action, subject=button.subject, version=button.version, label=button.label)


def _turn(contact: Contact, draft: Draft, text: str) -> Reply:
    """Go one step on in the intake."""
    confirms = asking(draft, contact.desk.policy) is None and plain(text).lower() in repair.CONFIRM
    if _is_chatter(text) and not confirms:
        return _with_question(contact, customer.PRESENT)
    heard = hear(text, draft, contact.now, contact.desk)
    return _after(contact, conversation.advance(draft, heard, contact.desk.policy))


def _after(contact: Contact, turn: conversation.Turn) -> Reply:
    if turn.submitted:
        return submit(contact, turn.draft)
    chats.change(contact.store, contact.chat.key, draft=msgspec.json.encode(turn.draft))
    return contact.say(turn.say)


def _outside(contact: Contact, text: str) -> Reply:
    """Take words with no intake open: a score, an answer to the agent, chatter, or a need."""
    request, focus = _focused(contact)
    number = words.bare_number(text)
    if number and focus != "ask":
        return words.progress(contact, number, "")
    if request and (focus == "survey" or request.status == "done"):
        scored = survey.read(text)
        if scored:
            return _score(contact, request, *scored)
        if survey.is_number(text) and focus == "survey":
            again = survey.question(request, contact.desk)
            return contact.say(f"{customer.NOT_UNDERSTOOD}\n{again.text}", *again.buttons)
    if request and focus != "survey" and (focus == "ask" or not _is_chatter(text)):
        return _to_agent(contact, request, text)
    if _is_chatter(text):
        return _chatter(contact, text)
    return _begin(contact, text)


def _chatter(contact: Contact, text: str) -> Reply:
    """Answer a greeting or thanks briefly; it never starts an intake (contract.md 7)."""
    own = contact.own(only_open=True)
    greeted = words.GREETINGS.fullmatch(plain(text)) is not None
    if own:
        told = customer.SMALL_TALK_TESTING if own[0].status == "testing" else customer.SMALL_TALK_OPEN
        said = told.format(number=own[0].number, status=STATUS[own[0].status])
        return contact.say(said, *(_menu(has_requests=True) if greeted else ()))
    return contact.say(_greeting(contact), *_menu(has_requests=False)) if greeted else contact.say(customer.SMALL_TALK)


def _begin(contact: Contact, text: str) -> Reply:
    """Start an intake with a need; what is surely none gets the menu."""
    first = hear_first(text, contact.now, contact.desk)
    past = _past(contact)
    if (not first.need and not is_vague(text)) or len(plain(text)) < _SHORTEST_NEED:
        return contact.say(_greeting(contact), *_menu(has_requests=bool(past)))
    draft = Draft(started=contact.now, answers=known(contact), past=past)
    turn = conversation.begin(draft, first.heard, contact.desk.policy)
    chats.change(contact.store, contact.chat.key, draft=msgspec.json.encode(turn.draft), focus="", focus_id=None)
    return contact.say(turn.say)


def _to_agent(contact: Contact, request: Request, text: str) -> Reply:
    """Pass the customer's words to the thread of the assignee's card."""
    if not allowed(request, "supplement"):
        contact.focus(None, "")
        return _begin(contact, text)
    happened = apply("supplement", request, contact.chat.key, contact.now, contact.store, contact.desk, said=text)
    told = Reply(outgoing=announce(happened, contact.desk))
    if contact.chat.focus == "ask":
        contact.focus(request.id, "talk")
        return told + contact.say(
            customer.ANSWERED.format(owner=owner_name(request, contact.desk), number=request.number)
        )
    return told


def _score_pressed(contact: Contact, subject: str) -> Reply:
    number, _, score = subject.partition(":")
    request = contact.find(number)
    valid = score.isdecimal() and 1 <= int(score) <= survey.BEST
    if request is None or not valid or not _surveyed(contact, request):
        return contact.say(customer.EXPIRED_MENU)
    return _score(contact, request, [int(score)], "")


def _surveyed(contact: Contact, request: Request) -> bool:
    """Whether the customer has been asked for the scores of this request; a word of the agent ends no survey."""
    chat = contact.chat
    return chat.focus_id == request.id and (chat.focus == "survey" or (bool(chat.focus) and request.status == "done"))


def _score(contact: Contact, request: Request, given: list[int], remark: str) -> Reply:
    done = survey.answer(request, given, remark, contact.chat.key, contact.now, contact.store, contact.desk)
    if done.complete:
        contact.focus(None, "")
    return contact.say(done.say) + done.reply


def _focused(contact: Contact) -> tuple[Request | None, str]:
    """Return the request the customer is talking about, and why: an open question stays open, a talk fades."""
    chat = contact.chat
    if not chat.focus_id or not chat.focus or not chat.focus_at:
        return None, ""
    request = requests.get(contact.store, chat.focus_id)
    window: timedelta = contact.desk.policy.relay.window.wall
    if chat.focus != "talk" or (contact.now - chat.focus_at <= window and allowed(request, "answer")):
        return request, chat.focus
    return (request, "survey") if request.status == "done" else (None, "")


def _with_question(contact: Contact, lead: str) -> Reply:
    """Say something and, within an intake, repeat the open question."""
    draft = open_draft(contact)
    return contact.say(questions.ask(draft, contact.desk.policy, lead=lead) if draft else lead)


def _remind(contact: Contact) -> Reply:
    """Lead back to the open question after a digression, if the digression has not ended the intake."""
    fresh = chats.get(contact.store, contact.chat.key)
    if fresh is None or fresh.draft is None:
        return Reply()
    draft = msgspec.json.decode(fresh.draft, type=Draft)
    (told,) = contact.say(questions.ask(draft, contact.desk.policy, lead=customer.RESUMED)).outgoing
    return Reply(outgoing=(msgspec.structs.replace(told, key=f"{told.key}:again"),))


def _greeting(contact: Contact) -> str:
    name = known(contact).get("contact")
    return customer.GREETING_BACK.format(name=name) if name else customer.GREETING


def _menu(*, has_requests: bool) -> tuple[Button, ...]:
    buttons = [Button(label=customer.START, action="start")]
    buttons += [Button(label=customer.STATUS, action="status")] if has_requests else []
    return (*buttons, Button(label=customer.PERSON, action="person"))


def _is_chatter(text: str) -> bool:
    return words.GREETINGS.fullmatch(plain(text)) is not None or words.THANKS.fullmatch(plain(text)) is not None
