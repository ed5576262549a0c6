"""Words for days (明晚, 下周三, 月底, 国庆) and the dates they mean, looking forward."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from classifier.extract.numerals import NUMBER, value
from classifier.extract.tables import guarded

_WEEKDAY = {
    **{str(day): day - 1 for day in range(1, 7)},
    "一": 0,
    "二": 1,
    "三": 2,
    "四": 3,
    "五": 4,
    "六": 5,
    "日": 6,
    "天": 6,
    "末": 6,
}
_OFFSET = {"今": 0, "明": 1, "后": 2, "大": 3}
_PART = {"早": "早", "晨": "早", "晚": "晚", "夜": "晚", "上": "晚"}
_FIXED = {
    "元旦": (1, 1), "情人节": (2, 14), "三八": (3, 8), "五一": (5, 1), "劳动节": (5, 1), "六一": (6, 1), "618": (6, 18),
    "国庆": (10, 1), "十一": (10, 1), "双十一": (11, 11), "双11": (11, 11), "双十二": (12, 12), "双12": (12, 12),
    "圣诞": (12, 25), "年底": (12, 31), "年末": (12, 31),
}  # fmt: skip
# Lunar feasts cannot be computed simply; the table ends where the official almanac is commonly printed.
_LUNAR = {
    "春节": ("2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03"),
    "清明": ("2026-04-05", "2027-04-05", "2028-04-04", "2029-04-04", "2030-04-05"),
    "端午": ("2026-06-19", "2027-06-09", "2028-05-28", "2029-06-16", "2030-06-05"),
    "元宵": ("2026-03-03", "2027-02-20", "2028-02-09", "2029-02-27", "2030-02-17"),
    "重阳": ("2026-10-18", "2027-10-08", "2028-10-26", "2029-10-16", "2030-10-05"),
    "中秋": ("2026-09-25", "2027-09-15", "2028-10-03", "2029-09-22", "2030-09-12"),
}
_SAME = {"过年": "春节", "农历年": "春节", "农历新年": "春节", "chinese new year": "春节", "cny": "春节"}
_EVE = "除夕"
_JUST_PASSED = 60
"""A date without its year that was so few days ago is not next year's: 1月8号就发了, said on the 20th."""

_MEANT = re.compile(r"(?:deadline|ddl|截止|最晚|最迟|不晚于|期限|时间)[^,。;!?\n]{0,6}$")
_DUE = re.compile(r"(?: ?[\u4e00-\u9fff]{1,3})?(?<![目提])[之以]?前| ?截止| ?[就我]?要|\)")
_FEASTS = {*_FIXED, *_LUNAR, *_SAME, _EVE} - {"十一"}
_DAYS = (
    r"(?P<near>今天|今日|今儿个?|今晚上?|今早|今夜|明天|明日|明儿个?|明早|明晨|明晚上?|大后天|大后儿|后天|后儿个?)"
    r"|(?P<week>下下|下|本|这)?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末]|[1-6](?![\d个天次号]))"
    r"|(?P<thisweek>(?<![上下\d一二两三四几每])周(?=[之以]?内)|本周|这个?(?:周|星期|礼拜)|下下周|下周|下星期|下礼拜)(?![一二三四五六日天末])"
    rf"|(?P<monthend>(?:(?:(?P<endyear>20\d\d)年)?(?P<endmonth>{NUMBER})月|年)(?:份)?(?:底|末|中旬?|月底|(?=[之以]?内))"
    r"|今年(?=[之以]?内)|(?<![\d一二两三半几去前])年(?=[之以]?内))"
    rf"|(?:(?P<year>20\d\d)(?:年|-|/|\.))?(?P<month>{NUMBER})(?: ?月份? ?|-|/|\.)(?P<mday>{NUMBER})"
    r"(?: ?(?P<mark>[日号])|(?![\d./-]))(?: ?\([这本下]?个?(?:周|星期|礼拜)[一二三四五六日天]\))?"
    rf"|(?P<thismonth>本月|这个月|下个?月)?(?<![\d第])(?P<only>\d{{1,2}}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[号日](?![楼线机店车院门厅库仓柜窗厂馆桌包房位床口台道闸])"
    r"|(?P<end>(?:本月|这个?月)(?=[之以]?内)|本月底|这个月底|下个?月底|月底|月末|月中|下个?月初|季度末|季末)"
    rf"|(?P<feast>{'|'.join(sorted(_FEASTS, key=len, reverse=True))})(?:节)?(?:放假)?"
    r"|(?P<work>下班|天亮|天黑|打烊|收工)(?=[之以]?前)"
)
DAY = re.compile(guarded(_DAYS))


@dataclass(frozen=True, slots=True)
class Day:
    """A date, the part of the day its word implies, its own time of day, and how the word is used.

    `soft` words (今天, 今晚) say when something happened as often as when something is due. A day that has passed comes
    `again` later (周一, said on Monday evening).
    """

    date: date
    part: str = ""
    clock: tuple[int, int] | None = None
    soft: bool = False
    relative: bool = False
    again: timedelta = timedelta()


