"""What scores are worth: temperatures that make them probabilities, and thresholds that keep a stated promise.

Both are learnt from answers to messages the model had not seen, each by a model that had not seen its author either.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.labels import HEADS, Row
from classifier.model import OTHER, URGENT, Scores, led

PRECISION = 0.95
"""A suggestion counts as sure from the confidence on above which so many are right."""
LOST = 0.003
"""At most so many requests may be taken for small talk."""
MISSED = {"important": 2.0, "routine": 4.0}
"""What it costs to call an urgent request so; an alarm for nothing costs 1 (labels.md: 紧急 first)."""
_SURE_RANGE, _OTHER_RANGE, _URGENT_RANGE = (0.5, 0.95), (0.8, 0.95), (0.25, 0.5)

Answer = dict[str, Scores]
"""The scores of a message by question."""


def temperature(rows: Sequence[Row], answers: Sequence[Answer], head: str) -> float:
    """Return the divisor of the decision values that makes held-out probabilities most likely (golden section)."""
    held, gold = _matrix(rows, answers, head)
    logits = np.log(held + 1e-12)

    def surprise(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        return float(-(scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True)))[np.arange(len(gold)), gold].mean())

    return round(float(np.exp(_lowest(surprise, -4.0, 2.0))), 4)


def cooled(answer: Answer, temperatures: dict[str, float]) -> Answer:
    """Return the answer at the temperatures."""
    return {head: _at_temperature(scores, temperatures[head]) for head, scores in answer.items()}


def lead(answer: Answer, thresholds: dict[str, float]) -> Answer:
    """Return the answer as decided by the thresholds: urgent first where it is likely enough."""
    return {head: led(head, scores, thresholds) for head, scores in answer.items()}


def thresholds(rows: Sequence[Row], answers: Sequence[Answer]) -> dict[str, float]:
    """Choose the thresholds from calibrated answers: from when on urgent, small talk, and sure of each question."""
    chosen = {OTHER: _other_from(rows, answers), URGENT: _urgent_from(rows, answers)}
    decided = [lead(answer, chosen) for answer in answers]
    return {**{head: sure_from(rows, decided, head, PRECISION) for head in HEADS}, **chosen}


def sure_from(rows: Sequence[Row], answers: Sequence[Answer], head: str, precision: float) -> float:
    """Return the least confidence, in steps of a hundredth, above which the share of right answers is `precision`."""
    firsts = [(answer[head].ranked()[0], row.label(head)) for row, answer in _asked(rows, answers, head)]
    confidence = np.array([held for (_, held), _ in firsts])
    right = np.array([label == gold for (label, _), gold in firsts])
    steps = _steps(_SURE_RANGE)
    kept = (step for step in steps if (confidence >= step).any() and right[confidence >= step].mean() >= precision)
    return next(kept, steps[-1])


def coverage(rows: Sequence[Row], answers: Sequence[Answer], head: str, precision: float) -> float:
    """Return the largest share of messages, the most confident first, of which `precision` are right."""
    firsts = [(answer[head].ranked()[0], row.label(head)) for row, answer in _asked(rows, answers, head)]
    ordered = sorted(firsts, key=lambda pair: -pair[0][1])
    right = np.cumsum([label == gold for (label, _), gold in ordered])
    good = np.flatnonzero(right >= precision * np.arange(1, len(ordered) + 1))
    return float(good[-1] + 1) / len(ordered) if len(good) else 0.0


def _other_from(rows: Sequence[Row], answers: Sequence[Answer]) -> float:
    requests = np.array([answer["type"].of("other") for row, answer in zip(rows, answers, strict=True) if row.asked])
    steps = _steps(_OTHER_RANGE)
    return next((step for step in steps if (requests >= step).mean() <= LOST), steps[-1])


def _urgent_from(rows: Sequence[Row], answers: Sequence[Answer]) -> float:
    held, gold = _matrix(rows, answers, "urgency")
    labels = HEADS["urgency"]
    prices = np.array([0.0, *(MISSED[label] for label in labels[1:])])

    def cost(step: float) -> float:
        given = np.where(held[:, 0] >= step, 0, held[:, 1:].argmax(axis=1) + 1)
        return float(prices[given[gold == 0]].sum() + (given[gold != 0] == 0).sum())

    return min(_steps(_URGENT_RANGE)[::-1], key=cost)


def _steps(span: tuple[float, float]) -> list[float]:
    return [round(float(step), 2) for step in np.arange(span[0], span[1] + 0.005, 0.01)]


def _asked(rows: Sequence[Row], answers: Sequence[Answer], head: str) -> list[tuple[Row, Answer]]:
    pairs = zip(rows, answers, strict=True)
    return [(row, answer) for row, answer in pairs if row.answers(head, answer["type"].labels)]


def _matrix(rows: Sequence[Row], answers: Sequence[Answer], head: str) -> tuple[NDArray[Any], NDArray[Any]]:
    pairs = _asked(rows, answers, head)
    gold = np.array([answer[head].labels.index(row.label(head)) for row, answer in pairs])
    return np.array([answer[head].probabilities for _, answer in pairs]), gold


def _lowest(function: Callable[[float], float], low: float, high: float) -> float:
    ratio = (5**0.5 - 1) / 2
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if function(left) < function(right) else (left, high)
    return (low + high) / 2


def _at_temperature(scores: Scores, divisor: float) -> Scores:
    grown = np.exp(np.log(np.array(scores.probabilities) + 1e-12) / divisor)
    return Scores(scores.labels, tuple((grown / grown.sum()).tolist()))
