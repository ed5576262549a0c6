"""Deadlines that a customer states: about thirty expressions, read against a reference clock, future only."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from classifier.extract import calendar_words as days
from classifier.extract.english_days import english_dues
from classifier.extract.numerals import NUMBER, value
from classifier.extract.tables import guarded
from classifier.sought import Sought
from classifier.words import LIMIT, fold

_OPENS = (9, 0)
_END_OF_WORK, _END_OF_DAY = (18, 0), (23, 59)
_NOON = 12

_PART = r"(?:天亮|凌晨|清晨|早晨|早上|一?大早|一早|上午|中午|午间|noon|下午|傍晚|晚上|夜里|半夜|晚|早)"
_CLOCK = (
    rf"(?:(?P<hour>{NUMBER}) ?(?:点|时(?!间|候|段|常|不))(?:钟)?(?P<half>半|一刻|三刻|{NUMBER}分?)?"
    r"|(?P<hh>\d{1,2}):(?P<mm>\d{2}))"
)
_TAIL = re.compile(rf"[的 ]?(?P<part>{_PART})?[的 ]?(?:{_CLOCK})?")
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

_BEFORE_IT = re.compile(
    r"(?:截止|截至|最晚|最迟|赶在|deadline|ddl|必须在|务必在|得在|要在|不晚于|限|期限"
    r"|时间[:—]|定在|安排在|by[: ]|before |until )[^,。;!?\n]{0,6}$"
)
_AFTER_IT = re.compile(
    r"(?:[^,。;!?\n\d]{0,9}?|[ a-z-]{1,20})(?<![目提])(?:[之以]?前|(?<=[一二三四五六日天号])钱)"
    r"(?![面台端后年几阵段辈些])(?!天(?!晚))(?!一天之前)"
    r"|[^,。;!?\n]{0,8},(?:在那)?之前|[^,。;!?\n]{0,4}?(?:截止|到期|封盘|关闸|最后一天)|之?内(?![容部存网])|以内"
)
_OPENING_TIME = re.compile(r"开[店门铺播业]|营业|入园|上班|早读|早会|开市")
_PASSED = re.compile(r"(?:放假)?(?:上班)?(?:回来|那天|那会|以后|之后|后(?!天)|期间|的时候|起|开始|以来)")
_IF = re.compile(r"(?:如果|要是|万一|假如|倘若|哪天)(?:哪天)?[^,。;!?\n]{0,2}$")
_SUPPOSED = re.compile(r"(?:如果|要是|万一|假如|倘若|哪天)[^,。;!?\n]{0,12}$")
_DAY_BEFORE = re.compile("[^,。;!?\n\\d]{0,3}前[一1]天(?!晚)")
_THEN = re.compile(r"[^,。;!?\n]{0,12}?(?:能|可以|弄|修|搞|上线|给|完成|解决|恢复|好|行)")
_OFF = re.compile(r"(?:本来|原来|原本|原定|原先|先说的?是|之前说的?)(?:说)?[^,。;!?\n]{0,3}$")
_NOT_NOW = re.compile(r"[^,。;!?\n]{0,2}?(?:再)?不(?:给|修|弄|解决|恢复|处理|回|搞|来人)")
_UNDONE = re.compile(r"[再还]?没(?:人来|人回|解决|修好|弄好|处理|恢复|消息|结果|答复|到账)")
"""明天没人来就换别家; of today it tells what has happened."""
_NEED = re.compile(
    r"(?:[^,。;!?\n]{0,6}?(?:必须|务必|就要|就得|一定要|急用|等着用)|[^,。;!?\n]{0,4}?(?:要交|要用|要给|要报|要发|得交|得用|得给|得报|得发|得有|得弄|得出)|[^,。;!?\n]{0,4}?(?:能不能|能否|可不可以|可以.{0,6}吗|能.{0,8}[吗不]|给(?:方案|报价|答复|回复|结果|初稿)|要(?:开播|开会|开庭|开门|开场|发车|出发|登机|直播|上线|交班|交货|发货)|行不行|给我?[个弄修搞解办]))"
)
_EVENT = re.compile(
    r"[^,。;!?\n吗]{0,5}?(?:要|得|就|发货|出货|开会|开课|开店|开门|开业|开标|上线|验收|检查|考试|开考|投标|开学|开幕|开庭|开盘|交货|交付|发车|出关|审计|评审|来检|来查|飞检|年会|家长日|大促|直播|办活动|汇报|演示|开班|营业"
    r"|关账|结账|封账|扎账|报税|交房|发薪|发工资|盘点|[ a-z]{0,12}(?:meeting|demo|launch))"
    r"(?!不要|么|是|下班|上班|放假)"
)
_RECURRING = re.compile(
    r"(?:每个?(?:(?:周|星期|礼拜|月)[一二三四五六日天末]?|天|晚|早)?(?:的|[上下]午)?|平时|一般|往常|历年|各|上个?月?|前天?|昨天?|去年|自从|上周[一-日]?|当天|刚过的)$"
)
_SURVIVES = re.compile(r"[^,。;!?\n]{0,3}?(?:没|无|都有|有效|多次|出现|重复|的数据|的记录|的单|未)")


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


def find_deadline(text: str, now: datetime) -> datetime | None:
    """Return the earliest deadline stated in the text, in the time zone of `now`; None when nothing is due.

    Past expressions (三天前, 昨天), habits (每周五前) and times at which something merely happened are no deadlines.
    Dates of events count only where no date is said with 前 or 内.
    """
    return min((due.when for due in stated(text, now)), default=None)


def stated(text: str, now: datetime) -> tuple[Due, ...]:
    """Return the firm deadlines, or else the dates of events."""
    dues = deadlines(text, now)
    return tuple(due for due in dues if due.firm) or dues


@lru_cache(maxsize=32)
def deadlines(text: str, now: datetime) -> tuple[Due, ...]:
    """Every deadline stated in the first 2,000 characters, in the order of the text."""
    said = _said(fold(text[:LIMIT]))
    found: list[Due] = []
    every = (*_dated(said, now), *_spans_of_time(said, now), *english_dues(said.folded, now))
    for when, start, end, relative, firm in sorted(every, key=lambda due: (due[1], -due[2])):
        if when > now and (not found or start >= found[-1].end):
            found.append(Due(when, start, end, relative, firm))
    return tuple(found)


Stated = tuple[datetime, int, int, bool, bool]


class _Said(NamedTuple):
    """Where a text speaks of days and times at all, whenever it is read."""

    folded: str
    days: tuple[re.Match[str], ...]
    clocks: tuple[re.Match[str], ...]
    few_days: tuple[re.Match[str], ...]
    spans: tuple[re.Match[str], ...]


@lru_cache(maxsize=32)
def _said(folded: str) -> _Said:
    """Look a text through once: it is read against the clock and against the moment the model knows."""
    plain = _plainly(folded)
    return _Said(
        folded=plain,
        days=tuple(days.DAY.finditer(plain)),
        clocks=(*_ONLY_CLOCK.finditer(plain), *_ONLY_PART.finditer(plain)),
        few_days=tuple(_FEW_DAYS.finditer(plain)),
        spans=tuple(_WITHIN.finditer(plain)),
    )


def _plainly(folded: str) -> str:
    """Return the text with Cantonese and spoken words for days as the calendar knows them, length unchanged."""
    return _SPOKEN.sub(lambda word: _SPOKEN_DAYS[word[0]], folded)


def _dated(said: _Said, now: datetime) -> Iterator[Stated]:
    folded = said.folded
    taken: list[tuple[int, int]] = []
    for match in said.days:
        day = days.resolve(match, now)
        tail = _TAIL.match(folded, match.end())
        end = tail.end() if tail and tail.end() > match.end() else match.end()
        taken.append((match.start(), end))
        firm = _firmness(folded, match.start(), end, soft=day.soft) if day else None
        if day and firm is not None:
            last = _end(folded, end)
            when = _at(day, tail, now, opening=bool(_OPENING_TIME.search(folded, end, last)))
            when -= timedelta(days=bool(_DAY_BEFORE.match(folded, end)))
            yield when if when > now else when + day.again, match.start(), last, day.relative, firm
    for match in said.clocks:
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        if _firmness(folded, match.start(), match.end(), soft=True) is not None:
            yield _next(_clock(match, ""), now), match.start(), _end(folded, match.end()), True, True


def _end(folded: str, end: int) -> int:
    after = _AFTER_IT.match(folded, end)
    return after.end() if after and "," not in after[0] else end


def _firmness(folded: str, start: int, end: int, *, soft: bool) -> bool | None:
    """Return True for a deadline, False for the date of an event, None for a date that is neither."""
    before = folded[max(0, start - 12) : start]
    if _RECURRING.search(before.rstrip()) or _PASSED.match(folded, end) or _OFF.search(before):
        return None
    if _IF.search(before) and not _THEN.match(folded, _end(folded, end)):
        return None
    if _BEFORE_IT.search(before) or _AFTER_IT.match(folded, end) or _NOT_NOW.match(folded, end):
        return True
    if not soft and _UNDONE.match(folded, end):
        return True
    if soft:
        return True if _NEED.match(folded, end) else None
    return True if _NEED.match(folded, end) else False if _EVENT.match(folded, end) else None


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


def _next(clock: tuple[int, int] | None, now: datetime) -> datetime:
    hour, minute = clock or _END_OF_WORK
    when = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=hour, minutes=minute)
    return when if when > now else when + timedelta(days=1)


_SPAN = (
    rf"(?P<left>还有|还剩|只剩|剩下|就剩|剩|仅剩)?(?:最后|不到|大概|约)?(?P<n>{NUMBER}|半) ?个?(?P<half>半)?(?:多|来)?"
    r"(?P<unit>小时|钟头|分钟|工作日|天|周|星期|礼拜|月)"
    r"(?P<within>之内|以内|内(?![容部存网])|后(?![来面台期续])|之后|以后)?"
)
_WITHIN = Sought(guarded(_SPAN))
_FEW_DAYS = Sought(r"(?P<days>这一?两天)(?:[之以]?内|[^,。;!?\n]{0,2}(?:必须|务必|一定要|就要|就得|能不能))")
_QUICKLY = re.compile(r"(?:自动)?(?:同步|到账|刷新|响应|加载|打开|能?[进登]|出结果|收到|显示|更新到)")
"""五分钟内同步 is how quick the product shall be, not when it is due."""
_UNITS: dict[str, Callable[[float], timedelta]] = {
    "小时": lambda n: timedelta(hours=n), "钟头": lambda n: timedelta(hours=n), "分钟": lambda n: timedelta(minutes=n),
    "天": lambda n: timedelta(days=n), "工作日": lambda n: timedelta(days=n * 7 / 5),
    "周": lambda n: timedelta(weeks=n), "星期": lambda n: timedelta(weeks=n), "礼拜": lambda n: timedelta(weeks=n),
    "月": lambda n: timedelta(days=n * 30),
}  # fmt: skip


def _spans_of_time(said: _Said, now: datetime) -> Iterator[Stated]:
    folded = said.folded
    for match in said.few_days:
        yield now + timedelta(days=2), match.start(), match.end("days"), True, True
    for match in said.spans:
        after = bool(match["within"]) and "后" in match["within"]
        if not (match["within"] or match["left"]) or _SURVIVES.match(folded, match.end()):
            continue
        if after and not _EVENT.match(folded, match.end()):
            continue
        if match["left"] and not match["within"] and folded[match.end() : match.end() + 1] in {"的", "多", "没", "前"}:
            continue
        before = folded[max(0, match.start() - 14) : match.start()]
        if _RECURRING.search(before) or (_SUPPOSED.search(before) and not _THEN.match(folded, match.end())):
            continue
        amount = 0.5 if match["n"] == "半" else value(match["n"]) + (0.5 if match["half"] else 0)
        if amount and not _QUICKLY.match(folded, match.end()):
            yield now + _UNITS[match["unit"]](amount), match.start(), match.end(), True, True
