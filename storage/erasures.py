"""Erasures: what was written of a person is blanked or deleted, and a row without any of it proves that.

Columns of the type Text are what somebody wrote; those go. Numbers, dates, keys and states stay for the figures.
"""

import hmac
import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import ColumnElement, LargeBinary, Text, bindparam, delete, false, func, insert, or_, select, update

from storage import labels, lanes, memos, queues, search
from storage.prepared import fields, prepare
from storage.store import Store
from storage.tables.desk import attachment, chat, customer, erasure, event, link, mark, request
from storage.tables.engine import OVER, job, state_is

NOBODY = "erased"
"""Begins the chat key of those whose data were deleted: nothing can be said there."""

# What of an event is no more than a key or a number.
_BARE = ("form", "human", "nature", "owner", "priority", "scores", "status", "type", "urgency", "department")
# Where a conversation can still be answered; everything else of a chat goes.
_STAYS = ("key", "last_inbound_at", "sent", "serving", "unreachable")
_SHORTEST = 2
"""Characters below which a name would be found in everything."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """That something was deleted: how much of each kind, at whose word (`customer`, `operator`, `retention`)."""

    id: int
    at: datetime
    reason: str
    subject: str
    counts: bytes

    @property
    def code(self) -> str:
        """A short digest of the row: whoever holds it can have it compared later."""
        said = f"{self.id}|{self.at.isoformat()}|{self.reason}|{self.subject}|".encode() + self.counts
        return sha256(said).hexdigest()[:12].upper()

    @property
    def numbers(self) -> dict[str, int]:
        """How much, by kind."""
        return dict(json.loads(self.counts))


_ADD = prepare(
    insert(erasure).returning(*fields(erasure, Erasure)), Erasure, columns=["at", "reason", "subject", "counts"]
)
_ALL = prepare(select(*fields(erasure, Erasure)).order_by(erasure.c.id.desc()).limit(bindparam("at_most")), Erasure)
_OF = prepare(select(*fields(erasure, Erasure)).where(erasure.c.subject == bindparam("whose")), Erasure)

_NIGHT = prepare(
    select(*fields(erasure, Erasure)).where(erasure.c.subject == "", erasure.c.at == bindparam("night")), Erasure
)


# --- proofs -----------------------------------------------------------------------------------------------------------


def subject(store: Store, key: str) -> str:
    """Return a salted hash of a chat's key: who has the key can recognise it, nobody can read it back."""
    return _named(memos.get(store, "salt") or memos.first(store, "salt", secrets.token_bytes(32)), key)


def _named(salt: bytes, key: str) -> str:
    return hmac.new(salt, key.encode(), sha256).hexdigest()


def prove(store: Store, at: datetime, reason: str, whose: str, counts: dict[str, int]) -> Erasure:
    """Record that something was deleted."""
    body = json.dumps(counts, sort_keys=True).encode()
    return store.execute(_ADD, {"at": at, "reason": reason, "subject": whose, "counts": body}).one()


def count(store: Store, night: datetime, counts: dict[str, int]) -> None:
    """Record what the purge of one night deleted, added to what it has deleted already."""
    found = store.execute(_NIGHT, {"night": night}).first()
    if found is None:
        prove(store, night, "retention", "", counts)
        return
    total = found.numbers | {kind: found.numbers.get(kind, 0) + n for kind, n in counts.items()}
    body = json.dumps(total, sort_keys=True).encode()
    store.execute(update(erasure).where(erasure.c.id == found.id).values(counts=body))


def proofs(store: Store, limit: int = 100) -> list[Erasure]:
    """Return the last proofs, newest first."""
    return store.execute(_ALL, {"at_most": limit}).all()


def proofs_of(store: Store, key: str) -> list[Erasure]:
    """Return the proofs that a chat was erased, oldest first."""
    salt = memos.get(store, "salt")  # only read here: whoever looks may not be allowed to write
    return store.execute(_OF, {"whose": _named(salt, key)}).all() if salt else []


