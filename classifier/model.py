"""The trained model as a value: saved as JSON and npz with hashes, applied with numpy alone."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier import features, words
from classifier.labels import HEADS
from classifier.lexicons import lexicons
from classifier.vectors import Reading, Vectoriser, Vocabulary

FORMAT = 2
SURE, OTHER, URGENT = 0.8, "other", "urgent"
"""Confidence that counts as sure where none was measured; the two thresholds that are no question's name."""
THRESHOLDS = {**dict.fromkeys(HEADS, SURE), OTHER: 0.8, URGENT: 0.5}
"""What an untrained hand would take (classifier.md section 4)."""
FILES = ("model.json", "weights.npz", "report.json")
FEWEST_TYPES = 3
"""Two types of need and what is none: with fewer there is nothing to tell apart."""
_LARGEST = 64 * 1024 * 1024
"""Bytes; a larger file is refused unread."""


class BadModelError(Exception):
    """A model directory that must not be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Probabilities of one question; `lead` is the label to decide for where that is not the likeliest."""

    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    lead: str = ""

    def of(self, label: str) -> float:
        """Probability of one label."""
        return self.probabilities[self.labels.index(label)]

    def ranked(self) -> list[tuple[str, float]]:
        """Labels and probabilities, the lead first, then the likeliest; equal ones in the order of the guide."""
        pairs = zip(self.labels, self.probabilities, strict=True)
        return sorted(pairs, key=lambda pair: (pair[0] != self.lead, -pair[1]))


@dataclass(frozen=True, slots=True)
class Model:
    """Vocabularies, one weight matrix for all questions side by side, and what cross-validation taught of its scores.

    `heads` are the labels of each question; the types are a deployment's own (classifier/taxonomy.py).
    `temperatures` divide the distances of a question; `thresholds` are confidences, see classifier/calibration.py.
    """

    vectoriser: Vectoriser
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperatures: dict[str, float]
    thresholds: dict[str, float]
    card: dict[str, Any]
    heads: dict[str, tuple[str, ...]] = field(default_factory=lambda: HEADS)

    def scores(self, reading: Reading) -> tuple[dict[str, Scores], dict[int, float]]:
        """Probabilities by question, and the columns they came from."""
        columns = self.vectoriser.columns(reading)
        distances = self.decide(columns).tolist()
        return {head: self._scores(head, distances[part]) for head, part in parts(self.heads).items()}, columns

    def decide(self, columns: dict[int, float]) -> NDArray[np.float32]:
        """Distances from the separating planes, all questions side by side."""
        values = np.fromiter(columns.values(), np.float32, len(columns))
        rows = np.fromiter(columns, np.intp, len(columns))
        decision: NDArray[np.float32] = values @ self.weights.take(rows, axis=0) + self.bias
        return decision

    def _scores(self, head: str, distances: list[float]) -> Scores:
        # Three to five numbers: plain Python is quicker than numpy.
        highest, divisor = max(distances), self.temperatures[head]
        grown = [math.exp((distance - highest) / divisor) for distance in distances]
        total = sum(grown)
        return led(head, Scores(self.heads[head], tuple([share / total for share in grown])), self.thresholds)


def led(head: str, scores: Scores, thresholds: dict[str, float]) -> Scores:
    """Return the scores with urgent in the lead from its own threshold on: to miss it costs most."""
    if head == "urgency" and scores.probabilities[0] >= thresholds[URGENT]:
        return Scores(scores.labels, scores.probabilities, HEADS[head][0])
    return scores


def parts(heads: Mapping[str, tuple[str, ...]] = HEADS) -> dict[str, slice]:
    """Which columns of the weight matrix belong to which question."""
    found, start = {}, 0
    for head, labels in heads.items():
        found[head] = slice(start, start + len(labels))
        start += len(labels)
    return found


