"""What is remembered of a chat beside its draft: whether it was reminded of, what was set aside, the last words."""

from functools import lru_cache
from typing import Any

import msgspec

from handlers.contact import Contact
from handlers.intake.draft import Draft
from handlers.messages import Value
from storage.chats import Chat

LAST = 3
"""So many of the customer's last words are shown to whoever takes over."""
LONGEST = 200


class Beside(Value, frozen=True, kw_only=True):
    """What is remembered of a chat beside its draft."""

    reminded: bool = False
    """The one reminder of this intake was sent."""
    fresh: bool = False
    """That reminder may still wait to be sent: it is taken back when the customer writes first."""
    rests: bool = False
    """The draft is set aside: its question is not asked again by itself, and other things he says come first."""
    aside: str = ""
    """Words of which the customer was asked whether they belong to the draft."""
    shelf: tuple[Draft, ...] = ()
    """Drafts put away for another need, the last one put away last; each is offered again later."""
    lately: tuple[str, ...] = ()
    """The customer's last words, oldest first."""
    back: bool = False
    """He has not been told yet that the bot answers again after a person served him."""
    answering: bool = False
    """He chose to answer an agent first: his next words go to the agent and not to the intake."""

    def remembering(self, text: str) -> "Beside":
        """Return this with one more of his last words, cut to what a card shows."""
        return msgspec.structs.replace(self, lately=(*self.lately, text.strip()[:LONGEST])[-LAST:])


def of_chat(chat: Chat) -> Beside:
    """Return what is remembered of a chat."""
    return _decoded(chat.beside)


def of(contact: Contact) -> Beside:
    """Return what is remembered of the chat of a contact, with what this contact has changed."""
    return _decoded(contact.kept.get("beside", contact.chat.beside))


def keep(contact: Contact, **changes: Any) -> None:
    """Change what is remembered of the chat of a contact."""
    contact.keep(beside=encoded(msgspec.structs.replace(of(contact), **changes)))


@lru_cache(maxsize=16)
def _decoded(kept: bytes | None) -> Beside:
    """Read it once, however many places ask within one turn."""
    return msgspec.json.decode(kept, type=Beside) if kept else Beside()


def encoded(beside: Beside) -> bytes | None:
    """Write it as the chat keeps it; None if there is nothing to remember."""
    return msgspec.json.encode(beside) if beside != Beside() else None
