"""The long connection: events and presses without a public address, in place of the webhook.

The client of lark_oapi knows the protocol but not how to live: it has no stop, runs handlers on the socket's own loop,
and sleeps on when its receiver has died. Here it only connects, pings and takes frames apart; a thread with its own
loop watches it, makes a new one when it is over, and answers a frame only when the event is durable.
"""

# ruff: noqa: SLF001 - the SDK's client has no public way to be stopped, supervised or given another receiver

import asyncio
import base64
import json
import random
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from websockets.exceptions import WebSocketException

from bot.feishu.sdk import socket_module

if TYPE_CHECKING:
    from bot.settings import FeishuSettings

Accept = Callable[[bytes], Awaitable[dict[str, Any]]]
"""Make one payload durable and return what a webhook would answer: {} or {"toast": ...}. Runs on the starter's loop."""

FIRST_WAIT, LAST_WAIT = 1.0, 60.0
"""Seconds (real time) between tries to connect, doubling."""
SILENT_PINGS = 3
"""Pings without an answer after which a connection counts as dead."""
FAREWELL = 3.0
"""Seconds that events under way have to be made durable and acknowledged when we stop."""
_OK, _AGAIN = 200, 500
"""What a frame is answered with; 500 makes Feishu send it again."""
_log = structlog.get_logger(__name__)


class LongConnection:
    """Keeps one connection of the app alive. `start` on the loop that `accept` shall run on."""

    def __init__(self, settings: "FeishuSettings", accept: Accept) -> None:
        self._settings = settings
        self._accept = accept
        self._home: asyncio.AbstractEventLoop
        self._loop: asyncio.AbstractEventLoop
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="feishu-long-connection", daemon=True)
        self.connected = False

    def start(self) -> None:
        """Start connecting; returns at once."""
        self._home = asyncio.get_running_loop()
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Take no more frames, acknowledge what is under way, close."""
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        await asyncio.to_thread(self._thread.join, FAREWELL + FIRST_WAIT)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)  # the SDK asks for the thread's loop
        try:
            self._loop.run_until_complete(self._for_ever())
        finally:
            self.connected = False
            asyncio.set_event_loop(None)
            self._loop.close()

    async def _for_ever(self) -> None:
        """Connect, live, connect again, until stopped."""
        from bot.feishu.wire import Wire

        wire = Wire(threads=1)
        module = socket_module(wire, self._loop)
        wait = FIRST_WAIT
        while not self._stop.is_set():
            session = _Session(module, self._settings, self._across)
            try:
                await session.open()
                self.connected, wait = True, FIRST_WAIT
                _log.info("feishu long connection is open")
                await session.live(self._stop)
                pause = random.random() * session.jitter
            except Exception as error:  # noqa: BLE001 - whatever hinders the connection, the next try is the remedy
                _log.warning("feishu long connection failed", kind=type(error).__name__)
                pause, wait = wait, min(wait * 2, LAST_WAIT)
            finally:
                self.connected = False
                await session.close()
            await _rest(self._stop, pause)
        wire.close()

    async def _across(self, payload: bytes) -> dict[str, Any]:
        """Hand a payload to the starter's loop and wait here for its answer."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_called(self._accept, payload), self._home))


class _Session:
    """One connection of the SDK's client, with our receiver and our answers in place of its own."""

    def __init__(self, module: Any, settings: "FeishuSettings", accept: Accept) -> None:
        self._client = module.Client(
            settings.app_id,
            settings.app_secret.get_secret_value(),
            domain=settings.api_base.rstrip("/"),
            auto_reconnect=False,
            source="yingxu",
        )
        self._client._receive_message_loop = self._receive
        self._client._handle_data_frame = self._answer
        self._accept = accept
        self._over = asyncio.Event()
        self._heard = time.monotonic()
        self._tasks: set[asyncio.Task[None]] = set()
        self._receiver: asyncio.Task[None] | None = None

    @property
    def jitter(self) -> float:
        """Seconds within which Feishu asks clients to come back after a connection has ended."""
        return float(self._client._reconnect_nonce)

    async def open(self) -> None:
        """Discover the address and connect; raises whatever hinders it."""
        await self._client._connect()

    async def live(self, stop: asyncio.Event) -> None:
        """Ping until stopped, closed, or silent for too long."""
        self._heard = time.monotonic()
        self._task(self._client._ping_loop())
        while not stop.is_set() and not self._over.is_set():
            await _rest(stop, 1.0, self._over)
            # Read anew each time: a pong may carry another interval.
            if time.monotonic() - self._heard > SILENT_PINGS * self._client._ping_interval:
                _log.warning("feishu long connection is silent")
                return

    async def close(self) -> None:
        """Let events under way be acknowledged, then close the socket and end what the client began."""
        if self._receiver is not None:
            self._receiver.cancel()  # a frame that is not taken is sent again
        answers = [task for task in self._tasks if task.get_name() == "answer"]
        if answers:
            await asyncio.wait(answers, timeout=FAREWELL)
        with suppress(WebSocketException, OSError):  # it may be broken already
            await self._client._disconnect()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _task(self, work: Any, name: str = "") -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _receive(self) -> None:
        """Take frames until the connection ends, and say so when it has."""
        self._receiver = asyncio.current_task()
        try:
            connection = self._client._conn
            while True:
                frame = await connection.recv()
                self._heard = time.monotonic()
                self._task(self._client._handle_message(frame), "answer")
        except (WebSocketException, OSError):
            pass
        finally:
            self._over.set()

    async def _answer(self, frame: Any) -> None:
        """Answer a frame once its event is durable; a failure asks Feishu to send it again."""
        headers = {header.key: header.value for header in frame.headers}
        payload, parts = frame.payload, int(headers.get("sum", "1"))
        if parts > 1:
            payload = self._client._combine(headers["message_id"], parts, int(headers["seq"]), payload)
            if payload is None:
                return
        began = time.monotonic()
        answer = await self._answered(payload)
        taken = frame.headers.add()
        taken.key, taken.value = "biz_rt", str(int((time.monotonic() - began) * 1000))
        frame.payload = json.dumps(answer).encode()
        await self._client._write_message(frame.SerializeToString())

    async def _answered(self, payload: bytes) -> dict[str, Any]:
        try:
            reply = await self._accept(payload)
        except Exception as error:  # noqa: BLE001 - whatever failed, the event is not durable and must come again
            _log.warning("feishu event was not taken", kind=type(error).__name__)
            return {"code": _AGAIN}
        if not reply:
            return {"code": _OK}
        return {"code": _OK, "data": base64.b64encode(json.dumps(reply).encode()).decode()}


async def _called(accept: Accept, payload: bytes) -> dict[str, Any]:
    return await accept(payload)


async def _rest(stop: asyncio.Event, seconds: float, *also: asyncio.Event) -> None:
    """Sleep so long, or until one of the events is set."""
    waiting = [asyncio.ensure_future(event.wait()) for event in (stop, *also)]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
