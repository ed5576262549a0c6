"""Requests: the rows, their numbers, and the lists people ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, insert, literal_column, not_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import lanes
from storage.database import Store
from storage.prepared import Prepared, fields, numbered, one_of, prepare
from storage.tables.desk import counter, link, request

OPEN = ("waiting", "working", "testing")
EVERYBODYS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a customer; keys for code (`urgent`), labels are in the policy."""

    id: int
    number: str
    version: int
    status: str
    chat: str
    customer_id: int
    source: str
    company: str
    contact: str
    title: str
    phone: str
    email: str
    industry: str
    background: str
    description: str
    impact: str
    history: str
    expected: str
    pain: str
    wanted_by: datetime | None
    reporter: str
    origin: str | None
    reported_at: datetime | None
    suggestion: bytes | None
    type: str
    nature: str
    urgency: str
    priority: str
    department: str
    owner: str
    note: str
    scores: bytes | None
    reopened: int
    created_at: datetime
    respond_by: datetime | None
    resolve_by: datetime | None
    accepted_at: datetime | None
    responded_at: datetime | None
    delivered_at: datetime | None
    done_at: datetime | None
    closed_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether somebody still has to work on it."""
        return self.status in OPEN

    @property
    def proxied(self) -> bool:
        """Whether somebody else than the customer's chat brought it (process.md A-021)."""
        return self.origin is not None


_COLUMNS = fields(request, Request)
_THIS = request.c.id == bindparam("this")
_IS_OPEN = request.c.status.in_([literal_column(f"'{status}'") for status in OPEN])
_GET = prepare(select(*_COLUMNS).where(_THIS).with_for_update(), Request)
_BY_NUMBER = prepare(select(*_COLUMNS).where(request.c.number == bindparam("its")).with_for_update(), Request)
_OF_CHAT = (
    select(*_COLUMNS)
    .where(request.c.chat == bindparam("here"))
    .order_by(request.c.id.desc())
    .limit(bindparam("at_most"))
)
_OF_CHAT_BY_OPEN = {False: prepare(_OF_CHAT, Request), True: prepare(_OF_CHAT.where(_IS_OPEN), Request)}
_BY_ORIGIN = prepare(select(*_COLUMNS).where(request.c.origin == bindparam("its")), Request)
_MOVE = prepare(
    update(request)
    .where(request.c.chat == bindparam("old_chat"))
    .values(chat=bindparam("new_chat"), customer_id=bindparam("whose"))
)
_FOLLOWS = exists().where(link.c.request_id == request.c.id, link.c.kind == literal_column("'same'"))
_LOAD = prepare(
    select(request.c.owner, func.count().label("n")).where(_IS_OPEN, not_(_FOLLOWS)).group_by(request.c.owner)
)


def _next_serial() -> Prepared[Any]:
    statements: list[Any] = []
    for dialect in (sqlite, postgresql):
        first = dialect.insert(counter).values(last=1)
        taken = first.on_conflict_do_update(index_elements=[counter.c.month], set_={"last": counter.c.last + 1})
        statements.append(taken.returning(counter.c.last))
    return prepare({"sqlite": statements[0], "postgresql": statements[1]}, columns=["month"])


_NEXT_SERIAL = _next_serial()


@cache
def _add(columns: tuple[str, ...]) -> Prepared[Request]:
    return prepare(insert(request).returning(*_COLUMNS), Request, columns)


@cache
def _change(columns: tuple[str, ...]) -> Prepared[Request]:
    query = update(request).where(_THIS).values(version=request.c.version + 1)
    return prepare(query.returning(*_COLUMNS), Request, columns)


@cache
def _seen(count: int) -> Prepared[Request]:
    return prepare(select(*_COLUMNS).where(one_of(request.c.id, count)).order_by(request.c.id), Request)


def add(store: Store, values: dict[str, Any]) -> Request:
    """Keep a new request."""
    return store.execute(_add(tuple(values)), values).one()


def get(store: Store, request_id: int) -> Request:
    """Return one request and hold it until the transaction ends; raises NoResultFound if there is none."""
    return store.execute(_GET, {"this": request_id}).one()


def by_number(store: Store, number: str) -> Request | None:
    """Return the request with this number and hold it until the transaction ends."""
    return store.execute(_BY_NUMBER, {"its": number}).first()


