"""Revisions of the tables: Alembic, run inside a transaction that is already open."""

from typing import TYPE_CHECKING

from sqlalchemy import text

from storage.store import Store

if TYPE_CHECKING:
    from alembic.config import Config

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7301847)")  # any number, as long as it is always the same


def upgrade(store: Store) -> None:
    """Run the missing revisions; several processes may try at once."""
    from alembic import command  # it costs 0.2 s, and a start that is newest never needs it

    if store.dialect == "postgresql":
        store.execute(_ONE_AT_A_TIME)
    command.upgrade(_config(store), "head")


def is_newest(store: Store) -> bool:
    """Whether the newest revision has been run."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    known = ScriptDirectory.from_config(_config(store)).get_current_head()
    return MigrationContext.configure(store.connection).get_current_revision() == known


def _config(store: Store) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = store.connection
    return config
