"""Scores as customers write them: 5 4 5 很专业, 都5分, 五星好评, 速度5 态度4; read for the questions of the policy."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from handlers.phrases import is_chatter
from handlers.width import narrow

BEST = 5
_FIGURES = str.maketrans("一二两三四五", "122345")
_SHORT = 8
# 5分钟 and 三星手机 are no scores, whatever is asked.
_UNIT = r"(?:\s*(?:分|颗?星)(?![钟之店部公厂销期级手辰]))?(?:[吧啊呀哦哈]+(?![\u4e00-\u9fff]))?"
_SCORE = rf"(?P<score>[1-5])(?![0-9]){_UNIT}"
_GIVE = r"(?:我们?)?[给打评选为是]*"
_ALL = r"(?:[1-9][项个]|所有|每项|各项)?\s*(?:全部|全都|一律|统统|都|全|均)"
_SAME = re.compile(rf"{_GIVE}{_ALL}\s*{_GIVE}\s*{_SCORE}(?:好评)?")
_FULL = re.compile(rf"{_GIVE}(?:{_ALL})?\s*{_GIVE}(?:满分|5\s*颗?星\s*好评)")
_ONE = re.compile(rf"{_GIVE}\s*{_SCORE}")
_NEXT = re.compile(r"(?:[\s,，、;；/]+|(?<=[分星]))(?P<score>[1-5])(?![0-9])" + _UNIT)
_NAMED = re.compile(rf"[\s,，、;；/。]*(?P<name>[^\W\d_]{{2,12}}?)\s*:?\s*{_GIVE}\s*(?P<score>[1-5])(?![0-9])" + _UNIT)
_RUN = re.compile(r"[1-5]{2,}(?![0-9])")
_AFTER = re.compile(r"[\s,，、;；。.!！~]+")
# 「1、登录打不开 2、导出也慢」 and 「1、2号仓库」 count something else.
_LIST = re.compile(r"1\s*[、.)].*?(?<![0-9])2\s*[、.)]", re.DOTALL)
_COUNTS = re.compile(r"[0-9号期楼点月日天个台家组店区元块次条]")
_NUMBERS = re.compile(r"[-+]?[0-9][-+0-9\s,，、;；/分.]*")
_SPEAKS_OF_ONE = re.compile(
    r"[0-9零十百]\s*(?:分|颗?星)(?=$|[\s,，。;；!！~吧啊呢哦了])|满分|[好差]评|满意(?!度)|[打给评]几?分$"
    r"|^(?:还行|还可以|1般般?|凑合|及格|马马虎虎)(?:吧|了)?[。!！~]?$"
)

Found = tuple[dict[str, int], str]
_Read = tuple[dict[str, int], int]
"""Scores by question, and where in the message they end."""


def read(text: str, left: Sequence[str], asked: Sequence[str]) -> Found | None:
    """Read a message as scores by question, and a remark; None if it is none.

    `asked` are all questions, `left` those without a score: as many scores as there are questions answer them all anew.
    """
    typed = text.strip()
    said = narrow(typed).translate(_FIGURES)
    if _LIST.match(said):
        return None
    for reader in _READERS:
        found = reader(said, left, asked)
        if found and (after := _remark(said, found[1], whole=len(found[0]) >= len(left) > 1)) is not None:
            return found[0], typed[after:].strip()
    return None


def meant(text: str) -> bool:
    """Whether a message that cannot be read is meant as scores all the same: numbers only, or a few words about one."""
    said = narrow(text.strip()).translate(_FIGURES)
    if _NUMBERS.fullmatch(said):
        return True
    return len(said) < _SHORT and _SPEAKS_OF_ONE.search(said) is not None


def _remark(said: str, end: int, *, whole: bool) -> int | None:
    """Return where the remark begins; None if what follows makes the numbers something else than scores."""
    rest = said[end:]
    gap = _AFTER.match(rest)
    words = rest[gap.end() :] if gap else rest
    begins = len(said) - len(words)
    if not words or is_chatter(words) or words.startswith("好评"):
        return begins
    counts = _COUNTS.match(words) is not None
    return None if counts or not (gap or whole) else begins


def _alike(pattern: re.Pattern[str], said: str, left: Sequence[str], _: Sequence[str]) -> _Read | None:
    """All questions get one score: 都5分, 满分."""
    match = pattern.match(said)
    score = int(match.groupdict().get("score") or BEST) if match else 0
    return (dict.fromkeys(left, score), match.end()) if match else None


def _run(said: str, left: Sequence[str], asked: Sequence[str]) -> _Read | None:
    """One figure for every question, or for every question that is left: 545."""
    match = _RUN.match(said)
    return _shared([int(digit) for digit in match[0]], match.end(), left, asked, exact=True) if match else None


def _by_name(said: str, _: Sequence[str], asked: Sequence[str]) -> _Read | None:
    """Each with its question, or a part of its name: 速度5 态度4."""
    given: dict[str, int] = {}
    end = 0
    while match := _NAMED.match(said, end):
        name = match["name"]
        question = next((one for one in asked if name in one.translate(_FIGURES) and one not in given), None)
        if question is None:
            break
        given[question] = int(match["score"])
        end = match.end()
    # 「方案2 打不开」 names a thing.
    sure = len(given) > 1 or re.search("[分星]", said[:end]) or not said[end:].strip()
    return (given, end) if given and sure else None


def _one_by_one(said: str, left: Sequence[str], asked: Sequence[str]) -> _Read | None:
    """One score, or several in the order of the questions: 5分, 5 4 5."""
    match = _ONE.match(said)
    given: list[int] = []
    end = 0
    while match:
        given.append(int(match["score"]))
        end = match.end()
        match = _NEXT.match(said, end)
    return _shared(given, end, left, asked) if given else None


def _shared(
    given: list[int], end: int, left: Sequence[str], asked: Sequence[str], *, exact: bool = False
) -> _Read | None:
    if len(given) == len(asked):
        return dict(zip(asked, given, strict=True)), end
    fits = len(given) == len(left) if exact else len(given) <= len(left)
    return (dict(zip(left, given, strict=False)), end) if fits else None


_READERS: tuple[Callable[[str, Sequence[str], Sequence[str]], _Read | None], ...] = (
    partial(_alike, _FULL),
    partial(_alike, _SAME),
    _run,
    _by_name,
    _one_by_one,
)
