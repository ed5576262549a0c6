"""Deadlines that a customer states: about thirty expressions, read against a reference clock, future only."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from classifier.extract import calendar_words as days
from classifier.extract.numerals import NUMBER, value
from classifier.words import LIMIT, fold

_END_OF_WORK, _END_OF_DAY = (18, 0), (23, 59)
_NOON = 12

_PART = r"(?:凌晨|清晨|早晨|早上|大早|上午|中午|午间|下午|傍晚|晚上|夜里|半夜|晚|早)"
_CLOCK = rf"(?:(?P<hour>{NUMBER})[点时](?:钟)?(?P<half>半|一刻|三刻|{NUMBER}分?)?|(?P<hh>\d{{1,2}}):(?P<mm>\d{{2}}))"
_TAIL = re.compile(rf"[的 ]?(?P<part>{_PART})?[的 ]?(?:{_CLOCK})?")
_ONLY_CLOCK = re.compile(rf"(?P<part>{_PART})?{_CLOCK}")

_DEFAULT_CLOCK = {
    "凌晨": (6, 0), "清晨": (7, 0), "早晨": (9, 0), "早上": (9, 0), "大早": (9, 0), "早": (9, 0), "上午": (12, 0),
    "中午": (12, 0), "午间": (12, 0), "下午": (18, 0), "傍晚": (18, 0), "晚上": _END_OF_DAY, "晚": _END_OF_DAY,
    "夜里": _END_OF_DAY, "半夜": _END_OF_DAY,
}  # fmt: skip
_AFTERNOON = {"下午", "傍晚", "晚上", "晚", "夜里", "半夜", "中午", "午间"}

_BEFORE_IT = re.compile(r"(?:截止|截至|最晚|最迟|赶在|deadline|ddl|必须在|务必在|得在|要在|不晚于|限)[^,。;!?\n]{0,5}$")
_AFTER_IT = re.compile(
    r"[^,。;!?\n]{0,2}?[之以]?前(?![面台端后天年几阵段辈些])|[^,。;!?\n]{0,4}?(?:截止|到期|封盘|关闸|最后一天)|之?内(?![容部存网])|以内"
)
_NEED = re.compile(
    r"(?:[^,。;!?\n]{0,6}?(?:必须|务必|就要|就得|一定要|急用|等着用)|[^,。;!?\n]{0,4}?(?:要交|要用|要给|要报|要发|得交|得用|得给|得报|得发|得有|得弄|得出))"
)
_EVENT = re.compile(
    r"[^,。;!?\n吗]{0,5}?(?:要|得|就|开会|开课|开店|开门|开业|开标|上线|验收|检查|考试|开考|投标|开学|开幕|开庭|开盘|交货|交付|发车|出关|审计|评审|来检|来查|大促|直播|办活动|汇报|演示|开班|营业)"
    r"(?!不要|么|是|下班|上班|放假)"
)
_RECURRING = re.compile(r"(?:每个?|平时|一般|往常|历年|各|上个?|前天?|昨天?|去年|上周[一-日]?|当天|刚过的)$")
_SURVIVES = re.compile(r"[^,。;!?\n]{0,3}?(?:没|无|都有|有效|多次|出现|重复|的数据|的记录|的单|未)")


@dataclass(frozen=True, slots=True)
class Due:
    """One stated deadline: when, where it stands in the text, and whether it needs no calendar to be near."""

    when: datetime
    start: int
    end: int
    relative: bool


def find_deadline(text: str, now: datetime) -> datetime | None:
    """Return the earliest deadline stated in the text, in the time zone of `now`; None when nothing is due.

    Past expressions (三天前, 昨天), habits (每周五前) and times at which something merely happened are no deadlines.
    """
    return min((due.when for due in deadlines(text, now)), default=None)


@lru_cache(maxsize=32)
def deadlines(text: str, now: datetime) -> tuple[Due, ...]:
    """Every deadline stated in the first 2,000 characters, in the order of the text."""
    folded = fold(text[:LIMIT])
    found: list[Due] = []
    for due in sorted((*_dated(folded, now), *_spans_of_time(folded, now)), key=lambda due: (due.start, -due.end)):
        if due.when > now and (not found or due.start >= found[-1].end):
            found.append(due)
    return tuple(found)


def _dated(folded: str, now: datetime) -> Iterator[Due]:
    taken = 0
    for match in days.DAY.finditer(folded):
        day = days.resolve(match, now)
        tail = _TAIL.match(folded, match.end())
        end = tail.end() if tail and tail.end() > match.end() else match.end()
        taken = end
        if day and _is_deadline(folded, match.start(), end, soft=day.soft):
            when = _at(day, tail, now)
            yield Due(when if when > now else when + day.again, match.start(), end, day.relative)
    for match in _ONLY_CLOCK.finditer(folded):
        if match.start() >= taken and _is_deadline(folded, match.start(), match.end(), soft=True):
            yield Due(_next(_clock(match, ""), now), match.start(), match.end(), relative=True)


def _is_deadline(folded: str, start: int, end: int, *, soft: bool) -> bool:
    before = folded[max(0, start - 12) : start]
    if _RECURRING.search(before):
        return False
    if _BEFORE_IT.search(before) or _AFTER_IT.match(folded, end):
        return True
    return bool((_NEED if soft else _EVENT).match(folded, end) or (not soft and _NEED.match(folded, end)))


def _at(day: days.Day, tail: re.Match[str] | None, now: datetime) -> datetime:
    clock = _clock(tail, day.part) if tail else None
    if clock is None:
        clock = _DEFAULT_CLOCK.get(day.part, day.clock or _END_OF_WORK)
        if day.date == now.date() and clock <= (now.hour, now.minute):
            clock = _END_OF_DAY
    midnight = now.replace(year=day.date.year, month=day.date.month, day=day.date.day, hour=0, minute=0)
    return midnight.replace(second=0, microsecond=0) + timedelta(hours=clock[0], minutes=clock[1])


def _clock(match: re.Match[str], part: str) -> tuple[int, int] | None:
    part = match["part"] or part
    if not match["hour"] and not match["hh"]:
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


def _next(clock: tuple[int, int] | None, now: datetime) -> datetime:
    hour, minute = clock or _END_OF_WORK
    when = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=hour, minutes=minute)
    return when if when > now else when + timedelta(days=1)


_WITHIN = re.compile(
    rf"(?P<left>还有|还剩|只剩|剩下|就剩|剩|仅剩)?(?:最后|不到|大概|约)?(?P<n>{NUMBER}|半)个?(?P<half>半)?(?:多|来)?"
    r"(?P<unit>小时|钟头|分钟|工作日|天|周|星期|礼拜|月)"
    r"(?P<within>之内|以内|内(?![容部存网])|后(?![来面台期续])|之后|以后)?"
)
_UNITS: dict[str, Callable[[float], timedelta]] = {
    "小时": lambda n: timedelta(hours=n), "钟头": lambda n: timedelta(hours=n), "分钟": lambda n: timedelta(minutes=n),
    "天": lambda n: timedelta(days=n), "工作日": lambda n: timedelta(days=n * 7 / 5),
    "周": lambda n: timedelta(weeks=n), "星期": lambda n: timedelta(weeks=n), "礼拜": lambda n: timedelta(weeks=n),
    "月": lambda n: timedelta(days=n * 30),
}  # fmt: skip


def _spans_of_time(folded: str, now: datetime) -> Iterator[Due]:
    for match in _WITHIN.finditer(folded):
        after = bool(match["within"]) and "后" in match["within"]
        if not (match["within"] or match["left"]) or _SURVIVES.match(folded, match.end()):
            continue
        if after and not _EVENT.match(folded, match.end()):
            continue
        if match["left"] and not match["within"] and folded[match.end() : match.end() + 1] in {"的", "多", "没", "前"}:
            continue
        if _RECURRING.search(folded[max(0, match.start() - 12) : match.start()]):
            continue
        amount = 0.5 if match["n"] == "半" else value(match["n"]) + (0.5 if match["half"] else 0)
        if amount:
            yield Due(now + _UNITS[match["unit"]](amount), match.start(), match.end(), relative=True)
