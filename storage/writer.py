"""The one thread that writes a SQLite file: all that waits is committed together, each piece of work on its own.

Group commit, because the cost of a durable write is the sync to disk, and one sync serves a whole group
(measured: 850 turns a second alone, 6,000 in groups). A savepoint around each piece would cost a group a tenth, so
there is none until a piece fails: then the group is undone and done again with them. Work may so run more than once.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from sqlalchemy import Connection

from storage.store import Store

GROUP = 64  # pieces of work in one commit
WAIT, SCRUB_WAIT = 5000, 50  # milliseconds to wait for others: for the file; for readers of the write-ahead log
PATIENCE = 0.01  # seconds a group may grow, so that the first in it does not wait for ever

Work = Callable[[Store], Any]
Unit = tuple[Work, asyncio.AbstractEventLoop | None, "asyncio.Future[Any] | Future[Any]"]
Result = tuple[Unit, Any, BaseException | None]


class Writer:
    """Runs work handed in from any thread or loop, in order, in its own thread on its own connection."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._units: SimpleQueue[Unit | None] = SimpleQueue()
        self._opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Open the file; raises what opening raised."""
        self._thread.start()
        self._opened.result()

    def close(self) -> None:
        """Finish what was handed in, then close the file."""
        self._units.put(None)
        self._thread.join()

    async def run(self, work: Work) -> Any:
        """Run `work` in a transaction and return what it returned once that is on disk."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._units.put((work, loop, future))
        return await future

    def run_sync(self, work: Work) -> Any:
        """Like `run`, for threads without a loop."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("work may not wait for other work: it would wait for itself")
        future: Future[Any] = Future()
        self._units.put((work, None, future))
        return future.result()

    def _run(self) -> None:
        try:
            connection = self._connect()
        except BaseException as error:  # noqa: BLE001 - handed to whoever called start()
            self._opened.set_exception(error)
            return
        self._opened.set_result(None)
        store = Store(connection)
        while (first := self._units.get()) is not None:
            results = self._commit(store, first)
            if store.scrubs:
                store.scrubs = not _emptied(connection)
            _resolve(results)
        connection.close()

    def _commit(self, store: Store, first: Unit) -> list[Result]:
        """Commit a group as if nothing could go wrong; if something does, once more with each piece on its own."""
        units: list[Unit] = []
        try:
            return _together(store, self._group(first, units), _work)
        except BaseException as error:  # noqa: BLE001 - every waiting caller must be told, whatever it was
            if len(units) <= 1:
                return [(unit, None, error) for unit in units or [first]]
        try:
            return _together(store, units, _work_apart)
        except BaseException as error:  # noqa: BLE001 - as above
            return [(unit, None, error) for unit in units]

    def _group(self, first: Unit, units: list[Unit]) -> Iterator[Unit]:
        """Yield what is to be committed together, noting each in `units`."""
        units.append(first)
        yield first
        patience = monotonic() + PATIENCE
        for _ in range(GROUP - 1):
            try:
                unit = self._units.get_nowait()
            except Empty:
                return
            if unit is None:
                self._units.put(None)
                return
            units.append(unit)
            yield unit
            if monotonic() > patience:
                return


def _emptied(connection: Connection) -> bool:
    """Empty the write-ahead log; False while somebody still reads from it: then after the next commit."""
    raw: Any = connection.connection.dbapi_connection
    raw.execute(f"PRAGMA busy_timeout={SCRUB_WAIT}")
    try:
        return bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
    finally:
        raw.execute(f"PRAGMA busy_timeout={WAIT}")


def _together(store: Store, units: Iterable[Unit], work: Callable[[Store, Unit], Result]) -> list[Result]:
    """Do all of it in one transaction, or nothing; raises what went wrong."""
    raw: Any = store.connection.connection.dbapi_connection
    try:
        raw.execute("BEGIN IMMEDIATE")
        results = [work(store, unit) for unit in units]
        raw.execute("COMMIT")
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raise
    return results


def _work(store: Store, unit: Unit) -> Result:
    return unit, unit[0](store), None


def _work_apart(store: Store, unit: Unit) -> Result:
    """Undo what failed and keep the rest; raises if the database itself gave up: then there is nothing to keep."""
    raw: Any = store.connection.connection.dbapi_connection
    raw.execute("SAVEPOINT unit")
    try:
        value = unit[0](store)
    except BaseException as error:
        if not raw.in_transaction:  # the disk is full or failing: SQLite has undone the whole group
            raise
        raw.execute("ROLLBACK TO SAVEPOINT unit")
        raw.execute("RELEASE SAVEPOINT unit")
        return unit, None, error
    raw.execute("RELEASE SAVEPOINT unit")
    return unit, value, None


def _resolve(results: list[Result]) -> None:
    """Tell the callers: one wake-up for each loop, however many of its tasks waited."""
    loops: defaultdict[asyncio.AbstractEventLoop, list[Result]] = defaultdict(list)
    for result in results:
        loop = result[0][1]
        if loop is None:
            _tell([result])
        else:
            loops[loop].append(result)
    for loop, told in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_tell, told)


def _tell(results: list[Result]) -> None:
    for (_, _, future), value, error in results:
        if future.done():  # whoever waited was cancelled
            continue
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)
