"""Training from labelled messages; the only module that needs scikit-learn, and only while it runs."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier import evaluate, words
from classifier.labels import HEADS, BadCorpusError, Row, read_rows
from classifier.lexicons import lexicons
from classifier.model import Model, Scores, parts, save
from classifier.vectors import LEXICON_WEIGHT, Reading, Vectoriser, read

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""

_FOLDS = 5
_COST = 1.0
_SEED = 7


def train(corpus_paths: Sequence[Path], out_dir: Path, progress: Progress) -> evaluate.Report:
    """Train on all rows of the JSONL files, write a model directory, report what cross-validation says of it.

    The same files give the same bytes. Raises BadCorpusError for rows or label counts that cannot be used.
    """
    rows = read_rows(corpus_paths)
    _check_counts(rows)
    progress("words", 0, _FOLDS + 2)
    readings = [read(row.text) for row in rows]
    answers: list[dict[str, Scores]] = [{} for _ in rows]
    for step, (learnt, held) in enumerate(_folds(len(rows)), start=1):
        progress("folds", step, _FOLDS + 2)
        fold = fit([rows[i] for i in learnt], [readings[i] for i in learnt], {})
        for i in held:
            answers[i] = fold.scores(readings[i])[0]
    progress("model", _FOLDS + 1, _FOLDS + 2)
    temperatures = {head: temperature(rows, answers, head) for head in HEADS}
    report = evaluate.report(rows, [_cooled(answer, temperatures) for answer in answers])
    model = replace(fit(rows, readings, temperatures), card=_card(rows, report))
    save(model, out_dir, report.as_dict())
    progress("saved", _FOLDS + 2, _FOLDS + 2)
    return report


def across_authors(rows: Sequence[Row]) -> dict[str, evaluate.Report]:
    """For each author a report on his messages by a model that has seen the other authors only."""
    readings = [read(row.text) for row in rows]
    found = {}
    for author in sorted({row.author for row in rows}):
        learnt = [i for i, row in enumerate(rows) if row.author != author]
        held = [i for i, row in enumerate(rows) if row.author == author]
        if not learnt:
            continue
        model = calibrated([rows[i] for i in learnt], [readings[i] for i in learnt])
        found[author] = evaluate.report([rows[i] for i in held], [model.scores(readings[i])[0] for i in held])
    return found


def calibrated(rows: Sequence[Row], readings: Sequence[Reading]) -> Model:
    """Return a model with temperatures found by cross-validation on its own rows."""
    answers: list[dict[str, Scores]] = [{} for _ in rows]
    for learnt, held in _folds(len(rows)):
        fold = fit([rows[i] for i in learnt], [readings[i] for i in learnt], {})
        for i in held:
            answers[i] = fold.scores(readings[i])[0]
    return fit(rows, readings, {head: temperature(rows, answers, head) for head in HEADS})


def fit(rows: Sequence[Row], readings: Sequence[Reading], temperatures: dict[str, float]) -> Model:
    """Vocabularies and one linear support vector machine a question; temperature 1 where none is given."""
    vectoriser = Vectoriser.learn(readings)
    columns = [vectoriser.columns(reading) for reading in readings]
    outputs = sum(len(labels) for labels in HEADS.values())
    weights, bias = np.zeros((vectoriser.width, outputs), np.float32), np.zeros(outputs, np.float32)
    for head, part in parts().items():
        chosen = [i for i, row in enumerate(rows) if head == "type" or row.asked]
        weights[:, part], bias[part] = _planes(
            matrix([columns[i] for i in chosen], vectoriser.width), [rows[i].label(head) for i in chosen], HEADS[head]
        )
    return Model(vectoriser, weights, bias, {head: temperatures.get(head, 1.0) for head in HEADS}, {})


def matrix(columns: Sequence[dict[int, float]], width: int) -> Any:
    """Return the rows as a SciPy matrix with 32-bit indices, which LinearSVC insists on."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # SciPy publishes no types

    starts = np.cumsum([0, *(len(row) for row in columns)], dtype=np.int32)
    indices = np.fromiter((number for row in columns for number in row), np.int32)
    values = np.fromiter((value for row in columns for value in row.values()), np.float64)
    found = csr_matrix((values, indices, starts), shape=(len(columns), width))
    found.sort_indices()
    return found


def temperature(rows: Sequence[Row], answers: Sequence[dict[str, Scores]], head: str) -> float:
    """Return the divisor of the decision values that makes held-out probabilities most likely (golden section)."""
    pairs = [
        (answer[head], row.label(head))
        for row, answer in zip(rows, answers, strict=True)
        if head == "type" or row.asked
    ]
    logits = np.log(np.array([scores.probabilities for scores, _ in pairs]) + 1e-12)
    gold = np.array([HEADS[head].index(label) for _, label in pairs])

    def surprise(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        return float(-(scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True)))[np.arange(len(gold)), gold].mean())

    return round(float(np.exp(_lowest(surprise, -4.0, 2.0))), 4)


def _lowest(function: Callable[[float], float], low: float, high: float) -> float:
    ratio = (5**0.5 - 1) / 2
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if function(left) < function(right) else (left, high)
    return (low + high) / 2


def _planes(samples: Any, gold: list[str], labels: tuple[str, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    from sklearn.svm import LinearSVC

    missing = set(labels) - set(gold)
    if missing:
        raise BadCorpusError(f"the corpus has no message labelled {', '.join(sorted(missing))}")
    machine = LinearSVC(C=_COST, class_weight="balanced", random_state=_SEED, max_iter=5_000)
    machine.fit(samples, gold)
    order = [list(machine.classes_).index(label) for label in labels]
    return machine.coef_[order].T.astype(np.float32), machine.intercept_[order].astype(np.float32)


def _folds(count: int) -> Iterator[tuple[list[int], list[int]]]:
    order = np.random.default_rng(_SEED).permutation(count).tolist()
    for fold in range(_FOLDS):
        held = set(order[fold::_FOLDS])
        yield [i for i in range(count) if i not in held], sorted(held)


def _cooled(answer: dict[str, Scores], temperatures: dict[str, float]) -> dict[str, Scores]:
    return {head: _at_temperature(scores, temperatures[head]) for head, scores in answer.items()}


def _at_temperature(scores: Scores, divisor: float) -> Scores:
    grown = np.exp(np.log(np.array(scores.probabilities) + 1e-12) / divisor)
    return Scores(scores.labels, tuple((grown / grown.sum()).tolist()))


def _check_counts(rows: Sequence[Row]) -> None:
    for head, labels in HEADS.items():
        for label in labels:
            count = sum(row.label(head) == label for row in rows)
            if count < _FOLDS:
                raise BadCorpusError(f"{head} {label}: {count} messages, at least {_FOLDS} are needed")


def _card(rows: Sequence[Row], report: evaluate.Report) -> dict[str, Any]:
    digest = hashlib.sha256(
        "\n".join(sorted(f"{row.text}\t{row.type}\t{row.urgency}\t{row.nature}" for row in rows)).encode()
    )
    return {
        "version": f"{digest.hexdigest()[:8]}-w{words.VERSION}-l{lexicons().version}",
        "corpus_size": len(rows),
        "corpus_sha256": digest.hexdigest(),
        "authors": sorted({row.author for row in rows}),
        "labels": {
            head: {label: sum(row.label(head) == label for row in rows) for label in labels}
            for head, labels in HEADS.items()
        },
        "method": f"LinearSVC C={_COST}, words 1-2 + characters 1-2 + telling words x {LEXICON_WEIGHT}",
        "macro_f1": {head: round(part.macro_f1, 3) for head, part in report.heads.items()},
    }
