"""HTTP exchanges with WeCom, distrustful: deadlines, no redirects, bounded bodies, and no secret in any error."""

import asyncio
import math
import ssl
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from bot.errors import Retry
from bot.wecom.connection import Answer, Connection

SECONDS = 10
"""Deadline of one call, token included."""
BYTES = 1 << 20
"""Longest answer that is read, media aside."""
JSON = "application/json; charset=utf-8"

_OK = 200
_TOO_MANY = 429
_LONGEST_WAIT = 900.0
_CONNECTIONS = 32
_CONNECT_SECONDS = 5
_TLS_PORT, _PLAIN_PORT = 443, 80


class Wire:
    """Connections to one address, opened when they are needed and kept."""

    def __init__(self, base: str) -> None:
        address = urlsplit(base.rstrip("/") + "/cgi-bin/")
        secure = address.scheme == "https"
        self._tls = ssl.create_default_context() if secure else None
        self._at = address.hostname or "", address.port or (_TLS_PORT if secure else _PLAIN_PORT)
        self._base, self._host = address.path, address.netloc.rpartition("@")[2]
        self._free: list[Connection] = []
        self._room = asyncio.Semaphore(_CONNECTIONS)

    async def exchange(
        self, method: str, path: str, query: dict[str, str], *, body: bytes = b"", kind: str = JSON, cap: int = BYTES
    ) -> Answer:
        """Send one request and read the whole answer; Retry for everything but an HTTP 200 of at most `cap` bytes."""
        head = _head(method, self._base + path, self._host, *query.items())
        told = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n" if body else ""
        # The request holds the secret or the token, and errors may quote it: nothing of them is kept, not even as the
        # cause, so the new error is raised after the old one has been forgotten.
        try:
            answer = await self._ask(b"%b%b\r\n%b" % (head, told.encode(), body), cap)
        except TimeoutError:
            failure = Retry("企业微信没有及时响应")
        except (OSError, ValueError) as error:  # ValueError: a host that cannot be one
            failure = Retry(f"连接企业微信失败（{type(error).__name__}）")
        else:
            if answer.status == _OK:
                return answer
            failure = Retry(f"企业微信返回 HTTP {answer.status}", _told(answer))
        raise failure

    async def _ask(self, request: bytes, cap: int) -> Answer:
        async with self._room:
            connection = self._kept() or await self._opened()
            answer = await connection.ask(request, cap)
            self._free.append(connection)
            return answer

    def _kept(self) -> Connection | None:
        """Return the connection that was used last, or None; those that are of no more use are closed."""
        while self._free:
            connection = self._free.pop()
            if connection.usable:
                return connection
            connection.close()
        return None

    async def _opened(self) -> Connection:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(_CONNECT_SECONDS):
            return (await loop.create_connection(Connection, *self._at, ssl=self._tls))[1]

    async def close(self) -> None:
        """Close the connections that lie idle."""
        while self._free:
            self._free.pop().close()


@lru_cache(maxsize=64)
def _head(method: str, path: str, host: str, *query: tuple[str, str]) -> bytes:
    """Put the head of a request together; most calls are of a few kinds until the token changes."""
    return (
        f"{method} {path}?{urlencode(query)} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: yingxu\r\n"
        "Accept: */*\r\nAccept-Encoding: identity\r\n"
    ).encode()


def parsed(body: bytes) -> dict[str, Any]:
    """Read an answer as a JSON object with a numeric errcode; Retry for anything else: a page of a proxy, say."""
    try:
        answer = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or type(answer.get("errcode", 0)) is not int:
        raise Retry("企业微信的回答无法识别")
    return answer


def _told(answer: Answer) -> float | None:
    """How long the platform asks to wait; dates, nonsense and more than a quarter of an hour are not believed."""
    if answer.status != _TOO_MANY:
        return None
    try:
        seconds = float(answer.headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(seconds, _LONGEST_WAIT) if math.isfinite(seconds) and seconds >= 0 else None


def deadline(seconds: float = SECONDS) -> asyncio.Timeout:
    """Bound everything one call does."""
    return asyncio.timeout(seconds)
