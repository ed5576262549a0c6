"""How people introduce themselves, "我是…的…" or like a visiting card: house, post and person read together."""

import re
from collections.abc import Iterator
from functools import lru_cache

from classifier.extract import shapes
from classifier.extract.cards import cards
from classifier.extract.neighbours import is_free, neighbours
from classifier.extract.reading import LONGEST, OF, OURS, OWN_ENDS, SHORTEST, STOP, TOKEN, Introduction, people, read
from classifier.extract.tables import either, table
from classifier.words import LIMIT, fold

_WORDS = table("introductions")
_CUE = re.compile(rf"(?P<house>{either(_WORDS['house_cues'])})|{either(_WORDS['cues'])}")
_FILLER = re.compile(rf"{either(_WORDS['fillers'])}{{0,3}}")
_QUOTED = re.compile(
    r"(?:[\u4e00-\u9fff]{1,8}的|[\u4e00-\u9fff]{2,3})?[「“\"『《](?P<house>[^」”\"』》\n]{2,20})[」”\"』》]"
)
_OWN = re.compile(either(_WORDS["own"]))
_WE_OR_HERE = ("我们", "咱们", "俺们", "这边", "这里", "我哋", "我这边", "我司", "客户", "敝")
_LEAST = 3
_ANY_NAME = range(4, 9)
_RUN = re.compile(r"[\w&·()]+")
_WE = re.compile(r"(?:我们|我哋|我司|咱们|this is|here is) ?")
_LATIN = re.compile(r"[A-Z][\w&.'-]*(?: [A-Z][\w&.'-]*)*(?= ?(?:这边|這邊|的|嘅|[,，。.(]|$))", re.ASCII)
_IS = frozenset("是系为叫(")


@lru_cache(maxsize=32)
def introductions(text: str) -> tuple[Introduction, ...]:
    """Return what the first 2,000 characters introduce, sayings before cards; our own people are left out."""
    text = text[:LIMIT]
    folded = fold(text)
    if len(folded.strip()) < _LEAST:
        return ()
    return (*_said(folded, text), *cards(folded, text), *neighbours(folded, text))


def _said(folded: str, text: str) -> Iterator[Introduction]:
    for cue in sorted(_CUE.finditer(folded), key=lambda cue: not cue["house"]):
        start = _FILLER.match(folded, cue.end()).end()  # type: ignore[union-attr]  # may be empty, always matches
        quoted = _QUOTED.match(folded, start)
        token = TOKEN.match(text, quoted.end() if quoted else start)
        said = folded[token.start() : min(token.end(), token.start() + LONGEST)] if token else ""
        stop = STOP.search(said, 1)
        said = said[: stop.start()] if stop else said
        if (
            quoted
            and (folded[cue.end() - 1] in _IS or quoted.start() == cue.end())
            and shapes.may_be_house(quoted["house"])
        ):
            yield _quoted(quoted, said, text)
        elif token and not OURS.search(said):
            found = read(said, token.start(), text, sure=True)
            if (not found or not found.house) and (cue["house"] or _stands_alone(cue[0], said, token, folded)):
                found = _named(said, token) or found
            if found:
                yield found
            if found and found.person and not found.house:
                yield from _next(found.person[1], text, folded)
    yield from _in_latin(folded, text)
    for own in _OWN.finditer(folded):
        rest = _RUN.match(folded, own.end(), own.end() + LONGEST // 2)
        end = own.end() + shapes.house_end(rest[0] if rest else "")
        if (
            end - own.end() > SHORTEST
            and OWN_ENDS.match(folded, end)
            and not shapes.begins_with_division(folded[own.end() : end])
        ):
            yield Introduction((own.end(), end), None, None, sure=True)


def _in_latin(folded: str, text: str) -> Iterator[Introduction]:
    """Read 我们Lumina Hotels这边: capitals say where the name of the house ends."""
    for cue in _WE.finditer(folded):
        name = _LATIN.match(text, cue.end())
        if (
            name
            and shapes.is_brand(name[0])
            and (cue[0][0] == "我" or not shapes.is_latin_name(name[0].lower(), name[0]))
        ):
            yield Introduction(name.span(), None, None, sure=True)


def _next(end: int, text: str, folded: str) -> Iterator[Introduction]:
    """Read on after a name: 我是林岚,春见花坊的店长."""
    token = TOKEN.match(text, end + 1) if folded[end : end + 1] in {",", " ", "("} else None
    found = read(folded[token.start() : token.end()], token.start(), text, sure=True) if token else None
    if found and found.house:
        yield found


def _quoted(quoted: re.Match[str], said: str, text: str) -> Introduction:
    """Read 我是「花信」的店长阿May: the house stands in quotation marks."""
    of = OF.match(said)
    start = quoted.end() + (of.end() if of else 0)
    pieces = people(said[start - quoted.end() :], text[start : quoted.end() + len(said)], sure=True)
    pieces = pieces or (None, None)
    post, person = (piece and (start + piece[0], start + piece[1]) for piece in pieces)
    return Introduction(quoted.span("house"), post, person, sure=True)


def _stands_alone(cue: str, said: str, token: re.Match[str], folded: str) -> bool:
    """Whether 我们是 is followed by a few characters that could be any name, and by nothing else."""
    after = folded[token.start() + len(said) : token.start() + len(said) + 1]
    return (
        cue.startswith(_WE_OR_HERE) and len(said) in _ANY_NAME and not after.isalnum() and is_free(said, said.title())
    )


def _named(said: str, token: re.Match[str]) -> Introduction | None:
    """Read a house after a cue that leaves no doubt, whatever its name looks like: 店名 KorvaHome."""
    if not shapes.may_be_house(said):
        return None
    return Introduction((token.start(), token.start() + len(said)), None, None, sure=True)
