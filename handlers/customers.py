"""Customers: what one may say outside and inside the intake, and where it goes."""

import re
from collections.abc import Callable

import msgspec

from handlers import attachments, consent, handover, menus, numbering, talk, verdicts, window, words
from handlers.commands import table
from handlers.contact import Contact
from handlers.desk import Desk
from handlers.intake import beside, conversation, interruption, nudges, repair, resuming, session
from handlers.intake.answers import plain
from handlers.intake.registration import open_draft
from handlers.messages import Attached, Button, Happened, Incoming, Pressed, Reply, Said, Text, Unreadable
from handlers.wording import customer
from storage import chats, lanes, resends
from storage.database import Store

# The failures of msg_send_fail that say the send window is used up (wecom.md section 1a).
_WINDOW_SHUT = {"4", "5", "6"}
# 「第一个」「选2」: a number of the menu in other words.
_CHOICE = re.compile(r"(?:我?选择?第?|第)([1-9一二三四五六七八九])(?:个|项|号|条|种)?吧?")
# The two sides of 「是同一件事吗？」, and a yes that several fit.
_SAME, _NEW, _WHICH = {"same_need", "join"}, {"new_need", "apart"}, "which"


def handle(incoming: Incoming, store: Store, desk: Desk) -> Reply:
    """Answer one thing a customer did, and write down where his chat stands then."""
    known = chats.open_chat(store, incoming.chat)
    contact = Contact(incoming, known, store, desk, seen=chats.watched(known))
    settled = resuming.settle(contact, handover.taken_back(contact, _answer(contact)))
    reply = consent.said(contact, settled + interruption.owed(contact))
    for chat, menu in menus.offered(reply.outgoing).items():
        # What was offered last still stands after a picture, or after he has opened the chat again.
        if chat == incoming.chat and (menu or isinstance(incoming.content, (Said, Pressed))):
            contact.keep(menu=menu)
    if contact.kept:
        chats.settle(store, incoming.chat, contact.seen, **contact.kept)
    return reply


def _answer(contact: Contact) -> Reply:
    """While a person serves the KF session the bot is silent (contract.md 7)."""
    incoming = contact.incoming
    if isinstance(incoming.content, Happened):
        return _happened(contact, incoming.content)
    served = contact.chat.serving and not window.expired(contact.chat, incoming.at)
    contact.keep(last_inbound_at=incoming.at, sent=0, unreachable=False, serving=served)
    if contact.chat.serving and not served:
        beside.keep(contact, back=True)
    if incoming.nickname:
        contact.keep(nickname=incoming.nickname)
    if served:
        return _kept_silently(contact)
    resuming.meet(contact)
    lanes.release(contact.store, incoming.chat, incoming.at, "wecom")
    match incoming.content:
        case Said(text=text):
            return said(contact, text)
        case Pressed() as press:
            return pressed(contact, press)
        case Attached() as sent:
            return attached(contact, sent)
        case Unreadable(kind=kind):
            told = customer.UNREADABLE.format(kind=customer.KINDS.get(kind, customer.SOME_KIND))
            return contact.say(told) if resuming.rests(contact) else session.with_question(contact, told)


def _kept_silently(contact: Contact) -> Reply:
    """Keep a picture sent to the person who serves; words are his alone."""
    request = next(iter(contact.own(only_open=True)), None)
    sent = contact.incoming.content
    return attachments.receive(contact, sent, request) if isinstance(sent, Attached) else Reply()


def said(contact: Contact, text: str) -> Reply:
    """Take typed words: a menu's number or label, a word of the table, the intake, the talk, or a new need."""
    if not plain(text):
        # 「？」 to a person is a word like others.
        return (
            session.with_question(contact, customer.NOT_UNDERSTOOD)
            if contact.chat.draft
            else talk.outside(contact, text)
        )
    menu = _menu(contact)
    offered = _offered(menu, text) or _settled(menu, text) or verdicts.given(menu, text)
    if offered:
        return pressed(contact, offered)
    draft = open_draft(contact)
    if table.is_command(text):
        return contact.say(customer.ONLY_STAFF)
    resumed = interruption.answered(contact, draft, text) or (resuming.said(contact, draft, text) if draft else None)
    if resumed is not None:
        return resumed
    spoken = words.spoken(text, contact)
    if spoken is not None:
        return spoken + _led_back(contact, spoken)
    return session.turn(contact, draft, text) if draft else talk.outside(contact, text)


def pressed(contact: Contact, press: Pressed) -> Reply:
    """Take a press of a menu item; an old one that no longer fits is answered, never obeyed."""
    if press.action in _PRESSES:
        return _PRESSES[press.action](contact, press)
    resumed = resuming.pressed(contact, press)
    if resumed is not None:
        return resumed
    draft = open_draft(contact)
    spoken = words.pressed(press.action, press.subject, contact)
    if spoken is not None:
        return spoken + _led_back(contact, spoken)
    turn = conversation.press(draft, press, contact.desk.policy) if draft else None
    if turn is None:
        asks = draft and not resuming.rests(contact)
        return contact.say(customer.EXPIRED_MENU) + (session.remind(contact) if asks else Reply())
    resuming.wake(contact)
    return session.after(contact, turn)


