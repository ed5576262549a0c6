"""What a corpus must be to be learnt from: of one mind, without copies and templates, and enough of everything."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from classifier.labels import HEADS, Row
from classifier.words import fold, normalise

ALIKE = 0.5
"""From this share of common runs of four characters on, two messages are near-duplicates."""
_RUN, _TEMPLATE, _OFTEN = 4, 6, 0.01
_LEAST_ALIKE = 8
"""Characters: shorter texts (好的, 在吗) repeat by nature; they count only if they are the same with other labels."""
_PUNCTUATION = re.compile(r"[^\w\ue000-\ue002]+")
WANTED = {
    "type": {"bug": 450, "improve": 450, "custom": 450, "consult": 450, "other": 400},
    "urgency": {"urgent": 500},
    "nature": {"service": 300, "complaint": 300, "suggestion": 300},
    "intent": {"status": 50, "cancel": 50, "human": 50, "thanks": 50, "chitchat": 50, "spam": 30},
}
STYLES = {
    **dict.fromkeys(
        (
            "voice",
            "terse",
            "dialect",
            "elder",
            "relayed",
            "email",
            "list",
            "log",
            "traditional",
            "mixed",
            "typo",
            "emoji",
        ),
        0.03,
    ),
    "angry": 0.10,
    "misleading": 0.10,
}
INDUSTRIES = 25


@dataclass(frozen=True, slots=True)
class Count:
    """How much of something there is, and how much is wanted."""

    what: str
    have: float
    want: float

    @property
    def met(self) -> bool:
        """Whether there is enough."""
        return self.have >= self.want


@dataclass(frozen=True, slots=True)
class Pair:
    """Two messages that are too much alike; `conflict` names the questions they answer differently."""

    one: Row
    other: Row
    likeness: float
    conflict: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a check found; `leaks` are near-duplicates between what is learnt from and what is judged by."""

    size: int
    pairs: list[Pair]
    leaks: list[Pair]
    templates: list[tuple[str, int]]
    counts: list[Count]

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against learning from it; counts that are missed do not."""
        return not (self.conflicts or self.leaks or self.templates)

    @property
    def conflicts(self) -> list[Pair]:
        """Near-duplicates with other labels."""
        return [pair for pair in self.pairs if pair.conflict]

    def text(self) -> str:
        """Return the findings as a table and lists."""
        lines = [f"{self.size} messages", f"{'what':<22} {'have':>7} {'want':>7}"]
        lines += [
            f"{count.what:<22} {_figure(count.have):>7} {_figure(count.want):>7}{'' if count.met else '  MISSED'}"
            for count in self.counts
        ]
        lines.append(f"{'label conflicts':<22} {len(self.conflicts):7d} {0:7d}")
        lines.append(f"{'near-duplicates':<22} {len(self.pairs):7d} {0:7d}")
        lines.append(f"{'leaks into the judging':<22} {len(self.leaks):7d} {0:7d}")
        lines.append(f"{'templates':<22} {len(self.templates):7d} {0:7d}")
        lines += [_told(pair) for pair in (*self.pairs, *self.leaks)]
        lines += [f"template {run!r} in {count} messages" for run, count in self.templates]
        return "\n".join(lines)


def check(rows: Sequence[Row], judged_by: Sequence[Row] = (), industries: Iterable[str] = ()) -> Findings:
    """Look for what spoils a corpus, and count; `judged_by` are the rows it must share nothing with."""
    everything = [*rows, *judged_by]
    pairs = list(_alike(everything, len(rows)))
    return Findings(
        size=len(rows),
        pairs=[pair for pair, leak in pairs if not leak],
        leaks=[pair for pair, leak in pairs if leak],
        templates=_templates(rows),
        counts=[*_counts(rows), *([Count("industries", len(set(industries)), INDUSTRIES)] if industries else [])],
    )


def _counts(rows: Sequence[Row]) -> Iterator[Count]:
    own = any(row.type not in HEADS["type"] for row in rows)  # how much is wanted of a deployment's types nobody knows
    for key, wanted in WANTED.items():
        if own and key == "type":
            continue
        found = Counter(str(getattr(row, key)) for row in rows)
        yield from (Count(f"{key} {label}", found[label], want) for label, want in wanted.items())
    styles = Counter(row.style for row in rows)
    yield from (Count(f"style {style}", styles[style] / max(1, len(rows)), want) for style, want in STYLES.items())


def _alike(rows: Sequence[Row], learnt: int) -> Iterator[tuple[Pair, bool]]:
    """Pairs with many common runs, found by an index of runs; and whether one of them is only judged by."""
    runs = [_runs(row.text, _RUN) if len(row.text) >= _LEAST_ALIKE else {_bare(row.text)} for row in rows]
    index: dict[str, list[int]] = defaultdict(list)
    for number, held in enumerate(runs):
        common = Counter(earlier for run in held for earlier in index[run])
        for earlier, shared in common.items():
            likeness = shared / (len(held) + len(runs[earlier]) - shared)
            pair = _pair(rows[earlier], rows[number], likeness)
            if likeness > ALIKE and earlier < learnt and (pair.conflict or len(rows[number].text) >= _LEAST_ALIKE):
                yield pair, number >= learnt
        for run in held:
            index[run].append(number)


def _pair(one: Row, other: Row, likeness: float) -> Pair:
    return Pair(one, other, likeness, tuple(head for head in HEADS if one.label(head) != other.label(head)))


def _templates(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """Return runs of six characters in more than one of a hundred messages; small corpora may repeat a few."""
    found = Counter(run for row in rows for run in _runs(row.text, _TEMPLATE))
    most = max(_RUN, _OFTEN * len(rows))
    return sorted(((run, count) for run, count in found.items() if count > most), key=lambda pair: -pair[1])


def _runs(text: str, size: int) -> set[str]:
    bare = _bare(text)
    return {bare[at : at + size] for at in range(len(bare) - size + 1)}


def _bare(text: str) -> str:
    return _PUNCTUATION.sub("", normalise(fold(text))) or text


def _figure(value: float) -> str:
    return f"{value:.1%}" if isinstance(value, float) else str(value)


def _told(pair: Pair) -> str:
    kind = "conflict in " + ", ".join(pair.conflict) if pair.conflict else "near-duplicate"
    return (
        f"{kind}: {pair.one.id} {pair.one.text[:40]!r}, {pair.other.id} {pair.other.text[:40]!r} ({pair.likeness:.2f})"
    )
