"""Deadlines that a customer states: about thirty expressions, read against a reference clock, future only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from classifier.extract import calendar_words as days
from classifier.extract.english_days import English, english_dues, find_english
from classifier.extract.firmness import NO_LIMIT, due_end, firmness
from classifier.extract.numerals import NUMBER, value
from classifier.extract.spans import Spans, find_spans, span_dues
from classifier.extract.tables import guarded
from classifier.sought import Sought
from classifier.words import LIMIT, fold

_OPENS = (9, 0)
_EVENING = time(18)
"""When a day without an hour ends."""
_END_OF_WORK, _END_OF_DAY = (18, 0), (23, 59)
_NOON = 12

_PART = r"(?:天亮|凌晨|清晨|早晨|早上|一?大早|一早|上午|中午|午间|noon|下午|傍晚|晚上|夜里|半夜|晚|早)"
_CLOCK = (
    rf"(?:(?P<hour>{NUMBER}) ?(?:点|时(?!间|候|段|常|不))(?:钟)?(?P<half>半|一刻|三刻|{NUMBER}分?)?"
    r"|(?P<hh>\d{1,2}):(?P<mm>\d{2}))"
)
_TAIL = re.compile(rf"[的 ]?(?P<part>{_PART})?[的 ]?(?:{_CLOCK})?")
_LATER = re.compile(
    rf"[^。!?;\n\d零一二两三四五六七八九十]{{0,8}}?[(, ](?P<part>{_PART})?{_CLOCK}"
    r"(?:\)|(?=[^,。;!?\n\d]{0,3}(?<![目提])[之以]?前))"
)
"""The hour that follows the day in brackets or in the next clause: 今晚夜场前(18:30), 改到周六晚上弄,十一点以前."""
_PAST = re.compile("[了过]")
_ONLY_PART = Sought(
    r"(?<![昨前每])(?P<part>上午|中午|下午|傍晚|晚上|天黑|半夜)(?=[^,。;!?\n\d的]{0,3}(?<![目提])[之以]?前(?!台|面))"
)
_ONLY_CLOCK = Sought(guarded(rf"(?P<part>{_PART})?{_CLOCK}"))

_DEFAULT_CLOCK = {
    "天亮": (6, 0),
    "凌晨": (6, 0), "清晨": (7, 0), "早晨": (9, 0), "早上": (9, 0), "大早": (9, 0),
    "一大早": (9, 0), "一早": (9, 0), "早": (9, 0), "上午": (12, 0), "中午": (12, 0), "noon": (12, 0), "午间": (12, 0),
    "下午": (18, 0), "傍晚": (18, 0), "晚上": _END_OF_DAY, "晚": _END_OF_DAY, "夜里": _END_OF_DAY, "半夜": _END_OF_DAY,
}  # fmt: skip
_AFTERNOON = {"下午", "傍晚", "晚上", "晚", "夜里", "半夜", "中午", "午间"}

_OPENING_TIME = re.compile(r"开[店门铺播]|营业|入园|上班|早读|早会|开市")
_DAY_BEFORE = re.compile("[^,。;!?\n\\d]{0,3}前[一1]天(?!晚)")

_SPOKEN_DAYS = {
    "听日": "明天", "听晚": "明晚", "听朝": "明早", "寻日": "昨天", "琴日": "昨天", "朝早": "早上", "夜晚": "晚上",
    "下昼": "下午", "晌午": "中午", "后晌": "下午", "头晌": "上午", "擦黑": "傍晚",
    "晚黑": "晚上", "后日": "后天", "名天": "明天", "下晌": "下午", "今黑": "今晚", "头午": "上午",
}  # fmt: skip
_SPOKEN = re.compile("|".join(_SPOKEN_DAYS))


@dataclass(frozen=True, slots=True)
class Due:
    """One stated deadline: when, where it stands in the text, and whether it needs no calendar to be near."""

    when: datetime
    start: int
    end: int
    relative: bool
    firm: bool = True
    """Said with 前, 内, 必须 and the like; otherwise only the date of an event that needs it."""
    exact: bool = False
    """Said with an hour of the day."""


def find_deadline(text: str, now: datetime) -> datetime | None:
    """Return the earliest deadline stated in the text, in the time zone of `now`; None when nothing is due.

    Past expressions (三天前, 昨天), habits (每周五前) and times at which something merely happened are no deadlines.
    Dates of events count only where no date is said with 前 or 内.
    """
    return min((due.when for due in stated(text, now)), default=None)


def stated(text: str, now: datetime) -> tuple[Due, ...]:
    """Return the firm deadlines, or else the dates of events; of a day said twice the one with an hour."""
    dues = deadlines(text, now)
    hours = {due.when.date(): due for due in reversed(dues) if due.exact}
    firm = tuple(due for due in dues if due.firm) or dues
    bare = (due.when.time() == _EVENING and not due.exact for due in firm)
    return tuple(hours.get(due.when.date(), due) if less else due for due, less in zip(firm, bare, strict=True))


@lru_cache(maxsize=32)
def deadlines(text: str, now: datetime) -> tuple[Due, ...]:
    """Every deadline stated in the first 2,000 characters, in the order of the text."""
    said = _said(fold(text[:LIMIT]))
    if said is None:
        return ()
    found: list[Due] = []
    others = (*span_dues(said.spans, now), *english_dues(said.english, now))
    every = (*_dated(said, now), *(Due(*other) for other in others))
    for due in sorted(every, key=lambda due: (due.start, -due.end)):
        if due.when > now and (not found or due.start >= found[-1].end):
            found.append(due)
    return tuple(found)


class _Said(NamedTuple):
    """Where a text speaks of days and times at all, whenever it is read."""

    folded: str
    days: tuple[re.Match[str], ...]
    clocks: tuple[re.Match[str], ...]
    spans: Spans
    english: English


@lru_cache(maxsize=32)
def _said(folded: str) -> _Said | None:
    """Look a text through once: it is read against the clock and against the moment the model knows.

    None where it speaks of no time at all, or says that there is no limit.
    """
    plain = _plainly(folded)
    said = _Said(
        folded=plain,
        days=tuple(days.DAY.finditer(plain)),
        clocks=(*_ONLY_CLOCK.finditer(plain), *_ONLY_PART.finditer(plain)),
        spans=find_spans(plain),
        english=find_english(plain),
    )
    timeless = not (said.days or said.clocks or any(said.spans[1:]) or any(said.english))
    return None if timeless or NO_LIMIT.search(plain) else said


def _plainly(folded: str) -> str:
    """Return the text with Cantonese and spoken words for days as the calendar knows them, length unchanged."""
    return _SPOKEN.sub(lambda word: _SPOKEN_DAYS[word[0]], folded)


def _dated(said: _Said, now: datetime) -> Iterator[Due]:
    folded = said.folded
    taken: list[tuple[int, int]] = []
    for match in said.days:
        day = days.resolve(match, now)
        tail = _TAIL.match(folded, match.end())
        end = tail.end() if tail and tail.end() > match.end() else match.end()
        taken.append((match.start(), end))
        firm = firmness(folded, match.start(), end, soft=day.soft, numbered=bool(match["only"])) if day else None
        later = _LATER.match(folded, end) if day and tail and not (tail["hour"] or tail["hh"]) else None
        if day and tail and later and (firm is not None or not (match["only"] or _PAST.search(later[0]))):
            day, tail, firm = replace(day, part=tail["part"] or day.part), later, True
            taken.append((end, later.end()))
        if day and firm is not None:
            last = due_end(folded, end)
            when = _at(day, tail, now, opening=bool(_OPENING_TIME.search(folded, end, last)))
            when -= timedelta(days=bool(_DAY_BEFORE.match(folded, end)))
            exact = bool(tail and (tail["hour"] or tail["hh"]))
            yield Due(when if when > now else when + day.again, match.start(), last, day.relative, firm, exact)
    for match in said.clocks:
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        if firmness(folded, match.start(), match.end(), soft=True) is not None:
            yield Due(_next(match, now), match.start(), due_end(folded, match.end()), relative=True, exact=True)


def _at(day: days.Day, tail: re.Match[str] | None, now: datetime, *, opening: bool) -> datetime:
    clock = _clock(tail, day.part) if tail else None
    if opening and (not tail or not (tail["hour"] or tail["hh"])):
        clock = _OPENS if day.part != "晚" and (not tail or tail["part"] not in _AFTERNOON) else clock
    if clock is None:
        clock = _DEFAULT_CLOCK.get(day.part, day.clock or _END_OF_WORK)
        if day.date == now.date() and clock <= (now.hour, now.minute):
            clock = _END_OF_DAY
    midnight = now.replace(year=day.date.year, month=day.date.month, day=day.date.day, hour=0, minute=0)
    return midnight.replace(second=0, microsecond=0) + timedelta(hours=clock[0], minutes=clock[1])


def _clock(match: re.Match[str], part: str) -> tuple[int, int] | None:
    part = match["part"] or part
    if match.re is _ONLY_PART.pattern or (not match["hour"] and not match["hh"]):
        return _DEFAULT_CLOCK.get(part)
    hour = int(match["hh"]) if match["hh"] else value(match["hour"])
    minute = int(match["mm"]) if match["mm"] else _minutes(match["half"])
    if hour > 24 or minute > 59:  # noqa: PLR2004 - no such time of day
        return _DEFAULT_CLOCK.get(part)
    if part in _AFTERNOON and hour < _NOON and not (part in {"中午", "午间"} and hour >= 10):  # noqa: PLR2004 - 中午十一点
        hour += _NOON
    elif part in {"晚上", "晚", "夜里", "半夜"} and hour == _NOON:
        hour = 24
    elif not part and 1 <= hour < 7:  # noqa: PLR2004 - nobody means 三点前 at night
        hour += _NOON
    return hour, minute


def _minutes(half: str | None) -> int:
    named = {None: 0, "": 0, "半": 30, "一刻": 15, "三刻": 45}
    return named[half] if half in named else value(str(half).removesuffix("分"))


def _next(match: re.Match[str], now: datetime) -> datetime:
    hour, minute = _clock(match, "") or _END_OF_WORK
    when = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=hour, minutes=minute)
    if when <= now and not match["part"] and 0 < hour < _NOON:
        when += timedelta(hours=_NOON)  # 九点半前, said at eight in the evening
        return when if when > now else when + timedelta(hours=_NOON)
    return when if when > now else when + timedelta(days=1)
