"""One promise on its way: the call, and what its result means for the job, the chat and the people concerned."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.engine.faults import described
from bot.engine.shared import Shared, promises, put
from bot.errors import DeliveryError, Hold, Refused, Retry
from bot.platforms import Delivered, Places, Platform
from handlers.messages import Outgoing
from storage import cards, jobs, resends
from storage.database import Store
from storage.jobs import Job

DEADLINE = 90.0
"""Seconds of real time for one call, parts and uploads included."""
SHORT = 5.0
"""A told wait up to so many seconds is sat out at once, in real time (contract.md section 4)."""
CAP = 300.0
"""Longest seconds between two tries."""
GIVE_UP = timedelta(hours=24)
DROPPED = "dropped"
"""Outcome of a promise that was worth nothing later (`Outgoing.fleeting`)."""
TRIES = 20
"""Of one promise while others get through; a platform that takes nothing at all only counts hours."""

log = structlog.get_logger(__name__)


class Line(Protocol):
    """When the platform last took a message of anybody."""

    last_delivered: datetime | None


@dataclass(frozen=True, slots=True)
class Send:
    """A leased job, the message in it, and where that goes."""

    job: Job
    outgoing: Outgoing
    places: Places


Record = Callable[[Store, datetime], tuple[str, set[str]]]
"""Writes down a result; returns what to count it as, and the queues that got work. Raises _Overtaken."""


class _Overtaken(Exception):  # noqa: N818 - named for what is wrong
    """The lease had ended and somebody else has the job: nothing of this result is kept."""


async def deliver(shared: Shared, platform: Platform, send: Send, line: Line) -> None:
    """Send one message and record the result, unless another process has taken the job over meanwhile."""
    try:
        delivered = await _call(shared, platform, send)
    except DeliveryError as error:
        log.warning("not delivered", job=send.job.id, platform=platform.name, reason=error.reason, alert=error.alert)
        record = _failure(shared, send, error, line.last_delivered)
    else:
        line.last_delivered = shared.clock.now()
        record = _success(shared, send, delivered)

    try:
        outcome = await shared.run(lambda store: record(store, shared.clock.now()))
    except _Overtaken:
        outcome = "overtaken"
    shared.counted(platform.name, outcome)


async def _call(shared: Shared, platform: Platform, send: Send) -> Delivered:
    try:
        return await _once(shared, platform, send, send.job.attempts)
    except Retry as busy:
        if busy.after is None or busy.after > SHORT:
            raise
        await asyncio.sleep(busy.after)
    return await _once(shared, platform, send, send.job.attempts + 1)


async def _once(shared: Shared, platform: Platform, send: Send, attempt: int) -> Delivered:
    now = shared.clock.now()
    name = resends.mark(send.job.dedup)
    try:
        async with asyncio.timeout(DEADLINE):
            return await platform.deliver(send.outgoing, send.places, name, now, attempt)
    except DeliveryError:
        raise
    except TimeoutError:
        raise Retry("timeout") from None
    except Exception as error:
        # A fault of our own in one message: it is tried again, given up in the end and shown, and others go on.
        log.error(  # noqa: TRY400 - faults.py says why
            "delivery broken", job=send.job.id, platform=platform.name, **described(error)
        )
        raise Retry(f"internal: {type(error).__name__}", alert=True) from error


def _success(shared: Shared, send: Send, delivered: Delivered) -> Record:
    def record(store: Store, now: datetime) -> tuple[str, set[str]]:
        told = shared.hooks.delivered(send.outgoing, delivered.sent, store, now)
        queues = put(store, promises(told or ()), now, send.job)
        if send.outgoing.slot:
            cards.remember(store, send.outgoing.slot, send.outgoing.to, delivered.message_id, now)
        _mine(jobs.finish(store, send.job, now, delivered.message_id))
        return "delivered", queues

    return record


def _failure(shared: Shared, send: Send, error: DeliveryError, last: datetime | None) -> Record:
    """Choose by kind: again later, held for the customer's next word, or given up; the last two are told."""

    def undeliverable(store: Store, now: datetime) -> set[str]:
        told = shared.hooks.undeliverable(send.outgoing, error.reason, store, shared.desk, now)
        return put(store, promises(told), now, send.job)

    def again(store: Store, now: datetime) -> tuple[str, set[str]]:
        if hopeless(send.job, now, last):
            return dead(store, now)
        _mine(jobs.retry(store, send.job, now, now + pause(send.job.attempts, error), error.reason))
        return "retry", set()

    def held(store: Store, now: datetime) -> tuple[str, set[str]]:
        if send.outgoing.fleeting:
            _mine(jobs.finish(store, send.job, now, DROPPED))
            return DROPPED, set()
        queues = undeliverable(store, now)
        _mine(jobs.hold(store, send.job, error.reason))
        return "held", queues

    def dead(store: Store, now: datetime) -> tuple[str, set[str]]:
        queues = undeliverable(store, now)
        _mine(jobs.bury(store, send.job, now, error.reason))
        return "refused" if isinstance(error, Refused) else "dead", queues

    if isinstance(error, Retry):
        return again
    return held if isinstance(error, Hold) else dead


def _mine(recorded: bool) -> None:
    if not recorded:
        raise _Overtaken


def hopeless(job: Job, now: datetime, last_delivered: datetime | None) -> bool:
    """Whether to give a job up: first tried GIVE_UP ago, or tried TRIES times while others got through."""
    since = job.tried_at or now
    alone = last_delivered is not None and last_delivered > since
    return now - since >= GIVE_UP or (job.attempts >= TRIES and alone)


def pause(attempts: int, error: DeliveryError, cap: float = CAP) -> timedelta:
    """Return the wait before the next try: as the platform told, else a random part of 2^attempts or `cap` seconds.

    Random, so that not all messages come back at the same moment.
    """
    told = error.after if isinstance(error, Retry) else None
    backoff = random.uniform(0, min(cap, 2.0 ** min(attempts, 30)))
    return timedelta(seconds=backoff if told is None or told <= SHORT else told + random.uniform(0, 1))
