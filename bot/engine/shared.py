"""What all workers of the engine share, and how a promise becomes a job."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec
import structlog

from bot.clock import Clock
from bot.engine.faults import described
from bot.engine.hooks import Desk, Hooks
from bot.engine.rates import Rates
from bot.engine.wake import Bell, Wake
from bot.platforms import Platform
from handlers.messages import Discard, Fetch, Incoming, Outgoing, platform_of
from storage import jobs, lanes, queues
from storage.database import Database, Store
from storage.jobs import Job, New

IN = "in"
PULLS = queues.fetching("wecom")
"""Only WeCom hands messages out on request (微信客服)."""
FILES = "files"
"""The lane of what becomes of our own files."""
POLL = {"sqlite": 5.0, "postgresql": 1.0}
"""Longest seconds without looking: the safety net under lost signals. On SQLite all work is put here, and rings."""
CALM = 1.0
"""Seconds to wait after a step that failed."""

encoder = msgspec.json.Encoder()
incoming_decoder = msgspec.json.Decoder(Incoming)
outgoing_decoder = msgspec.json.Decoder(Outgoing)

log = structlog.get_logger(__name__)
T = TypeVar("T")


def uncounted(_: str, __: str) -> None:
    """Count nowhere."""


def unobserved(_: float) -> None:
    """Note nowhere."""


@dataclass(slots=True, kw_only=True)
class Shared:
    """What all workers use together."""

    database: Database
    clock: Clock
    desk: Desk
    platforms: dict[str, Platform]
    hooks: Hooks
    wake: Wake
    rates: Rates
    owner: str
    count: Callable[[str, str], object] = uncounted
    observe: Callable[[float], object] = unobserved
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    deliveries: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def poll(self) -> float:
        """Longest seconds without looking for work."""
        return POLL[self.database.dialect]

    def until(self, moment: datetime | None, now: datetime) -> float:
        """Return the seconds to wait for a moment, at most `poll`."""
        return self.poll if moment is None else min(self.poll, (moment - now).total_seconds() + 0.001)

    def counted(self, platform: str, outcome: str) -> None:
        """Count one delivery."""
        self.deliveries[platform, outcome] += 1
        self.count(platform, outcome)

    async def run(self, work: Callable[[Store], tuple[T, set[str]]]) -> T:
        """Run work that also says which queues it put something into; ring for those after the commit."""
        value, rung = await self.database.run(work)
        self.wake.wake(*rung)
        return value


def promises(outgoing: Iterable[Outgoing], fetches: Iterable[Fetch | Discard] = ()) -> list[New]:
    """Make jobs of what a handler wants told, fetched and deleted."""
    told = [
        New(one.platform, one.to, one.key, encoder.encode(one), due_at=one.not_before, tag=one.supersedes)
        for one in outgoing
    ]
    return told + [_of_file(one) for one in fetches]


def _of_file(one: Fetch | Discard) -> New:
    body = msgspec.structs.asdict(one)
    if isinstance(one, Discard):
        return New(PULLS, FILES, f"discard:{one.path}", encoder.encode({"kind": "discard"} | body))
    queue = queues.fetching(platform_of(one.chat))
    return New(queue, one.chat, f"media:{one.attachment}", encoder.encode({"kind": "media"} | body))


def put(store: Store, new: list[New], now: datetime, ended: Job | None = None) -> set[str]:
    """Put jobs in the transaction that ends the job `ended`; returns the queues they went into."""
    if new and ended:
        # Both lanes at once: two transactions that took them in different order would wait for each other.
        lanes.lock(store, [(ended.queue, ended.lane), *((one.queue, one.lane) for one in new)])
    jobs.put_many(store, new, now)
    return {one.queue for one in new}


async def repeat(step: Callable[[], Awaitable[float]], bell: Bell, stopping: asyncio.Event) -> None:
    """Call `step` again and again until the engine stops.

    It returns how many seconds to wait for a ring of the bell before the next call; 0: call again at once.
    """
    while not stopping.is_set():
        try:
            pause = await step()
        except Exception as error:  # noqa: BLE001 - any fault of one step
            # The database is gone or full, or a hook is broken: whatever it was, the next step finds all of it again.
            log.error(  # noqa: TRY400 - faults.py says why
                "engine step failed", step=getattr(step, "__qualname__", ""), **described(error)
            )
            await asyncio.sleep(CALM)
            continue
        if pause > 0 and not stopping.is_set():
            await bell.wait(pause)
