"""Who writes, known by the place of a name only: behind a house or a department, beside the phone, at the very end."""

import re
from collections.abc import Iterator

from classifier.extract import shapes
from classifier.extract.mail import addresses
from classifier.extract.neighbours import is_free
from classifier.extract.phone import phones
from classifier.extract.reading import OF, OURS, Introduction, Span, people
from classifier.extract.tables import either, table

_CLAUSE = re.compile(r"[^,。;!?:\n~—…|/\x02\U0001f000-\U0001ffff]+")
_TOKEN = re.compile(r"[\w&·.'-]+")
_STRANGER = re.compile(r"[\u4e00-\u9fff]{2,4}$")
_DOTTED = re.compile(r"(?:.{0,6}人)?(?P<name>[\u4e00-\u9fff]{2,8}·[\u4e00-\u9fff]{2,8})$")
_LATIN = re.compile(
    r"(?:(?:Dr|Mr|Ms|Mrs)\.? )?[A-Z][a-z\u00df-\u00ff]{1,11}(?: [A-Z][a-z\u00df-\u00ff]{1,11})? ?[\u4e00-\u9fff]?$"
)
_REACH = re.compile(
    r"[ ,(:;。、/|\n]{0,3}(?:联系)?(?:电话|手机号?|座机|tel|phone|mob|信箱|邮箱|电邮|e?-?mail|微信)?[是: .]{0,3}\x02"
)
_FULL_STOP = re.compile(r"(?<!dr)(?<!mr)(?<!ms)\.(?= |$)")
_CLOSING = re.compile("敬上|敬启|谨启|谨上|拜上|收即可")
_RELAYED = re.compile(r"[ ,]{0,2}(?:帮忙?)?(?:转(?!\d)|代[报问]|问[:,一下])")
_PLAIN = re.compile(either(table("neighbours")["plain"]))
_ENDS = 3
"""So many clauses at the end of a message may be a signature."""
_LINES = 4
"""So many lines at its end may be one."""
_LONGEST, _HOUSE, _GLUED = 26, 4, 6


def signatures(folded: str, text: str) -> Iterator[Introduction]:
    """Yield what clauses tell that hold nothing but a house, a part of it, a post and a person."""
    plain = folded
    for start, end in [*((phone.start, phone.end) for phone in phones(text)), *addresses(folded)]:
        plain = plain[:start] + "\x02" * (end - start) + plain[end:]
    plain = _CLOSING.sub(lambda said: "。" * len(said[0]), _FULL_STOP.sub("。", plain))
    clauses = list(_CLAUSE.finditer(plain))
    for number, clause in enumerate(clauses):
        if not number and plain[clause.end() : clause.end() + 1] == ":":
            yield from _opening(clause, folded)
        lines = folded.count("\n", clause.end())
        signed = 0 < lines < _LINES and folded.count("\n", 0, clause.start()) > 0
        last = number >= len(clauses) - _ENDS or signed
        reached = bool(_REACH.match(plain, clause.end()))
        size = clause.end() - clause.start()
        if size > _LONGEST * 2 or (size < _GLUED and not (last or reached)):
            continue
        tokens = [token.span() for token in _TOKEN.finditer(plain, *clause.span())]
        if not tokens or OURS.search(folded, *clause.span()) or _RELAYED.match(folded, tokens[-1][1]):
            continue
        found = _glued(tokens[-1], folded, text, closing=last or reached)
        whole = text[clause.start() : clause.end()].strip()
        if found or not (last or reached):
            yield from found
        elif number and plain[clause.end() : clause.end() + 1] != ":" and shapes.is_latin_name(whole.lower(), whole):
            yield Introduction(None, None, (tokens[0][0], tokens[-1][1]), sure=False)
        elif len(tokens) > 1:
            yield from _spaced(tokens, folded, text)
        elif number:
            yield from _alone(tokens[0], folded, behind=plain[: clause.start()].rstrip(" ,")[-1:] == "\x02")


