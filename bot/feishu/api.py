"""Calls to Feishu: our own token, a bounded pool of threads, and every way to fail named (bot/errors.py)."""

import asyncio
import math
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import Refused, Retry
from bot.feishu.limits import CALL, MEDIA, TooLarge, Unanswered
from bot.feishu.refusals import TokenRefused, judge
from bot.feishu.sdk import Answer, Sdk
from bot.feishu.tokens import TenantToken

if TYPE_CHECKING:
    from bot.feishu.wire import Wire
    from bot.settings import FeishuSettings

THREADS = 8
"""Calls at one time. The SDK blocks; its async twins block the event loop even longer (33 ms each)."""
SLACK = 2.0
"""Seconds a call may take beyond the limit of its answer: waiting for a thread, sending the request."""
_OK = range(200, 300)
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
"""What can stand in a header; the newer tokens are JWTs of some kilobytes."""

T = TypeVar("T")
Call = Callable[[Sdk, str], Answer]
"""One request of the SDK, given the token."""


class FeishuApi:
    """The API of one app. `clock` is the product's clock: a token lives by it."""

    def __init__(self, settings: "FeishuSettings", clock: Callable[[], datetime], threads: int = THREADS) -> None:
        self._settings = settings
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="feishu")
        self._threads = threads
        self._loading = threading.Lock()
        self._wire: Wire | None = None
        self._sdk: Sdk | None = None
        self._token = TenantToken(self._fetch_token, clock)

    async def prepare(self) -> None:
        """Import the SDK in a thread (half a second), so that the first message need not wait for it."""
        await asyncio.get_running_loop().run_in_executor(self._pool, self._loaded)

    async def ask(self, call: Call) -> dict[str, Any]:
        """Make a call and return its JSON; raises only Retry and Refused (refusals.py refines Refused)."""
        return await self._with_token(call, judge, CALL.seconds)

    async def fetch(self, call: Call) -> Answer:
        """Make a call that answers with a file; errors as with `ask`."""
        return await self._with_token(call, _file, MEDIA.seconds)

    async def send_file(self, call: Call) -> dict[str, Any]:
        """Make a call that carries a file and may take as long as one."""
        return await self._with_token(call, judge, MEDIA.seconds)

    async def bot_open_id(self) -> str:
        """Ask for the bot's own open_id; it stands in `bot`, not in `data`."""
        body = await self.ask(lambda sdk, token: sdk.bot(token))
        bot = body.get("bot")
        return str(bot.get("open_id", "")) if isinstance(bot, dict) else ""

    def close(self) -> None:
        """Take no more calls; those that wait are dropped, those under way end by their own limits."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._wire is not None:
            self._wire.close()

    async def _with_token(self, call: Call, read: Callable[[Answer], T], seconds: float) -> T:
        """Try once more with another token if this one is refused; more often would ask for a ban."""
        token = await self._token.get()
        try:
            return read(await self._run(lambda sdk: call(sdk, token), seconds))
        except TokenRefused:
            another = await self._token.get(refused=token)
        try:
            return read(await self._run(lambda sdk: call(sdk, another), seconds))
        except TokenRefused as error:
            self._token.refuse()
            raise Retry(error.reason) from error

    async def _fetch_token(self) -> tuple[str, float]:
        secret = self._settings.app_secret.get_secret_value()
        answer = await self._run(lambda sdk: sdk.tenant_token(self._settings.app_id, secret), CALL.seconds)
        try:
            body = judge(answer)
        except TokenRefused as error:
            raise Retry(error.reason) from error
        token, seconds = body.get("tenant_access_token"), body.get("expire")
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise Retry("飞书凭证答复无法理解")
        if not isinstance(seconds, int | float) or not math.isfinite(seconds):
            raise Retry("飞书凭证答复无法理解")
        return token, float(seconds)

    async def _run(self, work: Callable[[Sdk], Answer], seconds: float) -> Answer:
        """Run in a thread; what goes wrong under way becomes Retry or Refused."""
        try:
            running = asyncio.get_running_loop().run_in_executor(self._pool, partial(self._working, work))
        except RuntimeError as error:  # the pool takes no more work: we are shutting down, the promise stays
            raise Retry("正在停止") from error
        try:
            return await asyncio.wait_for(running, seconds + SLACK)
        except TimeoutError:
            raise Retry("飞书答复超时") from None
        except Unanswered as error:
            raise Retry(f"飞书{error}") from None
        except TooLarge:
            raise Refused("文件超过可接收的大小") from None

    def _working(self, work: Callable[[Sdk], Answer]) -> Answer:
        return work(self._loaded())

    def _loaded(self) -> Sdk:
        """Return the SDK, imported at the first need, by one thread."""
        with self._loading:
            if self._sdk is None:
                from bot.feishu.wire import Wire

                self._wire = Wire(self._threads)
                self._sdk = Sdk(self._settings.api_base, self._wire)
            return self._sdk


def _file(answer: Answer) -> Answer:
    """Let a file through: it comes with 2xx whatever its type; anything else is JSON that says why not."""
    if answer.status not in _OK:
        judge(answer)
        raise Retry(f"飞书答复无法理解（HTTP {answer.status}）")
    return answer
