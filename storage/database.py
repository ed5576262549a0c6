"""The database: where it is, how it is opened, and how a piece of work becomes one transaction."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar, cast

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import StaticPool

from storage import schema
from storage.pool import Pool
from storage.prepared import Dialect
from storage.signals import Listener
from storage.store import Store, is_fault
from storage.writer import Writer

__all__ = ["Database", "InUse", "Store", "Unsafe", "is_fault"]

T = TypeVar("T")

_SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

# What must be true of a SQLite file before anything is acknowledged on it (SQLite's own default leaves keys unchecked,
# and on some systems lets what was deleted stand in the file).
SAFE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


class InUse(Exception):  # noqa: N818 - named for what is wrong, it is shown to people
    """Another process already works on this SQLite file; several processes need PostgreSQL (YINGXU_DATABASE_URL)."""


class Unsafe(Exception):  # noqa: N818 - as above
    """This SQLite cannot be opened in a way that survives a crash."""


class Database:
    """SQLite: one file, one process, one connection. PostgreSQL: `threads` connections, any number of processes.

    `reader` opens a SQLite file without the lock and without the right to write, for commands beside a running bot.
    """

    def __init__(self, url: str, *, threads: int = 8, reader: bool = False) -> None:
        self.url = make_url(url)
        self.dialect: Dialect = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self._reader = reader
        self._lock: IO[str] | None = None
        if self.dialect == "sqlite":
            self._runner: Writer | Pool = Writer(self._open)
        else:
            self._runner = Pool(url, threads)

    def start(self) -> None:
        """Open it. Raises InUse or Unsafe (SQLite), or sqlalchemy's OperationalError if it cannot be reached."""
        if self.dialect == "sqlite" and not self._reader:
            self._lock = _alone(self.url.database)
        try:
            self._runner.start()
        except BaseException:
            self._unlock()
            raise

    def close(self) -> None:
        """Finish what was handed in, then let go of the database."""
        self._runner.close()
        self._unlock()

    async def run(self, work: Callable[[Store], T]) -> T:
        """Run `work` in one transaction off the event loop; return its value once that is durable.

        What `work` raises is raised here, and nothing of it stays. `work` may run more than once.
        """
        return cast("T", await self._runner.run(work))

    def run_sync(self, work: Callable[[Store], T]) -> T:
        """Like `run`, for commands and tests."""
        return cast("T", self._runner.run_sync(work))

    async def read(self, work: Callable[[Store], T]) -> T:
        """Run `work` that only reads: all its statements see the database as it was at one moment."""

        def snapshot(store: Store) -> T:
            if store.dialect == "postgresql":
                store.execute(_SNAPSHOT)
            return work(store)

        return await self.run(snapshot)

    def listen(self, hear: Callable[[str], None]) -> Listener | None:
        """Call `hear`, in a thread, with the queues other processes put work into; None on SQLite: there are none."""
        if not isinstance(self._runner, Pool):
            return None
        listener = Listener(self._runner.engine, hear)
        listener.start()
        return listener

    def upgrade(self) -> None:
        """Bring the tables to the newest revision; does nothing if they are."""
        self.run_sync(schema.upgrade)

    def is_newest(self) -> bool:
        """Whether the tables are those this code was written for."""
        return self.run_sync(schema.is_newest)

    def _open(self) -> Connection:
        url = self.url
        if self._reader:
            url = url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})
        # isolation_level None: the writer says BEGIN and COMMIT itself, the driver must not.
        # As many statements as there are stay compiled (the driver would keep 128).
        options = {"isolation_level": None, "timeout": 5, "cached_statements": 1000}
        # Parameters are what people wrote: an error that quotes them would end up in a log.
        engine = create_engine(url, poolclass=StaticPool, connect_args=options, hide_parameters=True)
        if not self._reader:
            Path(self.url.database or ".").parent.mkdir(parents=True, exist_ok=True)
        connection = engine.connect()
        for pragma, value in SAFE.items():
            connection.exec_driver_sql(f"PRAGMA {pragma}={value}")
            found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            if found != value and self.url.database not in {None, "", ":memory:"}:
                raise Unsafe(f"SQLite refuses {pragma}={value} for {self.url.database} (it says {found})")
        # What a savepoint may have to undo stays in memory: a group's would be a file made and deleted (a sixth of an
        # acknowledgement, measured).
        connection.exec_driver_sql("PRAGMA temp_store=MEMORY")
        return connection

    def _unlock(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None


def _alone(database: str | None) -> IO[str] | None:
    """Hold the lock file beside the database for as long as the process lives."""
    if database in {None, "", ":memory:"}:
        return None
    path = Path(f"{database}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read(40).strip()
        lock.close()
        raise InUse(f"{database} 正由另一个进程使用（{holder or '未知'}）；多个进程请改用 PostgreSQL") from None
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    return lock
