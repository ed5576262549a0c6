"""Delivery of encrypted callbacks to the bot, and the verification of its address."""

import asyncio
import secrets
import time
from collections import deque
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from bot.sandbox.wecom.envelope import Envelope, xml_of
from bot.sandbox.wecom.state import Delivery, Platform

ATTEMPTS = 3
HTTP_OK = 200
KEPT = 10_000


class Callbacks:
    """Sends callbacks as the platform does: 5 s to answer, three attempts, repeats only after network failures."""

    def __init__(self, platform: Platform, envelope: Envelope, url: str) -> None:
        self._platform = platform
        self._envelope = envelope
        self._client: aiohttp.ClientSession | None = None
        self.url = url
        self.timeout = 5.0
        self.verify_timeout = 1.0
        self.pause = 1.0
        """Real seconds between attempts; the platform's own pause is not documented."""
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT)
        self.bad_passive_replies: list[str] = []

    def encrypt(self, xml: str, *, agent_id: bool = True) -> tuple[str, str]:
        """Return the percent-encoded query and the outer XML that carry the plain `xml`."""
        encrypted = self._envelope.encrypt(xml)
        outer: dict[str, object] = {"ToUserName": self._platform.corp_id}
        if agent_id:
            outer["AgentID"] = str(self._platform.agent_id)
        return self._query(encrypted), xml_of({**outer, "Encrypt": encrypted})

    async def deliver(self, xml: str, *, msgid: str = "", agent_id: bool = True) -> Delivery:
        """Deliver one callback; status 0 means that no attempt was answered."""
        started = time.monotonic()
        status = attempt = 0
        for attempt in range(1, ATTEMPTS + 1):
            status = await self._attempt(xml, agent_id=agent_id)
            if not self._repeats(status) or attempt == ATTEMPTS:
                break
            await asyncio.sleep(self.pause)
        delivery = Delivery(status, time.monotonic() - started, attempt, msgid, xml)
        self.deliveries.append(delivery)
        return delivery

    async def verify_url(self) -> str:
        """Verify the bot's address as saving it in the console does; return "ok" or what is wrong."""
        echo = str(secrets.randbelow(10**19))
        encrypted = self._envelope.encrypt(echo)
        url = URL(f"{self.url}?{self._query(encrypted)}&{urlencode({'echostr': encrypted})}", encoded=True)
        try:
            async with self._http().get(url, timeout=aiohttp.ClientTimeout(self.verify_timeout)) as answer:
                body = await answer.read()
        except TimeoutError:
            return f"no answer within {self.verify_timeout:g} s"
        except aiohttp.ClientError as error:
            return f"not reachable: {type(error).__name__}"
        if answer.status != HTTP_OK:
            return f"answered {answer.status}"
        return "ok" if body == echo.encode() else f"answered {body[:40]!r} instead of the bare echostr"

    async def close(self) -> None:
        """Close the kept connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _attempt(self, xml: str, *, agent_id: bool) -> int:
        query, body = self.encrypt(xml, agent_id=agent_id)
        url = URL(f"{self.url}?{query}", encoded=True)
        headers = {"Content-Type": "text/xml"}
        timeout = aiohttp.ClientTimeout(self.timeout)
        try:
            async with self._http().post(url, data=body.encode(), headers=headers, timeout=timeout) as answer:
                reply = await answer.text(errors="replace")
        except (TimeoutError, aiohttp.ClientError):
            return 0
        if reply and answer.status == HTTP_OK:
            self.bad_passive_replies.append(reply)
        return answer.status

    def _repeats(self, status: int) -> bool:
        return status == 0 or (status != HTTP_OK and self._platform.quirks.retry_http_errors)

    def _query(self, encrypted: str) -> str:
        timestamp, nonce = str(self._platform.stamp()), str(secrets.randbelow(10**10))
        signature = self._envelope.signature(timestamp, nonce, encrypted)
        return urlencode({"msg_signature": signature, "timestamp": timestamp, "nonce": nonce})

    def _http(self) -> aiohttp.ClientSession:
        if self._client is None:
            connector = aiohttp.TCPConnector(limit=0)
            self._client = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._client
