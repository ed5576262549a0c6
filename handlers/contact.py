"""A contact: one thing a customer did, with the chat it was done in and what is needed to answer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.announcements import announce
from handlers.desk import Desk
from handlers.messages import Button, Incoming, Message, Outgoing, Reply, Text
from handlers.requests.lifecycle import Happening, apply
from storage import chats, requests
from storage.chats import Chat
from storage.database import Store
from storage.requests import Request


@dataclass(frozen=True, slots=True)
class Contact:
    """What a customer's handler works with."""

    incoming: Incoming
    chat: Chat
    store: Store
    desk: Desk
    kept: dict[str, Any] = field(default_factory=dict)
    """Columns of the chat to be written when the customer has been answered: once, however much changes."""
    seen: dict[str, Any] = field(default_factory=dict)
    """What the chat must still hold then; if it does not, somebody else wrote meanwhile, and the turn is done again."""

    @property
    def now(self) -> datetime:
        """When the customer did it: an outage does not move his deadlines."""
        return self.incoming.at

    def say(self, message: Message | str, *buttons: Button) -> Reply:
        """Answer in the chat."""
        if isinstance(message, str):
            message = Text(text=message, buttons=buttons)
        key = f"reply:{self.incoming.id}"
        return Reply(outgoing=(Outgoing(to=self.chat.key, message=message, key=key),))

    def do(self, verb: str, request: Request, said: str = "", **columns: Any) -> Happening:
        """Apply a verb to one of his requests as this customer."""
        return apply(verb, request, self.chat.key, self.now, self.store, self.desk, said=said, **columns)

    def done(self, verb: str, request: Request, said: str = "", **columns: Any) -> Reply:
        """Apply a verb as this customer and tell whom it concerns."""
        return Reply(outgoing=announce(self.do(verb, request, said, **columns), self.desk))

    def own(self, *, only_open: bool = False) -> list[Request]:
        """Return this customer's requests, newest first; nobody else's."""
        return requests.of_chats(self.store, self._chats(), only_open=only_open)

    def count(self, *status: str) -> int:
        """Count this customer's requests, or those that stand like this; `own` returns the newest few."""
        his = {"chat": self._chats()}
        return requests.count(self.store, his | {"status": list(status)} if status else his)

    def find(self, number: str) -> Request | None:
        """Return this customer's request with that number; another's and none are the same answer."""
        found = requests.by_number(self.store, number)
        return found if found and found.chat in {self.chat.key, *self._chats()} else None

    def focus(self, request_id: int | None, focus: str) -> None:
        """Remember which request the customer is talking about, and why: `ask`, `talk`, `survey` or nothing."""
        self.keep(focus_id=request_id, focus=focus, focus_at=self.now)

    def keep(self, **columns: Any) -> None:
        """Remember something of the chat."""
        self.kept.update(columns)

    def _chats(self) -> list[str]:
        """Return the chats that this customer has written from."""
        his = self.chat.customer_id
        return (chats.of_customer(self.store, his) if his else []) or [self.chat.key]
