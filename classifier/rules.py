"""Suggestions by telling words alone, for the time a model is missing; never sure of themselves."""

from collections.abc import Mapping

from classifier.labels import HEADS
from classifier.lexicons import lexicons
from classifier.model import Scores
from classifier.vectors import Reading

# What one hit in a group adds to a label. The order of the guide decides between equals.
_POINTS: dict[str, dict[str, dict[str, float]]] = {
    "type": {
        "bug": {"failure": 2, "stopped": 2, "regression": 1, "money": 1.5, "privacy": 1, "again": 0.5, "slow": 0.5, "cosmetic": 0.5},
        "improve": {"clumsy": 2, "add": 1.5, "lack": 1, "advice": 1.5, "proposal": 1},
        "custom": {"own_system": 1.5, "own_format": 1.5, "bespoke": 2, "integration": 1},
        "consult": {"how": 1.5, "ability": 1.2, "price": 1.2, "paper": 1.5, "office": 1.2, "self_error": 2, "delivery": 1.2,
                    "training": 1, "explain": 1.5, "demand": 1.5, "grievance": 1, "requesting": 0.4},
        "other": {"greet": 0.5, "thanks": 0.8, "ack": 0.5, "status": 1.5, "cancel": 1.5, "human": 2, "chitchat": 1.5, "spam": 1.5,
                  "opening": 1},
    },
    "urgency": {
        "urgent": {"whole": 1.5, "stopped": 1, "money": 1.5, "privacy": 1.2, "safety": 1.5, "day": 1, "current": 0.5, "small_shop": 2},
        "important": {"failure": 1, "urgent": 1.5, "week": 1.2, "milestone": 1, "demand": 1.5, "grievance": 1.5, "workaround": 1,
                      "legal": 1, "again": 0.7, "single": 0.7},
        "routine": {"no_hurry": 3, "advice": 1.5, "how": 1, "cosmetic": 1.5, "hypothetical": 1.5, "past": 0.5, "cycle": 1.5, "soon": 0.5,
                    "urgency_topic": 2, "ability": 1, "clumsy": 1, "add": 0.7},
    },
    "nature": {
        "product": {"failure": 1.5, "stopped": 1.5, "add": 0.8, "how": 0.5, "own_system": 1, "clumsy": 0.5, "core": 0.3},
        "service": {"paper": 1.5, "price": 1.5, "office": 1, "delivery": 1.5, "training": 1.2},
        "complaint": {"grievance": 1.6, "demand": 2, "rhetoric": 1, "legal": 1, "complaint_topic": -3},
        "suggestion": {"advice": 2, "proposal": 1, "failure": -1, "stopped": -1},
    },
}  # fmt: skip
_BASE = {"routine": 0.5, "product": 0.5}
_LEAST_OTHER = 4
"""Characters: something shorter without any telling word is no request."""
_CERTAIN_OTHER = 0.85
_CAP = 0.6


def scores(reading: Reading) -> dict[str, Scores]:
    """Shares by points for every question; no request type gets more than 0.6, so that nothing is ever sure."""
    points = {
        head: {label: _sum(label, held, reading) for label, held in table.items()} for head, table in _POINTS.items()
    }
    if not any(points["type"][label] for label in HEADS["type"] if label != "other"):
        certain = len(reading.normalised) <= _LEAST_OTHER or points["type"]["other"] > 0
        return {**_shared(points), "type": _other(_CERTAIN_OTHER if certain else 0.5)}
    return _shared(points)


def reasons(reading: Reading, head: str, value: str) -> tuple[str, ...]:
    """The telling words that gave the most points, at most three."""
    table = _POINTS.get(head, {}).get(value, {})
    groups = lexicons().groups
    ranked = sorted((name for name in reading.hits if table.get(name, 0) > 0), key=lambda name: -table[name])
    firsts = ((name, reading.hits[name][0]) for name in ranked[:3])
    return tuple(f"{groups[name].title}: {reading.folded[hit.start : hit.end]}" for name, hit in firsts)


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
