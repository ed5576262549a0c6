"""INSERT … ON CONFLICT DO UPDATE, which both databases know but SQLAlchemy spells twice."""

from collections.abc import Sequence

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from storage.store import Dialect


def upsert(table: Table, key: Sequence[str], columns: Sequence[str]) -> dict[Dialect, Insert]:
    """Build the statement that inserts a row or overwrites `columns` of the row with the same `key`."""
    lite = sqlite.insert(table)
    post = postgresql.insert(table)
    return {
        "sqlite": lite.on_conflict_do_update(index_elements=key, set_={c: lite.excluded[c] for c in columns}),
        "postgresql": post.on_conflict_do_update(index_elements=key, set_={c: post.excluded[c] for c in columns}),
    }
