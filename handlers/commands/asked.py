"""What was asked: the words after a command, who asks, and how to read numbers and names from them."""

import difflib
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from handlers import numbering
from handlers.desk import Desk
from handlers.messages import Incoming
from handlers.requests import assignment
from handlers.sections import Person
from handlers.wording import commands
from storage import requests
from storage.database import Store
from storage.requests import Request

HINTS = 200  # requests looked through for the nearest number


class Misused(Exception):  # noqa: N818 - an answer, not a fault
    """The command was written wrongly; the exception's text says how, the usage line follows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One command as one person wrote it: all that follows its name, as typed, and its words made narrow."""

    rest: str
    words: list[str]
    person: Person
    incoming: Incoming
    store: Store
    desk: Desk

    @property
    def now(self) -> datetime:
        """When it was asked."""
        return self.incoming.at

    @property
    def manages(self) -> bool:
        """Whether the person may see and do everything."""
        return "manager" in self.person.roles

    @property
    def scope(self) -> dict[str, str]:
        """Columns of which one must hold this for what the person may see, as `may_see`; nothing for a manager."""
        own = {"owner": self.person.feishu}
        led = {"department": self.person.department} if "lead" in self.person.roles else {}
        return {} if self.manages else own | led

    def may_see(self, request: Request) -> bool:
        """Whether a request concerns this person."""
        return assignment.may_act(self.person, request)

    def request(self, word: str, *, also: Container[int] = ()) -> Request:
        """Return the request of a number, or refuse; what one may not see is answered like what does not exist.

        `also` are the ids of requests that somebody was shown by name already.
        """
        number = numbering.read(word)
        found = requests.by_number(self.store, number)
        if found is None or not (self.may_see(found) or found.id in also):
            near = difflib.get_close_matches(number[:40], self._visible(), n=1, cutoff=0.3)
            said = commands.NO_SUCH_NEAR if near else commands.NO_SUCH
            raise Misused(said.format(number=word[:40], found="".join(near)))
        return found

    def in_full(self, request: Request) -> bool:
        """Whether phones may be shown: to the assignee and managers (contract.md 6), and not before a whole group."""
        return not self.incoming.group and (self.manages or request.owner == self.person.feishu)

    def _visible(self) -> list[str]:
        """Return the newest numbers this person may see, for a hint."""
        return [r.number for r in requests.listed(self.store, {}, None, HINTS) if self.may_see(r)]

    def named(self, word: str) -> Person:
        """Return the person of a name, an @mention or an open_id, or refuse with the nearest name."""
        name = word.lstrip("@").strip()
        mentioned = self.incoming.mentions.get(name, "")
        people = self.desk.policy.people
        found = next((p for p in people if p.feishu in (mentioned.removeprefix("fs:"), name) or p.name == name), None)
        if found is None:
            near = difflib.get_close_matches(name, [p.name for p in people], n=1, cutoff=0.3)
            said = commands.NOBODY_NEAR if near else commands.NOBODY
            known = "、".join(p.name for p in people[:10])
            raise Misused(said.format(name=name[:20], found="".join(near), names=known))
        return found
