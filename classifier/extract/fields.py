"""Everything that one message says about a request, in one value."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from classifier.extract.clauses import NO_PARTS, find_parts
from classifier.extract.deadline import Due, stated
from classifier.extract.mail import find_email
from classifier.extract.names import find_contact
from classifier.extract.organisation import find_industry, find_organisation
from classifier.extract.phone import find_phone
from classifier.extract.tables import either, table
from classifier.extract.titles import find_title
from classifier.lexicons import find_hits
from classifier.sought import Sought
from classifier.words import LIMIT, fold

_NUMBER = Sought(r"(?<![0-9a-z-])(20\d{2}(?:0[1-9]|1[0-2]))\s?-\s?(\d{3,6})(?![0-9a-z-])")
EARLIER = "earlier"
"""The reference to an earlier request whose number is not said."""

_EARLIER = re.compile(either(table("reference")["earlier"]))
_DEGREE = ("urgent", "soon", "no_hurry")
_WEIGHTY = Sought(either(table("urgency")["degree"]))
# Words of the lexicons that soften a request and say nothing of its time.
_IDLE = re.compile(either(table("urgency")["idle"]))


@dataclass(frozen=True, slots=True)
class Fields:
    """What a message says; None or empty where it does not say it. Values as typed; phone and e-mail normalised."""

    customer_name: str | None
    contact_name: str | None
    title: str | None
    phone: str | None
    email: str | None
    industry: str | None
    background: str | None
    description: str | None
    expected: str | None
    pain: str | None
    impact: str | None
    urgency_words: tuple[str, ...]
    deadline: datetime | None
    reference: str | None

    @property
    def number(self) -> str | None:
        """The number of an earlier request, if one is named."""
        return None if self.reference == EARLIER else self.reference


def extract(text: str, *, now: datetime, boxes: bool = True) -> Fields:
    """Return the fields of labels.md section 5 from the first 2,000 characters; `now` is what 明早 is read against.

    Without `boxes` background, description, expected, pain and impact are left out: that is half of the work, and a
    short answer to a question about one of them holds no other.
    """
    return _extracted(text[:LIMIT], now, boxes)


@lru_cache(maxsize=32)
def _extracted(text: str, now: datetime, boxes: bool) -> Fields:
    """Read a message once: within one turn several places ask about the same one."""
    dues = stated(text, now)
    parts = find_parts(text, now) if boxes else NO_PARTS
    return Fields(
        customer_name=find_organisation(text),
        contact_name=find_contact(text),
        title=find_title(text),
        phone=find_phone(text),
        email=find_email(text),
        industry=find_industry(text),
        background=parts.background,
        description=parts.description,
        expected=parts.expected,
        pain=parts.pain,
        impact=parts.impact,
        urgency_words=_urgency_words(text, dues),
        deadline=min((due.when for due in dues), default=None),
        reference=find_reference(text),
    )


def find_reference(text: str) -> str | None:
    """Return the number of an earlier request (202611-001), `EARLIER` if one is meant without it, or None."""
    folded = fold(text[:LIMIT])
    match = _NUMBER.search(folded)
    if match:
        return f"{match[1]}-{match[2]}"
    return EARLIER if _EARLIER.search(folded) else None


def _urgency_words(text: str, dues: tuple[Due, ...]) -> tuple[str, ...]:
    """Deadlines and words of degree as typed, in the order of the text, none inside another."""
    folded = fold(text[:LIMIT])
    spans = [(due.start, due.end) for due in dues]
    hits = find_hits(folded)
    spans += [(hit.start, hit.end) for name in _DEGREE for hit in hits.get(name, ())]
    spans += [match.span() for match in _WEIGHTY.finditer(folded)]
    spans = [(start, end) for start, end in spans if not _IDLE.fullmatch(folded, start, end)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if kept and start < kept[-1][1] + (folded[start:end] == "急" == folded[start - 1]):
            kept[-1] = (kept[-1][0], max(kept[-1][1], end if folded[start:end] == "急" else 0))
        else:
            kept.append((start, end))
    return tuple(dict.fromkeys(text[start:end].strip() for start, end in kept))