# --- what is whose ----------------------------------------------------------------------------------------------------


def requests_of(store: Store, keys: Collection[str], customer_id: int | None) -> list[int]:
    """Return the ids of all requests of these chats and this customer."""
    whose = or_(request.c.chat.in_(list(keys)), request.c.customer_id == (customer_id or 0))
    return list(store.execute(select(request.c.id).where(whose).order_by(request.c.id)).scalars())


def written(store: Store, keys: Collection[str], customer_id: int | None, ids: Collection[int]) -> set[str]:
    """Return the words that lead to messages about a customer: his names and numbers, those of requests."""
    mine = customer.c.id == (customer_id or 0)
    rows = [
        *store.execute(select(customer.c.contact, customer.c.phone, customer.c.email, customer.c.company).where(mine)),
        *store.execute(select(request.c.contact, request.c.phone, request.c.email, request.c.company).where(_of(ids))),
        *store.execute(select(request.c.number).where(_of(ids))),
        *store.execute(select(chat.c.nickname).where(chat.c.key.in_(list(keys)))),
    ]
    return {word for row in rows for word in row if len(word or "") >= _SHORTEST} | set(keys)


# --- what goes --------------------------------------------------------------------------------------------------------


def blank_requests(store: Store, ids: Sequence[int], words: str) -> int:
    """Blank all that was written of these requests, and of their events; `words` stand where the need stood."""
    blank: dict[str, Any] = {column.name: "" for column in request.c if isinstance(column.type, Text)}
    named = select(request.c.origin).where(_of(ids), request.c.origin.is_not(None))
    for origin in store.execute(named).scalars().all():
        memos.put(store, _spent(subject(store, origin)), b"")
    values = blank | {"description": words, "origin": None, "reporter": "", "version": request.c.version + 1}
    done = store.execute(update(request).where(_of(ids)).values(values))
    store.execute(delete(mark).where(mark.c.request_id.in_(list(ids))))
    for one in ids:
        search.drop(store, search.REQUEST, one)
    labels.drop(store, ids)  # without the words nothing can be learnt from what was decided
    rows = store.execute(select(event.c.id, event.c.data).where(event.c.request_id.in_(list(ids)))).all()
    for row in rows:
        bare = {key: value for key, value in json.loads(row.data).items() if key in _BARE}
        store.execute(update(event).where(event.c.id == row.id).values(data=json.dumps(bare).encode()))
    return done.rowcount


def is_spent(store: Store, origin: str) -> bool:
    """Whether a request was registered under this origin and then deleted; registered again, it would come back."""
    salt = memos.get(store, "salt")
    return salt is not None and memos.get(store, _spent(_named(salt, origin))) is not None


def _spent(name: str) -> str:
    return f"origin:{name[:32]}"


def suggest(store: Store, request_id: int, suggestion: bytes | None) -> None:
    """Keep what is left of a suggestion without the words it was made from."""
    store.execute(update(request).where(request.c.id == request_id).values(suggestion=suggestion))


def anonymise(store: Store, keys: Collection[str], ids: Collection[int], name: str) -> None:
    """Put `name` in place of the keys of these chats in requests and in what happened to them."""
    for table, owner, column in ((request, request.c.id, "chat"), (event, event.c.request_id, "actor")):
        mine = owner.in_(list(ids)) & table.c[column].in_(list(keys))
        store.execute(update(table).where(mine).values({column: name}))
    store.execute(update(link).where(link.c.actor.in_(list(keys))).values(actor=name))


def blank_customer(store: Store, customer_id: int) -> int:
    """Blank who a customer is; the row stays, because requests point to it."""
    blank = {column.name: "" for column in customer.c if isinstance(column.type, Text)}
    return store.execute(update(customer).where(customer.c.id == customer_id).values(blank)).rowcount


def blank_chats(store: Store, keys: Collection[str]) -> int:
    """Blank what is known of chats, except what is needed to answer in them."""
    return store.execute(update(chat).where(chat.c.key.in_(list(keys))).values(blank_chat())).rowcount


