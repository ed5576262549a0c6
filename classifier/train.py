"""Training from labelled messages: every author judged by the others first, then one model of all."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from classifier import calibration, evaluate, planes, words
from classifier.calibration import Answer
from classifier.labels import HEADS, TYPES, BadCorpusError, Row, heads_of, read_rows, untyped
from classifier.lexicons import lexicons
from classifier.model import FEWEST_TYPES, Model, save
from classifier.vectors import Reading, read

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""

_FOLDS = 5
_FEWEST, _SMALL = 3, 0.05
"""Authors needed to judge each by the others; who wrote a smaller share stands with the other small ones."""
_SEED = 7


@dataclass(frozen=True, slots=True)
class Trained:
    """What held-out messages say of a training: all together, and author by author."""

    report: evaluate.Report
    authors: dict[str, evaluate.Report]


def train(
    corpus_paths: Sequence[Path],
    out_dir: Path,
    progress: Progress,
    decisions: Sequence[Row] = (),
    until: str = "",
    types: tuple[str, ...] = TYPES,
    base: Sequence[Row] = (),
) -> Trained:
    """Train on all rows of the JSONL files and people's decisions, write a model directory, say how good it is.

    `types` are the classes of the model, a deployment's own with `other` (classifier/taxonomy.py); `base` are rows of
    other types, of which urgency, nature and small talk are learnt with the corpus. `until`: when the latest decision
    was made, for the card. The same files give the same bytes. Raises BadCorpusError for rows or label counts that
    cannot be used.
    """
    corpus = [*read_rows(corpus_paths, types), *untyped(base)]
    _check_counts(corpus, types)
    rows = [*corpus, *decisions]
    progress("words", 0, 1)
    readings = [read(row.text) for row in rows]
    answers = out_of_fold(rows, readings, progress, types)
    trained, measured = _judged(corpus, answers[: len(corpus)])
    progress("model", 0, 1)
    card = _card(rows, trained.report, types) | {"decisions": len(decisions), "decided_until": until}
    model = replace(planes.fit(rows, readings, types=types), card=card, **measured)
    save(model, out_dir, trained.report.as_dict())
    progress("saved", 1, 1)
    return trained


def out_of_fold(
    rows: Sequence[Row], readings: Sequence[Reading], progress: Progress, types: tuple[str, ...] = TYPES
) -> list[Answer]:
    """Return for each message the raw scores of a model that has not seen its author."""
    answers: list[Answer] = [{} for _ in rows]
    splits = list(folds(rows, types))
    for step, (learnt, held) in enumerate(splits, start=1):
        progress("folds", step, len(splits))
        fold = planes.fit([rows[i] for i in learnt], [readings[i] for i in learnt], types=types)
        for i in held:
            answers[i] = fold.scores(readings[i])[0]
    return answers


def folds(rows: Sequence[Row], types: tuple[str, ...] = TYPES) -> Iterator[tuple[list[int], list[int]]]:
    """Split by author where there are enough of them, else at random; what is learnt, and what is held out."""
    counts = Counter(row.author for row in rows)
    groups = [row.author if counts[row.author] >= _SMALL * len(rows) else "" for row in rows]
    if len(set(groups)) < _FEWEST or not _each_learns_all(rows, groups, types):
        order = np.random.default_rng(_SEED).permutation(len(rows)).tolist()
        groups = [str(order[i] % _FOLDS) for i in range(len(rows))]
    for group in sorted(set(groups)):
        held = [i for i, name in enumerate(groups) if name == group]
        yield [i for i, name in enumerate(groups) if name != group], held


def calibrated(rows: Sequence[Row], readings: Sequence[Reading]) -> Model:
    """Return a model with temperatures and thresholds found on its own rows, author by author."""
    _, measured = _judged(rows, out_of_fold(rows, readings, lambda *_: None))
    return replace(planes.fit(rows, readings), **measured)


def _each_learns_all(rows: Sequence[Row], groups: Sequence[str], types: tuple[str, ...]) -> bool:
    wanted = [(head, label) for head, labels in heads_of(types).items() for label in labels]
    for group in set(groups):
        others = [row for row, name in zip(rows, groups, strict=True) if name != group]
        if any(not any(row.label(head) == label for row in others) for head, label in wanted):
            return False
    return True


def _judged(rows: Sequence[Row], raw: Sequence[Answer]) -> tuple[Trained, dict[str, Any]]:
    temperatures = {head: calibration.temperature(rows, raw, head) for head in HEADS}
    cool = [calibration.cooled(answer, temperatures) for answer in raw]
    thresholds = calibration.thresholds(rows, cool)
    answers = [calibration.lead(answer, thresholds) for answer in cool]
    authors = {
        author: evaluate.report(*_of(author, rows, answers), thresholds) for author in sorted({r.author for r in rows})
    }
    report = evaluate.report(rows, answers, thresholds)
    return Trained(report, authors), {"temperatures": temperatures, "thresholds": thresholds}


def _of(author: str, rows: Sequence[Row], answers: Sequence[Answer]) -> tuple[list[Row], list[Answer]]:
    chosen = [i for i, row in enumerate(rows) if row.author == author]
    return [rows[i] for i in chosen], [answers[i] for i in chosen]


def _check_counts(rows: Sequence[Row], types: tuple[str, ...]) -> None:
    if len(types) < FEWEST_TYPES:
        raise BadCorpusError("one type of need alone cannot be told from another: name two in the policy")
    for head, labels in heads_of(types).items():
        for label in labels:
            count = sum(row.label(head) == label for row in rows)
            if count < _FOLDS:
                raise BadCorpusError(f"{head} {label}: {count} messages, at least {_FOLDS} are needed")


def _card(rows: Sequence[Row], report: evaluate.Report, types: tuple[str, ...]) -> dict[str, Any]:
    lines = sorted(f"{row.text}\t{row.type}\t{row.urgency}\t{row.nature}\t{row.weight}" for row in rows)
    digest = hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()
    return {
        "version": f"{digest[:8]}-w{words.VERSION}-l{lexicons().version}",
        "corpus_size": len(rows),
        "corpus_sha256": digest,
        "authors": sorted({row.author for row in rows}),
        "labels": {
            head: {label: sum(row.label(head) == label for row in rows) for label in labels}
            for head, labels in heads_of(types).items()
        },
        "method": f"LinearSVC C={planes.COST}; words 1-2, characters 1-2, telling words: {planes.BLOCKS}",
        "judged": "each author by a model of the others",
        "macro_f1": {head: round(part.macro_f1, 3) for head, part in report.heads.items()},
    }
