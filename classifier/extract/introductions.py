"""How people introduce themselves, "我是…的…" or like a visiting card: house, post and person read together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from classifier.extract import shapes
from classifier.extract.mail import addresses
from classifier.extract.phone import phones
from classifier.extract.tables import either, table
from classifier.words import LIMIT, fold

_WORDS = table("introductions")
_CUE = re.compile(rf"(?P<house>{either(_WORDS['house_cues'])})|{either(_WORDS['cues'])}")
_STOP = re.compile(either(_WORDS["stops"]))
_FILLER = re.compile(rf"{either(_WORDS['fillers'])}{{0,3}}")
_QUOTED = re.compile(
    r"(?:[\u4e00-\u9fff]{1,8}的|[\u4e00-\u9fff]{2,3})?[「“\"『《](?P<house>[^」”\"』》\n]{2,20})[」”\"』》]"
)
_OF = re.compile(r" ?(?:(?:这边|那边|这里|那里)?[的嘅]|这边|这里)? ?")
_TOKEN = re.compile(r"[\w&·.'+@-](?:[\w&·.'+@-]| (?=[A-Z][a-z])|(?<=[A-Za-z]) (?=[A-Za-z嘅的])){0,60}")
_PART = re.compile(r"[^。!?;\n]{1,400}")
_LABELLED = re.compile(rf"^{either(_WORDS['labels'])}")
_REACHED = re.compile(either(_WORDS["reached"]))
_OURS = re.compile(either(_WORDS["ours"]))
_OWN = re.compile(either(_WORDS["own"]))
_OWN_ENDS = re.compile(either(_WORDS["own_ends"]))
_BRANCH = re.compile(
    r"\([\u4e00-\u9fff]{2,6}\)(?:[\u4e00-\u9fff]{0,8}(?:有限公司|公司|集团))"
    r"|\([\u4e00-\u9fff]{1,6}(?:店|校区|院区|分院|厂区|园区|分公司)\)"
    r"| [\u4e00-\u9fff]{2,4}店(?![里面长])"
)
_LONGEST_NAME, _LONGEST_POST, _LONGEST_CARD = 6, 12, 32
_DESKS = frozenset(("店助", "吧台", "柜台", "药房", "门卫"))
_IS = frozenset("是系为叫(")
_SHORTEST, _LONGEST, _HOUSE, _SHORT_HOUSE = 2, 40, 10, 4

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Introduction:
    """Where house, post and person stand; `sure` when he says so himself (我是…), not only by the look of a line."""

    house: Span | None
    post: Span | None
    person: Span | None
    sure: bool


@lru_cache(maxsize=32)
def introductions(text: str) -> tuple[Introduction, ...]:
    """Return what the first 2,000 characters introduce, sayings before cards; our own people are left out."""
    text = text[:LIMIT]
    folded = fold(text)
    return (*_said(folded, text), *_cards(folded, text))


def _said(folded: str, text: str) -> Iterator[Introduction]:
    for cue in sorted(_CUE.finditer(folded), key=lambda cue: not cue["house"]):
        start = _FILLER.match(folded, cue.end()).end()  # type: ignore[union-attr]  # may be empty, always matches
        quoted = _QUOTED.match(folded, start)
        token = _TOKEN.match(text, quoted.end() if quoted else start)
        said = folded[token.start() : min(token.end(), token.start() + _LONGEST)] if token else ""
        stop = _STOP.search(said, 1)
        said = said[: stop.start()] if stop else said
        if quoted and folded[cue.end() - 1] in _IS and shapes.may_be_house(quoted["house"]):
            yield _quoted(quoted, said, text)
        elif token and not _OURS.search(said):
            found = _read(said, token.start(), text, sure=True)
            found = _named(said, token) if cue["house"] and (not found or not found.house) else found
            if found:
                yield found
            if found and found.person and not found.house:
                yield from _next(found.person[1], text, folded)
    for own in _OWN.finditer(folded):
        end = own.end() + shapes.house_end(folded[own.end() : own.end() + _LONGEST // 2])
        if (
            end - own.end() > _SHORTEST
            and _OWN_ENDS.match(folded, end)
            and not shapes.begins_with_division(folded[own.end() : end])
        ):
            yield Introduction((own.end(), end), None, None, sure=True)


def _next(end: int, text: str, folded: str) -> Iterator[Introduction]:
    """Read on after a name: 我是林岚,春见花坊的店长."""
    token = _TOKEN.match(text, end + 1) if folded[end : end + 1] in {",", " ", "("} else None
    found = _read(folded[token.start() : token.end()], token.start(), text, sure=True) if token else None
    if found and found.house:
        yield found


def _quoted(quoted: re.Match[str], said: str, text: str) -> Introduction:
    """Read 我是「花信」的店长阿May: the house stands in quotation marks."""
    of = _OF.match(said)
    start = quoted.end() + (of.end() if of else 0)
    pieces = _people(said[start - quoted.end() :], text[start : quoted.end() + len(said)], sure=True)
    pieces = pieces or (None, None)
    post, person = (piece and (start + piece[0], start + piece[1]) for piece in pieces)
    return Introduction(quoted.span("house"), post, person, sure=True)


def _named(said: str, token: re.Match[str]) -> Introduction | None:
    """Read a house after a cue that leaves no doubt, whatever its name looks like: 店名 KorvaHome."""
    if not shapes.may_be_house(said):
        return None
    return Introduction((token.start(), token.start() + len(said)), None, None, sure=True)


def _cards(folded: str, text: str) -> Iterator[Introduction]:
    """Lines that tell how to reach somebody, and the first and last part of a message."""
    reach = [(phone.start, phone.end) for phone in phones(text)] + list(addresses(folded))
    parts = list(_PART.finditer(folded))
    for number, part in enumerate(parts):
        reached = any(part.start() <= start < part.end() for start, _ in reach) or bool(_REACHED.search(part[0]))
        yield from _card(part, text, reached=reached, ends=number in {0, len(parts) - 1})


def _card(part: re.Match[str], text: str, *, reached: bool, ends: bool) -> Iterator[Introduction]:
    found_in = (_unlabelled(token, part.string) for token in _TOKEN.finditer(text, part.start(), part.end()))
    tokens = [(start, said) for start, said in found_in if said]
    if not (reached or ends):  # elsewhere only a house that begins with a place stands out
        tokens = [(start, said) for start, said in tokens if shapes.place_end(said)]
    read = [
        None if len(said) > _LONGEST_CARD or _OURS.search(said) else _read(said, start, text, sure=False)
        for start, said in tokens
    ]
    for number, found in enumerate(read):
        beside = [other for other in (*read[max(0, number - 2) : number], *read[number + 1 : number + 3]) if other]
        if found and _fits(found, beside, tokens[number][1], reached=reached, ends=ends):
            yield found
        elif not found and (reached or ends) and number + 1 < len(read):
            after, (start, said) = read[number + 1], tokens[number]
            between = text[start + len(said) : tokens[number + 1][0]]
            after = after if between.isspace() else None
            if after and after.person and not after.house and _may_stand_before(said, text[start : start + len(said)]):
                yield Introduction((start, start + len(said)), None, None, sure=False)


def _fits(found: Introduction, beside: list[Introduction], said: str, *, reached: bool, ends: bool) -> bool:
    """Whether a token that could be a name or a house is one: by its company, its place, or how to reach it."""
    if found.person and not found.house and said[0].isascii():
        return reached  # a brand looks like a name, too
    if found.house and not found.person:
        return reached or shapes.is_placed(said) or (ends and (bool(beside) or len(said) > _SHORT_HOUSE))
    return reached or (ends and (bool(beside) or bool(found.post)))


def _may_stand_before(said: str, typed: str) -> bool:
    """Whether a token before a person is his house: no word of a sentence, no part of a house."""
    if said[0].isascii():
        return typed[0].isupper() and typed.isalpha() and shapes.may_be_house(said)
    return shapes.may_be_house(said) and not shapes.is_division(said) and len(said) <= _HOUSE


def _unlabelled(token: re.Match[str], folded: str) -> tuple[int, str]:
    said = folded[token.start() : token.end()]
    label = _LABELLED.match(said)
    start = label.end() if label else 0
    stop = _STOP.search(said, start + _SHORTEST)
    return token.start() + start, said[start : stop.start() if stop else len(said)]


def _read(said: str, start: int, text: str, *, sure: bool) -> Introduction | None:
    """Read one stretch as [house][的][post][person]; None unless nothing is left over."""
    said = said.rstrip(" 呀啊哈哦呢嘛啦的嘅")
    if not _SHORTEST <= len(said) <= _LONGEST:
        return None
    for end in _houses(said, sure=sure):
        of = _OF.match(said, end) if end else None
        rest = of.end() if of else end
        pieces = _people(said[rest:], text[start + rest : start + len(said)], sure=sure)
        if pieces is not None and (end or any(pieces)):
            house = _house(said, end, start, text) if end else None
            post, person = (piece and (start + rest + piece[0], start + rest + piece[1]) for piece in pieces)
            return Introduction(house, post, person, sure)
    return _house_alone(said, start, text) if sure else None


def _house_alone(said: str, start: int, text: str) -> Introduction | None:
    """Return the house of 我是春见花坊管后厨的…, whatever comes after it."""
    place = _place(said)
    end = place + shapes.house_end(said[place:], weak=True)
    if end == place or not (_OWN_ENDS.match(said, end) or shapes.begins_with_division(said[end:])):
        return None
    return Introduction(_house(said, end, start, text), None, None, sure=True)


def _houses(said: str, *, sure: bool) -> Iterator[int]:
    """Yield where the house may end, the likeliest first; 0 stands for none."""
    known = shapes.house_end(said, weak=sure)
    place = _place(said)
    inner = shapes.house_end(said[place:], weak=sure) if place else 0
    if shapes.is_full_name(said):
        yield 0
    if known or inner:
        yield place + inner if inner else known
    yield 0
    of = said.find("嘅" if "嘅" in said else "的", place)
    if sure and of > 0 and shapes.may_be_house(said[place:of].strip()):
        yield of
    if shapes.is_placed(said) or (sure and shapes.is_weak_house(said)):
        yield len(said)
        yield from (end for end in range(len(said) - 2, 3, -1) if shapes.post_start(said[end:]) == 0)


def _place(said: str) -> int:
    """Return how much of 龙岗的佰莉美妆 tells only the place."""
    end = shapes.place_end(said)
    return end + 1 if end and said[end : end + 1] in {"的", "嘅", " "} else 0


def _house(said: str, end: int, start: int, text: str) -> Span:
    """Return the house without its place (龙岗的…), with its branch ((三分店))."""
    branch = _BRANCH.match(fold(text), start + end)
    return start + _place(said), branch.end() if branch else start + end


def _people(said: str, typed: str, *, sure: bool) -> tuple[Span | None, Span | None] | None:
    """Return post and person of what follows the house; None when it is something else."""
    if not said or shapes.is_division(said):
        return None, None
    if shapes.post_start(said) == 0 and not shapes.is_called(said):
        return (0, len(said)), None
    longest = 24 if said[-1].isascii() else _LONGEST_NAME
    if len(said) > longest + _LONGEST_POST:
        return None
    starts = range(max(0, len(said) - longest), len(said))
    people = (at for at in starts if _is_person(said[at:], typed[at:], sure=sure or _follows_post(said, at)))
    return next((found for at in people if (found := _with_post(said, at))), None)


def _follows_post(said: str, at: int) -> bool:
    """Whether a post or a part of the house ends where the name would begin: there 前台小满 is a name."""
    before = said[:at].rstrip()
    return bool(before) and (before in _DESKS or shapes.is_division(before) or shapes.post_start(before) == 0)


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
