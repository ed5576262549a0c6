"""Patterns that are looked for only where a text holds a character they cannot do without: most texts do not."""

import re
from collections.abc import Iterator

from classifier.openings import branches, closing

_ASIDE = re.compile(r"\^|\$|\\[bB]")
_CLASS = re.compile(r"\[(\^?)((?:[^\]\\]|\\.)+)\]")
_CHAR = re.compile(r"\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\x[0-9a-f]{2}|\\[dn]|\\[^\w]|[^\\.()\[\]{}*+?|^$]")
_WIDE = re.compile(r"\\[wWsSD]")
_ANY = re.compile(r"\\\w|\.")
_TIMES = re.compile(r"(?:[?*+]|\{\d*,?\d*\})[?+]?")
_MAYBE = re.compile(r"[?*]|\{(?:0|,)")
_MEANS = frozenset("-^]\\&~|[")
_COMMON = "的一不了我们是在有个这到要上来人能没都就也还用出时后下说中大会过为可么,。0123456789 单系统问题请"
"""Characters of many messages; to look for them would spare little."""
_DEAREST = 6
"""So many of those, and a pattern is better looked for at once."""


class Sought:
    """A pattern and the characters without one of which it cannot match."""

    __slots__ = ("needs", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern)
        needed = necessary(pattern)
        self.needs = re.compile(f"[{needed}]" if needed else "")

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match."""
        return self.pattern.search(text) if self.needs.search(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield all matches."""
        return self.pattern.finditer(text) if self.needs.search(text) else iter(())


def necessary(pattern: str) -> str | None:
    """Return the inside of a character class that every match holds a character of; None where none is known."""
    found = [_of_one(branch) for branch in branches(pattern)]
    known = [one for one in found if one is not None]
    return "".join(dict.fromkeys(known)) if len(known) == len(found) else None


def _of_one(branch: str) -> str | None:
    """Return the least common of what the parts of a branch need, one after the other."""
    at, best, price = 0, None, (_DEAREST, 0)
    while at < len(branch):
        needed, at = _part(branch, at)
        if needed is not None and not _MAYBE.match(branch, at) and (cost := _cost(needed)) < price:
            best, price = needed, cost
        times = _TIMES.match(branch, at)
        at = times.end() if times else at
    return best


def _part(branch: str, at: int) -> tuple[str | None, int]:
    """Return what the part at a place needs, and where it ends; what looks aside takes no character and needs none."""
    if aside := _ASIDE.match(branch, at):
        return None, aside.end()
    if branch[at] == "(":
        end = at + closing(branch[at:])
        inside = branch[at + 1 : end]
        if inside.startswith(("?:", "?P<")):
            return necessary(inside[inside.index(":" if inside[1] == ":" else ">") + 1 :]), end + 1
        return (None if inside.startswith("?") else necessary(inside)), end + 1
    if match := _CLASS.match(branch, at):
        return (None if match[1] or _WIDE.search(match[2]) else match[2]), match.end()
    if match := _CHAR.match(branch, at):
        return (f"\\{match[0]}" if match[0] in _MEANS else match[0]), match.end()
    match = _ANY.match(branch, at)
    return None, match.end() if match else at + 1


def _cost(needed: str) -> tuple[int, int]:
    """Return how many common characters are among those needed, and about how many there are."""
    if len(needed) == 1:
        return int(needed in _COMMON), 1
    return len(re.findall(f"[{needed}]", _COMMON)), len(needed)
