"""Spans of time within which something is due: 三天内, 还剩两小时, 这两天内."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from classifier.extract.firmness import EVENT, RECURRING, SUPPOSED, THEN
from classifier.extract.numerals import NUMBER, value
from classifier.extract.tables import guarded
from classifier.sought import Sought

_SPAN = (
    rf"(?P<left>还有|还剩|只剩|剩下|就剩|剩|仅剩)?(?:最后|不到|大概|约)?(?P<n>{NUMBER}|半) ?个?(?P<half>半)?(?:多|来)?"
    r"(?P<unit>小时|钟头|分钟|工作日|天|周|星期|礼拜|月)"
    r"(?P<within>之内|以内|内(?![容部存网])|后(?![来面台期续])|之后|以后)?"
)
_WITHIN = Sought(guarded(_SPAN))
_FEW_DAYS = Sought(r"(?P<days>这一?两天)(?:[之以]?内|[^,。;!?\n]{0,2}(?:必须|务必|一定要|就要|就得|能不能))")
_SURVIVES = re.compile(r"[^,。;!?\n]{0,3}?(?:没|无|都有|有效|多次|出现|重复|的数据|的记录|的单|未)")
_QUICKLY = re.compile(r"(?:自动)?(?:同步|到账|刷新|响应|加载|打开|能?[进登]|出结果|收到|显示|更新到)")
"""五分钟内同步 is how quick the product shall be, not when it is due."""
_UNITS: dict[str, Callable[[float], timedelta]] = {
    "小时": lambda n: timedelta(hours=n), "钟头": lambda n: timedelta(hours=n), "分钟": lambda n: timedelta(minutes=n),
    "天": lambda n: timedelta(days=n), "工作日": lambda n: timedelta(days=n * 7 / 5),
    "周": lambda n: timedelta(weeks=n), "星期": lambda n: timedelta(weeks=n), "礼拜": lambda n: timedelta(weeks=n),
    "月": lambda n: timedelta(days=n * 30),
}  # fmt: skip


Stated = tuple[datetime, int, int, bool, bool]
"""Moment, start, end, whether it is near without a calendar, whether it is said firmly."""


class Spans(NamedTuple):
    """Where a text speaks of spans of time, whenever it is read."""

    folded: str
    few_days: tuple[re.Match[str], ...]
    within: tuple[re.Match[str], ...]


def find_spans(folded: str) -> Spans:
    """Look a text through once."""
    return Spans(folded, tuple(_FEW_DAYS.finditer(folded)), tuple(_WITHIN.finditer(folded)))


def span_dues(spans: Spans, now: datetime) -> Iterator[Stated]:
    """Yield what is due within a span that is counted from `now`."""
    folded = spans.folded
    for match in spans.few_days:
        yield now + timedelta(days=2), match.start(), match.end("days"), True, True
    for match in spans.within:
        after = bool(match["within"]) and "后" in match["within"]
        if not (match["within"] or match["left"]) or _SURVIVES.match(folded, match.end()):
            continue
        if after and not EVENT.match(folded, match.end()):
            continue
        if match["left"] and not match["within"] and folded[match.end() : match.end() + 1] in {"的", "多", "没", "前"}:
            continue
        before = folded[max(0, match.start() - 14) : match.start()]
        if RECURRING.search(before) or (SUPPOSED.search(before) and not THEN.match(folded, match.end())):
            continue
        amount = 0.5 if match["n"] == "半" else value(match["n"]) + (0.5 if match["half"] else 0)
        if amount and not _QUICKLY.match(folded, match.end()):
            yield now + _UNITS[match["unit"]](amount), match.start(), match.end(), True, True
