"""Groups of telling words (data/lexicons.toml) and where they stand in a text."""

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from operator import add
from typing import NamedTuple

from classifier.sought import Sought


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of telling words."""

    title: str
    words: tuple[str, ...]
    pattern: Sought | None
    unless: tuple[str, ...]


class Hit(NamedTuple):
    """A telling word found in a folded text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lexicons:
    """All groups, and an index of their words by first two characters so that one pass finds them all."""

    version: str
    groups: dict[str, Group]
    index: dict[str, tuple[tuple[str, str], ...]]
    patterns: tuple[tuple[str, Sought], ...]

    def hits(self, folded: str) -> dict[str, list[Hit]]:
        """Return hits by group name, in the order of the text; `unless` applied."""
        found: dict[str, list[Hit]] = defaultdict(list)
        known, chars = self.index, list(folded)
        # Most characters begin nothing: only those are looked at that do, alone or with the next one.
        for start, key in [(at, pair) for at, pair in enumerate(map(add, chars, chars[1:])) if pair in known]:
            for word, group in self.index[key]:
                if folded.startswith(word, start):
                    found[group].append(Hit(start, start + len(word)))
        for start, key in [(at, char) for at, char in enumerate(chars) if char in known]:
            for _, group in self.index[key]:
                found[group].append(Hit(start, start + 1))
        for name, pattern in self.patterns:
            if hits := [Hit(*match.span()) for match in pattern.finditer(folded)]:
                found[name] += hits
        return {name: kept for name, hits in found.items() if (kept := self._kept(name, hits, found))}

    def _kept(self, name: str, hits: list[Hit], found: dict[str, list[Hit]]) -> list[Hit]:
        against = [other for rival in self.groups[name].unless for other in found.get(rival, ())]
        return [hit for hit in hits if not any(hit.start < other.end and other.start < hit.end for other in against)]


@lru_cache(maxsize=32)
def find_hits(folded: str) -> dict[str, list[Hit]]:
    """Return the hits of the packaged groups; suggestion and extraction ask for the same message. Not to be changed."""
    return lexicons().hits(folded)


@cache
def lexicons() -> Lexicons:
    """Return the packaged groups, read once."""
    data = tomllib.loads((files("classifier") / "data" / "lexicons.toml").read_text("utf-8"))
    groups = {name: _group(entry) for name, entry in data["groups"].items()}
    index: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, group in groups.items():
        for word in group.words:
            index[word[:2]].append((word, name))
    patterns = tuple((name, group.pattern) for name, group in groups.items() if group.pattern)
    return Lexicons(data["version"], groups, {key: tuple(words) for key, words in index.items()}, patterns)


def _group(entry: dict[str, list[str] | str]) -> Group:
    patterns = entry.get("patterns")
    return Group(
        title=str(entry["title"]),
        words=tuple(entry.get("words", ())),
        pattern=Sought("|".join(patterns)) if patterns else None,
        unless=tuple(entry.get("unless", ())),
    )
