"""The tenant token: fetched once for all who wait, kept until shortly before its end, renewed when refused."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.errors import Retry

EARLY = timedelta(minutes=5)
"""Fetched anew this long before its end: with less than 30 minutes left Feishu gives a new one, both are valid."""
REST = 20.0
"""Seconds (real time) in which a token that was refused when it was new is not fetched again: three a minute."""


class TenantToken:
    """One app's token. `fetch` returns the token and its seconds to live; `clock` decides about its age."""

    def __init__(self, fetch: Callable[[], Awaitable[tuple[str, float]]], clock: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._until: datetime | None = None
        self._resting_until = 0.0

    async def get(self, refused: str = "") -> str:
        """Return a token that is not `refused`; Retry while new ones are refused too."""
        async with self._lock:
            if self._until is not None and self._clock() < self._until and self._token != refused:
                return self._token
            wait = self._resting_until - time.monotonic()
            if wait > 0:
                raise Retry("飞书凭证反复失效", wait)
            self._token, seconds = await self._fetch()
            life = timedelta(seconds=max(seconds, 0))
            self._until = self._clock() + life - min(EARLY, life / 2)
            return self._token

    def refuse(self) -> None:
        """Note that a token was refused that had just been fetched."""
        self._resting_until = time.monotonic() + REST
        self._until = None
