"""Searching requests by what they say: /search."""

from handlers.commands.asked import Asked, Misused
from handlers.messages import Card, Message, Text
from handlers.requests import alike, card

LONGEST = 200
"""Characters of a search that are looked at."""


def search(asked: Asked) -> Message:
    """Show the few requests most like some words, open or over; an agent finds his own, a lead his department's too."""
    words = " ".join(asked.words)[:LONGEST]
    if not words:
        raise Misused("请写出要找的词。")
    owner = None if asked.manages else asked.person.feishu
    department = asked.person.department if "lead" in asked.person.roles else ""
    found = alike.searched(asked.store, words, owner, department)
    if not found:
        return Text(text="没有找到说法相近的需求。")
    return Card(title=f"与“{words[:20]}”相近的需求", body="\n".join(_line(one, asked) for one in found))


def _line(one: alike.Found, asked: Asked) -> str:
    """Put a request into one line, with how much it is like what was searched for, and why."""
    both = "".join(f"“{word}”" for word in one.words)
    why = f"相似 {one.likeness:.0%}" + (f"，都提到{both}" if both else "")
    return f"{card.line(one.request, asked.desk.policy)}（{why}）"