def blank_chat() -> dict[str, Any]:
    """Return the columns of an empty chat, except those needed to answer in it."""
    gone = [column for column in chat.c if column.name not in _STAYS]
    return {column.name: cast("Any", column.default).arg if column.default else None for column in gone}


def drop_attachments(store: Store, keys: Collection[str], ids: Collection[int]) -> tuple[int, list[str]]:
    """Delete what was sent in these chats or kept with these requests; returns how many, and the paths of files."""
    whose = or_(attachment.c.chat.in_(list(keys)), attachment.c.request_id.in_(list(ids)))
    rows = store.execute(delete(attachment).where(whose).returning(attachment.c.path)).all()
    return len(rows), [row.path for row in rows if row.path]


def drop_told(store: Store, keys: Collection[str], name: str, now: datetime) -> int:
    """Blank what was said in chats, and take back what was still to be told or fetched there; returns how much."""
    here = job.c.lane.in_(list(keys))
    fetched = here & job.c.queue.in_([queues.fetching(platform) for platform in queues.OUT])
    _take_back(store, (here & (job.c.queue != "in") & _UNBEGUN) | (fetched & state_is("leased")), now)
    blanked = _blank(store, here & (job.c.queue != "in") & state_is("leased"))
    return blanked + _blank(store, here & state_is(*OVER), lane=name)


def drop_word(store: Store, incoming: str) -> int:
    """Blank the message that is being worked on right now; those behind it in line are another matter."""
    return _blank(store, (job.c.queue == "in") & (job.c.dedup == incoming))


def drop_mentions(
    store: Store, words: Collection[str], ids: Collection[int], redrawn: Collection[int], now: datetime
) -> int:
    """Blank what staff said and were told about somebody, and take back what of it was still to be told.

    What is still to be told of other requests stays, whomever it names: a colleague's card must arrive; but cards of
    `redrawn` requests are drawn anew. What is over anywhere is blanked at a mere mention: nobody needs its words.
    """
    named = or_(false(), *(_holds(store, word.encode()) for word in words))
    of_his = or_(false(), *(_holds(store, f'"request":{one},'.encode()) for one in ids))
    drawn = (f'"slot":"request:{one}:'.encode() for one in redrawn)
    of_nobody = or_(*(_holds(store, mark) for mark in (b'"request":0,', *drawn)))
    staff = of_his | (job.c.lane.like("fs:%") & named & of_nobody)
    _take_back(store, staff & (job.c.queue != "in") & _UNBEGUN, now)
    return _blank(store, (staff & state_is("leased")) | ((of_his | named) & state_is(*OVER)))


_UNBEGUN = state_is("ready", "waiting", "held", "later")


def _take_back(store: Store, which: ColumnElement[bool], now: datetime) -> None:
    found = store.execute(select(job.c.queue, job.c.lane).where(which).distinct()).all()
    mine = [(row.queue, row.lane) for row in found]
    lanes.lock(store, mine)
    values = {"state": "cancelled", "done_at": now, "owner": "", "lease_until": None}
    store.execute(update(job).where(which).values(values))
    for lane in mine:
        lanes.promote(store, lane)


def _blank(store: Store, which: ColumnElement[bool], **also: Any) -> int:
    """Blank the words of jobs: what is under way stays so, whoever has its words in hand finishes with them."""
    values = {"payload": b"", "error": ""} | also
    return store.execute(update(job).where(which, func.length(job.c.payload) > 0).values(values)).rowcount


def _holds(store: Store, mark: bytes) -> ColumnElement[bool]:
    part = bindparam(None, mark, type_=LargeBinary)
    find = func.instr(job.c.payload, part) if store.dialect == "sqlite" else func.position(part.op("IN")(job.c.payload))
    return find > 0


def _of(ids: Collection[int]) -> ColumnElement[bool]:
    return request.c.id.in_(list(ids))
