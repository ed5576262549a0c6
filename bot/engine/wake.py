"""Wake: whoever puts work rings; whoever waits for work hears it, in this process or another."""

import asyncio
from collections import deque

from storage import signals
from storage.database import Database, Store


class Bell:
    """Each ring wakes one waiter; if nobody waits, the ring is kept for the next who does."""

    def __init__(self) -> None:
        self._rung = False
        self._waiters: deque[asyncio.Future[None]] = deque()

    def ring(self) -> bool:
        """Wake one waiter; False if nobody was waiting."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return True
        self._rung = True
        return False

    def ring_all(self) -> None:
        """Wake everybody, and whoever comes next."""
        while self.ring():
            pass

    async def wait(self, seconds: float) -> None:
        """Wait for a ring, at most so long."""
        if self._rung:
            self._rung = False
            return
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiters.append(waiter)
        timer = loop.call_later(seconds, _end, waiter)
        try:
            await waiter
        finally:
            timer.cancel()


def _end(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class Wake:
    """The bells of all queues, and the way to those of other processes (PostgreSQL)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bells: dict[str, list[Bell]] = {}
        self._unsent: set[str] = set()
        self._sending: asyncio.Task[None] | None = None
        self._listener: signals.Listener | None = None

    def bell(self, queue: str) -> Bell:
        """Return a new bell that rings when there is work in a queue."""
        bell = Bell()
        self._bells.setdefault(queue, []).append(bell)
        return bell

    async def start(self) -> None:
        """Listen for other processes, where there can be any."""
        loop = asyncio.get_running_loop()

        def hear(queue: str) -> None:
            loop.call_soon_threadsafe(self.ring, queue)

        self._listener = self._database.listen(hear)

    async def stop(self) -> None:
        """Stop listening."""
        if self._sending:
            await asyncio.gather(self._sending, return_exceptions=True)
        if self._listener:
            await asyncio.to_thread(self._listener.stop)

    def ring(self, queue: str) -> bool:
        """Ring for work in a queue, in this process; False if everybody here is busy already."""
        heard = [bell.ring() for bell in self._bells.get(queue, [])]  # every one of them, whatever the first says
        return all(heard)

    def ring_all(self) -> None:
        """Ring everywhere in this process: the time has changed, or the end has come."""
        for bells in self._bells.values():
            for bell in bells:
                bell.ring_all()

    def wake(self, *queues: str) -> None:
        """Ring for work that was just committed; where all of us are busy, other processes are told too."""
        for queue in queues:
            if not self.ring(queue) and self._listener:
                self._unsent.add(queue)
        if self._unsent and (self._sending is None or self._sending.done()):
            self._sending = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        """Send one signal for all that was put meanwhile: every NOTIFY costs a commit."""
        while self._unsent:
            queues, self._unsent = self._unsent, set()

            def work(store: Store, queues: set[str] = queues) -> None:
                signals.send(store, queues)

            await self._database.run(work)
