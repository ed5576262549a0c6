"""Search: documents kept under keys when they are written, so that a query reads a few rows of each key and no text.

A document is of a kind ("request") and has the id of its row. What a key is, the classifier says; here it is a number.
"""

import json
import struct
from collections.abc import Collection, Mapping
from heapq import nlargest
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Float,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    union_all,
)

from storage.prepared import Dialect, prepare
from storage.store import Store
from storage.tables.desk import request
from storage.tables.search import document, posting
from storage.upsert import upsert

MADE = "2"
"""How keys are made; raise it whenever they change: documents kept otherwise are kept anew by `yingxu index`."""

REQUEST = "request"

LOOKED_UP = 36
"""Keys looked up at once."""
NEWEST = 200
"""Documents looked at for each key: a word that everybody uses must not cost more than a rare one."""
AMONG = 1_000
"""Of so many that share keys those of one owner or department are picked."""
NOBODYS = -1
NO_DEPARTMENT = "\n"  # no department is named so

_FIND = prepare(
    select(document.c.made, document.c.under).where(
        document.c.kind == bindparam("its_kind"), document.c.subject == bindparam("its")
    )
)
_KEEP = upsert(document, ["kind", "subject"], ["made", "under"])
_FORGET = prepare(
    delete(document).where(document.c.kind == bindparam("its_kind"), document.c.subject == bindparam("its"))
)
# All keys in one statement, as a list in JSON: one by one they cost three times as much on PostgreSQL.
_LISTED = bindparam("keys", type_=Text)
_OF_LITE = func.json_each(_LISTED).table_valued("value")
_OF_POST = func.json_array_elements_text(cast(_LISTED, JSON)).table_valued("value")
_KEYS: dict[Dialect, Select[Any]] = {
    "sqlite": select(cast(_OF_LITE.c.value, BigInteger).label("key")),
    "postgresql": select(cast(_OF_POST.c.value, BigInteger).label("key")),
}
_ITS = bindparam("its", type_=BigInteger)
_ADD = prepare(
    {name: insert(posting).from_select(["key", "subject"], keys.add_columns(_ITS)) for name, keys in _KEYS.items()}
)
_DROP = prepare(
    {name: delete(posting).where(posting.c.subject == _ITS, posting.c.key.in_(keys)) for name, keys in _KEYS.items()}
)
_HITS = union_all(
    *(
        select(
            select(posting.c.subject, cast(bindparam(f"weight_{place}"), Float).label("weight"))
            .where(posting.c.key == bindparam(f"key_{place}"))
            .order_by(posting.c.subject.desc())
            .limit(NEWEST)
            .subquery(f"hits_{place}")
        )
        for place in range(LOOKED_UP)
    )
).subquery("hit")
_BEST = (func.sum(_HITS.c.weight).desc(), _HITS.c.subject.desc())
_NEAR = prepare(select(_HITS.c.subject).group_by(_HITS.c.subject).order_by(*_BEST).limit(bindparam("at_most")))
# Only the best are looked up: most of what shares a key is not among them. Whose they are is asked of these few, or
# PostgreSQL reads all that an agent ever had (0.4 s among a million).
_RANKED = (
    select(_HITS.c.subject, func.sum(_HITS.c.weight).label("weight"))
    .group_by(_HITS.c.subject)
    .order_by(*_BEST)
    .limit(bindparam("among"))
    .subquery("ranked")
)
_OF_ALL = (
    select(request.c.id, request.c.description)
    .join(_RANKED, _RANKED.c.subject == request.c.id)
    .order_by(_RANKED.c.weight.desc(), request.c.id.desc())
    .limit(bindparam("at_most"))
)
_SEEN = prepare(_OF_ALL)
_SEEN_BY = prepare(
    _OF_ALL.where(or_(request.c.owner == bindparam("whose"), request.c.department == bindparam("of_department")))
)
_NOT_KEPT = prepare(
    select(request.c.id, request.c.description)
    .outerjoin(document, (document.c.kind == bindparam("its_kind")) & (document.c.subject == request.c.id))
    .where(request.c.id > bindparam("after"), or_(document.c.made.is_(None), document.c.made != bindparam("made")))
    .order_by(request.c.id)
    .limit(bindparam("at_most"))
)


def put(store: Store, kind: str, subject: int, keys: Collection[int]) -> None:
    """Keep a document under keys in place of those it had; does nothing if they are the same."""
    body = struct.pack(f">{len(keys)}q", *sorted(keys))
    found = store.execute(_FIND, {"its_kind": kind, "its": subject}).first()
    if found and (found.made, found.under) == (MADE, body):
        return
    if found:
        _drop_postings(store, subject, found.under)
    store.execute(_KEEP, {"kind": kind, "subject": subject, "made": MADE, "under": body})
    if keys:
        store.execute(_ADD, {"its": subject, "keys": json.dumps(sorted(keys))})


def drop(store: Store, kind: str, subject: int) -> None:
    """Forget a document and all its keys."""
    found = store.execute(_FIND, {"its_kind": kind, "its": subject}).first()
    if found:
        _drop_postings(store, subject, found.under)
        store.execute(_FORGET, {"its_kind": kind, "its": subject})


def near(store: Store, keys: Mapping[int, float], limit: int) -> list[int]:
    """Return the ids of documents that share keys, those first whose shared keys weigh most together."""
    return list(store.execute(_NEAR, _looked_up(keys) | {"at_most": limit}).scalars())


def near_requests(
    store: Store, keys: Mapping[int, float], limit: int, owner: str | None = None, department: str = ""
) -> list[tuple[int, str]]:
    """Return ids and descriptions of requests that share keys, best first: all, or an owner's and a department's."""
    values = _looked_up(keys) | {"at_most": limit, "among": limit if owner is None else AMONG}
    if owner is None:
        found = store.execute(_SEEN, values)
    else:
        found = store.execute(_SEEN_BY, values | {"whose": owner, "of_department": department or NO_DEPARTMENT})
    return [(row.id, row.description) for row in found]


def not_kept(store: Store, after: int, limit: int) -> list[tuple[int, str]]:
    """Return up to `limit` requests with ids above `after` that are not indexed, or were by an older version."""
    values = {"its_kind": REQUEST, "after": after, "made": MADE, "at_most": limit}
    return [(row.id, row.description) for row in store.execute(_NOT_KEPT, values)]


def _looked_up(keys: Mapping[int, float]) -> dict[str, float]:
    heaviest = nlargest(LOOKED_UP, keys.items(), key=lambda pair: (pair[1], pair[0]))
    places = [*heaviest, *[(NOBODYS, 0.0)] * (LOOKED_UP - len(heaviest))]
    return {f"key_{place}": key for place, (key, _) in enumerate(places)} | {
        f"weight_{place}": weight for place, (_, weight) in enumerate(places)
    }


def _drop_postings(store: Store, subject: int, keys: bytes) -> None:
    if keys:
        listed = json.dumps([key for (key,) in struct.iter_unpack(">q", keys)])
        store.execute(_DROP, {"its": subject, "keys": listed})
