"""The slash-commands as one table: who may use what, and how it is written (contract.md, section 6)."""

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from handlers import proxying
from handlers.commands.asked import Asked, Misused
from handlers.commands.assigning import assign
from handlers.commands.board import board, overdue
from handlers.commands.giving import give
from handlers.commands.lists import listed, show
from handlers.commands.merging import merge, split
from handlers.commands.model import model
from handlers.commands.searching import search
from handlers.desk import Desk
from handlers.messages import Card, Incoming, Message, Outgoing, Reply, Text
from handlers.sections import Person
from handlers.wording import commands, staff
from storage.database import Store

# A name ends where its letters do: /代录13800001234 and /proxy:杭州云杉 have one. /api/orders is no command.
_COMMAND = re.compile(r"\s*[/／]\s*([A-Za-zＡ-Ｚａ-ｚ\u4e00-\u9fff]+)(?!\w*[/／])[\s:：,，]*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """One command; what people read of it stands in handlers/wording/commands.py."""

    name: str
    run: Callable[[Asked], Reply | Message]

    @property
    def alias(self) -> str:
        """Its other name."""
        return commands.ALIASES[self.name]

    @property
    def usage(self) -> str:
        """How it is written."""
        return f"/{self.name} {commands.ARGUMENTS.get(self.name, '')}".strip()

    @property
    def summary(self) -> str:
        """What it does."""
        return commands.SUMMARIES[self.name]


def is_command(text: str) -> bool:
    """Whether a text is a slash-command, of whatever name; full-width slashes count."""
    return _COMMAND.fullmatch(text) is not None


def run(incoming: Incoming, text: str, person: Person | None, store: Store, desk: Desk) -> Reply:
    """Run one command; whoever is not on the list of people gets one fixed line."""
    match = _COMMAND.fullmatch(text)
    if person is None or match is None:
        return _answer(incoming, Text(text=staff.STAFF_ONLY))
    name, rest = _folded(match[1]).lower(), match[2].strip()
    command = find(name)
    if command is None:
        return _answer(incoming, Text(text=_unknown(name)))
    asked = Asked(rest, _folded(rest).split(), person, incoming, store, desk)
    try:
        answer = command.run(asked)
    except Misused as misused:
        return _answer(incoming, Text(text=commands.USAGE.format(problem=misused, example=command.usage).strip()))
    return answer if isinstance(answer, Reply) else _answer(incoming, answer)


def find(name: str) -> Command | None:
    """Return the command of a name or alias."""
    return next((c for c in COMMANDS if name in (c.name, c.alias)), None)


def _help(asked: Asked) -> Message:
    """List the commands, or explain one."""
    if asked.words:
        name = asked.words[0].lstrip("/").lower()
        command = find(name)
        if command is None:
            raise Misused(_unknown(name))
        return Text(text=f"{command.usage}\n{command.summary}")
    return Card(title=commands.TITLE, body="\n".join(f"{c.usage}　{c.summary}" for c in COMMANDS))


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, [n for c in COMMANDS for n in (c.name, c.alias)], n=1, cutoff=0.5)
    return (commands.UNKNOWN_NEAR if near else commands.UNKNOWN).format(name=name[:20], found="".join(near))


def _folded(text: str) -> str:
    """Return the text with full-width letters, spaces and digits made narrow."""
    return unicodedata.normalize("NFKC", text)


def _answer(incoming: Incoming, message: Message) -> Reply:
    return Reply(outgoing=(Outgoing(to=incoming.chat, message=message, key=f"reply:{incoming.id}"),))


COMMANDS = (
    Command("help", _help),
    Command("status", board),
    Command("list", listed),
    Command("show", show),
    Command("search", search),
    Command("overdue", overdue),
    Command("proxy", proxying.command),
    Command("assign", assign),
    Command("merge", merge),
    Command("split", split),
    Command("give", give),
    Command("model", model),
)
