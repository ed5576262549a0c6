"""Two models on the same messages: by how much the figures of one are better, and how far that may be chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.calibration import Answer
from classifier.evaluate import labels_of
from classifier.labels import HEADS, Row

DRAWS = 2_000
_SEED = 7
_INTERVAL = (2.5, 97.5)
MACRO = "macro F1"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of both models, and the interval that holds 95 of 100 resampled differences (ours minus theirs)."""

    head: str
    figure: str
    theirs: float
    ours: float
    low: float
    high: float

    @property
    def worse(self) -> bool:
        """Whether ours is worse by more than chance."""
        return self.high < 0

    @property
    def verdict(self) -> str:
        """Return the finding in a word."""
        return "worse" if self.worse else "better" if self.low > 0 else "the same"

    def text(self) -> str:
        """Return one line of a table."""
        gap = f"{self.ours - self.theirs:+.3f} ({self.low:+.3f} … {self.high:+.3f})"
        return f"{self.head:<8} {self.figure:<14} {self.theirs:6.3f} {self.ours:6.3f}  {gap:<26} {self.verdict}"


def compare(rows: Sequence[Row], ours: Sequence[Answer], theirs: Sequence[Answer]) -> list[Difference]:
    """Return macro F1 and the F1 of every label of every question, resampling the messages in pairs."""
    found: list[Difference] = []
    for head in HEADS:
        labels = labels_of(ours, head)
        chosen = [i for i, row in enumerate(rows) if row.answers(head, labels_of(ours, "type"))]
        gold = np.array([labels.index(rows[i].label(head)) for i in chosen])
        if not len(gold):
            continue
        given = [np.array([labels.index(a[i][head].ranked()[0][0]) for i in chosen]) for a in (ours, theirs)]
        draws = _draws(len(gold))
        (our, our_draws), (their, their_draws) = (
            _scores(gold, labels_given, len(labels), draws) for labels_given in given
        )
        held = np.percentile(our_draws - their_draws, _INTERVAL, axis=0)
        found += [
            Difference(head, name, float(their[at]), float(our[at]), float(held[0, at]), float(held[1, at]))
            for at, name in enumerate((MACRO, *labels))
        ]
    return found


def spread(ours: Sequence[bool], theirs: Sequence[bool]) -> tuple[float, float]:
    """Return the interval of the difference of two shares of the same messages, resampled in pairs."""
    gaps = np.array(ours, float) - np.array(theirs, float)
    low, high = np.percentile(_draws(len(gaps))[1:] @ gaps / len(gaps), _INTERVAL)
    return float(low), float(high)


def table(differences: Sequence[Difference]) -> str:
    """Return the comparison as a table."""
    head = f"{'head':<8} {'F1 of':<14} {'theirs':>6} {'ours':>6}  {'difference (95 % interval)':<26} verdict"
    return "\n".join([head, *(one.text() for one in differences)])


def _draws(size: int) -> NDArray[np.float64]:
    """Return how often each message stands in each resampled set; the first row is the set itself."""
    drawn = np.random.default_rng(_SEED).multinomial(size, np.full(size, 1 / size), DRAWS)
    return np.vstack([np.ones(size), drawn])


def _scores(
    gold: NDArray[Any], given: NDArray[Any], labels: int, draws: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return macro F1 and the F1 of each label, of the set itself and of the resampled ones."""
    each = np.arange(labels)
    truth, said = gold[:, None] == each, given[:, None] == each
    hit, true, claimed = (draws @ part for part in (truth & said, truth, said))
    f1 = 2 * hit / np.maximum(true + claimed, 1)
    whole = np.hstack([f1.mean(axis=1, keepdims=True), f1])
    return whole[0], whole[1:]
