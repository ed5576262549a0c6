"""Houses that begin with a place, at the beginning of a clause: 贵阳黔兰茶业想给十二家店…."""

import re
from collections.abc import Iterator

from classifier.extract import shapes
from classifier.extract.reading import LONGEST, OURS, STOP, TOKEN, Introduction, read

_EDGE = re.compile(
    rf"(?=[{shapes.place_openings()}][\u4e00-\u9fff]{{3}})(?:(?<!\w)|(?<=[们咱俺是帮转替为给的嘅])|(?<=客户))"
)
_THEIRS = re.compile(r"(?:^|[^\w]|[个位])(?:客户|(?:答复|回复|发|寄|回)给)[:=是 ]?$")
"""Whom a colleague speaks for, or who is to be answered."""
_LEAST = 2
"""So many characters follow the place at least."""
_MOST = 60


def placed(folded: str, text: str) -> Iterator[Introduction]:
    """Yield houses that begin with a place, with post and person where they follow."""
    for number, edge in enumerate(_EDGE.finditer(folded)):
        start = edge.end()
        if number == _MOST:
            return
        if not shapes.place_end(folded[start : start + shapes.place_lengths()[0]]):
            continue
        token = TOKEN.match(text, start)
        said = folded[start : min(token.end(), start + LONGEST)] if token else ""
        stop = STOP.search(said, _LEAST)
        said = said[: stop.start()] if stop else said
        found = None if OURS.search(said) else read(said, start, text, sure=True)
        if found and found.house and found.house[0] == start and _names_more(folded[slice(*found.house)]):
            yield found._replace(sure=bool(_THEIRS.search(folded, 0, start)))


def _names_more(house: str) -> bool:
    """Whether more than the place and a kind of house is said: 贵阳黔兰茶业, not 贵阳公司."""
    return len(house) >= shapes.place_end(house) + _LEAST + 1
