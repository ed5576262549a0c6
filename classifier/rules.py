"""Suggestions by telling words alone, for the time a model is missing; never sure of themselves."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from classifier.labels import HEADS
from classifier.lexicons import lexicons
from classifier.model import Scores
from classifier.vectors import Reading

_BASE = {"routine": 0.5, "product": 0.5}
_LEAST_OTHER = 4
"""Characters: something shorter without any telling word is no request."""
_CERTAIN_OTHER = 0.85
_CAP = 0.6


def scores(reading: Reading) -> dict[str, Scores]:
    """Shares by points for every question; no request type gets more than 0.6, so that nothing is ever sure."""
    points = {
        head: {label: _sum(label, held, reading) for label, held in table.items()} for head, table in _points().items()
    }
    if not any(points["type"][label] for label in HEADS["type"] if label != "other"):
        certain = len(reading.normalised) <= _LEAST_OTHER or points["type"]["other"] > 0
        return {**_shared(points), "type": _other(_CERTAIN_OTHER if certain else 0.5)}
    return _shared(points)


def reasons(reading: Reading, head: str, value: str) -> tuple[str, ...]:
    """Return the telling words that gave the most points, at most three."""
    table = _points().get(head, {}).get(value, {})
    groups = lexicons().groups
    ranked = sorted((name for name in reading.hits if table.get(name, 0) > 0), key=lambda name: -table[name])
    firsts = ((name, reading.hits[name][0]) for name in ranked[:3])
    return tuple(f"{groups[name].title}: {reading.folded[hit.start : hit.end]}" for name, hit in firsts)


@cache
def _points() -> dict[str, dict[str, dict[str, float]]]:
    return tomllib.loads((files("classifier") / "data" / "rules.toml").read_text("utf-8"))


def _sum(label: str, table: Mapping[str, float], reading: Reading) -> float:
    return _BASE.get(label, 0.0) + sum(points for name, points in table.items() if name in reading.hits)


def _shared(points: dict[str, dict[str, float]]) -> dict[str, Scores]:
    return {head: _shares(HEADS[head], [max(0.0, points[head][label]) for label in HEADS[head]]) for head in HEADS}


def _shares(labels: tuple[str, ...], points: list[float]) -> Scores:
    total = sum(points) + 1
    shares = [min(_CAP, (held + 1 / len(points)) / total) for held in points]
    return Scores(labels, tuple(share / sum(shares) for share in shares))


def _other(certainty: float) -> Scores:
    rest = (1 - certainty) / (len(HEADS["type"]) - 1)
    return Scores(HEADS["type"], tuple(certainty if label == "other" else rest for label in HEADS["type"]))
