"""Deadlines in English words inside Chinese messages: by Friday noon, before next Monday 8am, tomorrow 6pm 前."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from classifier.extract.tables import guarded
from classifier.sought import Sought

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = rf"(?:this )?(?P<next>next )?(?P<weekday>{'|'.join(_WEEKDAYS)})(?:day|sday|nesday|rsday|urday)?"
_CLOCK = r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))? ?(?P<half>am|pm)|(?P<word>noon|eod|morning|afternoon|end of day)"
_DAY = (
    rf"(?:{_WEEKDAY}|(?P<near>today|tonight|tomorrow|tmr|eod)|(?P<week>(?:this|next) week)"
    rf"|(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?)(?![a-z])"
)
_DATE = (
    r"(?<![a-z])(?P<cue>(?:定在|by|before|until|till|due|no later than|eod)(?: on| the)? )?"
    rf"{_DAY}(?: ?(?:at )?(?:{_CLOCK}))?"
    r"(?P<tail> ?[之以]?前|(?=[^.。!?\n]{1,60}(?:before|by) (?:then|that)))?"
)
_DUE = Sought(guarded(_DATE))
_WITHIN = Sought(r"(?<![a-z])(?:with)?in (?:the next )?(?P<number>\d{1,3}) ?(?P<unit>h|d)(?:(?:ou)?rs?|ays?)(?![a-z])")
_WORDS = {"noon": (12, 0), "eod": (18, 0), "end of day": (18, 0), "morning": (12, 0), "afternoon": (18, 0)}
_NIGHT, _EVENING = (23, 59), (18, 0)


class English(NamedTuple):
    """Where a text speaks English of days and of spans of time, whenever it is read."""

    days: tuple[re.Match[str], ...]
    within: tuple[re.Match[str], ...]


def find_english(folded: str) -> English:
    """Look a text through once."""
    return English(tuple(_DUE.finditer(folded)), tuple(_WITHIN.finditer(folded)))


def english_dues(english: English, now: datetime) -> Iterator[tuple[datetime, int, int, bool, bool]]:
    """Yield moment, start, end, whether it is relative, and True, for each day said with by, before or 前."""
    for match in english.days:
        found = _day(match, now) if match["cue"] or match["tail"] is not None else None
        if found:
            hour, minute = _clock(match)
            when = now.replace(year=found.year, month=found.month, day=found.day, hour=hour, minute=minute)
            yield when.replace(second=0, microsecond=0), match.start(), match.end(), not match["month"], True
    for match in english.within:
        span = timedelta(hours=int(match["number"]) * (24 if match["unit"] == "d" else 1))
        yield now + span, match.start(), match.end(), True, True


def _day(match: re.Match[str], now: datetime) -> date | None:
    today = now.date()
    if match["near"]:
        return today + timedelta(days=int(match["near"] in {"tomorrow", "tmr"}))
    if match["week"]:
        sunday = today + timedelta(days=6 - today.weekday())
        return sunday + timedelta(weeks=int(match["week"].startswith("next")))
    if match["weekday"]:
        monday = today - timedelta(days=today.weekday())
        day = monday + timedelta(days=_WEEKDAYS.index(match["weekday"]))
        return day + timedelta(weeks=int(bool(match["next"]) or day < today))
    try:
        day = date(now.year, _MONTHS.index(match["month"]) + 1, int(match["day"]))
        return day if day >= today else day.replace(year=now.year + 1)
    except ValueError:
        return None


def _clock(match: re.Match[str]) -> tuple[int, int]:
    if match["word"]:
        return _WORDS[match["word"]]
    if not match["hour"]:
        return _NIGHT if match["near"] == "tonight" else _EVENING
    hour, minute = int(match["hour"]) % 12, int(match["minute"] or 0)
    return hour + (12 if match["half"] == "pm" else 0), min(minute, 59)
