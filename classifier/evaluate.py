"""How good a model is: precision, recall, F1, confusion, calibration and the figures of the serving policy."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from classifier.calibration import Answer, coverage
from classifier.labels import HEADS, Row
from classifier.model import OTHER, THRESHOLDS, BadModelError, Model, Scores, load
from classifier.taxonomy import BUILT_IN, Taxonomy
from classifier.vectors import read

_BINS = 10
_ASK = 0.2
_STATED = (0.90, 0.95)


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One label: precision, recall, F1, and how many messages carry it."""

    precision: float
    recall: float
    f1: float
    count: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Messages of about one confidence: how many, how confident on average, and which share was right."""

    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class HeadReport:
    """One question: figures by label, confusion (true label, given label, count), calibration, sure share."""

    classes: dict[str, ClassFigures]
    confusion: dict[str, dict[str, int]]
    accuracy: float
    macro_f1: float
    ece: float
    bins: list[Bin]
    sure_from: float
    sure_share: float
    sure_precision: float
    coverage: dict[str, float]

    def text(self, head: str) -> str:
        """Return the figures, the confusion and the reliability as plain tables."""
        rows = [f"{head:<11} precision recall     f1 count"]
        rows += [
            f"{label:<11} {c.precision:9.3f} {c.recall:6.3f} {c.f1:6.3f} {c.count:5d}"
            for label, c in self.classes.items()
        ]
        rows.append(f"macro F1 {self.macro_f1:.3f}  accuracy {self.accuracy:.3f}  ECE {self.ece:.3f}")
        rows.append(
            f"sure from {self.sure_from:.2f}: {self.sure_share:.0%} of messages, precision {self.sure_precision:.3f}; "
            + ", ".join(f"at precision {stated}: {share:.0%}" for stated, share in self.coverage.items())
        )
        rows.append("true \\ given " + " ".join(f"{label:>10}" for label in self.classes))
        rows += [
            f"{label:<12} " + " ".join(f"{given.get(other, 0):10d}" for other in self.classes)
            for label, given in self.confusion.items()
        ]
        rows.append("confidence   messages       mean      right")
        rows += [
            f"{at / _BINS:.1f}-{(at + 1) / _BINS:.1f}      {one.count:9d} {one.confidence:10.3f} {one.right:10.3f}"
            for at, one in enumerate(self.bins)
            if one.count
        ]
        return "\n".join(rows)


@dataclass(frozen=True, slots=True)
class Report:
    """All questions, and what the serving policy makes of them (classifier.md section 4 and 6)."""

    size: int
    heads: dict[str, HeadReport]
    requests_lost: float
    urgent_recall: float
    urgent_noticed: float
    urgent_called_routine: float
    top_two: float
    misleading: float

    def text(self) -> str:
        """Return everything as plain tables."""
        tables = [part.text(head) for head, part in self.heads.items()]
        policy = (
            f"messages {self.size}; requests lost as other: {self.requests_lost:.2%}; "
            f"urgent found: {self.urgent_recall:.1%}, with a question at p >= {_ASK}: {self.urgent_noticed:.1%}, "
            f"called routine: {self.urgent_called_routine:.1%}; "
            f"type among the best two: {self.top_two:.1%}, of misleading messages right: {self.misleading:.1%}"
        )
        return "\n\n".join([*tables, policy])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, rounded to four places."""
        return dict(_rounded(asdict(self)))


def evaluate(model_dir: Path, rows: Sequence[Row], taxonomy: Taxonomy = BUILT_IN) -> Report:
    """Report on labelled rows by a stored model; raises BadModelError."""
    model = load(model_dir)
    return report(rows, answers(model, rows, taxonomy), model.thresholds)


def answers(model: Model, rows: Sequence[Row], taxonomy: Taxonomy = BUILT_IN) -> list[Answer]:
    """Return what a model says of each row, in the types that the rows are labelled with.

    Raises BadModelError for a model that knows other types.
    """
    classes = model.heads["type"]
    if foreign := taxonomy.foreign(classes):
        raise BadModelError(f"模型的类型 {'、'.join(foreign)} 与这些消息的类型不是一套，请换用按它们标注的消息")
    given = [model.scores(read(row.text))[0] for row in rows]
    if classes == taxonomy.types:
        return given
    shares = {label: taxonomy.meant(label, classes) for label in classes}
    return [answer | {"type": _shared(answer["type"], shares, taxonomy.types)} for answer in given]


