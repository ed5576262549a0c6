"""Marks: the telling words of open requests as numbers, by which those that may ask for the same are found (A-068).

Only open requests have marks, so the table holds what is being worked on and not what ever was.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, insert, select, union_all

from storage.database import Store
from storage.prepared import prepare
from storage.tables.desk import mark, request

LOOKED_UP = 16
"""Marks looked up at once."""
NEWEST = 100
"""Requests looked at for each mark: a word that everybody uses must not cost more than a rare one."""
NOBODYS = -1

_ADD = prepare(insert(mark), columns=["mark", "request_id"])
_DROP = prepare(delete(mark).where(mark.c.request_id == bindparam("of")))
_HITS = union_all(
    *(
        select(
            select(mark.c.request_id)
            .where(mark.c.mark == bindparam(f"mark_{place}"))
            .order_by(mark.c.request_id.desc())
            .limit(NEWEST)
            .subquery(f"hits_{place}")
        )
        for place in range(LOOKED_UP)
    )
).subquery("hit")
_NEAR = prepare(
    select(request.c.id, request.c.description)
    .join(_HITS, _HITS.c.request_id == request.c.id)
    .where(request.c.customer_id != bindparam("whose"))
    .group_by(request.c.id)
    .order_by(func.count().desc(), request.c.id.desc())
    .limit(bindparam("at_most"))
)


def put(store: Store, request_id: int, marks: Sequence[int]) -> None:
    """Keep the marks of a request in place of those it had."""
    drop(store, request_id)
    if marks:
        store.execute(_ADD, [{"mark": one, "request_id": request_id} for one in sorted(set(marks))])


def drop(store: Store, request_id: int) -> None:
    """Forget the marks of a request: nobody works on it any more, or its words were deleted."""
    store.execute(_DROP, {"of": request_id})


def near(store: Store, marks: Sequence[int], but: int, limit: int) -> list[tuple[int, str]]:
    """Return ids and descriptions of requests that share marks, most shared first; none of the customer `but`."""
    wanted = [*marks[:LOOKED_UP], *[NOBODYS] * (LOOKED_UP - len(marks))]
    values = {f"mark_{place}": one for place, one in enumerate(wanted)}
    return [(row.id, row.description) for row in store.execute(_NEAR, values | {"whose": but, "at_most": limit})]