def claim_origins(store: Store, origins: Sequence[str]) -> None:
    """Lock these origins until the transaction ends: what `by_origin` says from here on stays true."""
    lanes.lock(store, [("origin", origin) for origin in origins])


def by_origin(store: Store, origin: str) -> Request | None:
    """Return the request that another system knows under this name."""
    return store.execute(_BY_ORIGIN, {"its": origin}).first()


def move(store: Store, old_chat: str, new_chat: str, customer_id: int) -> None:
    """Give the requests of one chat to another chat and its customer; what people do with them stays as it is."""
    store.execute(_MOVE, {"old_chat": old_chat, "new_chat": new_chat, "whose": customer_id})


def seen(store: Store, ids: Sequence[int]) -> list[Request]:
    """Return requests as they stand, oldest first, without holding them: only to be shown."""
    return store.execute(_seen(len(ids)), numbered(ids)).all() if ids else []


def change(store: Store, old: Request, **columns: Any) -> Request:
    """Set columns of one request; its version grows, so that an older card is known as older."""
    return store.execute(_change(tuple(columns)), {"this": old.id, **columns}).one()


def next_serial(store: Store, month: str) -> int:
    """Take the next running number of a month; the row stays locked until the transaction ends."""
    taken: int = store.execute(_NEXT_SERIAL, {"month": month}).scalar_one()
    return taken


def of_chats(store: Store, chats: Sequence[str], *, only_open: bool = False, limit: int = 20) -> list[Request]:
    """Return the requests of one customer's chats, newest first."""
    query = _OF_CHAT_BY_OPEN[only_open]
    # Each chat by itself: a customer has one or two, and a list of unknown length could not be prepared.
    found = [one for chat in chats for one in store.execute(query, {"here": chat, "at_most": limit})]
    return sorted(found, key=lambda one: one.id, reverse=True)[:limit]


def load(store: Store) -> dict[str, int]:
    """Count the open requests of each owner; one merged into another is the same work and counts with that."""
    return {row.owner: row.n for row in store.execute(_LOAD) if row.owner}


def tally(store: Store, column: str, *, only_open: bool = True) -> dict[str, int]:
    """Count requests by one column, open ones or all."""
    query = select(request.c[column].label("value"), func.count().label("n")).group_by(request.c[column])
    if only_open:
        query = query.where(request.c.status.in_(OPEN))
    return {row.value: row.n for row in store.execute(query)}


def overdue(store: Store, now: datetime, limit: int, whose: Mapping[str, str] = EVERYBODYS) -> list[Request]:
    """Return open requests past a time limit, the longest overdue first.

    `whose`: columns and their values; one of them must hold (by default everybody's are returned).
    """
    query = select(request).where(*_late(now, whose)).order_by(request.c.resolve_by).limit(limit)
    return [Request(**row) for row in store.execute(query).mappings()]


def count_overdue(store: Store, now: datetime, whose: Mapping[str, str] = EVERYBODYS) -> int:
    """Count open requests past a time limit, as `overdue` finds them."""
    query = select(func.count()).select_from(request).where(*_late(now, whose))
    return int(store.execute(query).scalar_one())


def count(store: Store, where: Mapping[str, Sequence[str]]) -> int:
    """Count requests whose columns hold one of the given values."""
    query = select(func.count()).select_from(request)
    return int(store.execute(query.where(*(request.c[key].in_(values) for key, values in where.items()))).scalar_one())


def listed(store: Store, where: dict[str, Sequence[str]], since: datetime | None, limit: int) -> list[Request]:
    """Return requests whose columns hold one of the given values, newest first."""
    query = select(request).order_by(request.c.id.desc()).limit(limit)
    for column, values in where.items():
        query = query.where(request.c[column].in_(values))
    if since:
        query = query.where(request.c.created_at >= since)
    return [Request(**row) for row in store.execute(query).mappings()]


def _late(now: datetime, whose: Mapping[str, str]) -> list[ColumnElement[bool]]:
    unanswered = request.c.responded_at.is_(None) & (request.c.respond_by < now)
    undelivered = request.c.status.in_(("waiting", "working")) & (request.c.resolve_by < now)
    late = [request.c.status.in_(OPEN), or_(unanswered, undelivered)]
    return [*late, or_(*(request.c[key] == value for key, value in whose.items()))] if whose else late
