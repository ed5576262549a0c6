"""One transaction: what every storage function takes as its first argument."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from sqlite3 import SQLITE_ERROR
from sqlite3 import Error as LiteError
from typing import Any, NoReturn, TypeVar, overload

from psycopg import Error as PostError
from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, InternalError, OperationalError

from storage.prepared import Dialect, Prepared, Rows

Values = Mapping[str, Any]
Parameters = Values | list[dict[str, Any]] | None

T = TypeVar("T")


class Store:
    """A transaction that is open now; whoever opened it commits it, nobody else may."""

    __slots__ = ("_raw", "connection", "dialect", "locked", "scrubs")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect: Dialect = "sqlite" if connection.dialect.name == "sqlite" else "postgresql"
        self.locked: frozenset[int] = frozenset()
        """Lanes this transaction has locked already (lanes.py); on SQLite always none."""
        self.scrubs = False
        """Whether what was deleted must not stand in any file after the commit."""
        self._raw: Any = connection.connection.dbapi_connection

    def scrub(self) -> None:
        """See to it that nothing deleted here is left in the files of SQLite once this is committed.

        Deleted rows are overwritten anyway; their older pages stand in the write-ahead log until that is emptied.
        """
        self.scrubs = self.dialect == "sqlite"

    @overload
    def execute(self, statement: Prepared[T], parameters: Parameters = None) -> Rows[T]: ...
    @overload
    def execute(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]: ...
    def execute(
        self, statement: Prepared[Any] | Executable, parameters: Parameters = None
    ) -> Rows[Any] | CursorResult[Any]:
        """Run one statement inside the transaction, once for each mapping of a list; raises sqlalchemy's errors."""
        if not isinstance(statement, Prepared):
            return self.connection.execute(statement, parameters)
        text = statement.text(self.connection.dialect)
        if isinstance(parameters, list) and len(parameters) == 1:
            return self._run(text.sql, text.parameters(parameters[0]))
        if isinstance(parameters, list):
            return self._run_all(text.sql, [text.parameters(one) for one in parameters])
        return self._run(text.sql, text.parameters(parameters or {}), text.make)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what the block did if it raises; the rest of the transaction stays."""
        locked = self.locked
        self._run("SAVEPOINT part")
        try:
            yield
        except BaseException as error:
            if not is_fault(error):  # a transaction the database itself gave up has no savepoint to return to
                self._run("ROLLBACK TO SAVEPOINT part")
                self.locked = locked  # the database let go of those taken since
                self._run("RELEASE SAVEPOINT part")
            raise
        self._run("RELEASE SAVEPOINT part")

    def _run(self, sql: str, parameters: Any = (), make: Callable[[Any], Any] | None = None) -> Rows[Any]:
        try:
            cursor = self._raw.execute(sql, parameters)
            rows = [] if make is None else cursor.fetchall()
        except (LiteError, PostError) as error:
            self._failed(error, sql)
        return Rows(rows if make is None else [make(row) for row in rows], cursor.rowcount)

    def _run_all(self, sql: str, parameters: list[Any]) -> Rows[Any]:
        cursor = self._raw.cursor()
        try:
            cursor.executemany(sql, parameters)
        except (LiteError, PostError) as error:
            self._failed(error, sql)
        return Rows([], cursor.rowcount)

    def _failed(self, error: Exception, sql: str) -> NoReturn:
        """Raise it as sqlalchemy would, without parameters; a connection that broke is thrown away with its pool's."""
        # There is no public way to have this done for an error that SQLAlchemy did not see happen.
        self.connection._handle_dbapi_exception(error, sql, None, None, None)  # noqa: SLF001 - as above


class ChangedError(Exception):
    """Another transaction changed what this one had read before it could write: it is undone, and done again."""


def is_fault(error: BaseException) -> bool:
    """Whether the database failed (gone, full, deadlock, busy) and not the work: the same work may succeed later."""
    if isinstance(error, ChangedError):
        return True
    if not isinstance(error, OperationalError | InterfaceError | InternalError):
        return False
    # SQLite calls everything operational, a wrong statement too; its code tells them apart.
    return getattr(error.orig, "sqlite_errorcode", None) != SQLITE_ERROR


def is_passing(error: BaseException) -> bool:
    """Whether repeating the same transaction at once is right: it lost to another, or the connection was stale."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, ChangedError)
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, IntegrityError):
        # Two processes made a head of one lane at once: the second looks again.
        return state == "23505" and "job_head" in str(error.orig)
    return state in {"40001", "40P01"} or error.connection_invalidated
