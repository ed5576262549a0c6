"""Which box a piece of a message belongs to: a small linear model of words and characters (data/tagger.json)."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import repeat
from math import exp
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.extract.pieces import Piece, without_wish
from classifier.extract.tables import either, table

BOXES = ("", "expected", "impact", "pain", "background", "description")
"""What a piece may tell, "" for nothing, in the order of the columns."""

_CUES = {box: re.compile(either(words)) for box, words in table("clauses").items()}
_ANY, _BEFORE, _AFTER = ({box: f"{where} {box}" for box in _CUES} for where in ("any", "-1", "1"))
_NAME, _DATE = "#@"
_SHORT, _OF_CHARS, _OF_EDGES, _OF_CUES = 5, 0.3, 0.4, 0.5
_HARMLESS = ("", "description")
"""Boxes that suppress no question: the whole message is kept as the description anyway."""
SURE = 0.5
"""From which probability on a piece is put into another box."""
_UNKNOWN = repeat(-1)
"""The row of whatever is not in the table: the last one, which holds nothing."""
_FEW = 2
"""So few pieces say nothing of one another: a second clause is not an impact because the first was a trouble."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One row a feature, and an empty one; one column a box."""

    rows: dict[str, int]
    matrix: NDArray[np.float32]
    steps: list[list[float]]
    first: list[float]
    """What each box adds to the next one, a line for the next; and each box to the beginning."""
    chars: dict[str, int]
    """Rows of single characters and of pairs of them by themselves: most of what a piece holds."""
    starts: dict[str, int]
    ends: dict[str, int]
    cues: dict[str, dict[str, int]]
    """Rows of what a piece begins and ends with, and of telling words by box, by themselves, too."""


def tag(pieces: Sequence[Piece]) -> list[str]:
    """Return the box of each piece, "" where it tells nothing."""
    if not pieces:
        return []
    weights = _packaged()
    scores = _scores(weights, pieces).tolist()
    if len(pieces) <= _FEW:
        return [_certain(line, line.index(max(line))) for line in scores]
    likeliest = _likeliest(scores, weights)
    beside = zip([None, *likeliest], scores, likeliest, [*likeliest[1:], None], strict=False)
    return [_certain(_among(line, before, after, weights), box) for before, line, box, after in beside]


def _among(line: list[float], before: int | None, after: int | None, weights: Weights) -> list[float]:
    """Return what speaks for each box of a piece, with the boxes of its neighbours taken as given."""
    came = weights.first if before is None else [into[before] for into in weights.steps]
    goes = [0.0] * len(line) if after is None else weights.steps[after]
    return list(map(sum, zip(line, came, goes, strict=True)))


def _certain(line: list[float], box: int) -> str:
    """Return the name of a box where it is likely enough: a wrong one is shown to the customer as understood."""
    if BOXES[box] in _HARMLESS:
        return BOXES[box]
    highest = max(line)
    return BOXES[box] if exp(line[box] - highest) >= SURE * sum(exp(one - highest) for one in line) else ""


def _likeliest(scores: Sequence[list[float]], weights: Weights) -> list[int]:
    """Return the boxes that fit the pieces and one another best (Viterbi): who tells of a trouble goes on about it."""
    best, came = list(map(add, scores[0], weights.first)), []
    for line in scores[1:]:
        paths = [list(map(add, best, into)) for into in weights.steps]
        highest = [max(path) for path in paths]
        came.append([path.index(top) for path, top in zip(paths, highest, strict=True)])
        best = list(map(add, highest, line))
    found = [best.index(max(best))]
    for last in reversed(came):
        found.append(last[found[-1]])
    return found[::-1]


def tells_trouble(piece: Piece) -> bool:
    """Whether a piece holds a word of trouble."""
    return bool(_CUES["trouble"].search(piece.told))


def features(pieces: Sequence[Piece]) -> list[dict[str, float]]:
    """Return the features of each piece by name; its neighbours' telling words count a little."""
    cues = _cues(pieces)
    found = []
    for number, piece in enumerate(pieces):
        said = _plain(piece)
        named = {f"{len(char)}{char}": _OF_CHARS for char in _chars(said)}
        named |= {f"^{start}": _OF_EDGES for start in _starts(said)} | {f"{end}$": _OF_EDGES for end in _ends(said)}
        named |= {f"{box}:{word}": _OF_CUES for box, words in cues[number].items() for word in words}
        found.append(named | _shape(piece, said, number, cues))
    return found


