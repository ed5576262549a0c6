"""PostgreSQL: each piece of work is a transaction of its own, in a thread of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Engine, create_engine, text

from storage.store import Store, is_passing

TRIES = 5  # of one transaction that loses to others

Work = Callable[[Store], Any]


class Pool:
    """A fixed number of connections, each used by one thread at a time."""

    def __init__(self, url: str, threads: int) -> None:
        options = {"connect_timeout": 5, "application_name": "yingxu"}
        # Parameters are what people wrote: an error that quotes them would end up in a log.
        self.engine: Engine = create_engine(
            url, pool_size=threads, max_overflow=0, connect_args=options, hide_parameters=True
        )
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="database")

    def start(self) -> None:
        """Reach the database once; raises sqlalchemy's OperationalError if it is not there."""
        self.run_sync(lambda store: store.execute(text("SELECT 1")))

    def close(self) -> None:
        """Finish what was handed in, then close every connection."""
        self._threads.shutdown()
        self.engine.dispose()

    async def run(self, work: Work) -> Any:
        """Run `work` in a transaction and return what it returned once that is on disk."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.run_sync, work)

    def run_sync(self, work: Work) -> Any:
        """Like `run`, in this thread. A deadlock or a stale connection is tried again, a failed commit is not."""
        for left in reversed(range(TRIES)):
            with self.engine.connect() as connection:
                connection.begin()  # said here, because SQLAlchemy does not see prepared statements run
                try:
                    value = work(Store(connection))
                except Exception as error:
                    if left and is_passing(error):
                        continue
                    raise
                connection.commit()
                return value
        raise AssertionError("unreachable: the last try returns or raises")
