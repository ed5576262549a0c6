"""Delivery of callbacks to the bot: 3 seconds, HTTP 200, and for events the documented four repetitions."""

import json
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import aiohttp

from bot.sandbox.feishu.envelope import event_header, wrap
from bot.sandbox.feishu.longconn import LongConnections
from bot.sandbox.feishu.state import TENANT_KEY, World

Json = dict[str, Any]
PATIENCE, CHALLENGE_PATIENCE = 3.0, 1.0  # seconds, real time
RETRIES = (timedelta(seconds=15), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
OK = 200


@dataclass(frozen=True)
class Delivery:
    """What became of one callback: last HTTP status (0: no answer or nothing sent), real seconds, attempts, answer."""

    status: int
    seconds: float
    attempts: int
    body: Json
    raw: bytes = b""
    event: Json | None = None
    message_id: str = ""

    @property
    def ok(self) -> bool:
        """Acknowledged."""
        return self.status == OK


NOTHING_SENT = Delivery(0, 0.0, 0, {})


class Keys(Protocol):
    """What the courier must know of the app."""

    app_id: str
    encrypt_key: str
    verification_token: str
    callback_url: str
    mode: str


class Courier:
    """Posts callbacks over one shared session, or pushes them down a long connection, and remembers what failed."""

    def __init__(self, keys: Keys, world: World, connections: LongConnections) -> None:
        self._keys = keys
        self._world = world
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self.undelivered: list[tuple[datetime, Delivery]] = []

    async def close(self) -> None:
        """Close the shared session."""
        if self._session:
            await self._session.close()
            self._session = None

    def envelope(self, event_type: str, event: Json, *, micro: bool = False) -> Json:
        """Make a version 2.0 envelope at domain time; milliseconds for events, microseconds for card callbacks."""
        stamp = str(int(self._world.now().timestamp() * (1_000_000 if micro else 1000)))
        header = event_header(event_type, self._keys.verification_token, self._keys.app_id, TENANT_KEY, stamp)
        return {"schema": "2.0", "header": header, "event": event}

    def encrypted(self, envelope: Json) -> tuple[dict[str, str], bytes]:
        """Headers and body of a callback, signed at domain time."""
        return wrap(envelope, self._keys.encrypt_key, int(self._world.now().timestamp()))

    async def send_event(self, envelope: Json, message_id: str = "", attempts: int = 0) -> Delivery:
        """One attempt; a failed event waits for `redeliver`."""
        delivery = replace(await self.attempt(envelope), attempts=attempts + 1, event=envelope, message_id=message_id)
        if not delivery.ok and attempts < len(RETRIES):
            self.undelivered.append((self._world.now() + RETRIES[attempts], delivery))
        return delivery

    async def redeliver(self, *, at_once: bool = False) -> list[Delivery]:
        """Repeat the failed events whose time has come on the domain clock (or all of them), oldest first."""
        now = self._world.now()
        due = [pair for pair in self.undelivered if at_once or pair[0] <= now]
        self.undelivered = [pair for pair in self.undelivered if pair not in due]
        return [
            await self.send_event(failed.event or {}, failed.message_id, failed.attempts)
            for _, failed in sorted(due, key=lambda pair: pair[0])
        ]

    async def attempt(self, envelope: Json, patience: float = PATIENCE) -> Delivery:
        """Send once, over the long connection when that is the mode and one is up, else over HTTP."""
        started = time.monotonic()
        if self._keys.mode == "websocket" and self._connections.connections:
            plain = json.dumps(envelope, ensure_ascii=False).encode()
            status, raw = await self._connections.push(plain, patience)
        else:
            status, raw = await self._post(envelope, patience)
        return Delivery(status, time.monotonic() - started, 1, _json(raw), raw)

    async def _post(self, envelope: Json, patience: float) -> tuple[int, bytes]:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        headers, body = self.encrypted(envelope)
        limit = aiohttp.ClientTimeout(total=patience)
        try:
            async with self._session.post(
                self._keys.callback_url, data=body, headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                return answer.status, await answer.read()
        except (TimeoutError, aiohttp.ClientError):
            return 0, b""


def _json(raw: bytes) -> Json:
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
