"""Which box a piece of a message belongs to: a small linear model of words and characters (data/tagger.json)."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from classifier.extract.pieces import Piece, without_wish
from classifier.extract.tables import either, table

BOXES = ("", "expected", "impact", "pain", "background", "description")
"""What a piece may tell, "" for nothing, in the order of the columns."""

_CUES = {box: re.compile(either(words)) for box, words in table("clauses").items()}
_MARKS = {0: "#", 1: "@"}
_SHORT = 5
_FEW = 2
"""So few pieces say nothing of one another: a second clause is not an impact because the first was a trouble."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One row a feature, one column a box; and what each box adds to the next one, the last row for the first piece."""

    rows: dict[str, int]
    matrix: NDArray[np.float32]
    steps: NDArray[np.float32]


def tag(pieces: Sequence[Piece]) -> list[str]:
    """Return the box of each piece, "" where it tells nothing."""
    if not pieces:
        return []
    weights = _packaged()
    scores = _scores(weights, features(pieces))
    if len(pieces) <= _FEW:
        return [BOXES[box] for box in scores.argmax(axis=1)]
    scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return [BOXES[box] for box in _likeliest(scores, weights.steps)]


def _likeliest(scores: NDArray[np.float32], steps: NDArray[np.float32]) -> list[int]:
    """Return the boxes that fit the pieces and one another best (Viterbi): who tells of a trouble goes on about it."""
    best, came = scores[0] + steps[-1], []
    for line in scores[1:]:
        paths = best[:, None] + steps[:-1]
        came.append(paths.argmax(axis=0))
        best = paths.max(axis=0) + line
    found = [int(best.argmax())]
    for last in reversed(came):
        found.append(int(last[found[-1]]))
    return found[::-1]


def tells_trouble(piece: Piece) -> bool:
    """Whether a piece holds a word of trouble."""
    return bool(_CUES["trouble"].search(piece.told))


def features(pieces: Sequence[Piece]) -> list[dict[str, float]]:
    """Return the features of each piece by name; its neighbours' telling words count a little."""
    cues = [{box: cue.findall(piece.told) for box, cue in _CUES.items()} for piece in pieces]
    return [_features(piece, number, cues) for number, piece in enumerate(pieces)]


def _features(piece: Piece, number: int, cues: Sequence[dict[str, list[str]]]) -> dict[str, float]:
    said = piece.told.translate(_MARKS)
    found = dict.fromkeys([f"1{char}" for char in said], 0.3)
    found |= dict.fromkeys([f"2{one}{other}" for one, other in pairwise(said)], 0.3)
    found |= dict.fromkeys((f"^{said[:1]}", f"^{said[:2]}", f"{said[-1:]}$", f"{said[-2:]}$"), 0.4)
    for box, words in cues[number].items():
        found |= {f"{box}:{word}": 0.5 for word in words}
        if words:
            found[f"any {box}"] = 1 + 0.5 * min(len(words) - 1, 3)
    for step in (-1, 1):
        if 0 <= number + step < len(cues):
            found |= {f"{step} {box}": 0.3 for box, words in cues[number + step].items() if words}
    last = len(cues) - 1
    return found | {
        "bias": 1.0, "first": float(number == 0), "last": float(number == last), "alone": float(last == 0),
        "place": number / max(1, last), "date": float("@" in said), "name": float("#" in said),
        "short": float(len(said) < _SHORT), "wish": float(without_wish(piece.told) > 0),
    }  # fmt: skip


def _scores(weights: Weights, found: list[dict[str, float]]) -> NDArray[np.float32]:
    """Return one line a piece, one column a box; one multiplication for the whole message."""
    known = weights.rows
    lines = [weights.matrix[[known[name] for name in each if name in known]] for each in found]
    values = [np.array([value for name, value in each.items() if name in known], np.float32) for each in found]
    return np.array([own @ line for own, line in zip(values, lines, strict=True)], np.float32)


@cache
def _packaged() -> Weights:
    learnt = json.loads((files("classifier") / "data" / "tagger.json").read_text("utf-8"))
    kept = learnt["weights"]
    rows = {name: row for row, name in enumerate(kept)}
    return Weights(rows, np.array(list(kept.values()), np.float32), np.array(learnt["steps"], np.float32))
