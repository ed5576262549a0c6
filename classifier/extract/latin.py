"""Introductions in Latin letters: Fernweh Coffee 的 ops lead, Cynthia Luo; Marcus Teo, IT Manager, Helix Marine."""

import re
from collections.abc import Iterator

from classifier.extract import shapes
from classifier.extract.reading import Introduction, Span
from classifier.extract.tables import either, table
from classifier.sought import Sought

_WORD = r"[A-Z][A-Za-z0-9&'-]*"
_HOUSE = rf"(?P<house>{_WORD}(?: (?:& |of |and )?{_WORD}){{0,4}}(?: ?[\u4e00-\u9fff]{{2,6}}?)?)"
_NAME = (
    r"(?P<name>(?:(?:Dr|Mr|Ms|Mrs)\.? )?[A-Z][a-z]{1,12}(?: [A-Z][a-z]{1,12})?"
    r"(?: ?[\u4e00-\u9fff](?![\u4e00-\u9fff]))?)"
)
_POST = (
    rf"(?P<post>(?:[A-Za-z]{{2,14}} ){{0,2}}?(?i:{either(table('identity')['latin_posts'])})(?: of [A-Za-z]{{2,14}})?)"
)
_OVER = r"(?=[^\w&]|$)"
_OF_HOUSE = Sought(rf"(?:是|系|係|[Tt]his is) ?{_HOUSE} ?[的嘅] ?{_POST}(?:[,(:]? ?{_NAME})?{_OVER}")
_I_AM = Sought(
    rf"(?:I'm|I am|[Tt]his is|我[是系係]) ?{_NAME}(?:, ?(?:the )?{_POST})?"
    rf" (?:from|of|at|with) (?:the )?{_HOUSE}{_OVER}"
)
_SIGNED = Sought(
    rf"(?:^|\n|[.。!?~—,] ?){_NAME}(?P<gap> ?[,/|·、] ?|\n){_POST}(?P=gap){_HOUSE}(?= ?(?:[,/|·、.\n。+(]|$))"
)
_PATTERNS = (_OF_HOUSE, _I_AM, _SIGNED)


def in_latin(text: str) -> Iterator[Introduction]:
    """Yield house, post and person where capitals and the order tell which is which."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            post, name = _span(match, "post"), _span(match, "name")
            if name and not shapes.is_latin_name(match["name"].lower(), match["name"]):
                continue
            yield Introduction(match.span("house"), post, name, sure=pattern is not _SIGNED)


def _span(match: re.Match[str], group: str) -> Span | None:
    return match.span(group) if match[group] else None
