"""Slots: a bounded number of leased jobs being worked at once, outside of any transaction."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import structlog

from bot.engine.faults import described
from bot.engine.wake import Bell

LEASE = timedelta(seconds=60)
RENEW = 20.0
"""Seconds between renewals, so that two may fail."""

log = structlog.get_logger(__name__)


class Slots:
    """The jobs being worked, a task each; one that ends rings the bell, because the next job of its chat may begin."""

    def __init__(self, size: int, bell: Bell) -> None:
        self._size = size
        self._bell = bell
        self._tasks: dict[int, asyncio.Task[None]] = {}

    @property
    def free(self) -> int:
        """How many more jobs may begin."""
        return self._size - len(self._tasks)

    @property
    def ids(self) -> list[int]:
        """The jobs being worked."""
        return list(self._tasks)

    def begin(self, job_id: int, work: Coroutine[Any, Any, None]) -> None:
        """Work one job."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[job_id] = task
        task.add_done_callback(lambda ended: self._ended(job_id, ended))

    async def drain(self, seconds: float) -> None:
        """Wait at most `seconds` for the jobs being worked, then cancel those left."""
        tasks = list(self._tasks.values())
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=seconds)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    def _ended(self, job_id: int, task: asyncio.Task[None]) -> None:
        # A job whose lease ended may have been leased here again: the newer task is the one to keep.
        if self._tasks.get(job_id) is task:
            del self._tasks[job_id]
        if not task.cancelled() and (error := task.exception()):
            # Its result could not be recorded: the lease ends, and it is done again under the same name.
            log.error("leased work failed", job=job_id, **described(error))
        self._bell.ring()
