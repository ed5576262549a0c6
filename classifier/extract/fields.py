"""Everything that one message says about a request, in one value."""

import re
from dataclasses import dataclass
from datetime import datetime

from classifier.extract.clauses import find_parts
from classifier.extract.deadline import Due, deadlines
from classifier.extract.mail import find_email
from classifier.extract.names import find_contact, find_title
from classifier.extract.organisation import find_industry, find_organisation
from classifier.extract.phone import find_phone
from classifier.lexicons import find_hits
from classifier.words import LIMIT, fold

_NUMBER = re.compile(r"(?<![0-9a-z-])(20\d{2}(?:0[1-9]|1[0-2]))\s?-\s?(\d{3,6})(?![0-9a-z-])")
_DEGREE = ("urgent", "soon", "no_hurry")
_WEIGHTY = re.compile(r"(?:非常|特别|很)重要|十分重要")
_AFTER_DATE = re.compile(r"[^,。;!?\n]{0,3}?(?:[之以]?前|之内|以内|截止|到期)")


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
    urgency_words: tuple[str, ...]
    deadline: datetime | None
    number: str | None


def extract(text: str, *, now: datetime) -> Fields:
    """Return the fields of labels.md section 5 from the first 2,000 characters; `now` is what 明早 is read against."""
    dues = deadlines(text, now)
    contact = find_contact(text)
    parts = find_parts(text)
    return Fields(
        customer_name=find_organisation(text),
        contact_name=contact,
        title=find_title(text, contact),
        phone=find_phone(text),
        email=find_email(text),
        industry=find_industry(text),
        background=parts.background,
        description=parts.description,
        expected=parts.expected,
        urgency_words=_urgency_words(text, dues),
        deadline=min((due.when for due in dues), default=None),
        number=find_number(text),
    )


def find_number(text: str) -> str | None:
    """Return a request number such as 202611-001, full-width forms included."""
    match = _NUMBER.search(fold(text[:LIMIT]))
    return f"{match[1]}-{match[2]}" if match else None


def _urgency_words(text: str, dues: tuple[Due, ...]) -> tuple[str, ...]:
    """Deadlines and words of degree as typed, in the order of the text, none inside another."""
    folded = fold(text[:LIMIT])
    spans = [(due.start, _to_the_end(folded, due.end)) for due in dues]
    hits = find_hits(folded)
    spans += [(hit.start, hit.end) for name in _DEGREE for hit in hits.get(name, ())]
    spans += [match.span() for match in _WEIGHTY.finditer(folded)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(dict.fromkeys(text[start:end].strip() for start, end in kept))


def _to_the_end(folded: str, end: int) -> int:
    after = _AFTER_DATE.match(folded, end)
    return after.end() if after else end
