"""Alike: requests that may ask for what is asked already; whether they do is decided by people (process.md A-068)."""

from dataclasses import dataclass
from datetime import datetime

from classifier import similar
from handlers.desk import Desk
from handlers.wording import customer, staff
from storage import links, marks, requests, search
from storage.database import Store
from storage.requests import Request

COMPARED = 12
"""Requests sharing the most telling words that are compared in full, a quarter of a millisecond each."""
SEARCHED = 40
"""Requests sharing the most telling keys that are compared when somebody searches."""
PROPOSED = 3
"""Requests proposed on one card."""

FOUND = 5
"""Requests a search answers with."""
_LEAST = 0.15
"""Below this a request has nothing to do with what was searched for."""

# What stands where a customer said nothing of his need, or it was deleted: alike in everybody, and the same in nobody.
_NO_NEED = {customer.HUMAN_NEED, staff.ERASED_NEED}


@dataclass(frozen=True, slots=True)
class Found:
    """An open request of another customer, how much it is alike (0 to 1), and the telling words both have."""

    request: Request
    likeness: float
    words: tuple[str, ...]


def own(mine: list[Request], text: str, desk: Desk) -> list[Request]:
    """Return those of a customer's requests that a text may say again, best first; to be offered before registering."""
    found = similar.ranked(text, [one.description for one in mine])
    return [mine[place] for place, likeness in found if likeness >= desk.policy.alike.offer]


def others(store: Store, request: Request, desk: Desk) -> list[Found]:
    """Return the open requests of other customers that a request may say again, best first, merged ones as their kept.

    Costs what a dozen words find among open requests, not what exists.
    """
    near = marks.near(store, similar.marks(request.description), request.customer_id, COMPARED)
    close = similar.ranked(request.description, [text for _, text in near])
    ids = [near[place][0] for place, likeness in close if likeness >= desk.policy.alike.propose]
    return compared(store, request, ids[:PROPOSED], desk)


def compared(store: Store, request: Request, ids: list[int], desk: Desk) -> list[Found]:
    """Return those of some requests that still are open, of another customer and alike enough, best first."""
    best: dict[int, Found] = {}
    for other in requests.seen(store, ids):
        kept = root(store, other) or other
        (_, likeness), *_ = similar.ranked(request.description, [other.description])
        words = tuple(similar.shared(request.description, other.description))
        fits = kept.open and kept.id != request.id and other.customer_id != request.customer_id
        if fits and likeness >= max(desk.policy.alike.propose, best[kept.id].likeness if kept.id in best else 0):
            best[kept.id] = Found(kept, likeness, words)
    return sorted(best.values(), key=lambda found: -found.likeness)[:PROPOSED]


def searched(store: Store, text: str, owner: str | None = None, department: str = "") -> list[Found]:
    """Return the requests, open or over, that are most like some words, best first (A-194).

    Only those of an owner and a department, if an owner is named. Costs what a few keys find, not what exists.
    """
    near = search.near_requests(store, similar.keys(text), SEARCHED, owner, department)
    best = [(near[place], like) for place, like in similar.ranked(text, [said for _, said in near])[:FOUND]]
    rows = {one.id: one for one in requests.seen(store, [key for (key, _), _ in best])}
    return [Found(rows[key], like, tuple(similar.shared(text, said))) for (key, said), like in best if like >= _LEAST]


def keep(store: Store, request_id: int, description: str) -> None:
    """Keep a request under the keys by which it is searched for, as long as its words exist."""
    keys = {} if description in _NO_NEED else similar.keys(description)
    search.put(store, search.REQUEST, request_id, keys)


def note(store: Store, request: Request, now: datetime, desk: Desk) -> None:
    """Keep what a request is found by, and propose what it may say again; to be called when its words have changed.

    One that nobody works on any more is proposed no more; it can be searched for.
    """
    keep(store, request.id, request.description)
    if not request.open or request.description in _NO_NEED:
        marks.drop(store, request.id)
        return
    marks.put(store, request.id, similar.marks(request.description))
    for found in others(store, request, desk):
        links.add(store, request.id, found.request.id, "like", now, "")


def root(store: Store, request: Request) -> Request | None:
    """Return the request that another was merged into, None if it was not; only to be shown."""
    kept = [tie.other_id for tie in links.of(store, request.id) if tie.kind == "same" and tie.request_id == request.id]
    return next(iter(requests.seen(store, kept)), None)
