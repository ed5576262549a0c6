"""Telling words and the shape of a message as named features of a small vector."""

import re
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from classifier.extract.deadline import Due, deadlines
from classifier.lexicons import Hit, lexicons

REFERENCE = datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""The moment relative dates are read against where no clock is given: a Wednesday morning far from month's end."""

_SHAPE = (
    "len<=4", "len<=10", "len<=20", "len<=40", "len<=80", "len>80", "question", "ends with a question", "exclaims",
    "digits", "latin", "only a value", "due in a day", "due in a week", "due later", "no content",
)  # fmt: skip
_VALUE = re.compile(r"[\d +@a-z._:,-]{3,60}")
_LENGTHS = (4, 10, 20, 40, 80)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def names() -> tuple[str, ...]:
    """The features in the order of `vector`: one per group, then the shape of the message."""
    return (*lexicons().groups, *(f"shape: {name}" for name in _SHAPE))


def vector(folded: str, hits: dict[str, list[Hit]]) -> dict[int, float]:
    """Feature number to value. A group counts 1 for one hit and grows slowly to at most 1.5."""
    positions = _positions()
    found = {positions[name]: min(1.5, 0.75 + 0.25 * len(group)) for name, group in hits.items()}
    offset = len(lexicons().groups)
    return found | {offset + number: 1.0 for number, holds in enumerate(_shape(folded)) if holds}


def horizon(dues: list[Due], now: datetime) -> timedelta | None:
    """How far the nearest deadline is."""
    return min((due.when - now for due in dues), default=None)


def _shape(folded: str) -> tuple[bool, ...]:
    text = folded.strip()
    near = horizon(deadlines(folded, REFERENCE), REFERENCE)
    day = near is not None and near <= timedelta(hours=25)
    week = near is not None and not day and near <= timedelta(days=8)
    return (
        *(len(text) <= limit for limit in _LENGTHS), len(text) > _LENGTHS[-1],
        "?" in text, text.endswith(("?", "吗", "么", "呢")), "!" in text,
        any(char.isdigit() for char in text), any("a" <= char <= "z" for char in text),
        bool(_VALUE.fullmatch(text)), day, week, near is not None and not (day or week), not _HAN.search(text),
    )  # fmt: skip


@cache
def _positions() -> dict[str, int]:
    return {name: number for number, name in enumerate(lexicons().groups)}
