"""Erasing: what is kept of a customer is deleted in one transaction, and can be proven afterwards (PIPL; F74)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from handlers.announcements import announce, draw_card, to_thread
from handlers.desk import Desk
from handlers.messages import Card, Discard, Outgoing, Text
from handlers.policy import Policy
from handlers.requests import assignment, card, family
from handlers.requests.lifecycle import Happening, apply
from handlers.wording import staff, terms
from handlers.wording.terms import STATUS
from storage import cards, chats, dues, erasures, lasting, links, marks, requests
from storage.database import Store
from storage.erasures import NOBODY, Erasure
from storage.requests import Request

Reason = Literal["customer", "operator", "retention"]


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of it: the proof, what staff are told, and the files nothing leads to any more."""

    proof: Erasure
    outgoing: tuple[Outgoing, ...]
    discards: tuple[Discard, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """All that is kept of the customer of one chat."""

    chats: tuple[str, ...]
    customer_id: int | None
    requests: tuple[int, ...]


def of_chat(chat: str, store: Store) -> Whole:
    """Find all that belongs to the customer of a chat: his other chats too."""
    known = chats.get(store, chat)
    return _whole([chat], known.customer_id if known else None, store)


def is_known(his: Whole, store: Store) -> bool:
    """Whether anything is kept that belongs to him."""
    return bool(his.requests or any(chats.get(store, key) for key in his.chats))


def of_customer(customer_id: int, store: Store) -> Whole:
    """Find all that belongs to a customer, whether he was ever seen in a chat or not."""
    return _whole([], customer_id, store)


def _whole(keys: list[str], customer_id: int | None, store: Store) -> Whole:
    known = dict.fromkeys([*keys, *(chats.of_customer(store, customer_id) if customer_id else ())])
    ids = erasures.requests_of(store, list(known), customer_id)
    known |= dict.fromkeys(requests.get(store, one).chat for one in ids)
    return Whole(tuple(known), customer_id, tuple(ids))


def erase(his: Whole, reason: Reason, now: datetime, store: Store, desk: Desk) -> Erased:
    """Delete what is kept of a customer; requests stay as numbers, dates, types and states.

    By retention nobody is told, and what was said is left to its own, shorter retention.
    """
    tied = _tied(his, store)
    withdrawn = _withdrawn(his, now, store, desk)
    names = [erasures.subject(store, key) for key in his.chats or (f"customer:{his.customer_id}",)]
    name = f"{NOBODY}:{names[0][:32]}"
    messages = 0 if reason == "retention" else _unsaid(his, tied, name, now, store)
    gone, paths = erasures.drop_attachments(store, his.chats, his.requests)
    erasures.anonymise(store, his.chats, his.requests, name)
    counts = {
        "chats": erasures.blank_chats(store, his.chats),
        "customers": erasures.blank_customer(store, his.customer_id) if his.customer_id else 0,
        "requests": blanked(his.requests, store),
        "withdrawn": len(withdrawn),
        "attachments": gone,
        "messages": messages,
    }
    proofs = [erasures.prove(store, now, reason, whose, counts) for whose in names]
    store.scrub()
    told: list[Outgoing] = []
    if reason != "retention":
        told = _told(his.requests, [one.request.id for one in withdrawn], proofs[0], store, desk, now)
        told += [*_told_beside(his, withdrawn, desk), *_redrawn(tied, proofs[0], store, desk)]
    return Erased(proofs[0], tuple(told), tuple(Discard(path=path) for path in paths))


def _tied(his: Whole, store: Store) -> list[int]:
    """Find the requests of others whose cards speak of his: merged with them, or perhaps the same."""
    ties = [tie for one in his.requests for tie in links.of(store, one)]
    return sorted({one for tie in ties for one in (tie.request_id, tie.other_id)} - set(his.requests))


def _withdrawn(his: Whole, now: datetime, store: Store, desk: Desk) -> list[Happening]:
    """Withdraw what is still worked on: nobody could be asked or told any more."""
    still = [request for one in his.requests if (request := requests.get(store, one)).open]
    return [apply("withdraw", request, request.chat, now, store, desk) for request in still]


def _unsaid(his: Whole, tied: Sequence[int], name: str, now: datetime, store: Store) -> int:
    """Blank what was said by him, to him and about him; before anything else, because it is found by his names."""
    words = erasures.written(store, his.chats, his.customer_id, his.requests)
    about = erasures.drop_mentions(store, words, his.requests, tied, now)
    return about + erasures.drop_told(store, his.chats, name, now)


def blanked(ids: Sequence[int], store: Store) -> int:
    """Blank what was written of requests, and take back what was to be done for them."""
    for one in ids:
        dues.drop(store, one)
        marks.drop(store, one)
        erasures.suggest(store, one, _without_words(requests.get(store, one)))
    return erasures.blank_requests(store, ids, staff.ERASED_NEED) if ids else 0


def _without_words(request: Request) -> bytes | None:
    """Keep what the classifier suggested and how sure it was; its reasons quote the customer."""
    if not request.suggestion:
        return None
    kept = card.suggestions(request)
    heads = {head: msgspec.structs.replace(guess, because=()) for head, guess in kept.heads.items()}
    return msgspec.json.encode(msgspec.structs.replace(kept, heads=heads))


def _told(
    ids: Sequence[int], withdrawn: Sequence[int], proof: Erasure, store: Store, desk: Desk, now: datetime
) -> list[Outgoing]:
    """Blank the cards that can still be changed, stop who was at work, and let somebody in charge know."""
    told: list[Outgoing] = []
    for one in ids:
        request = requests.get(store, one)
        places = [place for place in cards.of_request(store, one) if now - place.sent_at < lasting.CARD]
        key = f"erased:{proof.id}"
        told += [
            Outgoing(
                to=place.chat, message=_blank_card(request, desk.policy), key=f"{key}:{place.slot}", slot=place.slot
            )
            for place in places
        ]
        if one in withdrawn:
            words = staff.ERASED_WITHDRAWN.format(number=request.number)
            told.append(to_thread(request, f"{key}:{one}", Text(text=words)))
    return [*told, *_notices(proof, desk.policy)]


def _told_beside(his: Whole, withdrawn: Sequence[Happening], desk: Desk) -> list[Outgoing]:
    """Tell who works on the requests of others what became of those merged with them."""
    followed = [one for happened in withdrawn for one in happened.followed if one.request.id not in his.requests]
    # Their cards are drawn when nothing of his is left to be shown on them.
    return [told for happened in followed for told in announce(happened, desk) if told.thread]


def _redrawn(tied: Sequence[int], proof: Erasure, store: Store, desk: Desk) -> list[Outgoing]:
    """Draw the cards anew that named his requests, and quoted from them; one may have become the one to work on."""
    others = [request for one in tied if (request := requests.get(store, one)).open]
    key = f"erased:{proof.id}"
    return [draw_card(one, f"{key}:{one.id}", desk, around=family.of(store, one, desk)) for one in others]


def _blank_card(request: Request, policy: Policy) -> Card:
    kind, nature = policy.label(request.type), terms.NATURES[request.nature]
    heads = terms.HEADS
    facts = ((terms.FIELDS["status"], STATUS[request.status]), (heads["type"], kind), (heads["nature"], nature))
    return Card(title=staff.CARD.format(number=request.number), body=staff.ERASED_NEED, facts=facts)


def _notices(proof: Erasure, policy: Policy) -> list[Outgoing]:
    """Tell who is in charge, without saying whose data it was."""
    body = staff.ERASED.format(by=staff.ERASED_BY[proof.reason], code=proof.code, **proof.numbers)
    card_ = Card(title=staff.ERASED_TITLE, body=body)
    return [
        Outgoing(to=p.chat, message=card_, key=f"erased:{proof.id}:{p.feishu}") for p in assignment.in_charge(policy)
    ]
