"""Steps: where an intake stood before each answer, so that 上一步 goes back as often as it is said (peers.md B5.2).

A place is all of a draft: the answers, what was being changed, the menu or question on offer, how often was asked back.
"""

import msgspec

from handlers.intake.draft import Draft
from handlers.requests.suggested import Suggestions

MOST = 6
"""So many steps one can go back: a draft is read with every message."""


def unoffered(draft: Draft) -> Draft:
    """Return the draft without what was on offer: whatever he says now, it is no more."""
    return msgspec.structs.replace(draft, choosing=False, offers=False) if draft.choosing or draft.offers else draft


def taken(before: Draft, after: Draft) -> Draft:
    """Return the draft after a message, with the way back to where it stood before.

    What changed nothing is no step, and an answer that did not fit neither: the same question stands.
    """
    if after.refusals > before.refusals or _compared(before) == _compared(after):
        return msgspec.structs.replace(after, steps=before.steps)
    return msgspec.structs.replace(after, steps=(*before.steps, _place(before))[-MOST:])


def back(draft: Draft) -> Draft | None:
    """Return the draft as it stood before the last step; None if it stands where it began, or too far back."""
    if not draft.steps:
        return None
    *earlier, place = draft.steps
    return msgspec.structs.replace(place, steps=tuple(earlier), past=draft.past)


def _place(draft: Draft) -> Draft:
    """Return what is kept of a draft; whether he means an open request is asked again."""
    settled = draft.settled and not draft.offers
    return msgspec.structs.replace(draft, steps=(), past=(), refusals=0, settled=settled, offers=False)


def _compared(draft: Draft) -> Draft:
    return msgspec.structs.replace(draft, steps=(), past=(), refusals=0, suggestions=Suggestions())
