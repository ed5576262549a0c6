"""With which characters a pattern can begin: a search looks at one set of them before it tries a hundred words."""

import re

_ASIDE = re.compile(r"\^|\\b|\(\?<?!(?:[^()\\]|\\.)*\)|\(\?<=(?:[^()\\]|\\.)*\)")
"""What stands before the first character and takes none: looking ahead for what must not come, and behind."""
_CLASS = re.compile(r"\[(?!\^)((?:[^\]\\]|\\.)+)\]")
_CHAR = re.compile(r"\\[dws]|\\[^\w]|[^\\.()\[\]{}*+?|^$]")
_MAYBE = re.compile(r"[?*]|\{(?:0|,)")
_TIMES = re.compile(r"(?:[?*+]|\{\d*,?\d*\})[?+]?")
_MEANS = frozenset("-^]\\&~|")


def openings(pattern: str) -> str | None:
    """Return the inside of a character class that holds every possible first character; None where that is unknown."""
    found = [_of_one(branch) for branch in branches(pattern)]
    known = [one for one in found if one is not None]
    return "".join(dict.fromkeys(known)) if len(known) == len(found) else None


def _of_one(branch: str) -> str | None:
    while aside := _ASIDE.match(branch):
        branch = branch[aside.end() :]
    if branch.startswith(("(?:", "(?P<")):
        end = closing(branch)
        first = openings(branch[branch.index(":" if branch[2] == ":" else ">") + 1 : end])
        after = end + 1
    elif match := _CLASS.match(branch):
        first, after = match[1], match.end()
    elif match := _CHAR.match(branch):
        first, after = match[0] if match[0] not in _MEANS else f"\\{match[0]}", match.end()
    else:
        return None
    if first is None or not _MAYBE.match(branch, after):
        return first
    times = _TIMES.match(branch, after)
    rest = _of_one(branch[times.end() :]) if times else None
    return None if rest is None else first + rest


def branches(pattern: str) -> list[str]:
    """Return the alternatives of the outermost level."""
    found, depth, start, at, inside = [], 0, 0, 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif inside or char == "[":
            inside = char != "]"
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and not depth:
            found.append(pattern[start:at])
            start = at + 1
        at += 1
    return [*found, pattern[start:]]


def closing(pattern: str) -> int:
    """Return where the group ends with which a pattern begins."""
    depth, at, inside = 0, 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif inside or char == "[":
            inside = char != "]"
        elif char in "()":
            depth += 1 if char == "(" else -1
            if not depth:
                return at
        at += 1
    return len(pattern)
