"""Judging likeness on pairs written by hand: the same need found in other words, and told from a similar one."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from classifier.similar import ALIKE, SAME, likeness, read

FIRST = 5
"""Recall is judged by whether a need is among so many."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two descriptions by one author: `same` need, `near` (same subject, other need) or `far`; `held`: not tuned on."""

    author: str
    held: bool
    alike: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Judged:
    """How one set does: ranks of what says the same among all texts, and the pairs with their likeness."""

    name: str
    ranks: tuple[int, ...]
    seen: tuple[tuple[str, float], ...]

    def recall(self, first: int) -> float:
        """Return the share of needs whose other wording is among the first so many."""
        return sum(rank <= first for rank in self.ranks) / len(self.ranks)

    @property
    def mrr(self) -> float:
        """Return the mean of one over the rank."""
        return sum(1 / rank for rank in self.ranks) / len(self.ranks)

    def at(self, limit: float) -> tuple[float, float]:
        """Return precision and recall of `same` at a limit; precision is 0 where nothing passes."""
        taken = [alike for alike, value in self.seen if value >= limit]
        same = sum(alike == "same" for alike, _ in self.seen)
        return taken.count("same") / max(1, len(taken)), taken.count("same") / same


def packaged() -> list[Path]:
    """Return the files that come with the package."""
    return sorted(Path(str(files("classifier") / "data" / "pairs")).glob("*.jsonl"))


def read_pairs(sets: Sequence[Path]) -> list[Pair]:
    """Read pairs from JSONL files. Raises ValueError, KeyError or TypeError if a line is no pair."""
    rows = [json.loads(line) for file in sets for line in file.read_text("utf-8").splitlines() if line.strip()]
    return [Pair(row.get("author", ""), row.get("held", False), row["alike"], row["a"], row["b"]) for row in rows]


def judged(pairs: Sequence[Pair]) -> Iterator[Judged]:
    """Judge every set by itself, its needs looked for among the texts of all sets.

    What says the same as the text searched for, and parts of it, do not count as being in the way.
    """
    texts = sorted({text for pair in pairs for text in (pair.a, pair.b)})
    needs = {text: read(text) for text in texts}
    also: dict[str, set[str]] = {text: {text} for text in texts}
    for pair in pairs:
        if pair.alike == "same":
            also[pair.a].add(pair.b)
            also[pair.b].add(pair.a)

    def rank(pair: Pair) -> int:
        value = likeness(needs[pair.a], needs[pair.b])
        others = [text for text in texts if text not in also[pair.a] and text not in pair.a and pair.a not in text]
        # One that has nothing in common with it comes last, whatever order the rest has.
        return 1 + sum(likeness(needs[pair.a], needs[other]) >= value for other in others)

    for key in sorted({(pair.author, pair.held) for pair in pairs}):
        mine = [pair for pair in pairs if (pair.author, pair.held) == key]
        seen = tuple((pair.alike, likeness(needs[pair.a], needs[pair.b])) for pair in mine)
        ranks = tuple(rank(pair) for pair in mine if pair.alike == "same")
        if ranks:
            yield Judged(f"{key[0]}{' held' if key[1] else ''}", ranks, seen)


def table(pairs: Sequence[Pair]) -> str:
    """Put it into a table: recall, and precision and recall of both limits, by set."""
    limits = (("SAME", SAME), ("ALIKE", ALIKE))
    head = f"{'set':10}{'same':>6}{'R@1':>7}{f'R@{FIRST}':>7}{'MRR':>7}"
    lines = [head + "".join(f"{f'{name} {limit} P':>14}{'R':>6}" for name, limit in limits)]
    for one in judged(pairs):
        line = f"{one.name:10}{len(one.ranks):6}{one.recall(1):7.3f}{one.recall(FIRST):7.3f}{one.mrr:7.3f}"
        for _, limit in limits:
            precision, recall = one.at(limit)
            line += f"{precision:14.2f}{recall:6.2f}"
        lines.append(line)
    return "\n".join(lines)
