"""INSERT … ON CONFLICT DO UPDATE, which both databases know but SQLAlchemy spells twice."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.prepared import Prepared, prepare


def upsert(table: Table, key: Sequence[str], columns: Sequence[str]) -> Prepared[Any]:
    """Prepare the statement that inserts a row or overwrites `columns` of the row with the same `key`."""
    lite = sqlite.insert(table).inline()
    post = postgresql.insert(table).inline()
    return prepare(
        {
            "sqlite": lite.on_conflict_do_update(index_elements=key, set_={c: lite.excluded[c] for c in columns}),
            "postgresql": post.on_conflict_do_update(index_elements=key, set_={c: post.excluded[c] for c in columns}),
        },
        columns=[*key, *columns],
    )
