"""Origins: the name under which somebody brings a form, and whether it may still be used.

A name brings one form: another content under the same Idempotency-Key is a mistake of the caller, and registering it or
answering with the old number would both lose something (draft-ietf-httpapi-idempotency-key-header, section 2.7).
"""

from hashlib import blake2b

import msgspec

from handlers.intake.form import Form
from handlers.wording import staff
from storage import erasures, events
from storage.database import Store
from storage.events import Event
from storage.requests import Request

KEY = "Idempotency-Key"
_BODY = "body"


class Spent(Exception):  # noqa: N818 - an answer, not a fault
    """The name cannot be used for this form; the exception's text says why, in Chinese, and nothing has changed.

    `field`: under which the caller gave the name.
    """

    def __init__(self, why: str, field: str) -> None:
        super().__init__(why)
        self.field = field


def digest(form: Form) -> str:
    """Return what tells one content from another, and nothing of what it says: 32 hexadecimal digits."""
    return blake2b(msgspec.json.encode(form), digest_size=16).hexdigest()


def compare(store: Store, known: Request, body: str) -> None:
    """Refuse a form under a name that was given to another content; raises Spent.

    Only where both are known: `body` is empty for names that their owner keeps apart himself (a ticket's number).
    """
    first = next(iter(events.data_of(store, known.id, "registered")), {}).get(_BODY, "")
    if body and first and body != first:
        raise Spent(staff.KEY_REUSED.format(number=known.number), KEY)


def refuse_erased(store: Store, origin: str) -> None:
    """Refuse a name whose content was deleted at its customer's word, or as old; raises Spent.

    A file imported once more would bring back what was to be forgotten.
    """
    if erasures.is_spent(store, origin):
        raise Spent(staff.ORIGIN_ERASED, KEY if origin.startswith("key:") else "origin")


def note(store: Store, registered: Event, body: str) -> None:
    """Keep with a registration what its content was, to be compared with later."""
    if body:
        events.mark(store, registered, **{_BODY: body})
