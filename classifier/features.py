"""Telling words and the shape of a message as named features of a small vector."""

import re
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from classifier.extract.deadline import Due, deadlines
from classifier.lexicons import Hit, lexicons

REFERENCE = datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""The moment relative dates are read against where no clock is given: a Wednesday morning far from month's end."""

# Length is left out on purpose: it helped on the corpus, where short means small talk, and hurt on short requests.
_SHAPE = ("question", "exclaims", "only a value", "no content", "due in a day", "due in a week", "due later")
_VALUE = re.compile(r"[\d +@a-z._:,-]{3,60}")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def names() -> tuple[str, ...]:
    """Return the features in the order of `vector`: one per group, then the shape of the message."""
    return (*lexicons().groups, *(f"shape: {name}" for name in _SHAPE))


def position(group: str) -> int:
    """Return the number of a group's feature."""
    return _positions()[group]


def vector(folded: str, hits: dict[str, list[Hit]]) -> dict[int, float]:
    """Feature number to value. A group counts 1 for one hit and grows slowly to at most 1.5."""
    found = {position(name): min(1.5, 0.75 + 0.25 * len(group)) for name, group in hits.items()}
    offset = len(lexicons().groups)
    return found | {offset + number: 1.0 for number, holds in enumerate(_shape(folded)) if holds}


def horizon(dues: tuple[Due, ...], now: datetime) -> timedelta | None:
    """Return how far the nearest deadline is."""
    return min((due.when - now for due in dues), default=None)


def _shape(folded: str) -> tuple[bool, ...]:
    text = folded.strip()
    near = horizon(deadlines(folded, REFERENCE), REFERENCE)
    day = near is not None and near <= timedelta(hours=25)
    week = near is not None and not day and near <= timedelta(days=8)
    question, exclaims = "?" in text or text.endswith(("吗", "么", "呢")), "!" in text
    later = near is not None and not (day or week)
    return question, exclaims, bool(_VALUE.fullmatch(text)), not _HAN.search(text), day, week, later


@cache
def _positions() -> dict[str, int]:
    return {name: number for number, name in enumerate(lexicons().groups)}
