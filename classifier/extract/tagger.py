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
_SHORT, _OF_CHARS = 5, 0.3
_FEW = 2
"""So few pieces say nothing of one another: a second clause is not an impact because the first was a trouble."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One row a feature, one column a box; and what each box adds to the next one, the last row for the first piece."""

    rows: dict[str, int]
    matrix: NDArray[np.float32]
    steps: NDArray[np.float32]
    chars: dict[str, int]
    """Rows of single characters and of pairs of them by themselves: most of what a piece holds."""


def tag(pieces: Sequence[Piece]) -> list[str]:
    """Return the box of each piece, "" where it tells nothing."""
    if not pieces:
        return []
    scores = _scores(_packaged(), pieces)
    if len(pieces) <= _FEW:
        return [BOXES[box] for box in scores.argmax(axis=1)]
    scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return [BOXES[box] for box in _likeliest(scores, _packaged().steps)]


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
    cues = _cues(pieces)
    return [
        dict.fromkeys((f"{len(char)}{char}" for char in _chars(piece.told.translate(_MARKS))), _OF_CHARS)
        | _features(piece, number, cues)
        for number, piece in enumerate(pieces)
    ]


def _cues(pieces: Sequence[Piece]) -> list[dict[str, list[str]]]:
    return [{box: cue.findall(piece.told) for box, cue in _CUES.items()} for piece in pieces]


def _chars(said: str) -> set[str]:
    """Return the characters and the pairs of neighbours."""
    return {*said, *map("".join, pairwise(said))}


def _features(piece: Piece, number: int, cues: Sequence[dict[str, list[str]]]) -> dict[str, float]:
    """Return what a piece has beside its characters."""
    said = piece.told.translate(_MARKS)
    found = dict.fromkeys((f"^{said[:1]}", f"^{said[:2]}", f"{said[-1:]}$", f"{said[-2:]}$"), 0.4)
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


def _scores(weights: Weights, pieces: Sequence[Piece]) -> NDArray[np.float32]:
    """Return one line a piece, one column a box; one multiplication for the whole message."""
    known, chars, cues = weights.rows, weights.chars, _cues(pieces)
    rows: list[int] = []
    values: list[float] = []
    starts: list[int] = []
    for number, piece in enumerate(pieces):
        starts.append(len(rows))
        rows += [chars[char] for char in _chars(piece.told.translate(_MARKS)) if char in chars]
        values += [_OF_CHARS] * (len(rows) - len(values))
        for name, value in _features(piece, number, cues).items():
            if name in known and value:
                rows.append(known[name])
                values.append(value)
    parts = weights.matrix[rows] * np.array(values, np.float32)[:, None]
    return np.asarray(np.add.reduceat(parts, starts), np.float32)


@cache
def _packaged() -> Weights:
    learnt = json.loads((files("classifier") / "data" / "tagger.json").read_text("utf-8"))
    kept = learnt["weights"]
    rows = {name: row for row, name in enumerate(kept)}
    chars = {name[1:]: row for name, row in rows.items() if name[:1] == str(len(name) - 1)}
    return Weights(rows, np.array(list(kept.values()), np.float32), np.array(learnt["steps"], np.float32), chars)