def _shared(scores: Scores, shares: Mapping[str, Sequence[str]], types: tuple[str, ...]) -> Scores:
    """Return the scores of types by those of the classes that mean them; several types of one class share its score."""
    found = dict.fromkeys(types, 0.0)
    for label, probability in zip(scores.labels, scores.probabilities, strict=True):
        for key in shares[label]:
            found[key] += probability / len(shares[label])
    return Scores(types, tuple(found.values()))


def labels_of(given: Sequence[Answer], head: str) -> tuple[str, ...]:
    """Return the labels that answers choose among."""
    return given[0][head].labels if given else HEADS[head]


def report(rows: Sequence[Row], given: Sequence[Answer], thresholds: Mapping[str, float] | None = None) -> Report:
    """Report on answers already given, in the order of the rows; urgency and nature on requests only."""
    limits = thresholds or THRESHOLDS
    pairs = list(zip(rows, given, strict=True))
    asked = [(row, answer) for row, answer in pairs if row.asked]
    typed = _about("type", pairs)
    urgent = [answer["urgency"] for row, answer in asked if row.urgency == "urgent"]
    first = [scores.ranked()[0][0] for scores in urgent]
    return Report(
        size=len(rows),
        heads={head: _head(head, _about(head, pairs), limits[head]) for head in HEADS},
        requests_lost=_share([answer["type"].of("other") >= limits[OTHER] for _, answer in asked]),
        urgent_recall=_share([label == "urgent" for label in first]),
        urgent_noticed=_share(
            [scores.of("urgent") >= _ASK or label == "urgent" for scores, label in zip(urgent, first, strict=True)]
        ),
        urgent_called_routine=_share([label == "routine" for label in first]),
        top_two=_share([row.type in {label for label, _ in answer["type"].ranked()[:2]} for row, answer in typed]),
        misleading=_share(
            [answer["type"].ranked()[0][0] == row.type for row, answer in typed if row.style == "misleading"]
        ),
    )


def _about(head: str, pairs: Sequence[tuple[Row, Answer]]) -> list[tuple[Row, Answer]]:
    return [(row, answer) for row, answer in pairs if row.answers(head, answer["type"].labels)]


def _head(head: str, pairs: Sequence[tuple[Row, Answer]], sure_from: float) -> HeadReport:
    gold = [row.label(head) for row, _ in pairs]
    best = [answer[head].ranked()[0] for _, answer in pairs]
    counts = Counter(zip(gold, (label for label, _ in best), strict=True))
    rows, given = [row for row, _ in pairs], [answer for _, answer in pairs]
    labels = labels_of(given, head)
    classes = {label: _figures(label, counts, labels) for label in labels}
    right = [truth == label for truth, (label, _) in zip(gold, best, strict=True)]
    confidences = [confidence for _, confidence in best]
    sure = [hit for hit, confidence in zip(right, confidences, strict=True) if confidence >= sure_from]
    bins = _reliability(right, confidences)
    return HeadReport(
        classes=classes,
        confusion={label: {other: counts[label, other] for other in labels} for label in labels},
        accuracy=_share(right),
        macro_f1=sum(figures.f1 for figures in classes.values()) / len(classes),
        ece=sum(one.count * abs(one.confidence - one.right) for one in bins) / max(1, len(right)),
        bins=bins,
        sure_from=sure_from,
        sure_share=len(sure) / max(1, len(right)),
        sure_precision=_share(sure),
        coverage={f"{stated:.2f}": coverage(rows, given, head, stated) for stated in _STATED} if rows else {},
    )


def _figures(label: str, counts: Counter[tuple[str, str]], labels: Sequence[str]) -> ClassFigures:
    hit = counts[label, label]
    given, true = sum(counts[other, label] for other in labels), sum(counts[label, other] for other in labels)
    precision, recall = hit / max(1, given), hit / max(1, true)
    return ClassFigures(precision, recall, 2 * precision * recall / max(1e-9, precision + recall), true)


def _reliability(right: Sequence[bool], confidences: Sequence[float]) -> list[Bin]:
    bins: list[list[tuple[bool, float]]] = [[] for _ in range(_BINS)]
    for hit, confidence in zip(right, confidences, strict=True):
        bins[min(_BINS - 1, int(confidence * _BINS))].append((hit, confidence))
    return [Bin(len(held), _share([c for _, c in held]), _share([hit for hit, _ in held])) for held in bins]


def _share(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value
