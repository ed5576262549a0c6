"""One transaction: what every storage function takes as its first argument."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from sqlite3 import SQLITE_ERROR
from typing import Any, Literal

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, InternalError, OperationalError

Dialect = Literal["sqlite", "postgresql"]
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class Store:
    """A transaction that is open now; whoever opened it commits it, nobody else may."""

    __slots__ = ("connection", "dialect")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect: Dialect = "sqlite" if connection.dialect.name == "sqlite" else "postgresql"

    def execute(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """Run one statement inside the transaction."""
        return self.connection.execute(statement, parameters)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what the block did if it raises; the rest of the transaction stays."""
        run = self.connection.exec_driver_sql
        run("SAVEPOINT part")
        try:
            yield
        except BaseException as error:
            if not is_fault(error):  # a transaction the database itself gave up has no savepoint to return to
                run("ROLLBACK TO SAVEPOINT part")
                run("RELEASE SAVEPOINT part")
            raise
        run("RELEASE SAVEPOINT part")


def is_fault(error: BaseException) -> bool:
    """Whether the database failed (gone, full, deadlock, busy) and not the work: the same work may succeed later."""
    if not isinstance(error, OperationalError | InterfaceError | InternalError):
        return False
    # SQLite calls everything operational, a wrong statement too; its code tells them apart.
    return getattr(error.orig, "sqlite_errorcode", None) != SQLITE_ERROR


def is_passing(error: BaseException) -> bool:
    """Whether repeating the same transaction at once is right: it lost to another, or the connection was stale."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, IntegrityError):
        # Two processes made a head of one lane at once: the second looks again.
        return state == "23505" and "job_head" in str(error.orig)
    return state in {"40001", "40P01"} or error.connection_invalidated