def resolve(match: re.Match[str], now: datetime) -> Day | None:
    """Return the day a match of `DAY` means, or None when there is no such day."""
    for group, reader in _READERS.items():
        if match[group]:
            return reader(match, now)
    return None


def _near(match: re.Match[str], now: datetime) -> Day:
    word = match["near"]
    offset = _OFFSET[word[0]]
    part = _PART.get(word[-1], "")
    return Day(now.date() + timedelta(days=offset), part, soft=offset == 0, relative=True)


def _weekday(match: re.Match[str], now: datetime) -> Day:
    monday = now.date() - timedelta(days=now.weekday())
    day = monday + timedelta(days=_WEEKDAY[match["weekday"]])
    weeks = {"下": 1, "下下": 2}.get(match["week"] or "", 0)
    if not match["week"] and day < now.date():
        weeks = 1
    again = timedelta() if match["week"] else timedelta(weeks=1)
    return Day(day + timedelta(weeks=weeks), relative=match["week"] != "下下", again=again)


def _whole_week(match: re.Match[str], now: datetime) -> Day:
    """Return the Sunday on which a week ends; for 下周之前 the one before."""
    sunday = now.date() + timedelta(days=6 - now.weekday())
    if match["thisweek"].startswith("下"):
        if match["thisweek"] == "下下周":
            return Day(sunday + timedelta(days=14), relative=False)
        before = match.string[match.end() : match.end() + 2] in {"前", "之前", "以前"}
        return Day(sunday + timedelta(days=0 if before else 7), relative=True)
    friday = match.string.startswith("工作日", match.end())
    return Day(sunday - timedelta(days=2 * friday), soft=True, relative=True)


def _month_and_day(match: re.Match[str], now: datetime) -> Day | None:
    if (
        not match["mark"]
        and "月" not in match[0]
        and not match["year"]
        and not _MEANT.search(match.string[: match.start()])
        and not _DUE.match(match.string, match.end())
    ):
        return None  # 3-2, 24/7: more often a range or a fraction than a date
    month, mday = value(match["month"]), value(match["mday"])
    if match["year"]:
        return _day(int(match["year"]), month, mday)
    this = _day(now.year, month, mday)
    if this and 0 < (now.date() - this.date).days <= _JUST_PASSED:
        return None
    return this if this and this.date >= now.date() else _day(now.year + 1, month, mday)


def _day_of_month(match: re.Match[str], now: datetime) -> Day | None:
    mday, after = value(match["only"]), match["thismonth"] or ""
    step = 1 if after.startswith("下") or (not after and mday < now.day) else 0
    month = now.month + step
    found = _day(now.year + (month - 1) // 12, (month - 1) % 12 + 1, mday)
    return found and Day(found.date, soft=True)


def _end_of_month(match: re.Match[str], now: datetime) -> Day:
    word = match["end"]
    step = 1 if word.startswith("下") else (-now.month % 3 if word.startswith("季") else 0)
    year, month = now.year + (now.month - 1 + step) // 12, (now.month - 1 + step) % 12 + 1
    last = calendar.monthrange(year, month)[1]
    mday = 15 if word == "月中" else 1 if word.endswith("初") else last
    if word == "月中" and now.day > mday:
        year, month = year + month // 12, month % 12 + 1
    return Day(date(year, month, mday))


def _month_end(match: re.Match[str], now: datetime) -> Day | None:
    month = value(match["endmonth"]) if match["endmonth"] else 12
    if not 1 <= month <= 12:  # noqa: PLR2004 - months
        return None
    year = int(match["endyear"]) if match["endyear"] else now.year + int(month < now.month)
    mid = "中" in match["monthend"]
    found = date(year, month, 15 if mid else calendar.monthrange(year, month)[1])
    return Day(found if found >= now.date() or match["endyear"] else found.replace(year=year + 1))


def _feast(match: re.Match[str], now: datetime) -> Day | None:
    word = _SAME.get(match["feast"], match["feast"])
    if word == _EVE:
        return next((Day(day) for day in map(_before, _LUNAR["春节"]) if day >= now.date()), None)
    if word in _LUNAR:
        return next((Day(day) for day in map(date.fromisoformat, _LUNAR[word]) if day > now.date()), None)
    this = date(now.year, *_FIXED[word])
    return Day(this if this > now.date() else date(now.year + 1, *_FIXED[word]))


def _before(feast: str) -> date:
    return date.fromisoformat(feast) - timedelta(days=1)


def _work(match: re.Match[str], now: datetime) -> Day:
    clock = {"天亮": (6, 0), "打烊": (22, 0)}.get(match["work"], (18, 0))
    passed = clock <= (now.hour, now.minute)
    return Day(now.date() + timedelta(days=int(passed)), clock=clock, relative=True)


def _day(year: int, month: int, mday: int) -> Day | None:
    try:
        return Day(date(year, month, mday))
    except ValueError:
        return None


_READERS: dict[str, Callable[[re.Match[str], datetime], Day | None]] = {
    "monthend": _month_end, "near": _near, "weekday": _weekday, "thisweek": _whole_week, "month": _month_and_day,
    "only": _day_of_month, "end": _end_of_month, "feast": _feast, "work": _work,
}  # fmt: skip
