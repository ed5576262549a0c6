"""Lines like a visiting card, and the first and last part of a message."""

import re
from collections.abc import Iterator

from classifier.extract import shapes
from classifier.extract.mail import addresses
from classifier.extract.phone import phones
from classifier.extract.reading import OURS, SHORTEST, STOP, TOKEN, Introduction, read
from classifier.extract.tables import either, table
from classifier.sought import Sought

_WORDS = table("introductions")
_PART = re.compile(r"[^。!?;\n]{1,400}")
_LABELLED = re.compile(rf"^{either(_WORDS['labels'])}")
_REACHED = Sought(either(_WORDS["reached"]))
_SIGNATURE, _LINE = 4, 24
"""A signature has so many lines of so many characters."""
_HOUSE, _SHORT_HOUSE, _LONGEST_CARD = 10, 4, 32


def cards(folded: str, text: str) -> Iterator[Introduction]:
    """Lines that tell how to reach somebody, and the first and last part of a message."""
    reach = [(phone.start, phone.end) for phone in phones(text)] + list(addresses(folded))
    parts = list(_PART.finditer(folded))
    for number, part in enumerate(parts):
        reached = any(part.start() <= start < part.end() for start, _ in reach) or bool(_REACHED.search(part[0]))
        signed = number >= len(parts) - _SIGNATURE and len(part[0]) <= _LINE and folded[part.start() - 1] == "\n"
        yield from _card(part, text, reached=reached, ends=number in {0, len(parts) - 1} or signed)


def _card(part: re.Match[str], text: str, *, reached: bool, ends: bool) -> Iterator[Introduction]:
    found_in = (_unlabelled(token, part.string) for token in TOKEN.finditer(text, part.start(), part.end()))
    tokens = [(start, said) for start, said in found_in if said]
    if not (reached or ends):  # elsewhere only a house that begins with a place stands out
        tokens = [(start, said) for start, said in tokens if shapes.place_end(said) or _begins_with_post(said)]
    found_here = [
        None if len(said) > _LONGEST_CARD or OURS.search(said) else read(said, start, text, sure=False)
        for start, said in tokens
    ]
    for number, found in enumerate(found_here):
        beside = [
            other for other in (*found_here[max(0, number - 2) : number], *found_here[number + 1 : number + 3]) if other
        ]
        if found and _fits(found, beside, tokens[number][1], reached=reached, ends=ends):
            yield found
        elif not found and (reached or ends) and number + 1 < len(found_here):
            after, (start, said) = found_here[number + 1], tokens[number]
            between = text[start + len(said) : tokens[number + 1][0]]
            after = after if between.isspace() else None
            if after and after.person and not after.house and _may_stand_before(said, text[start : start + len(said)]):
                yield Introduction((start, start + len(said)), None, None, sure=False)


def _fits(found: Introduction, beside: list[Introduction], said: str, *, reached: bool, ends: bool) -> bool:
    """Whether a token that could be a name or a house is one: by its company, its place, or how to reach it."""
    if found.person and not found.house and said[0].isascii():
        return reached  # a brand looks like a name, too
    if found.house and not found.person:
        return (
            reached
            or (shapes.is_placed(said) and len(said) <= _HOUSE and not _ends_with_person(said))
            or (ends and (bool(beside) or len(said) > _SHORT_HOUSE))
        )
    full = found.person and found.post and shapes.is_full_name(said[-3:])
    return bool(full) or reached or (ends and (bool(beside) or bool(found.post)))


def _ends_with_person(said: str) -> bool:
    return any(shapes.is_called(said[-size:]) for size in (2, 3)) or (said[-1].isascii() and said[-1].isalpha())


def _begins_with_post(said: str) -> bool:
    """Whether a post stands before a full name: 财务经理轩辕雪."""
    return len(said) <= _HOUSE and any(shapes.post_start(said[:-size]) == 0 for size in (2, 3) if len(said) > size + 1)


def _may_stand_before(said: str, typed: str) -> bool:
    """Whether a token before a person is his house: no word of a sentence, no part of a house."""
    if said[0].isascii():
        return typed[0].isupper() and typed.isalpha() and shapes.may_be_house(said)
    return shapes.may_be_house(said) and not shapes.is_division(said) and len(said) <= _HOUSE


def _unlabelled(token: re.Match[str], folded: str) -> tuple[int, str]:
    said = folded[token.start() : token.end()]
    label = _LABELLED.match(said)
    start = label.end() if label else 0
    stop = STOP.search(said, start + SHORTEST)
    return token.start() + start, said[start : stop.start() if stop else len(said)]
