"""Waiting for what nobody announces."""

import asyncio
from collections.abc import Callable

LOOK = 0.02
"""Seconds between two looks."""


async def until(so: Callable[[], bool], seconds: float | None = None) -> None:
    """Wait until something is so; TimeoutError if it takes longer than `seconds`."""
    async with asyncio.timeout(seconds):
        while not so():  # noqa: ASYNC110 - what is looked at lies in other processes, or is counted by simulators
            await asyncio.sleep(LOOK)
