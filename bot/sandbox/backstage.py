"""Backstage: the product unchanged, both platforms around it, and one clock for all three."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from bot.app import Application, build
from bot.sandbox import memory
from bot.sandbox.cast import cast_of, enter
from bot.sandbox.feishu import FeishuSimulator
from bot.sandbox.given import settings
from bot.sandbox.serving import address, door, served
from bot.sandbox.wecom import WeComSimulator
from handlers.policy import load

READY_SECONDS = 30
LONGEST_ANSWER = 900
"""Seconds a turn of the clock may take: a year has many due moments."""


class NotReadyError(Exception):
    """The product did not come up; the message says what it still lacks."""


class Backstage:
    """An async context manager that belongs to one event loop.

    `data_dir` None: a fresh temporary folder that goes when the curtain falls. With a folder everything goes on where
    an earlier run stopped. `extra_env` holds further `YINGXU_…` variables for the product; `start` is the time at which
    it all begins, for a new folder.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        policy_path: Path | None = None,
        database_url: str = "",
        extra_env: Mapping[str, str] | None = None,
        start: datetime | None = None,
    ) -> None:
        self.policy = load(policy_path)
        self.cast = cast_of(self.policy)
        self._start = start
        self.kept = data_dir is not None
        self._stack = AsyncExitStack()
        self._variables = {"YINGXU_POLICY": str(policy_path or ""), "YINGXU_DATABASE_URL": database_url}
        self._variables |= {"YINGXU_TEST_CLOCK": "1", **(extra_env or {})}
        self.data_dir = data_dir or Path()

    def _wire(self) -> None:
        """Make platforms and product around three addresses that are known before anything listens."""
        if not self.kept:
            self.data_dir = Path(self._stack.enter_context(_folder()))
        self._doors = [self._stack.enter_context(door()) for _ in range(3)]
        self.base_url, wecom, feishu = map(address, self._doors)
        self.wecom = WeComSimulator(callback_url=f"{self.base_url}/wecom/callback", now=self.now)
        mode = self._variables.get("YINGXU_FEISHU__MODE", "webhook")
        self.feishu = FeishuSimulator(callback_url=f"{self.base_url}/feishu/event", now=self.now, mode=mode)
        self.wecom.api_base, self.feishu.api_base = wecom, feishu
        self._variables |= {**self.wecom.settings, **self.feishu.settings, "YINGXU_DATA_DIR": str(self.data_dir)}
        self.product = build(settings(self._variables))

    def now(self) -> datetime:
        """Return the product's time, which is everybody's here."""
        return self.product.clock.now()

    def keep(self) -> None:
        """Write down what the platforms remember, if this is to go on some day."""
        if self.kept:
            memory.keep(self.data_dir, self.wecom, self.feishu)

    async def __aenter__(self) -> Self:
        """Raise the curtain: the platforms, then the product, until it is ready."""
        try:
            self._wire()
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the product in order, then the platforms."""
        await self._stack.aclose()

    async def _open(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if self.kept:
            memory.recall(self.data_dir, self.wecom, self.feishu)
        enter(self.cast, self.wecom, self.feishu)
        product, wecom, feishu = self._doors
        timeout = aiohttp.ClientTimeout(LONGEST_ANSWER)
        self.http = await self._stack.enter_async_context(aiohttp.ClientSession(self.base_url, timeout=timeout))
        self._stack.push_async_callback(self._close_platforms)
        await self._stack.enter_async_context(served(self.wecom.app, wecom))
        await self._stack.enter_async_context(served(self.feishu.app, feishu))
        await self._stack.enter_async_context(_opened(self.product))
        await self._set_clock()
        await self._stack.enter_async_context(served(self.product.asgi, product))
        self.product.start()
        await self._ready()

    async def _set_clock(self) -> None:
        """Begin at the wanted time: before anything runs, so that the years between are not lived through."""
        if self._start and self._start > self.now():
            self.product.clock.step_to(self._start)
            await self.product.database.run(self.product.clock.save)

    async def _close_platforms(self) -> None:
        self.keep()
        await self.wecom.close()
        await self.feishu.close()

    async def _ready(self) -> None:
        lacking = ""
        for _ in range(READY_SECONDS * 100):
            async with self.http.get("/readyz") as answer:
                if answer.ok:
                    return
                lacking = await answer.text()
            await asyncio.sleep(0.01)
        raise NotReadyError(lacking)


def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="yingxu-", ignore_cleanup_errors=True)


@asynccontextmanager
async def _opened(product: Application) -> AsyncIterator[None]:
    await asyncio.to_thread(product.open)
    try:
        yield
    finally:
        await product.stop()
