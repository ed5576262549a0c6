"""Teaching: what people decided, as rows a model can learn from, with nobody's name in them (docs/learning.md)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from classifier.extract.names import find_contact
from classifier.extract.organisation import find_organisation
from classifier.sender import without_sender
from classifier.words import fold
from handlers.privacy import masked
from handlers.requests.learning import BY_CUSTOMER
from handlers.requests.suggested import HEADS
from handlers.wording import staff
from storage import labels, requests
from storage.database import Store
from storage.labels import AGENT, Judged
from storage.requests import Request

PAGE = 500
_SOMEBODY = "某某"
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, the id after which the next page begins, and how many of them leave a question open."""

    rows: tuple[dict[str, Any], ...]
    last: int
    partly: int


def page(store: Store, after: int) -> Page | None:
    """Return the next rows after a request's id; None when there are no more. Only reads."""
    found = labels.judged(store, after, PAGE)
    if not found:
        return None
    rows = tuple(_rows(found))
    return Page(rows, found[-1].request_id, sum(not row.keys() >= set(HEADS) for row in rows))


def _rows(found: list[Judged]) -> Iterator[dict[str, Any]]:
    for one in found:
        text = anonymous(one)
        if text and staff.ERASED_NEED not in text:
            last = max(one.labels, key=lambda label: (label.rank, label.at.timestamp() if label.at else 0))
            yield {
                "text": text,
                **{label.head: label.final for label in one.labels},
                "suggested": {label.head: label.suggested for label in one.labels},
                "who": last.actor if last.rank == AGENT else f"{BY_CUSTOMER}:{one.customer_id}",
                "at": last.at.isoformat() if last.at else "",
                "sure": all(label.sure for label in one.labels),
            }


def newest(store: Store, most: int) -> list[str]:
    """Return what the newest requests say, as `anonymous` leaves it; deleted ones are left out. Only reads."""
    found = requests.listed(store, {}, None, most)
    texts = [anonymous(one) for one in found if staff.ERASED_NEED not in one.description]
    return [text for text in texts if text]


def anonymous(one: Judged | Request) -> str:
    """Return the words of a request without who says them: clauses and names left out, numbers and addresses masked."""
    more = "" if not one.impact or one.impact in one.description else f"\n{one.impact}"
    text = fold(f"{one.description}{more}")
    names = {fold(one.company), fold(one.contact), find_contact(text), find_organisation(text)}
    # Whole clauses first: they are known by the names and numbers in them. A model would not read them either.
    text = without_sender(text)
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, _SOMEBODY) if len(name) >= _SHORTEST else text
    return masked(text).strip()
