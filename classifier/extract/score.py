"""How well fields are found: precision, recall and F1 against annotated messages, by the rules of fields/GUIDE.md."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from classifier.extract.fields import Fields
from classifier.words import fold

TAUGHT = ("e", "f", "g", "h", "i", "j", "k", "l", "r")
"""Authors whose messages the tagger has learnt from and the rules were written with."""

TUNED = (*TAUGHT, "ma", "mb", "mc", "p", "v")
"""Authors whose messages the rules were written with; everybody else's are held out."""

DENSE = ("ma", "mb", "mc", "o", "p", "u", "v")
"""Messages nearly each of which holds an address or a number, often one that may mislead: shown apart."""

_HALVES = ("调校", "留出", "号码地址·调校", "号码地址·留出")
_NAME, _STRETCH, _SPAN = 0.8, 0.6, 0.5
_ATTRIBUTE = {"company": "customer_name", "contact": "contact_name"}

Extractor = Callable[[str, datetime], Fields]


@dataclass(frozen=True, slots=True)
class Message:
    """One annotated message; `gold` holds only what it says."""

    text: str
    at: datetime
    author: str
    gold: Mapping[str, Any]
    about: frozenset[str] = frozenset()
    """The keys that were looked for when it was annotated; none: all of them."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Hits, wrong values and misses of one field; a wrong value where another was said counts as both."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 when nothing was found."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of what was said that was found; 1 when nothing was said."""
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return _share(2 * self.right, 2 * self.right + self.wrong + self.missed)

    def __add__(self, other: "Figures") -> "Figures":
        """Return both counted together."""
        return Figures(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)


def read_messages(paths: Iterable[Path]) -> list[Message]:
    """Read annotated messages; ValueError (JSON) or KeyError for a row that is none."""
    rows = [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [
        Message(
            row["text"], datetime.fromisoformat(row["at"]), row["author"], row["gold"], frozenset(row.get("about", ()))
        )
        for row in rows
    ]


def score(messages: Iterable[Message], extractor: Extractor) -> dict[str, Figures]:
    """Return the figures of every field over these messages."""
    total = dict.fromkeys(RULES, Figures())
    for message in messages:
        found = extractor(message.text, message.at)
        for field, rule in RULES.items():
            if message.about and field not in message.about:
                continue
            value = getattr(found, _ATTRIBUTE.get(field, field))
            total[field] += rule(message.gold.get(field), value, message.text)
    return total


def table(messages: Sequence[Message], extractor: Extractor) -> str:
    """Return one line a field: figures of the tuned, the held-out and the misleading messages, then F1 by author."""
    authors = sorted({message.author for message in messages})
    by = {author: score((m for m in messages if m.author == author), extractor) for author in authors}
    halves = {name: own for name in _HALVES if (own := [a for a in authors if _half(a) == name])}
    titles = [f"{name}({','.join(own)}) P     R    F1" for name, own in halves.items()]
    lines = [f"{'field':<14}" + " | ".join(f"{title:<19}  n" for title in titles) + " | F1 " + "     ".join(authors)]
    for field in RULES:
        sums = [sum((by[author][field] for author in own), Figures()) for own in halves.values()]
        cells = [f"{f.precision:7.3f} {f.recall:5.3f} {f.f1:5.3f} {f.right + f.missed:4d}" for f in sums]
        lines.append(f"{field:<14}" + " | ".join(cells) + " | " + " ".join(_shown(by[a][field]) for a in authors))
    return "\n".join(lines)


def _shown(figures: Figures) -> str:
    return f"{figures.f1:.3f}" if figures != Figures() else "  –  "


def _half(author: str) -> str:
    return _HALVES[2 * (author in DENSE) + (author not in TUNED)]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _one(same: Callable[[Any, Any], bool]) -> Callable[[Any, Any, str], Figures]:
    """Return the rule of a field with one value."""

    def compare(gold: Any, found: Any, _text: str) -> Figures:
        if gold and found:
            return Figures(right=1) if same(gold, found) else Figures(wrong=1, missed=1)
        return Figures(wrong=int(bool(found)), missed=int(bool(gold)))

    return compare


def _spans(gold: Sequence[str] | None, found: Sequence[str], text: str) -> Figures:
    """Pair spans that overlap by half of the longer one; each counts once."""
    left = [_where(text, span) for span in gold or ()]
    said, right = len(left), 0
    for start, end in (_where(text, span) for span in found):
        fits = (other for other in left if _overlap((start, end), other) >= _SPAN)
        match = next(fits, None)
        if match:
            left.remove(match)
            right += 1
    return Figures(right, len(found) - right, said - right)


def _where(text: str, span: str) -> tuple[int, int]:
    start = text.find(span)
    return start, start + len(span)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared / max(one[1] - one[0], other[1] - other[0], 1)


def _exactly(gold: str, found: str) -> bool:
    return gold == found


def _at_the_minute(gold: str, found: datetime) -> bool:
    return datetime.fromisoformat(gold).replace(second=0) == found.replace(second=0, microsecond=0)


def _alike(least: float) -> Callable[[str, str], bool]:
    def same(gold: str, found: str) -> bool:
        one, other = Counter(_bare(gold)), Counter(_bare(found))
        both = (one & other).total()
        return 2 * both >= least * (one.total() + other.total()) and both > 0

    return same


def _bare(text: str) -> str:
    """Letters and digits only: blanks and punctuation carry no field."""
    return "".join(char for char in fold(text) if char.isalnum())


RULES: dict[str, Callable[[Any, Any, str], Figures]] = {
    "company": _one(_alike(_NAME)), "contact": _one(_alike(_NAME)), "title": _one(_alike(_NAME)),
    "phone": _one(_exactly), "email": _one(_exactly), "industry": _one(_alike(_NAME)),
    "background": _one(_alike(_STRETCH)), "description": _one(_alike(_STRETCH)),
    "expected": _one(_alike(_STRETCH)), "pain": _one(_alike(_STRETCH)), "impact": _one(_alike(_STRETCH)),
    "urgency_words": _spans, "deadline": _one(_at_the_minute), "reference": _one(_exactly),
}  # fmt: skip
"""Field of the sets -> how a gold value and a found one are compared."""