def _opening(clause: re.Match[str], folded: str) -> Iterator[Introduction]:
    """Read 祁连山牦牛乳老白:… at the very beginning; a name alone there is the one addressed."""
    start, end = clause.span()
    at = next(
        (end - size for size in (2, 3) if end - size > start and shapes.is_called(folded[end - size : end])), start
    )
    if at - start >= _HOUSE and shapes.may_be_house(folded[start:at]):
        yield Introduction((start, at), None, (at, end), sure=False)


def _glued(token: Span, folded: str, text: str, *, closing: bool) -> list[Introduction]:
    """Read 周原古建筑工程公司周砚堂; in closing also a person with no surname behind a post: 赤岭矿业统计员尕藏."""
    start, end = token
    said = folded[start:end]
    house = shapes.house_end(said) if _GLUED <= len(said) <= _LONGEST else 0
    if house < _HOUSE or house == len(said):
        return []
    of = OF.match(said, house)
    rest = of.end() if of else house
    found = people(said[rest:], text[start + rest : end], sure=True)
    if found is None and closing:
        found = _stranger(said[rest:])
    if not found or not found[1]:
        return []
    post, person = (piece and (start + rest + piece[0], start + rest + piece[1]) for piece in found)
    return [Introduction((start, start + house), post, person, sure=False)]


def _stranger(said: str) -> tuple[Span | None, Span | None] | None:
    """Read a post or a part of the house and whatever name follows it."""
    for size in (2, 3, 4):
        before, name = said[:-size], said[-size:]
        if before and _may_be_stranger(name):
            if shapes.post_start(before) == 0:
                return (0, len(before)), (len(before), len(said))
            if shapes.is_division(before):
                return None, (len(before), len(said))
    return None


def _may_be_stranger(said: str) -> bool:
    return bool(
        _STRANGER.match(said)
        and not _PLAIN.search(said)
        and not said.endswith("中心")
        and shapes.may_be_called(said)
        and shapes.post_start(said) is None
        and not shapes.is_division(said)
        and not shapes.house_end(said, weak=True)
        and shapes.place_end(said) != len(said)
    )


def _spaced(tokens: list[Span], folded: str, text: str) -> Iterator[Introduction]:
    """Read 阿拉善 驼源毛纺 人力 小塔: whatever stands behind a house or a part of it, parted by blanks."""
    said = [folded[slice(*token)] for token in tokens]
    known = [
        shapes.house_end(one) == len(one) or shapes.is_division(one) or shapes.post_start(one) == 0 for one in said
    ]
    if not all(known[1:-1]) or not (known[-2] and _is_name(said[-1], text[slice(*tokens[-1])])):
        return
    houses = [span for span, one in zip(tokens, said, strict=True) if shapes.house_end(one) == len(one)]
    house = houses[0] if houses else None
    if not known[0] and house is None and is_free(said[0], text[slice(*tokens[0])]):
        house = tokens[0]
    elif not known[0] and house == tokens[1] and shapes.place_end(said[0]) == len(said[0]):
        house = tokens[0][0], tokens[1][1]
    elif not known[0] and house is None:
        return
    posts = [span for span, one in zip(tokens, said, strict=True) if shapes.post_start(one) == 0]
    yield Introduction(house, posts[0] if posts else None, tokens[-1], sure=False)


def _is_name(said: str, typed: str) -> bool:
    return (
        shapes.is_full_name(said)
        or shapes.is_called(said)
        or _may_be_stranger(said)
        or bool(_LATIN.match(typed))
        or shapes.is_surname(said)
    )


def _alone(token: Span, folded: str, *, behind: bool) -> Iterator[Introduction]:
    """Read a clause that is a name: 拉娃·谷木, 贺雪莲; a surname only right behind the number."""
    said = folded[slice(*token)]
    dotted = _DOTTED.match(said)
    if dotted:
        start = token[0] + dotted.start("name")
        yield Introduction(None, None, (start, token[1]), sure=False)
    elif (
        shapes.is_full_name(said)
        or (behind and shapes.is_surname(said))
        or (len(said) > 1 and said[0] in "阿老小" and shapes.is_called(said))
    ):
        yield Introduction(None, None, token, sure=False)
