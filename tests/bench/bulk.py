"""Many requests at once: rows and keys put in past the product, for measuring what it does among them."""

from collections.abc import Iterator, Sequence
from itertools import chain, cycle, islice

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from storage.database import Database, Store
from storage.tables.desk import request

CHUNK = 50_000
AGENTS = 50
"""Requests are shared out among so many."""

_FIXED = {
    "version": "1",
    "status": "CASE WHEN id % 100 = 0 THEN 'waiting' ELSE 'done' END",
    "chat": "'kf:wk:' || (id % 5000)",
    "customer_id": "1",
    "type": "'bug'",
    "nature": "'product'",
    "urgency": "'routine'",
    "priority": "'P2'",
    "owner": f"'ou_' || (id % {AGENTS})",
    "department": "'product'",
    "reopened": "0",
    "created_at": "1700000000000000",
}


def fill(
    database: Database, size: int, texts: Sequence[str], once: int, keys: NDArray[np.int64], subjects: NDArray[np.int64]
) -> None:
    """Put in requests 1 to `size` and the keys they are kept under; all texts but the first come again and again."""

    def work(store: Store) -> None:
        run = _copied if store.dialect == "postgresql" else _inserted
        store.execute(text("CREATE TEMP TABLE said (id BIGINT, words TEXT)"))
        store.execute(
            text(
                "INSERT INTO customer (id, company, contact, title, phone, email, industry, created_at, updated_at)"
                " VALUES (1, '', '', '', '', '', '', 1700000000000000, 1700000000000000)"
            )
        )
        needed = (column.name for column in request.c if not column.nullable)
        values = dict.fromkeys(needed, "''") | _FIXED | {"id": "id", "number": "'B-' || id", "description": "words"}
        run(store, "said", ("id", "words"), _said(size, texts, once))
        columns = ", ".join(values)
        # Every name below stands in this file or in the tables: nothing of it comes from outside.
        store.execute(text(f"INSERT INTO request ({columns}) SELECT {', '.join(values.values())} FROM said"))  # noqa: S608 - as above
        if store.dialect == "postgresql":
            store.execute(text("ALTER TABLE posting DROP CONSTRAINT posting_pkey"))
        run(store, "posting", ("key", "subject"), _pairs(keys, subjects))
        if store.dialect == "postgresql":
            store.execute(text("ALTER TABLE posting ADD PRIMARY KEY (key, subject)"))

    database.run_sync(work)
    database.run_sync(lambda store: store.execute(text("ANALYZE")))


def _said(size: int, texts: Sequence[str], said_once: int) -> Iterator[tuple[int, str]]:
    once, again = texts[:said_once], texts[said_once:]
    return enumerate(islice(chain(once, cycle(again)), size), start=1)


def _pairs(keys: NDArray[np.int64], subjects: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    for start in range(0, len(keys), CHUNK):
        chunk = slice(start, start + CHUNK)
        yield from zip(keys[chunk].tolist(), subjects[chunk].tolist(), strict=True)


def _inserted(store: Store, table: str, columns: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    raw = store.connection.connection.driver_connection
    assert raw is not None
    raw.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES (?, ?)", rows)  # noqa: S608 - as above


def _copied(store: Store, table: str, columns: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    raw = store.connection.connection.driver_connection
    assert raw is not None
    with raw.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
