"""Mail that a message quotes: what stands in it is not said by whoever writes."""

import re

from classifier.extract.tables import either, table

_WORDS = table("quotation")
_BEGINS = re.compile(either(_WORDS["begins"]))
_ENDS = re.compile(either(_WORDS["ends"]))


def is_quoted(folded: str, at: int) -> bool:
    """Whether this place of a folded text is in quoted mail: behind its head until a line of dashes, or behind >."""
    if folded.startswith(">", folded.rfind("\n", 0, at) + 1):
        return True
    begin = _BEGINS.search(folded, 0, at)
    return begin is not None and not _ENDS.search(folded, begin.end(), at)