def _start(contact: Contact, _: Pressed) -> Reply:
    """Begin with a need; a draft that rests is brought up first, so that its question does not come out of nowhere."""
    draft = open_draft(contact)
    if draft and resuming.rests(contact):
        return contact.say(nudges.welcome(draft, contact.desk.policy))
    return session.start(contact)


def _score(contact: Contact, press: Pressed) -> Reply:
    return talk.score_pressed(contact, press.subject)


def _answer_to(contact: Contact, press: Pressed) -> Reply:
    return interruption.answer_to(contact, press.subject)


def _which(contact: Contact, _: Pressed) -> Reply:
    """Ask which of several was meant by a yes."""
    return contact.say(customer.WHICH, *_menu(contact))


def attached(contact: Contact, sent: Attached) -> Reply:
    """Keep a picture or file with the intake or the request it belongs to; it answers no question."""
    kind = customer.KINDS.get(sent.kind, customer.SOME_FILE)
    apart = resuming.rests(contact) or beside.of(contact).answering
    draft = None if apart else open_draft(contact)
    request = None if draft else talk.focused(contact)[0] or next(iter(contact.own(only_open=True)), None)
    no_room = attachments.full(contact, request, (draft.started if draft else contact.now) - attachments.JUST_BEFORE)
    if no_room:
        return contact.say(no_room)
    if draft:
        said = (customer.IN_WORDS if sent.kind in attachments.TITLES_ONLY else customer.KEPT).format(kind=kind)
        # A place or a forwarded chat looks like an answer to somebody who sends one; a picture does not.
        asks = sent.kind == "location" or sent.kind in attachments.TITLES_ONLY
        told = session.with_question(contact, said) if asks else contact.say(said)
        return attachments.receive(contact, sent, None) + told
    if request:
        said = customer.KEPT_FOR.format(kind=kind, number=request.number)
        said += customer.AND_WORDS if sent.kind in attachments.TITLES_ONLY else ""
        return attachments.receive(contact, sent, request) + contact.say(said)
    return attachments.receive(contact, sent, None) + contact.say(customer.KEPT_ALONE.format(kind=kind))


def _happened(contact: Contact, event: Happened) -> Reply:
    match event.kind:
        case "entered" if event.data.get("welcome_code"):
            draft = open_draft(contact)
            half_done = nudges.welcome(draft, contact.desk.policy) if draft else session.greeting(contact)
            (told,) = contact.say(half_done).outgoing
            return Reply(outgoing=(msgspec.structs.replace(told, code=event.data["welcome_code"]),))
        case "serving":
            # Nobody serves whom he has not heard: the session is as young as this, whatever was said long ago.
            contact.keep(serving=True, last_inbound_at=contact.now)
        case "served":
            # An ended session takes no message until the customer writes again.
            contact.keep(serving=False)
            window.close(contact.chat.key, contact.store)
            return handover.ended(contact, event.data.get("code", ""))
        case "send_failed":
            _send_failed(contact, event)
    return Reply()


def _send_failed(contact: Contact, event: Happened) -> None:
    """Promise once more what the platform took and could not bring; a shut window is waited for."""
    if event.data.get("fail_type") in _WINDOW_SHUT:
        window.close(contact.chat.key, contact.store)
    resends.resend(contact.store, contact.chat.key, event.data.get("msgid", ""), contact.now)


def _led_back(contact: Contact, spoken: Reply) -> Reply:
    """Come back to the open question, unless what was answered asks one of its own: that comes first."""
    asks = contact.chat.draft and not resuming.rests(contact) and not _asks(spoken)
    return session.remind(contact) if asks else Reply()


def _asks(reply: Reply) -> bool:
    return any(isinstance(one.message, Text) and one.message.buttons for one in reply.outgoing)


def _menu(contact: Contact) -> list[Button]:
    """Return what was offered last."""
    return msgspec.json.decode(contact.chat.menu, type=list[Button]) if contact.chat.menu else []


def _offered(menu: list[Button], text: str) -> Pressed | None:
    """Read a typed number or label of the menu last offered as a press of it."""
    word = plain(text)
    if chosen := _CHOICE.fullmatch(word):
        word = repair.DIGITS.get(chosen[1], chosen[1])
    for n, button in enumerate(menu, 1):
        if word in (str(n), plain(button.label), plain(button.label).split(":")[0]):
            return _press_of(button)
    number = numbering.alone(text)
    meant = [button for button in menu if number and button.subject == number]
    return _press_of(meant[0]) if len(menu) > 1 and len(meant) == 1 else None


def _settled(menu: list[Button], text: str) -> Pressed | None:
    """Read a yes or no in other words as the answer to the question last asked, if that was whether it is the same."""
    new = [button for button in menu if button.action in _NEW]
    means = repair.same(text) if new else None
    if means is None:
        return None
    meant = [button for button in menu if button.action in _SAME] if means else new
    return _press_of(meant[0]) if len(meant) == 1 else Pressed(action=_WHICH)


def _press_of(button: Button) -> Pressed:
    return Pressed(action=button.action, subject=button.subject, version=button.version, label=button.label)


_PRESSES: dict[str, Callable[[Contact, Pressed], Reply]] = {
    "score": _score,
    "start": _start,
    "answer_to": _answer_to,
    _WHICH: _which,
}