def save(model: Model, directory: Path, report: dict[str, Any]) -> None:
    """Write the files of `FILES` and a manifest of their SHA-256 into the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    vectoriser = model.vectoriser
    described = {
        "format": FORMAT,
        "words_version": words.VERSION,
        "lexicons_version": lexicons().version,
        "features": list(features.names()),
        "heads": {head: list(labels) for head, labels in model.heads.items()},
        "temperatures": model.temperatures,
        "thresholds": model.thresholds,
        "card": model.card,
        "word_terms": list(vectoriser.words.index),
        "char_terms": list(vectoriser.chars.index),
    }
    _write_json(directory / "model.json", described)
    with (directory / "weights.npz").open("wb") as file:
        idf = (np.array(vocabulary.idf, np.float32) for vocabulary in (vectoriser.words, vectoriser.chars))
        arrays = dict(zip(("word_idf", "char_idf"), idf, strict=True))
        np.savez_compressed(file, allow_pickle=False, weights=model.weights, bias=model.bias, **arrays)
    _write_json(directory / "report.json", report)
    _write_json(directory / "manifest.json", {name: _sha256(directory / name) for name in FILES})


def load(directory: Path) -> Model:
    """Return the model of a directory; BadModelError for anything missing, changed, misshapen or of another version."""
    try:
        _check_manifest(directory)
        described = json.loads((directory / "model.json").read_text("utf-8"))
        with np.load(directory / "weights.npz", allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in ("weights", "bias", "word_idf", "char_idf")}
        model = _assemble(described, arrays)
    except BadModelError:
        raise
    except Exception as error:  # a damaged file can fail in any way inside json, zip and numpy
        raise BadModelError(f"{directory.name}: {type(error).__name__}") from error
    _check_version(described)
    _check_heads(model.heads)
    _check_arrays(model)
    return model


def _assemble(described: dict[str, Any], arrays: dict[str, NDArray[np.float32]]) -> Model:
    vocabularies = (
        Vocabulary(
            {term: number for number, term in enumerate(described[f"{kind}_terms"])}, arrays[f"{kind}_idf"].tolist()
        )
        for kind in ("word", "char")
    )
    temperatures = {head: float(described["temperatures"][head]) for head in HEADS}
    thresholds = {name: float(described["thresholds"][name]) for name in THRESHOLDS}
    planes = arrays["weights"], arrays["bias"]
    heads = {head: tuple(map(str, described["heads"][head])) for head in HEADS}
    return Model(Vectoriser(*vocabularies), *planes, temperatures, thresholds, described["card"], heads)


def _check_manifest(directory: Path) -> None:
    for name in (*FILES, "manifest.json"):
        if (directory / name).stat().st_size > _LARGEST:
            raise BadModelError(f"{name} is too large")
    manifest = json.loads((directory / "manifest.json").read_text("utf-8"))
    for name in FILES:
        if manifest.get(name) != _sha256(directory / name):
            raise BadModelError(f"{name} does not match its SHA-256 in manifest.json")


def _check_version(described: dict[str, Any]) -> None:
    expected = {
        "format": FORMAT,
        "words_version": words.VERSION,
        "features": list(features.names()),
    }
    for name, value in expected.items():
        if described.get(name) != value:
            raise BadModelError(f"{name} of the model is not what this program reads; train it again")


def _check_heads(heads: Mapping[str, tuple[str, ...]]) -> None:
    types = heads["type"]
    if {**HEADS, "type": types} != heads or len({*types, OTHER}) != len(types) or len(types) < FEWEST_TYPES:
        raise BadModelError("heads of the model is not what this program reads; train it again")


def _check_arrays(model: Model) -> None:
    width, outputs = model.vectoriser.width, sum(len(labels) for labels in model.heads.values())
    vocabularies = (model.vectoriser.words, model.vectoriser.chars)
    if model.weights.shape != (width, outputs) or model.bias.shape != (outputs,):
        raise BadModelError("the weights do not fit the vocabulary")
    if any(len(vocabulary.idf) != len(vocabulary.index) for vocabulary in vocabularies):
        raise BadModelError("the vocabulary does not fit its frequencies")
    finite = all(
        np.isfinite(array).all() for array in (model.weights, model.bias, *(np.array(v.idf) for v in vocabularies))
    )
    sane = all(0 < temperature < 100 for temperature in model.temperatures.values())  # noqa: PLR2004 - any sane bound
    if not finite or not sane or not all(0 <= threshold <= 1 for threshold in model.thresholds.values()):
        raise BadModelError("the model holds numbers that are not finite")


def _write_json(path: Path, value: Any) -> None:
    path.write_text(
        json.dumps(value, ensure_ascii=False, indent=1 if path.name != "model.json" else None) + "\n", "utf-8"
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
