"""The fetcher: gets what a platform hands out only when asked, pages of KF messages and people's files.

Each platform has its own, so that neither waits for the other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from bot.engine import delivery, pulls
from bot.engine.faults import described
from bot.engine.shared import Shared, promises, put, repeat
from bot.engine.slots import LEASE, Slots
from bot.errors import DeliveryError, Refused, Retry
from bot.platforms import Platform
from handlers.messages import EMPTY, FULL, Outgoing
from storage import jobs, leases, queues
from storage.database import Store
from storage.jobs import Job

AT_ONCE = 16
DEADLINE = 120.0
"""Seconds of real time for one file, or for all pages of one pull."""
PULL_CAP = 60.0
"""Longest seconds between two tries of a pull: customers wait behind it."""

log = structlog.get_logger(__name__)
_decoder = msgspec.json.Decoder(dict[str, Any])


class Fetcher:
    """Works the fetch queue of one platform."""

    def __init__(self, shared: Shared, platform: Platform, replay: timedelta) -> None:
        self._shared = shared
        self._platform = platform
        self._replay = replay
        self._queue = queues.fetching(platform.name)
        self._bell = shared.wake.bell(self._queue)
        self.slots = Slots(AT_ONCE, self._bell)

    async def run(self) -> None:
        """Work until the engine stops; what is being fetched then is left to `slots.drain`."""
        await repeat(self._step, self._bell, self._shared.stopping)

    async def _step(self) -> float:
        if not self.slots.free:
            return self._shared.poll
        leased, pause = await self._shared.database.run(self._lease)
        for job in leased:
            self.slots.begin(job.id, self._fetch(job))
        return pause

    def _lease(self, store: Store) -> tuple[list[Job], float]:
        shared, now = self._shared, self._shared.clock.now()
        until = shared.clock.real() + LEASE
        leased = jobs.lease(store, self._queue, now, self.slots.free, shared.owner, until)
        if leased:
            return leased, 0.0
        return [], shared.until(queues.next_due(store, [self._queue], now), now)

    async def _fetch(self, job: Job) -> None:
        task: dict[str, Any] = {}
        try:
            task = _decoder.decode(job.payload)
            async with asyncio.timeout(DEADLINE):
                await self._kinds[task["kind"]](self, job, task)
        except DeliveryError as error:
            await self._failed(job, task, error)
        except TimeoutError:
            await self._failed(job, task, Retry("timeout"))
        except Exception as error:  # noqa: BLE001 - any fault of ours in one fetch
            # A fault of our own in one fetch: tried again, given up in the end, and others go on.
            log.error(  # noqa: TRY400 - faults.py says why
                "fetch broken", job=job.id, **described(error)
            )
            await self._failed(job, task, Retry(f"internal: {type(error).__name__}", alert=True))

    async def _pull(self, job: Job, task: dict[str, Any]) -> None:
        if not task["open_kfid"]:
            await self._accounts(job, task)
        else:
            await pulls.pull(self._shared, pulls.reader(self._platform), job, task, self._replay)

    async def _accounts(self, job: Job, task: dict[str, Any]) -> None:
        """Pull every account: nobody told us to, or whoever did named none."""
        accounts = await pulls.reader(self._platform).accounts()

        def work(store: Store) -> tuple[None, set[str]]:
            now = self._shared.clock.now()
            if not leases.is_mine(store, job):
                return None, set()
            new = [pulls.request(account, f"{job.dedup}:{account}", task) for account in accounts]
            queued = put(store, new, now, job)
            jobs.finish(store, job, now)
            return None, queued

        await self._shared.run(work)

    async def _media(self, job: Job, task: dict[str, Any]) -> None:
        attachment, hooks, desk = task["attachment"], self._shared.hooks, self._shared.desk
        most = await self._shared.database.read(lambda store: hooks.room(attachment, store, desk))
        if most <= 0:
            raise Refused(FULL)
        content, name, kind = await self._platform.download(task["media"], most)
        if not content:
            raise Refused(EMPTY)
        path = await asyncio.to_thread(hooks.save, attachment, content, name, kind)

        def work(store: Store) -> tuple[bool, set[str]]:
            now = self._shared.clock.now()
            if not leases.is_mine(store, job):
                return False, set()
            told = hooks.fetched(attachment, path, name, len(content), store, desk)
            queued = put(store, promises(told), now, job)
            jobs.finish(store, job, now)
            return True, queued

        if not await self._shared.run(work):  # somebody else has it, or nobody wants it any more
            await asyncio.to_thread(self._shared.hooks.discard, path)

    async def _discard(self, job: Job, task: dict[str, Any]) -> None:
        await asyncio.to_thread(self._shared.hooks.discard, task["path"])
        await self._shared.database.run(lambda store: jobs.finish(store, job, self._shared.clock.now()))

    async def _failed(self, job: Job, task: dict[str, Any], error: DeliveryError) -> None:
        log.warning("not fetched", job=job.id, kind=task.get("kind"), reason=error.reason, alert=error.alert)

        def work(store: Store) -> tuple[None, set[str]]:
            now = self._shared.clock.now()
            if not leases.is_mine(store, job):
                return None, set()
            lost = task.get("kind") == "media"
            # A file is tried a number of times, an account for a day: all its customers wait.
            if not isinstance(error, Refused) and not delivery.hopeless(job, now, now if lost else None):
                pause = delivery.pause(job.attempts, error, delivery.CAP if lost else PULL_CAP)
                jobs.retry(store, job, now, now + pause, error.reason)
                return None, set()
            told = self._lost(task, error.reason, store) if lost else ()
            queued = put(store, promises(told), now, job)
            jobs.bury(store, job, now, error.reason)
            return None, queued

        await self._shared.run(work)

    def _lost(self, task: dict[str, Any], reason: str, store: Store) -> Sequence[Outgoing]:
        return self._shared.hooks.lost(task["attachment"], reason, store, self._shared.desk)

    _kinds: dict[str, Callable[["Fetcher", Job, dict[str, Any]], Awaitable[None]]] = {  # noqa: RUF012 - a constant table
        "kf_pull": _pull,
        "kf_accounts": _accounts,
        "media": _media,
        "discard": _discard,
    }
