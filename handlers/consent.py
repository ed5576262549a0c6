"""Consent: what becomes of his data is told to a customer once in each chat, as soon as any are kept (PIPL)."""

import msgspec

from handlers.contact import Contact
from handlers.messages import Attached, Outgoing, Reply, Text
from handlers.policy import Policy
from storage import chats
from storage.store import Store


def said(contact: Contact, reply: Reply) -> Reply:
    """Return the reply with the sentence under its first text, unless this version was said in this chat."""
    privacy = contact.desk.policy.privacy
    known = contact.kept.get("consent", contact.chat.consent) == privacy.version
    place = None if known or not privacy.sentence or not _begins(contact, reply) else _place(reply, contact.chat.key)
    if place is None:
        return reply
    contact.keep(consent=privacy.version, consent_at=contact.now)
    told = list(reply.outgoing)
    text = told[place].message
    assert isinstance(text, Text)  # noqa: S101 - _place looked for one
    under = msgspec.structs.replace(text, text=f"{text.text}\n{privacy.sentence}")
    told[place] = msgspec.structs.replace(told[place], message=under)
    return msgspec.structs.replace(reply, outgoing=tuple(told))


def unsaid(outgoing: Outgoing, store: Store, policy: Policy) -> None:
    """Forget that the sentence was said if the message that carried it never arrives."""
    sentence, message = policy.privacy.sentence, outgoing.message
    if sentence and isinstance(message, Text) and sentence in message.text and chats.get(store, outgoing.to):
        chats.change(store, outgoing.to, consent="", consent_at=None)


def _begins(contact: Contact, reply: Reply) -> bool:
    """Whether something of him is about to be kept: an intake or a request begins, or he is invited to begin one.

    The answer to a word like 进度 collects nothing, and is the same to everybody who may not know more.
    """
    greeted = any(
        button.action == "start"
        for one in reply.outgoing
        if isinstance(one.message, Text)
        for button in one.message.buttons
    )
    welcomed = any(one.code for one in reply.outgoing)
    sent = isinstance(contact.incoming.content, Attached)
    return greeted or welcomed or sent or bool(contact.kept.get("draft")) or "customer_id" in contact.kept


def _place(reply: Reply, chat: str) -> int | None:
    """Find the first text that answers here; one that newer news may replace only if there is no other."""
    texts = [
        n
        for n, one in enumerate(reply.outgoing)
        if one.to == chat and isinstance(one.message, Text) and not one.servicers
    ]
    lasting = [n for n in texts if not reply.outgoing[n].supersedes]
    return next(iter(lasting or texts), None)