def _cues(pieces: Sequence[Piece]) -> list[dict[str, list[str]]]:
    """Return the telling words of each piece by box, where it has any."""
    return [{box: words for box, cue in _CUES.items() if (words := cue.findall(piece.told))} for piece in pieces]


def _plain(piece: Piece) -> str:
    return piece.told.replace("\0", _NAME).replace("\1", _DATE)


def _chars(said: str) -> set[str]:
    """Return the characters and the pairs of neighbours."""
    return {*said, *map(add, said, said[1:])}


def _starts(said: str) -> set[str]:
    return {said[:1], said[:2]}


def _ends(said: str) -> set[str]:
    return {said[-1:], said[-2:]}


def _shape(piece: Piece, said: str, number: int, cues: Sequence[dict[str, list[str]]]) -> dict[str, float]:
    """Return what a piece has beside its words: its place, and how many telling words stand here and nearby."""
    last = len(cues) - 1
    found = {
        "bias": 1.0, "first": float(number == 0), "last": float(number == last), "alone": float(last == 0),
        "place": number / max(1, last), "date": float(_DATE in said), "name": float(_NAME in said),
        "short": float(len(said) < _SHORT), "wish": float(without_wish(piece.told) > 0),
    }  # fmt: skip
    for box, words in cues[number].items():
        found[_ANY[box]] = 1 + 0.5 * min(len(words) - 1, 3)
    if number:
        found |= {_BEFORE[box]: 0.3 for box in cues[number - 1]}
    if number < last:
        found |= {_AFTER[box]: 0.3 for box in cues[number + 1]}
    return found


def _scores(weights: Weights, pieces: Sequence[Piece]) -> NDArray[np.float64]:
    """Return one line a piece, one column a box: the features of `features`, added up without their names."""
    cues = _cues(pieces)
    rows: list[int] = []
    values: list[float] = []
    begins: list[int] = []
    for number, piece in enumerate(pieces):
        begins.append(len(rows))
        said = _plain(piece)
        rows += map(weights.chars.get, _chars(said), _UNKNOWN)
        values += [_OF_CHARS] * (len(rows) - len(values))
        rows += map(weights.starts.get, _starts(said), _UNKNOWN)
        rows += map(weights.ends.get, _ends(said), _UNKNOWN)
        values += [_OF_EDGES] * (len(rows) - len(values))
        for box, words in cues[number].items():
            rows += map(weights.cues[box].get, {*words}, _UNKNOWN)
        values += [_OF_CUES] * (len(rows) - len(values))
        shape = _shape(piece, said, number, cues)
        rows += map(weights.rows.get, shape, _UNKNOWN)
        values += shape.values()
    # In double precision: the order of a set must not decide between boxes that are almost equal.
    parts: NDArray[np.float64] = weights.matrix.take(rows, axis=0) * np.array(values)[:, None]
    return np.add.reduceat(parts, begins)


@cache
def _packaged() -> Weights:
    return weights_of(json.loads((files("classifier") / "data" / "tagger.json").read_text("utf-8")))


def weights_of(learnt: dict[str, Any]) -> Weights:
    """Return what fit.py found, ready for use."""
    kept = learnt["weights"]
    rows = {name: row for row, name in enumerate(kept)}
    chars = {name[1:]: row for name, row in rows.items() if name[:1] == str(len(name) - 1)}
    starts = {name[1:]: row for name, row in rows.items() if name[0] == "^"}
    ends = {name[:-1]: row for name, row in rows.items() if name[-1] == "$"}
    cues = {
        box: {name[len(box) + 1 :]: row for name, row in rows.items() if name.startswith(f"{box}:")} for box in _CUES
    }
    matrix, (*steps, first) = np.array([*kept.values(), [0.0] * len(BOXES)], np.float32), learnt["steps"]
    return Weights(rows, matrix, list(map(list, zip(*steps, strict=True))), first, chars, starts, ends, cues)
