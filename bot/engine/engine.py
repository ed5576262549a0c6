"""The engine: starts and stops all workers, says when everything is done, and turns the test clock step by step."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import TypeVar

import structlog

from bot.clock import Clock
from bot.engine import owners
from bot.engine.fetcher import Fetcher
from bot.engine.hooks import Desk, Hooks
from bot.engine.rates import Rates, rates
from bot.engine.runner import Runner
from bot.engine.sender import Sender
from bot.engine.shared import IN, Shared, repeat, uncounted, unobserved
from bot.engine.slots import LEASE, RENEW
from bot.engine.sweeps import TIME, Sweeper
from bot.engine.wake import Wake
from bot.platforms import Platform
from handlers.messages import Toast
from storage import leases, queues
from storage.database import Database, Store, is_fault

T = TypeVar("T")

PATIENT = 5.0
"""Seconds of a rate limit that the barrier sits out; whatever waits longer counts as pending."""
COARSE = timedelta(minutes=1)
"""Step of the clock while only retries wait: a platform that is down for a day is not asked thousands of times."""
LOOKS = (0.001, 0.05)
"""Seconds between two looks of the barrier, the first and the longest."""

RENEWAL = "renewal"
"""The bell of renewals, rung only to stop."""


log = structlog.get_logger(__name__)


class Engine:
    """All workers of one process. `count` is called with each delivery, `observe` with the seconds each answer took."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        desk: Desk,
        platforms: dict[str, Platform],
        hooks: Hooks,
        *,
        replay: timedelta = timedelta(minutes=10),
        rates: Rates = rates,
        count: Callable[[str, str], object] = uncounted,
        observe: Callable[[float], object] = unobserved,
    ) -> None:
        self._shared = Shared(
            database=database,
            clock=clock,
            desk=desk,
            platforms=platforms,
            hooks=hooks,
            wake=Wake(database),
            rates=rates,
            owner=owners.name(),
            count=count,
            observe=observe,
        )
        self._runner = Runner(self._shared)
        self._senders = [Sender(self._shared, platform) for platform in platforms.values()]
        self._fetchers = [Fetcher(self._shared, platform, replay) for platform in platforms.values()]
        self._slots = [sender.slots for sender in self._senders] + [fetcher.slots for fetcher in self._fetchers]
        self._sweeper = Sweeper(self._shared, pulling=any(hasattr(p, "pull") for p in platforms.values()))
        self._queues = [IN, *(queues.fetching(platform) for platform in platforms), *platforms]
        self._tasks: list[asyncio.Task[None]] = []
        self._turning = asyncio.Lock()

    @property
    def counters(self) -> Counter[tuple[str, str]]:
        """Deliveries by platform and outcome: delivered, retry, held, refused, dead, overtaken, poison."""
        return self._shared.deliveries

    async def start(self) -> None:
        """Read how far the test clock was turned, and start all workers."""
        shared = self._shared
        shared.clock.adopt(await shared.database.read(shared.clock.load))
        await shared.wake.start()
        workers = [self._runner.run(), self._sweeper.run(), self._keep_leases()]
        workers += [sender.run() for sender in self._senders]
        workers += [fetcher.run() for fetcher in self._fetchers]
        self._tasks = [asyncio.create_task(worker) for worker in workers]

    async def stop(self, seconds: float) -> None:
        """Take no more work, wait at most `seconds` for what is under way, and put the rest back into its queues."""
        shared = self._shared
        end = monotonic() + seconds
        shared.stopping.set()
        shared.wake.ring_all()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=max(0.0, end - monotonic()))
        await asyncio.gather(*(one.drain(max(0.0, end - monotonic())) for one in self._slots))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await shared.wake.stop()
        try:
            await shared.database.run(lambda store: leases.give_back(store, shared.owner))
        except Exception as error:
            if not is_fault(error):
                raise
            # The leases end by themselves; a database that is gone must not make stopping a failure.
            log.warning("leases not given back", error=type(error).__name__)

    def wake(self, *names: str) -> None:
        """Tell the workers that jobs for these queues were committed."""
        self._shared.wake.wake(*names)

    async def wait_for(self, incoming_id: str, seconds: float) -> Toast | None:
        """Wait at most `seconds` for the answer (a toast) to a pressed button; None if there is none by then."""
        return await self._runner.wait_for(incoming_id, seconds)

    async def settle(self, seconds: float = 60.0) -> int:
        """Wait until due jobs are done and due messages were tried once; returns how many messages still wait."""
        end = monotonic() + seconds
        pause, longest = LOOKS
        while (busy := await self._read(self._busy)) and monotonic() < end:
            for queue in busy:
                self._shared.wake.ring(queue)
            await asyncio.sleep(pause)
            pause = min(longest, pause * 2)
        return await self._shared.database.read(queues.pending)

    async def advance(self, target: datetime, seconds: float = 60.0) -> int:
        """Turn the test clock to `target`, stopping at each moment at which something falls due until it is settled.

        Returns what `settle` returns. When `seconds` are over, the clock is turned the rest of the way in one step.
        """
        async with self._turning:
            clock, end = self._shared.clock, monotonic() + seconds
            pending = await self.settle(seconds)
            pull = self._sweeper.pull_moment()
            while monotonic() < end:
                moment = await self._read(partial(self._next, also=pull))
                if moment is None or moment > target:
                    break
                # Nobody can write while the clock is turned, so one pull without a callback finds what all would.
                pull = None if pull and moment >= pull else pull
                pending = await self._turn(moment, end)
            return await self._turn(target, end) if target > clock.now() else pending

    async def _turn(self, moment: datetime, end: float) -> int:
        clock, shared = self._shared.clock, self._shared
        if moment > clock.now():
            clock.step_to(moment)
            await shared.database.run(clock.save)
        shared.wake.ring_all()
        return await self.settle(max(0.0, end - monotonic()))

    async def _read(self, look: Callable[[Store, datetime | None], T]) -> T:
        # The sweeper's word is taken before the database is read: what changes in between is seen as not yet done.
        pull = self._sweeper.pull_moment()
        return await self._shared.database.read(lambda store: look(store, pull))

    def _next(self, store: Store, pull: datetime | None, *, also: datetime | None) -> datetime | None:
        """Return the next moment to turn to: now, if something came due or was begun since all was settled."""
        if self._busy(store, pull):
            return self._shared.clock.now()
        now = self._shared.clock.now()
        again = queues.next_due(store, self._queues, now)
        retry = max(again, now + COARSE) if again else None
        moments = (self._shared.hooks.next_moment(store), queues.next_later(store), retry, also)
        return min((max(moment, now) for moment in moments if moment), default=None)

    def _busy(self, store: Store, pull: datetime | None) -> list[str]:
        """Return the queues in which something is due or under way."""
        now = self._shared.clock.now()
        limited = [lane for sender in self._senders for lane in sender.resting(PATIENT)]
        busy = [queue for queue in self._queues if not queues.idle(store, queue, now, limited)]
        return [*busy, TIME] if self._sweeper.owes(store, now, pull) else busy

    async def _keep_leases(self) -> None:
        """Renew what is being worked, so that only the dead are taken over from."""
        await repeat(self._renew, self._shared.wake.bell(RENEWAL), self._shared.stopping)

    async def _renew(self) -> float:
        ids = [job_id for slots in self._slots for job_id in slots.ids]
        until = self._shared.clock.real() + LEASE
        if ids:
            await self._shared.database.run(lambda store: leases.renew(store, ids, self._shared.owner, until))
        return RENEW
