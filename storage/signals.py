"""Signals between processes on one PostgreSQL: work was put into a queue. They may be lost: everybody polls too."""

import threading
from collections.abc import Callable

import psycopg
from sqlalchemy import Engine, text

from storage.prepared import prepare
from storage.store import Store

_CHANNEL = "yingxu"
_SEND = prepare(text(f"SELECT pg_notify('{_CHANNEL}', :queue)"))
_PAUSE = 1.0  # seconds: how fast a stop is noticed, and how long after a failure


def send(store: Store, queues: set[str]) -> None:
    """Tell the other processes, when the transaction commits, that these queues have work."""
    for queue in sorted(queues):
        store.execute(_SEND, {"queue": queue})


class Listener:
    """A thread with a connection of its own that hears what other processes send."""

    def __init__(self, engine: Engine, hear: Callable[[str], None]) -> None:
        self._engine = engine
        self._hear = hear
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        """Begin to listen; a connection that breaks is opened again."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, within a second."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except psycopg.Error:
                self._stopped.wait(_PAUSE)

    def _listen(self) -> None:
        arguments, options = self._engine.dialect.create_connect_args(self._engine.url)
        with psycopg.connect(*arguments, **options, connect_timeout=5, autocommit=True) as connection:
            connection.execute(f"LISTEN {_CHANNEL}")
            while not self._stopped.is_set():
                for notice in connection.notifies(timeout=_PAUSE, stop_after=1):
                    self._hear(notice.payload)
