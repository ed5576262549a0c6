"""How far a second person, who saw the texts only, gave the same labels."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifier.labels import HEADS, BadCorpusError, Row


@dataclass(frozen=True, slots=True)
class Agreement:
    """One question: how many messages, the share labelled alike, and Cohen's kappa."""

    head: str
    count: int
    alike: float
    kappa: float

    def text(self) -> str:
        """Return one line."""
        return f"{self.head:<8} {self.count:4d} messages, {self.alike:.3f} alike, kappa {self.kappa:.3f}"


def agreement(rows: Sequence[Row], second: Iterable[Path]) -> list[Agreement]:
    """Compare rows with second labels by id, urgency and nature where both see a request. Raises BadCorpusError."""
    first = {row.id: row for row in rows}
    pairs = [pair for path in second for pair in _pairs(path, first)]
    found = []
    for head in HEADS:
        both = [
            (row.label(head), other[head])
            for row, other in pairs
            if head == "type" or "other" not in (row.type, other["type"])
        ]
        found.append(_compared(head, both))
    return found


def _pairs(path: Path, first: dict[str, Row]) -> list[tuple[Row, dict[str, str]]]:
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            other = json.loads(line)
            found.append((first[other["id"]], {head: str(other[head]) for head in HEADS}))
        except (ValueError, KeyError, TypeError) as error:
            raise BadCorpusError(f"{path.name}:{number}: needs the id of a row and its labels ({error})") from error
    return found


def _compared(head: str, pairs: Sequence[tuple[str, str]]) -> Agreement:
    size = max(1, len(pairs))
    ones, others = (Counter(side) for side in zip(*pairs, strict=True)) if pairs else (Counter(), Counter())
    alike = sum(one == other for one, other in pairs) / size
    chance = sum(ones[label] * others[label] for label in ones) / size**2
    return Agreement(head, len(pairs), alike, (alike - chance) / max(1e-9, 1 - chance))
