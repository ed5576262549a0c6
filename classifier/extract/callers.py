"""Whose names a message gives: the customer's people, not ours who pass something on."""

from classifier.extract import shapes
from classifier.extract.introductions import introductions
from classifier.extract.reading import Introduction, Span
from classifier.extract.tables import either, table
from classifier.sought import Sought
from classifier.words import fold

_HAN = r"[\u4e00-\u9fff]"
_SURNAME = either([*table("names")["compound"], *table("names")["surnames"]])
_WHOSE_WORDS = Sought(
    rf"(?:他们|她们|客户)的?(?P<post>{_HAN}{{2,6}}?) ?"
    rf"(?P<name>(?:{_SURNAME}){_HAN}{{1,2}}|[小老阿]{_HAN}) ?(?=说|要求|问|想|反映|催|讲|跟|发)"
    rf"|(?:他们|她们|客户)的? ?(?P<latin>[A-Z][a-z]{{1,11}}(?: ?{_HAN})?) ?(?=说|要求|问|反映|催|讲)"
)
_OUR_POSTS = frozenset(("销售", "售后", "客服"))


def passed_on(folded: str, text: str) -> Span | None:
    """Return whose words a salesperson passes on: 他们前厅经理欧阳慧敏说."""
    for match in _WHOSE_WORDS.finditer(text):
        if match["latin"]:
            return match.span("latin")
        name = fold(match["name"])
        if shapes.post_start(fold(match["post"])) == 0 and (shapes.is_full_name(name) or shapes.is_pet_name(name)):
            return match.span("name")
    return None


def theirs(folded: str, text: str) -> list[Introduction]:
    """Return the people introduced who are no part of a house's name and not ours."""
    told = introductions(text)
    houses = [one.house for one in told if one.house]
    return [one for one in told if one.person and not _within(one.person, houses) and not _is_ours(one, folded)]


def _within(person: Span, houses: list[Span]) -> bool:
    return any(start <= person[0] and person[1] <= end for start, end in houses)


def _is_ours(one: Introduction, folded: str) -> bool:
    """Whether a person is one of ours: @客服小美, 销售老游 without a house of his own."""
    start = min(span[0] for span in (one.post, one.person) if span)
    if folded[max(0, start - 1) : start] == "@":
        return True
    before = folded[slice(*one.post)] if one.post else folded[max(0, start - 2) : start]
    return not one.house and before in _OUR_POSTS
