"""Lengths of time as people type them: `24h`, `2天`, `1小时30分钟`, `90s`."""

import re
from datetime import datetime, timedelta

from handlers.policy import Policy
from handlers.requests import calendar

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_WORDS = {"秒": "s", "分钟": "m", "分": "m", "min": "m", "小时": "h", "时": "h", "天": "d", "日": "d", "周": "w"}
_PART = re.compile(rf"(\d+(?:\.\d+)?)\s*({'|'.join(sorted([*_UNITS, *_WORDS], key=len, reverse=True))})", re.IGNORECASE)
LONGEST = timedelta(days=366)
MORNING = 9


def span(text: str) -> timedelta:
    """Read a length of time, at most a year; ValueError with a sentence to show for anything else."""
    rest = text.strip().lstrip("+").replace("个", "")
    parts = _PART.findall(rest)
    if not parts or _PART.sub("", rest).strip():
        raise ValueError(f"看不懂时长「{text}」，请写成 10分钟、24h、2天 这样")
    try:
        total = sum((float(number) * _UNITS[_WORDS.get(unit, unit.lower())] for number, unit in parts), timedelta())
    except OverflowError:
        total = timedelta.max
    if total > LONGEST:
        raise ValueError("一次最多快进一年")
    return total


def next_morning(now: datetime, policy: Policy) -> datetime:
    """Return 09:00 of the next business day in the policy's time zone: today's if it is still to come."""
    local = now.astimezone(policy.zone)
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    while morning <= local or not calendar.is_workday(morning.date(), policy):
        morning += timedelta(days=1)
    return morning
