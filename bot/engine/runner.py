"""The runner: works off what came in, one transaction for the work and for the word that it is done."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from time import monotonic

import msgspec
import structlog

from bot.engine.faults import described
from bot.engine.shared import IN, Shared, encoder, incoming_decoder, promises, put, repeat
from handlers.messages import Incoming, Toast
from storage import jobs, queues
from storage.database import Store, is_fault
from storage.jobs import Job

BACKOFF = tuple(timedelta(seconds=s) for s in (5, 30, 120))
"""Waits after a handler failed; when they are used up a person gets the words."""
BATCH = {"sqlite": (64, 1), "postgresql": (1, 4)}
"""Jobs in one transaction, and workers. SQLite has one writer; PostgreSQL would hold the locks of all of them."""
PATIENCE = 0.01
"""Seconds one transaction may take before it leaves the rest to the next: callbacks wait for the same writer."""
LOOK = 0.05
"""Seconds between looks at the outcome of a job that another process may be working."""

log = structlog.get_logger(__name__)
_toast_decoder = msgspec.json.Decoder(Toast | None)


@dataclass(slots=True)
class Turns:
    """What came of one transaction: answers to presses, seconds of each job, jobs that failed, seconds to wait."""

    toasts: dict[str, Toast | None] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    pause: float = 0.0


Turn = Callable[[Store, Job, Incoming, Turns], set[str]]
"""Works one incoming message off; returns the queues it put something into."""


class Runner:
    """Answers what came in, always the oldest unanswered job of a chat."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._bell = shared.wake.bell(IN)
        self._limit, self._workers = BATCH[shared.database.dialect]
        self._waiting: defaultdict[str, set[asyncio.Future[Toast | None]]] = defaultdict(set)

    async def run(self) -> None:
        """Work until the engine stops."""
        stopping = self._shared.stopping
        await asyncio.gather(*(repeat(self._step, self._bell, stopping) for _ in range(self._workers)))

    async def wait_for(self, incoming_id: str, seconds: float) -> Toast | None:
        """Wait at most `seconds` for the answer (a toast) to a pressed button; None if there is none by then."""
        future: asyncio.Future[Toast | None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting[incoming_id]
        waiting.add(future)
        try:
            async with asyncio.timeout(seconds):
                return await self._answer(incoming_id, future)
        except TimeoutError:
            return None
        finally:
            waiting.discard(future)
            if not waiting:
                self._waiting.pop(incoming_id, None)

    async def _answer(self, incoming_id: str, future: asyncio.Future[Toast | None]) -> Toast | None:
        while True:
            outcome = await self._shared.database.read(lambda store: queues.outcome(store, IN, incoming_id))
            if outcome is not None:
                return _toast_decoder.decode(outcome) if outcome.startswith("{") else None
            alone = self._shared.database.dialect == "sqlite"
            await asyncio.wait([future], timeout=None if alone else LOOK)
            if future.done():
                return future.result()

    async def _step(self) -> float:
        turns = await self._worked()
        for seconds in turns.seconds:
            self._shared.observe(seconds)
        for incoming_id, toast in turns.toasts.items():
            for future in self._waiting.get(incoming_id, ()):
                if not future.done():
                    future.set_result(toast)
        if turns.seconds and self._workers > 1:
            self._bell.ring()  # where there was one there may be more: the next worker looks too
        return turns.pause

    async def _worked(self) -> Turns:
        """Work off what is due as if nothing could go wrong; if something does, again with each turn on its own."""
        try:
            return await self._shared.run(partial(self._work, turn=self._handle))
        except Exception as error:
            if is_fault(error):
                raise
        return await self._shared.run(partial(self._work, turn=self._handle_apart))

    def _work(self, store: Store, turn: Turn) -> tuple[Turns, set[str]]:
        turns = Turns()
        rung: set[str] = set()
        begin = monotonic()
        now = self._shared.clock.now()
        taken = jobs.take(store, IN, now, self._limit)
        if not taken:
            turns.pause = self._shared.until(queues.next_due(store, [IN], now), now)
        for job in taken:
            start = monotonic()
            rung |= self._turn(store, job, turns, turn)
            turns.seconds.append(monotonic() - start)
            if monotonic() - begin > PATIENCE:
                break
        return turns, rung

    def _turn(self, store: Store, job: Job, turns: Turns, turn: Turn) -> set[str]:
        try:
            incoming = incoming_decoder.decode(job.payload)
        except msgspec.DecodeError as error:
            log.error("job unreadable", job=job.id, queue=IN)  # noqa: TRY400 - the trace would show what people wrote
            jobs.bury(store, job, self._shared.clock.now(), _text(error))
            return set()
        return turn(store, job, incoming, turns)

    def _handle(self, store: Store, job: Job, incoming: Incoming, turns: Turns) -> set[str]:
        now = self._shared.clock.now()
        reply = self._shared.hooks.handle(incoming, store, self._shared.desk)
        rung = put(store, promises(reply.outgoing, reply.fetches), now, job)
        jobs.finish(store, job, now, encoder.encode(reply.toast).decode() if reply.toast else "")
        turns.toasts[incoming.id] = reply.toast
        return rung | {incoming.platform}  # what was held for this word, or is told again, was put by nobody now

    def _handle_apart(self, store: Store, job: Job, incoming: Incoming, turns: Turns) -> set[str]:
        try:
            with store.savepoint():
                return self._handle(store, job, incoming, turns)
        except Exception as error:
            if is_fault(error):
                raise
            turns.failed.append(job.id)
            return self._failed(store, job, incoming, error)

    def _failed(self, store: Store, job: Job, incoming: Incoming, error: Exception) -> set[str]:
        """Try again later; when that was often enough a person gets it, and the chat goes on."""
        now = self._shared.clock.now()
        log.error("handler failed", job=job.id, attempt=job.attempts + 1, **described(error))
        if job.attempts < len(BACKOFF):
            jobs.retry(store, job, now, now + BACKOFF[job.attempts], _text(error))
            return set()
        jobs.bury(store, job, now, _text(error))
        self._shared.counted(incoming.platform, "poison")
        try:
            with store.savepoint():
                return put(store, promises(self._shared.hooks.poison(incoming, store, self._shared.desk)), now)
        except Exception as second:
            if is_fault(second):
                raise
            log.error("poison not told", job=job.id, **described(second))  # noqa: TRY400 - as above
            return set()


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
