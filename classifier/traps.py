"""Trap tests: short messages in minimal pairs, where one rule of the guide decides; how many of each rule hold."""

from collections import defaultdict
from collections.abc import Sequence

from classifier.calibration import Answer
from classifier.labels import Row


def held(rows: Sequence[Row], given: Sequence[Answer]) -> list[bool]:
    """Return for each trap whether the question it is about is answered rightly."""
    pairs = ((row, row.head or "type", answer) for row, answer in zip(rows, given, strict=True))
    return [answer[head].ranked()[0][0] == row.label(head) for row, head, answer in pairs]


def table(rows: Sequence[Row], given: Sequence[Answer]) -> str:
    """Return how many traps of each rule hold, and of all."""
    found: dict[str, list[bool]] = defaultdict(list)
    for row, holds in zip(rows, held(rows, given), strict=True):
        found[row.rule].append(holds)
    lines = [f"{'rule':<6} held   of"]
    lines += [f"{rule:<6} {sum(each):4d} {len(each):4d}" for rule, each in sorted(found.items())]
    return "\n".join([*lines, f"{'all':<6} {sum(map(sum, found.values())):4d} {len(rows):4d}"])
