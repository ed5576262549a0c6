"""What each part of the features is worth, and what more messages would bring: every author judged by the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from classifier import features, planes
from classifier.labels import HEADS, TYPES, Row, heads_of
from classifier.model import Model
from classifier.train import Progress, folds
from classifier.vectors import Reading, Vectoriser, read

_SHAPES = tuple(name for name in features.names() if name.startswith("shape: "))
FAMILIES: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "words": (planes.WORDS,),
    "characters": (planes.CHARACTERS,),
    "all telling words": features.names(),
    "urgency words and their negation": ("urgent", "soon", "no_hurry", "urgency_topic", "hypothetical", "past"),
    "reach": ("whole", "single", "core", "small_shop", "stopped", "workaround", "current"),
    "risk": ("money", "privacy", "exposed", "runaway", "safety", "legal"),
    "deadlines": ("due_word", "day", "by_hour", "since", "week", "milestone", "cycle", *_SHAPES[-3:]),
    "symptoms": ("failure", "regression", "again", "slow", "cosmetic"),
    "wishes": ("clumsy", "add", "lack", "advice", "commit", "proposal"),
    "questions": ("ability", "how", "why", "explain"),
    "own systems and formats": ("own_system", "own_format", "bespoke", "integration"),
    "paperwork and service": ("price", "paper", "office", "self_error", "delivery", "training", "requesting"),
    "reproach": ("grievance", "accused", "demand", "complaint_topic", "rhetoric", "annoy"),
    "small talk": (
        *("greet", "thanks", "ack", "status", "cancel", "human", "chitchat", "spam", "attachment", "opening"),
    ),
    "punctuation and shape": _SHAPES[:-3],
}
"""Families of features by name, each left out in turn."""
SHARES = (0.125, 0.25, 0.5, 0.75, 1.0)
_SEED = 7


@dataclass(frozen=True, slots=True)
class Line:
    """One variant: macro F1 by question, and for the learning curve how many messages were learnt from."""

    name: str
    macro_f1: dict[str, float]
    size: int

    def text(self) -> str:
        """Return a row of a Markdown table."""
        return f"| {self.name} | " + " | ".join(f"{self.macro_f1[head]:.3f}" for head in HEADS) + " |"


def ablation(rows: Sequence[Row], progress: Progress, types: tuple[str, ...] = TYPES) -> list[Line]:
    """Return the figures with each family left out; the first line leaves out nothing."""
    return _study(rows, [_Variant(name, 1.0, family) for name, family in FAMILIES.items()], progress, types)


def curve(rows: Sequence[Row], progress: Progress, types: tuple[str, ...] = TYPES) -> list[Line]:
    """Return the figures learnt from growing shares of the messages of the other authors."""
    return _study(rows, [_Variant(f"{share:.1%}", share, ()) for share in SHARES], progress, types)


def table(lines: Sequence[Line], what: str) -> str:
    """Return a Markdown table."""
    head = f"| {what} | " + " | ".join(HEADS) + " |"
    return "\n".join([head, "|---" * (len(HEADS) + 1) + "|", *(line.text() for line in lines)])


@dataclass(frozen=True, slots=True)
class _Variant:
    name: str
    share: float
    left_out: tuple[str, ...]

    def chosen(self, learnt: list[int]) -> list[int]:
        if self.share == 1:
            return learnt
        order = np.random.default_rng(_SEED).permutation(len(learnt))
        return [learnt[at] for at in order[: round(self.share * len(learnt))]]


def _study(rows: Sequence[Row], variants: Sequence[_Variant], progress: Progress, types: tuple[str, ...]) -> list[Line]:
    readings = [read(row.text) for row in rows]
    given: dict[str, list[dict[str, str]]] = {one.name: [{} for _ in rows] for one in variants}
    sizes = dict.fromkeys(given, 0)
    splits = list(folds(rows, types))
    for step, (learnt, held) in enumerate(splits):
        for at, (name, model, size) in enumerate(_fitted(rows, readings, learnt, variants, types), start=1):
            progress("study", step * len(variants) + at, len(splits) * len(variants))
            sizes[name] += size
            for i in held:
                scores = model.scores(readings[i])[0]
                given[name][i] = {head: scores[head].ranked()[0][0] for head in HEADS}
    return [Line(name, _macro(rows, given[name], types), sizes[name] // len(splits)) for name in given]


def _fitted(
    rows: Sequence[Row],
    readings: Sequence[Reading],
    learnt: list[int],
    variants: Sequence[_Variant],
    types: tuple[str, ...],
) -> Iterator[tuple[str, Model, int]]:
    """Fit every variant of one fold; vectors are made anew only when other messages are learnt from."""
    before: list[int] = []
    for one in variants:
        chosen = one.chosen(learnt)
        if chosen != before:
            vectoriser = Vectoriser.learn([readings[i] for i in chosen], [rows[i].author for i in chosen])
            samples = planes.matrix([vectoriser.columns(readings[i]) for i in chosen], vectoriser.width)
            before = chosen
        fitted = planes.machines([rows[i] for i in chosen], vectoriser, samples, one.left_out, types)
        yield one.name, fitted, len(chosen)


def _macro(rows: Sequence[Row], given: Sequence[dict[str, str]], types: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for head, labels in heads_of(types).items():
        pairs = [(row.label(head), said[head]) for row, said in zip(rows, given, strict=True)]
        pairs = [(gold, label) for gold, label in pairs if gold in labels]
        found[head] = sum(_f1(pairs, label) for label in labels) / len(labels)
    return found


def _f1(pairs: Sequence[tuple[str, str]], label: str) -> float:
    hit = sum(gold == label == said for gold, said in pairs)
    return 2 * hit / max(1, sum((gold == label) + (said == label) for gold, said in pairs))
