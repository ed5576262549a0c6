"""Labels: what the classifier suggested for a request, and what people decided (process.md A-060, A-217)."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, cast, delete, false, func, insert, select, true, update

from storage.prepared import fields, prepare
from storage.store import Store
from storage.tables.desk import label, request
from storage.tables.types import UtcDateTime

NOBODY, CUSTOMER, AGENT = 0, 1, 2
"""Ranks: the decision of a higher one stays, whatever a lower one says later."""


@dataclass(frozen=True, slots=True)
class Label:
    """One question (`type`, `urgency`, `nature`) about one request; `sure` is what the classifier said of itself."""

    request_id: int
    head: str
    suggested: str
    sure: bool
    final: str = ""
    kept: bool = False
    rank: int = NOBODY
    actor: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How many of the latest decisions left the suggestion as it was."""

    decisions: int
    kept: int

    @property
    def share(self) -> float:
        """The share kept, 0 to 1; 1 where nothing was decided."""
        return self.kept / self.decisions if self.decisions else 1.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A request with what people decided about it: its words, whose it is, and its labels."""

    request_id: int
    customer_id: int
    description: str
    impact: str
    company: str
    contact: str
    labels: tuple[Label, ...]


_COLUMNS = fields(label, Label)
_ADD = prepare(insert(label), columns=[column.name for column in _COLUMNS])
_OF = prepare(select(*_COLUMNS).where(label.c.request_id == bindparam("of")).with_for_update(), Label)
_DECIDE = prepare(
    update(label).where(label.c.request_id == bindparam("of"), label.c.head == bindparam("its")),
    columns=["final", "kept", "rank", "actor", "at"],
)
_LATEST = (
    select(cast(label.c.kept, Integer).label("kept"))
    .where(
        label.c.head == bindparam("its"),
        label.c.sure == true(),
        label.c.at >= bindparam("since", type_=UtcDateTime()),
    )
    .order_by(label.c.at.desc())
    .limit(bindparam("at_most"))
    .subquery("latest")
)
_KEPT = prepare(select(func.count().label("decisions"), func.coalesce(func.sum(_LATEST.c.kept), 0).label("kept")), Kept)


def add(store: Store, labels: Sequence[Label]) -> None:
    """Keep what was suggested for a new request, decided already or not."""
    if labels:
        store.execute(_ADD, [asdict(one) for one in labels])


def of(store: Store, request_id: int) -> list[Label]:
    """Return the labels of one request and hold them until the transaction ends."""
    return store.execute(_OF, {"of": request_id}).all()


def decide(store: Store, decided: Sequence[Label]) -> None:
    """Keep what somebody decided, in place of what was decided before."""
    rows = [
        {"of": one.request_id, "its": one.head, "final": one.final, "kept": one.kept, "rank": one.rank}
        | {"actor": one.actor, "at": one.at}
        for one in decided
    ]
    if rows:
        store.execute(_DECIDE, rows)


def latest(store: Store, head: str, since: datetime, at_most: int) -> Kept:
    """Count the latest decisions about suggestions it was sure of: since a moment, and not more than `at_most`."""
    return store.execute(_KEPT, {"its": head, "since": since, "at_most": at_most}).one()


def unsure(store: Store, head: str, since: datetime) -> int:
    """Count the decisions about what the classifier itself was unsure of: they say nothing of its suggestions."""
    query = select(func.count()).where(label.c.head == head, label.c.sure == false(), label.c.at >= since)
    return int(store.execute(query).scalar_one())


def collected(store: Store) -> int:
    """Count the requests of which at least one question was decided."""
    query = select(func.count(label.c.request_id.distinct())).where(label.c.rank > NOBODY)
    return int(store.execute(query).scalar_one())


def drop(store: Store, request_ids: Collection[int]) -> None:
    """Forget what was decided about requests whose words were deleted: nothing can be learnt from it any more."""
    store.execute(delete(label).where(label.c.request_id.in_(list(request_ids))))


def judged(store: Store, after: int, limit: int) -> list[Judged]:
    """Return requests about which something was decided, in the order of their ids, after this id."""
    words = [request.c[name] for name in ("customer_id", "description", "impact", "company", "contact")]
    ids = select(label.c.request_id).where(label.c.request_id > after, label.c.rank > NOBODY).distinct()
    page = ids.order_by(label.c.request_id).limit(limit).subquery("page")
    query = (
        select(*_COLUMNS, *words)
        .join(page, page.c.request_id == label.c.request_id)
        .join(request, request.c.id == label.c.request_id)
        .where(label.c.rank > NOBODY)
        .order_by(label.c.request_id, label.c.head)
    )
    found: dict[int, Judged] = {}
    for row in store.execute(query).mappings():
        mine = {name: row[name] for name in (column.name for column in words)}
        one = Label(**{column.name: row[column.name] for column in _COLUMNS})
        before = found[one.request_id].labels if one.request_id in found else ()
        found[one.request_id] = Judged(one.request_id, **mine, labels=(*before, one))
    return list(found.values())
