"""How good a model is: precision, recall, F1, confusion, calibration and the figures of the serving policy."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from classifier.labels import HEADS, Row
from classifier.model import Scores, load
from classifier.vectors import read

_BINS = 10
_SURE, _OTHER, _ASK = 0.8, 0.8, 0.2


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One label: precision, recall, F1, and how many messages carry it."""

    precision: float
    recall: float
    f1: float
    count: int


@dataclass(frozen=True, slots=True)
class HeadReport:
    """One question: figures by label, confusion (true label, given label, count), calibration error, sure share."""

    classes: dict[str, ClassFigures]
    confusion: dict[str, dict[str, int]]
    accuracy: float
    macro_f1: float
    ece: float
    sure_share: float
    sure_precision: float

    def text(self, head: str) -> str:
        """Return the figures and the confusion as plain tables."""
        rows = [f"{head:<11} precision recall     f1 count"]
        rows += [
            f"{label:<11} {c.precision:9.3f} {c.recall:6.3f} {c.f1:6.3f} {c.count:5d}"
            for label, c in self.classes.items()
        ]
        rows.append(f"macro F1 {self.macro_f1:.3f}  accuracy {self.accuracy:.3f}  ECE {self.ece:.3f}")
        rows.append(f"confidence >= {_SURE}: {self.sure_share:.0%} of messages, precision {self.sure_precision:.3f}")
        rows.append("true \\ given " + " ".join(f"{label:>10}" for label in self.classes))
        rows += [
            f"{label:<12} " + " ".join(f"{given.get(other, 0):10d}" for other in self.classes)
            for label, given in self.confusion.items()
        ]
        return "\n".join(rows)


@dataclass(frozen=True, slots=True)
class Report:
    """All questions, and what the serving policy makes of them (classifier.md section 4 and 6)."""

    size: int
    heads: dict[str, HeadReport]
    requests_lost: float
    urgent_noticed: float
    urgent_called_routine: float
    top_two: float

    def text(self) -> str:
        """Return everything as plain tables."""
        tables = [part.text(head) for head, part in self.heads.items()]
        policy = (
            f"messages {self.size}; "
            f"requests lost as other at p >= {_OTHER}: {self.requests_lost:.2%}; "
            f"urgent noticed at p >= {_ASK}: {self.urgent_noticed:.1%}; "
            f"urgent called routine: {self.urgent_called_routine:.1%}; "
            f"type among the best two: {self.top_two:.1%}"
        )
        return "\n\n".join([*tables, policy])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, rounded to four places."""
        return dict(_rounded(asdict(self)))


def evaluate(model_dir: Path, rows: Sequence[Row]) -> Report:
    """Report on labelled rows by a stored model; raises BadModelError."""
    model = load(model_dir)
    return report(rows, [model.scores(read(row.text))[0] for row in rows])


def report(rows: Sequence[Row], answers: Sequence[dict[str, Scores]]) -> Report:
    """Report on answers already given, in the order of the rows; urgency and nature on requests only."""
    pairs = list(zip(rows, answers, strict=True))
    asked = [(row, answer) for row, answer in pairs if row.asked]
    urgent = [answer["urgency"] for row, answer in asked if row.urgency == "urgent"]
    return Report(
        size=len(rows),
        heads={head: _head(head, pairs if head == "type" else asked) for head in HEADS},
        requests_lost=_share([answer["type"].of("other") >= _OTHER for _, answer in asked]),
        urgent_noticed=_share([scores.of("urgent") >= _ASK or scores.ranked()[0][0] == "urgent" for scores in urgent]),
        urgent_called_routine=_share([scores.ranked()[0][0] == "routine" for scores in urgent]),
        top_two=_share([row.type in {label for label, _ in answer["type"].ranked()[:2]} for row, answer in pairs]),
    )


def _head(head: str, pairs: Sequence[tuple[Row, dict[str, Scores]]]) -> HeadReport:
    gold = [row.label(head) for row, _ in pairs]
    best = [answer[head].ranked()[0] for _, answer in pairs]
    counts = Counter(zip(gold, (label for label, _ in best), strict=True))
    classes = {label: _figures(label, counts, HEADS[head]) for label in HEADS[head]}
    right = [truth == label for truth, (label, _) in zip(gold, best, strict=True)]
    confidences = [confidence for _, confidence in best]
    sure = [hit for hit, confidence in zip(right, confidences, strict=True) if confidence >= _SURE]
    return HeadReport(
        classes=classes,
        confusion={label: {other: counts[label, other] for other in HEADS[head]} for label in HEADS[head]},
        accuracy=_share(right),
        macro_f1=sum(figures.f1 for figures in classes.values()) / len(classes),
        ece=_calibration_error(right, confidences),
        sure_share=len(sure) / max(1, len(right)),
        sure_precision=_share(sure),
    )


def _figures(label: str, counts: Counter[tuple[str, str]], labels: Sequence[str]) -> ClassFigures:
    hit = counts[label, label]
    given, true = sum(counts[other, label] for other in labels), sum(counts[label, other] for other in labels)
    precision, recall = hit / max(1, given), hit / max(1, true)
    return ClassFigures(precision, recall, 2 * precision * recall / max(1e-9, precision + recall), true)


def _calibration_error(right: Sequence[bool], confidences: Sequence[float]) -> float:
    bins: list[list[tuple[bool, float]]] = [[] for _ in range(_BINS)]
    for hit, confidence in zip(right, confidences, strict=True):
        bins[min(_BINS - 1, int(confidence * _BINS))].append((hit, confidence))
    gaps = (abs(sum(hit for hit, _ in held) - sum(confidence for _, confidence in held)) for held in bins)
    return sum(gaps) / max(1, len(right))


def _share(truths: Sequence[bool]) -> float:
    return sum(truths) / max(1, len(truths))


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return round(value, 4) if isinstance(value, float) else value
