"""One stretch read as house, post and person: 枣庄鼎泰的设备科长刘传贵."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from classifier.extract import shapes
from classifier.extract.tables import either, table
from classifier.words import fold

_WORDS = table("introductions")
OF = re.compile(r" ?(?:(?:这边|那边|这里|那里)?[的嘅]|这边|这里)? ?")
TOKEN = re.compile(r"[\w&·.'+@-](?:[\w&·.'+@-]| (?=[A-Z][a-z])|(?<=[A-Za-z]) (?=[A-Za-z嘅的])){0,60}")
STOP = re.compile(either(_WORDS["stops"]))
OURS = re.compile(either(_WORDS["ours"]))
OWN_ENDS = re.compile(either(_WORDS["own_ends"]))
_BRANCH = re.compile(
    r"\([\u4e00-\u9fff]{2,6}\)(?:[\u4e00-\u9fff]{0,8}(?:有限公司|公司|集团))"
    r"|\([\u4e00-\u9fff]{1,6}(?:店|校区|院区|分院|厂区|园区|分公司)\)"
    r"| [\u4e00-\u9fff]{2,4}店(?![里面长])"
)
_WITHIN = re.compile(r"[\u4e00-\u9fff]{0,5}?(?:那边的|那个|这边的|的|嘅)(?=[\u4e00-\u9fff]{3})")
"""What may stand between a place and the house there: 厚街那个, 仲恺的."""
_BESIDE = re.compile(r"[\u4e00-\u9fff]{2,10}?(?:旁边|隔壁|对面|对过|楼下|后头)(?:那个|那家|的|个)")
_SHORT = 2
_LONGEST_NAME, _LONGEST_POST = 6, 12
_DESKS = frozenset(("店助", "吧台", "柜台", "药房", "门卫"))
SHORTEST, LONGEST = 2, 40
"""Characters of a stretch that is read."""

Span = tuple[int, int]


class Introduction(NamedTuple):
    """Where house, post and person stand; `sure` when he says so himself (我是…), not only by the look of a line."""

    house: Span | None
    post: Span | None
    person: Span | None
    sure: bool


def read(said: str, start: int, text: str, *, sure: bool) -> Introduction | None:
    """Read one stretch as [house][的][post][person]; None unless nothing is left over."""
    said = said.rstrip(" 呀啊哈哦呢嘛啦噻嘞咯耶喔咧的嘅得")
    if not SHORTEST <= len(said) <= LONGEST:
        return None
    for end in _houses(said, sure=sure):
        of = OF.match(said, end) if end else None
        rest = of.end() if of else end
        pieces = people(said[rest:], text[start + rest : start + len(said)], sure=sure)
        if pieces is not None and (any(pieces) or end > _SHORT):
            house = _house(said, end, start, text) if end else None
            post, person = (piece and (start + rest + piece[0], start + rest + piece[1]) for piece in pieces)
            return Introduction(house, post, person, sure)
    return _house_alone(said, start, text) if sure else None


def _house_alone(said: str, start: int, text: str) -> Introduction | None:
    """Return the house of 我是春见花坊管后厨的…, whatever comes after it."""
    place = place_before(said)
    end = place + shapes.house_end(said[place:], weak=True)
    if end == place or not (OWN_ENDS.match(said, end) or shapes.begins_with_division(said[end:])):
        return None
    return Introduction(_house(said, end, start, text), None, None, sure=True)


def _houses(said: str, *, sure: bool) -> Iterator[int]:
    """Yield where the house may end, the likeliest first; 0 stands for none."""
    known = shapes.house_end(said, weak=sure)
    place = place_before(said)
    inner = shapes.house_end(said[place:], weak=sure) if place else 0
    if shapes.is_full_name(said):
        yield 0
    if known or inner:
        yield place + inner if inner else known
        yield from (
            end
            for end in range(len(said) - 1, 3, -1)
            if end < known
            and shapes.post_start(said[end:]) is not None
            and shapes.house_end(said[:end], weak=sure) == end
        )
    yield 0
    of = said.find("嘅" if "嘅" in said else "的", place)
    if sure and of > 0 and (shapes.may_be_house(said[place:of].strip()) or shapes.is_short_house(said[:of])):
        yield of
    if shapes.is_placed(said) or (sure and shapes.is_weak_house(said)):
        yield len(said)
        yield from (end for end in range(len(said) - 2, 3, -1) if shapes.post_start(said[end:]) == 0)


def place_before(said: str) -> int:
    """Return how much of 龙岗的佰莉美妆 tells only the place."""
    beside = _BESIDE.match(said)
    if beside:
        return beside.end()
    end = shapes.place_end(said)
    if not end:
        return 0
    if said[end : end + 1] in {"的", "嘅", " "}:
        return end + 1
    within = _WITHIN.match(said, end)
    return within.end() if within and shapes.house_end(said[within.end() :], weak=True) else 0


def _house(said: str, end: int, start: int, text: str) -> Span:
    """Return the house without its place (龙岗的…), with its branch ((三分店))."""
    branch = _BRANCH.match(fold(text), start + end)
    return start + place_before(said), branch.end() if branch else start + end


@lru_cache(maxsize=256)
def people(said: str, typed: str, *, sure: bool) -> tuple[Span | None, Span | None] | None:
    """Return post and person of what follows the house; None when it is something else."""
    if not said or shapes.is_division(said):
        return ((0, len(said)) if sure and shapes.is_post(said) else None), None
    if shapes.post_start(said) == 0 and not shapes.is_called(said):
        return (0, len(said)), None
    longest = 24 if said[-1].isascii() else _LONGEST_NAME
    if len(said) > longest + _LONGEST_POST:
        return None
    starts = shapes.person_starts(said, longest)
    people = (at for at in starts if _is_person(said[at:], typed[at:], sure=sure) or _is_at_a_desk(said, at))
    return next((found for at in people if (found := _with_post(said, at))), None)


def _is_at_a_desk(said: str, at: int) -> bool:
    """Whether a pet name follows a post or a part of the house: 前台小满."""
    before = said[:at].rstrip()
    return (
        bool(before)
        and shapes.is_pet_name(said[at:])
        and (before in _DESKS or shapes.is_division(before) or shapes.post_start(before) == 0)
    )


def _with_post(said: str, at: int) -> tuple[Span | None, Span | None] | None:
    """Return the person who begins `at` and the post before; None when anything else stands there."""
    before, person = said[:at].rstrip(" 的"), (at, len(said))
    post = shapes.post_start(before)
    if before and (post == 0 or shapes.is_trade(before)):
        return (0, len(before)), person
    if post and shapes.is_division(before[:post]):
        return (post, len(before)), person
    return (None, person) if not before or shapes.is_division(before) else None


def _is_person(said: str, typed: str, *, sure: bool) -> bool:
    if said[0].isascii() and shapes.is_latin_name(said, typed):
        return True
    return shapes.is_full_name(said) or shapes.is_called(said) or (sure and shapes.is_pet_name(said))
