"""Renewal: a card too old to be pressed or updated is followed by a new one as soon as something happens."""

from collections.abc import Sequence
from datetime import datetime

from handlers.announcements import draw_card, slot
from handlers.desk import Desk
from handlers.messages import Outgoing
from handlers.requests import family
from storage import cards, requests
from storage.database import Store
from storage.lasting import CARD


def renewed(outgoing: Sequence[Outgoing], store: Store, desk: Desk, now: datetime) -> tuple[Outgoing, ...]:
    """Return the promises with a new card before the first word about a request whose card has become too old."""
    drawn = {one.slot for one in outgoing if one.slot}
    seen: set[int] = set()
    told: list[Outgoing] = []
    for one in outgoing:
        if one.request and one.request not in seen:
            seen.add(one.request)
            told += [card for card in _anew(one, store, desk, now) if card.slot not in drawn]
        told.append(one)
    return tuple(told)


def _anew(one: Outgoing, store: Store, desk: Desk, now: datetime) -> list[Outgoing]:
    request = requests.get(store, one.request)
    place = cards.by_slot(store, slot(request, request.owner)) if request.status in requests.OPEN else None
    if not place or now - place.sent_at < CARD:
        return []
    return [draw_card(request, f"renewed:{one.key}", desk, around=family.of(store, request, desk))]
