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
    """`reminded`: the one reminder of this intake was told; `fresh`: it may still be on its way.

    `rests`: the customer put the draft off, or was greeted with it and has not gone on. `aside`: words of which he was
    asked whether they belong to the draft. `shelf`: drafts put away for another need. `lately`: his last words.
    `back`: he is still to be told that a person serves him no more. `answering`: he chose to answer an agent first, his
    next words are not the intake's.
    """

    reminded: bool = False
    fresh: bool = False
    rests: bool = False
    aside: str = ""
    shelf: tuple[Draft, ...] = ()
    lately: tuple[str, ...] = ()
    back: bool = False
    answering: bool = False

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
