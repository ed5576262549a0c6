"""Houses whose names look like nothing, known by what stands beside them: a trade, a person, a part of the house."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from classifier.extract import shapes
from classifier.extract.mail import addresses
from classifier.extract.reading import OURS, Introduction, Span, people
from classifier.extract.tables import either, table
from classifier.sought import Sought

_WORDS = table("neighbours")
_STRETCH = re.compile(r"[A-Za-z][\w&.'-]*(?: [A-Z][\w&.'-]*)*(?: [\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff]))?|[\w&·]+")
_NAME = r"(?P<house>[\u4e00-\u9fff&·]{3,10}|[a-z][a-z&.'-]+(?: [a-z][a-z&.'-]+)*(?: [\u4e00-\u9fff]{2,4})?)"
_GAP = r"(?:[,:~]| |[\U0001f000-\U0001ffff\u2600-\u27bf\ufe0f]){1,3}"
_OVER = r"(?=[^\w&·]|$)"
_TRADE = r"(?:专门|主要)?(?:做|搞|整|卖|开|修|种)(?![了过的个一两几不什啥好完])[\u4e00-\u9fffa-z]{2,8}?[的嘅额]"
_BESIDE_TRADE = (
    Sought(rf"(?:^|[^\w]|[们我家是就都拉])(?:{_TRADE}){_GAP}{_NAME}{_OVER}"),
    Sought(rf"(?:^|[,。!\n:]|是|叫){_NAME}{_GAP}(?:我们是?|是)?(?:{_TRADE}){_OVER}"),
)
_IN_PLACE = Sought(
    r"[是在][\u4e00-\u9fff]{2,10}?(?:那个|那边的|那边个|旁边[个的]|大街的|街的|镇的|路个|路的)"
    r"(?P<house>[\u4e00-\u9fff]{4,8}?)(?=的[小老阿]|我姓|我叫|嘛|噻|然后|[^\w]|$)"
)
_PLAINLY = Sought(r"(?:^|[,。;!\n])(?:公司|单位|店名)(?P<house>[\u4e00-\u9fff]{4,10})(?=[,。;!\n]|$)")
"""老板姓寇,公司汉滨砂石."""
_BY = re.compile(rf"^{either(_WORDS['by'])}")
_PARTS = re.compile(rf"(?P<house>[\u4e00-\u9fff]{{4,10}}?){either(_WORDS['parts'])}$")
_PLAIN = re.compile(either(_WORDS["plain"]))
_ENDS = 3
"""A name stands among so many stretches at the beginning or the end of a message."""
_MOST = 60


class _Stretch(NamedTuple):
    start: int
    said: str
    typed: str

    @property
    def span(self) -> Span:
        return self.start, self.start + len(self.said)


def neighbours(folded: str, text: str) -> Iterator[Introduction]:
    """Yield houses beside a trade (做烘焙的,花漾), beside a person (光合展览 阿柴) and before a part of the house."""
    for pattern in (*_BESIDE_TRADE, _IN_PLACE, _PLAINLY):
        for match in pattern.finditer(folded):
            if is_free(match["house"], text[slice(*match.span("house"))]):
                yield Introduction(match.span("house"), None, None, sure=True)
    plain = text
    for start, end in addresses(folded):
        plain = plain[:start] + "," * (end - start) + plain[end:]
    stretches = [_Stretch(m.start(), folded[m.start() : m.end()], m[0]) for m in _STRETCH.finditer(plain)]
    for near in (stretches[: _ENDS + 1], stretches[max(0, len(stretches) - _ENDS) :]):
        yield from _pairs(near)


def _pairs(near: list[_Stretch]) -> Iterator[Introduction]:
    read = [_person(stretch) for stretch in near]
    for number, stretch in enumerate(near):
        beside = [one for one in (*read[max(0, number - 1) : number], *read[number + 1 : number + 2]) if one]
        inner = _PARTS.match(stretch.said)
        if beside and not read[number] and is_free(stretch.said, stretch.typed) and not OURS.search(stretch.said):
            yield Introduction(stretch.span, beside[0].post, beside[0].person, sure=False)
        elif inner and is_free(inner["house"], inner["house"]) and not OURS.search(stretch.said):
            yield Introduction((stretch.start, stretch.start + inner.end("house")), None, None, sure=False)


def _person(stretch: _Stretch) -> Introduction | None:
    """Read a stretch that holds nothing but a person, with or without his post or a word like 我是."""
    by = _BY.match(stretch.said)
    skip = by.end() if by else 0
    said, typed = stretch.said[skip:], stretch.typed[skip:]
    found = people(said, typed, sure=bool(by)) if said else None
    if not found or not found[1]:
        return None
    start = stretch.start + skip
    post, person = (piece and (start + piece[0], start + piece[1]) for piece in found)
    return Introduction(None, post, person, sure=False)


def is_free(said: str, typed: str) -> bool:
    """Whether this may be any name: no word of a sentence or of a trouble, no person, post or part of a house."""
    if said[0].isascii():
        return shapes.is_brand(typed)
    return (
        shapes.may_be_house(said)
        and not _PLAIN.search(said)
        and not shapes.is_division(said)
        and shapes.post_start(said) is None
        and not shapes.is_full_name(said)
    )
