"""Searching requests by what they say: /search."""

from handlers.commands.asked import Asked, Misused
from handlers.messages import Card, Message, Text
from handlers.requests import alike, card
from handlers.wording import commands

LONGEST = 200
"""Characters of a search that are looked at."""


def search(asked: Asked) -> Message:
    """Show the few requests most like some words, open or over; an agent finds his own, a lead his department's too."""
    words = " ".join(asked.words)[:LONGEST]
    if not words:
        raise Misused(commands.GIVE_WORDS)
    owner = None if asked.manages else asked.person.feishu
    department = asked.person.department if "lead" in asked.person.roles else ""
    found = alike.searched(asked.store, words, owner, department)
    if not found:
        return Text(text=commands.FOUND_NONE)
    return Card(title=commands.FOUND.format(words=words[:20]), body="\n".join(_line(one, asked) for one in found))


def _line(one: alike.Found, asked: Asked) -> str:
    """Put a request into one line, with how much it is like what was searched for, and why."""
    both = "".join(f"“{word}”" for word in one.words)
    said = commands.LIKE_WORDS if both else commands.LIKE
    return said.format(title=card.line(one.request, asked.desk.policy), likeness=f"{one.likeness:.0%}", words=both)
