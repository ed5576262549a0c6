"""The sender: tells one platform what was promised, many chats at once, each chat in order.

A job is leased, told outside of any transaction, and what became of it is recorded only if the lease still holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import msgspec
import structlog

from bot.engine import delivery
from bot.engine.delivery import Send
from bot.engine.rates import is_own
from bot.engine.shared import Shared, outgoing_decoder, promises, put, repeat
from bot.engine.slots import LEASE, Slots
from bot.platforms import Places, Platform
from handlers.messages import Outgoing
from storage import cards, jobs, limits, queues
from storage.cards import CardPlace
from storage.database import Store
from storage.jobs import Job
from storage.lasting import CARD

AT_ONCE = 32
BREATH = 0.1
"""Least seconds to wait for a limit of all chats together: to look for one message costs as much as for many."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one lease brought: promises to tell, seconds to wait for limits, and when to look again."""

    sends: tuple[Send, ...]
    waits: dict[str, float]
    """Of each chat that has reached its own limit."""
    closed: float
    """For everybody, if all chats together have reached theirs."""
    pause: float


class Sender:
    """Works the queue of one platform."""

    def __init__(self, shared: Shared, platform: Platform) -> None:
        self._shared = shared
        self._platform = platform
        self._bell = shared.wake.bell(platform.name)
        self._resting: dict[str, float] = {}
        self._closed = 0.0
        self.last_delivered: datetime | None = None
        self.slots = Slots(AT_ONCE, self._bell)

    async def run(self) -> None:
        """Work until the engine stops; what is being told then is left to `slots.drain`."""
        await repeat(self._step, self._bell, self._shared.stopping)

    def resting(self, longer: float = 0.0) -> list[str]:
        """Return the chats that have to wait more than `longer` seconds for a rate limit."""
        now = monotonic()
        return [lane for lane, until in self._resting.items() if until - now > longer]

    async def _step(self) -> float:
        self._resting = {lane: until for lane, until in self._resting.items() if until > monotonic()}
        if not self.slots.free:
            return self._shared.poll
        if (closed := self._closed - monotonic()) > 0:
            return closed
        taken = await self._shared.run(self._lease)
        for lane, wait in taken.waits.items():
            self._resting[lane] = monotonic() + wait
        self._closed = monotonic() + taken.closed
        for send in taken.sends:
            self.slots.begin(send.job.id, delivery.deliver(self._shared, self._platform, send, self))
        soonest = min((until - monotonic() for until in self._resting.values()), default=self._shared.poll)
        return min(taken.pause, max(0.0, soonest))

    def _lease(self, store: Store) -> tuple[Taken, set[str]]:
        now, real = self._shared.clock.now(), self._shared.clock.real()
        heads = jobs.take(store, self._platform.name, now, self.slots.free, but=self.resting())
        if not heads:
            soonest = queues.next_due(store, [self._platform.name], now)
            return Taken((), {}, 0.0, self._shared.until(soonest, now)), set()
        free, rung = self._open(store, heads, now)
        waits = limits.admit(store, [self._shared.rates(job.lane) for job, _ in free], real)
        admitted = [pair for pair, wait in zip(free, waits, strict=True) if not wait.seconds]
        places = _places(store, [outgoing for _, outgoing in admitted], now)
        started = jobs.start(store, [job for job, _ in admitted], now, self._shared.owner, real + LEASE)
        sends = tuple(Send(job, out, place) for job, (_, out), place in zip(started, admitted, places, strict=True))
        refused = [(job.lane, wait) for (job, _), wait in zip(free, waits, strict=True) if wait.seconds]
        own = {lane: wait.seconds for lane, wait in refused if is_own(wait.bucket, lane)}
        closed = BREATH if len(own) < len(refused) else 0.0
        return Taken(sends, own, closed, 0.0), rung

    def _open(self, store: Store, heads: Sequence[Job], now: datetime) -> tuple[list[tuple[Job, Outgoing]], set[str]]:
        """Leave out what cannot be read, and hold what may not be told now."""
        free: list[tuple[Job, Outgoing]] = []
        rung: set[str] = set()
        for job in heads:
            try:
                outgoing = outgoing_decoder.decode(job.payload)
            except msgspec.DecodeError:
                log.error("job unreadable", job=job.id, queue=job.queue)  # noqa: TRY400 - the trace shows the words
                jobs.bury(store, job, now, "unreadable")
                continue
            reason = self._shared.hooks.window(outgoing, store, now)
            early = None if reason else self._shared.hooks.postponed(outgoing, store, self._shared.desk, now)
            if early:
                jobs.postpone(store, job, early)
            elif reason and outgoing.fleeting:
                jobs.finish(store, job, now, delivery.DROPPED)
                self._shared.counted(job.queue, delivery.DROPPED)
            elif reason:
                told = self._shared.hooks.undeliverable(outgoing, reason, store, self._shared.desk, now)
                jobs.hold(store, job, reason)
                rung |= {job.queue} | put(store, promises(told), now)
                self._shared.counted(job.queue, "held")
            else:
                free.append((job, outgoing))
        return free, rung


def _places(store: Store, outgoing: Sequence[Outgoing], now: datetime) -> list[Places]:
    slots = {slot for one in outgoing for slot in (one.slot, one.thread) if slot}
    known = cards.by_slots(store, sorted(slots)) if slots else {}
    return [_place(known.get(one.slot), known.get(one.thread), now) for one in outgoing]


def _place(slot: CardPlace | None, thread: CardPlace | None, now: datetime) -> Places:
    young = slot is not None and now - slot.sent_at < CARD
    return Places(
        slot_message=slot.message_id if slot and young else "",
        slot_sent_at=slot.sent_at if slot and young else None,
        thread_message=thread.message_id if thread else "",
        thread_chat=thread.chat if thread else "",
    )
