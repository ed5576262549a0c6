"""How people introduce themselves, "我是…的…" or like a visiting card: house, post and person read together."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from classifier.extract import shapes
from classifier.extract.cards import cards
from classifier.extract.latin import in_latin
from classifier.extract.neighbours import is_free, neighbours
from classifier.extract.placed import placed
from classifier.extract.reading import (
    LONGEST,
    OF,
    OURS,
    OWN_ENDS,
    SHORTEST,
    STOP,
    TOKEN,
    Introduction,
    people,
    place_before,
    read,
)
from classifier.extract.signatures import signatures
from classifier.extract.tables import either, table
from classifier.sought import Sought
from classifier.words import LIMIT, fold, narrow, typed

_WORDS = table("introductions")
_CUE = re.compile(rf"(?P<house>{either(_WORDS['house_cues'])})|{either(_WORDS['cues'])}")
_FILLER = re.compile(rf"{either(_WORDS['fillers'])}{{0,3}}")
_QUOTED = re.compile(r"(?:[\u4e00-\u9fff]{1,10})?[「“\"『《](?P<house>[^」”\"』》\n]{2,20})[」”\"』》]")
_OWN = re.compile(either(_WORDS["own"]))
_WE_OR_HERE = ("我们", "咱们", "俺们", "这边", "这里", "我哋", "我这边", "我司", "客户", "敝")
_WHOLE_NAME = tuple(_WORDS["whole"].split())
"""Ends of names that leave no doubt whatever follows them."""
_BODY = 2
_WHOLE = ("公司", "集团", "局", "医院", "学院", "大学", "中学", "小学", "合作社", "研究院", "研究所")
_WE_OURSELVES = ("我们", "我哋", "我司")
_MOST = 40
"""Nobody introduces himself more often."""
_LEAST, _SHORT_NAME = 3, 2
_ANY_NAME = range(4, 9)
_RUN = re.compile(r"[\w&·()]+")
_WE = re.compile(r"(?:我们|我哋|我司|咱们|this is|here is|(?:我|我们|这里|这边)(?:是|系)(?=[^的嘅]{0,40}[的嘅])) ?")
_LATIN = re.compile(r"[A-Z][\w&.'-]*(?: [A-Z][\w&.'-]*)*(?= ?(?:这边|這邊|的|嘅|[,，。.(（]|$))", re.ASCII)
_OPENED = re.compile(
    rf"(?:^|\n){either(table('pieces')['hello'])}?[,!。~ ]{{0,3}}[\u4e00-\u9fff]{{2,6}}"
    r"[「『](?P<house>[^」』\n]{3,12})[」』]"
)
_BRAND = Sought(
    r"(?:^|[,。;!?:\n—(|的嘅] ?|是 ?|们 ?|哋 ?|司 ?|代表 ?)"
    r"(?P<house>(?:[\u4e00-\u9fff]{2,4}(?<![是们哋司系]) )?"
    r"(?P<latin>[A-Z][A-Za-z0-9&.'-]+(?: (?:& )?[A-Z][A-Za-z0-9&.'-]+)?) ?"
    r"(?P<trade>[\u4e00-\u9fff]{2,6}?))(?=的|这边|[^\u4e00-\u9fffA-Za-z0-9]|$)"
)
_OWN_PLACE = "(?:公司|集团|酒店|店|院|校|厂|所|室|社|行|馆|铺|农场|机构|企业|单位|中心|品牌|园|吧|office)"
_CALLED = Sought(
    rf"(?:{_OWN_PLACE}[^。!?\n]{{0,10}}叫做?|(?:本|我|敝|我们|咱)(?:公司|司|家|店|院|校)?(?:小店)?|做[\u4e00-\u9fff]{{1,8}}的)"
    r"[「“\"『](?P<house>[^」”\"』,。!?\n]{2,20})[」”\"』]"
)
_IN_BRACKETS = Sought(
    rf"(?:我们|咱们|本|我|敝)[^,。!?\n(]{{0,16}}?{_OWN_PLACE}\((?P<house>[\u4e00-\u9fffa-z][^),。]{{2,19}})\)"
)
_NO_HOUSE = re.compile(r"的|了|不|系统|问题|[0-9]{3}|原名|以下|简称|店$(?<=^.{2})")
_INCORPORATED = Sought(
    r"(?<![A-Za-z@.])(?P<house>(?:[A-Z][A-Za-z0-9&'-]* |& |\([A-Z][a-z]+\) ){1,5}"
    r"(?:(?:Co|Pte)\.?,? )?(?:Ltd|Limited|Inc|LLP|LLC|GmbH|"
    r"Studios?|Logistics|Hotels?|Pictures|Biotech|Technologies|Trading)\b)"
)
_NAME_FOLLOWS = re.compile(rf"{either(table('names')['jobs'])}$|会长$|姓.{{1,2}}$")
_NAMED_AFTER = re.compile(
    r" ?(?:\([^)\n]{1,12}\))?(?:的|这边的?) ?"
    r"(?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+)?(?: ?[\u4e00-\u9fff](?![\u4e00-\u9fff]))?)"
)
_IS = frozenset("是系为叫(")


def introductions(text: str) -> tuple[Introduction, ...]:
    """Return what the first 2,000 characters introduce, sayings before cards; our own people are left out."""
    return _introductions(typed(text[:LIMIT]))


@lru_cache(maxsize=32)
def _introductions(text: str) -> tuple[Introduction, ...]:
    folded, text = fold(text), narrow(text)
    if len(folded.strip()) < _LEAST:
        return ()
    sayings = (*in_latin(text), *_said(folded, text), *cards(folded, text), *placed(folded, text))
    return (*sayings, *neighbours(folded, text), *signatures(folded, text))


def _said(folded: str, text: str) -> Iterator[Introduction]:
    yield from _branded(folded, text)
    for cue in sorted(islice(_CUE.finditer(folded), _MOST), key=lambda cue: not cue["house"]):
        start = _FILLER.match(folded, cue.end()).end()  # type: ignore[union-attr]  # may be empty, always matches
        quoted = _QUOTED.match(folded, start)
        token = TOKEN.match(text, quoted.end() if quoted else start)
        said = folded[token.start() : min(token.end(), token.start() + LONGEST)] if token else ""
        stop = STOP.search(said, 1)
        said = said[: stop.start()] if stop else said
        if cue[0][0] in ",。" and shapes.is_full_name(said) and _NAME_FOLLOWS.search(folded, 0, cue.start()):
            yield Introduction(None, None, (token.start(), token.start() + len(said)), sure=True)  # type: ignore[union-attr]
        elif (
            quoted
            and (folded[cue.end() - 1] in _IS or quoted.start() == cue.end())
            and (shapes.may_be_house(quoted["house"]) or shapes.may_be_called(quoted["house"]))
        ):
            yield _quoted(quoted, said, text)
        elif token and not OURS.search(said):
            found = read(said, token.start(), text, sure=True) or _at_the_end(said, token.start(), text)
            if (not found or not found.house) and (cue["house"] or _stands_alone(cue[0], said, token, folded)):
                found = _named(said, token) or found
            if found:
                yield found
            if found and found.person and not found.house:
                yield from _next(found.person[1], text, folded)
    yield from _in_latin(folded, text)
    for own in _OWN.finditer(folded):
        rest = _RUN.match(folded, own.end(), own.end() + LONGEST // 2)
        begin = own.end() + (place_before(rest[0]) if rest else 0)
        end = begin + shapes.house_end(folded[begin : rest.end()] if rest else "")
        if (
            end - begin > SHORTEST
            and (OWN_ENDS.match(folded, end) or folded[begin + _BODY : end].endswith(_WHOLE_NAME))
            and not shapes.begins_with_division(folded[begin:end])
        ):
            yield Introduction((begin, end), None, None, sure=True)


def _in_latin(folded: str, text: str) -> Iterator[Introduction]:
    """Read 我们Lumina Hotels这边: capitals say where the name of the house ends."""
    for cue in _WE.finditer(folded):
        name = _LATIN.match(text, cue.end())
        if (
            name
            and shapes.is_brand(name[0])
            and (cue[0].startswith(_WE_OURSELVES) or not shapes.is_latin_name(name[0].lower(), name[0]))
        ):
            yield Introduction(name.span(), None, None, sure=True)


def _branded(folded: str, text: str) -> Iterator[Introduction]:
    """Read NorthPeak 户外(哈尔滨), 乌鲁木齐 SmileOne 口腔, and 深水埗「大众兴文具」 after a greeting."""
    for match in _BRAND.finditer(text):
        where = match["house"].split(" ")[0]
        placed = where < "\u4e00" or shapes.place_end(where) == len(where)
        if placed and shapes.is_brand(match["latin"]) and shapes.tells_trade(fold(match["trade"])):
            person = _NAMED_AFTER.match(text, match.end())
            if person and not shapes.is_latin_name(person["name"].lower(), person["name"]):
                person = None
            yield Introduction(match.span("house"), None, person.span("name") if person else None, sure=True)
    opened = _OPENED.match(folded)
    if opened:
        yield Introduction(opened.span("house"), None, None, sure=False)
    for pattern in (_CALLED, _IN_BRACKETS):
        for match in pattern.finditer(folded):
            said = match["house"]
            if not _NO_HOUSE.search(said) and (shapes.house_end(said) or not shapes.place_end(said)):
                yield Introduction(match.span("house"), None, None, sure=True)
    for match in _INCORPORATED.finditer(text):
        yield Introduction(match.span("house"), None, None, sure=False)


def _next(end: int, text: str, folded: str) -> Iterator[Introduction]:
    """Read on after a name: 我是林岚,春见花坊的店长."""
    token = TOKEN.match(text, end + 1) if folded[end : end + 1] in {",", " ", "("} else None
    found = read(folded[token.start() : token.end()], token.start(), text, sure=True) if token else None
    if found and found.house:
        yield found


def _quoted(quoted: re.Match[str], said: str, text: str) -> Introduction:
    """Read 我是「花信」的店长阿May: the house stands in quotation marks."""
    of = OF.match(said)
    start = quoted.end() + (of.end() if of else said.find("的") + 1)
    pieces = people(said[start - quoted.end() :], text[start : quoted.end() + len(said)], sure=True)
    pieces = pieces or (None, None)
    post, person = (piece and (start + piece[0], start + piece[1]) for piece in pieces)
    return Introduction(quoted.span("house"), post, person, sure=True)


def _at_the_end(said: str, start: int, text: str) -> Introduction | None:
    """Read 我是给老年大学管电脑的退休教师郁文澜, 我是敬老院的院长: the post and the name come last."""
    of = said.rfind("的") + 1
    if of and len(said) - of > 1 and shapes.post_start(said[of:]) == 0 and not shapes.is_called(said[of:]):
        return Introduction(None, (start + of, start + len(said)), None, sure=True)
    found = people(said[of:], text[start + of : start + len(said)], sure=False) if of else None
    if not found or not found[1] or not (found[0] or found[1][1] - found[1][0] > _SHORT_NAME):
        return None
    post, person = (piece and (start + of + piece[0], start + of + piece[1]) for piece in found)
    return Introduction(None, post, person, sure=True)


def _stands_alone(cue: str, said: str, token: re.Match[str], folded: str) -> bool:
    """Whether 我们是 is followed by a few characters that could be any name, and by nothing else."""
    after = folded[token.start() + len(said) : token.start() + len(said) + 1]
    return (
        cue.startswith(_WE_OR_HERE) and len(said) in _ANY_NAME and not after.isalnum() and is_free(said, said.title())
    )


def _named(said: str, token: re.Match[str]) -> Introduction | None:
    """Read a house after a cue that leaves no doubt, whatever its name looks like: 店名 KorvaHome."""
    bare = said.rstrip("了耶喔咧啦呀啊哦嘛噻")
    end = shapes.house_end(bare, weak=True)
    if not (end and bare[:end].endswith(_WHOLE)):
        end = len(bare) if shapes.may_be_house(bare) and len(bare) >= min(len(said), _ANY_NAME[0]) else 0
    return Introduction((token.start(), token.start() + end), None, None, sure=True) if end else None
