"""One HTTP exchange with WeCom, distrustful: deadlines, no redirects, bounded bodies, and no secret in any error."""

import asyncio
import math
from functools import lru_cache
from typing import Any, NamedTuple

import aiohttp
import msgspec
from yarl import URL

from bot.errors import Retry

SECONDS = 10
"""Deadline of one call, token included."""
BYTES = 1 << 20
"""Longest answer that is read, media aside."""

_OK = 200
_TOO_MANY = 429
_LONGEST_WAIT = 900.0
_CHUNK = 1 << 16


class Answer(NamedTuple):
    """An HTTP 200 with its body."""

    headers: dict[str, str]
    body: bytes


class TooLong(Retry):
    """The answer has more bytes than were asked for; the rest was not read."""


class Wire:
    """One aiohttp session, opened at the first call and kept."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/") + "/cgi-bin/"
        self._session: aiohttp.ClientSession | None = None

    async def exchange(
        self, method: str, path: str, query: dict[str, str], *, body: Any = None, cap: int = BYTES
    ) -> Answer:
        """Send one request and read the whole answer; Retry for everything but an HTTP 200 of at most `cap` bytes."""
        # Errors of the client quote the address, and the address holds the secret or the token: nothing of them is
        # kept, not even as the cause, so the new error is raised after the old one has been forgotten.
        try:
            return await self._exchange(method, path, query, body, cap)
        except TimeoutError:
            reason = "企业微信没有及时响应"
        except (aiohttp.ClientError, OSError, ValueError) as error:  # ValueError: malformed headers, broken encodings
            reason = f"连接企业微信失败（{type(error).__name__}）"
        raise Retry(reason)

    async def _exchange(self, method: str, path: str, query: dict[str, str], body: Any, cap: int) -> Answer:
        session = self._opened()
        async with session.request(
            method,
            _address(self._base + path, *query.items()),
            data=body,
            headers=_headers(body),
            allow_redirects=False,
        ) as response:
            if response.status != _OK:
                raise Retry(f"企业微信返回 HTTP {response.status}", _told(response.status, response.headers))
            return Answer({k.lower(): v for k, v in response.headers.items()}, await _bounded(response, cap))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=32),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),  # the caller's deadline covers the rest
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # nothing compressed is asked for, and a bomb stays small
            )
        return self._session

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def parsed(body: bytes) -> dict[str, Any]:
    """Read an answer as a JSON object with a numeric errcode; Retry for anything else: a page of a proxy, say."""
    try:
        answer = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or type(answer.get("errcode", 0)) is not int:
        raise Retry("企业微信的回答无法识别")
    return answer


@lru_cache(maxsize=64)
def _address(base: str, *query: tuple[str, str]) -> URL:
    """Put an address together; most calls go to a few of them until the token changes."""
    return URL(base).with_query(query)


def _headers(body: Any) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity"}
    if isinstance(body, bytes):
        headers["Content-Type"] = "application/json; charset=utf-8"
    return headers


async def _bounded(response: aiohttp.ClientResponse, cap: int) -> bytes:
    if response.content_length is not None and response.content_length <= cap:
        return await response.read()  # the client reads no more than was declared
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > cap:
            raise TooLong("企业微信的回答过大")
    return bytes(body)


def _told(status: int, headers: Any) -> float | None:
    """How long the platform asks to wait; dates, nonsense and more than a quarter of an hour are not believed."""
    if status != _TOO_MANY:
        return None
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return None
    return min(seconds, _LONGEST_WAIT) if math.isfinite(seconds) and seconds >= 0 else None


def deadline(seconds: float = SECONDS) -> asyncio.Timeout:
    """Bound everything one call does."""
    return asyncio.timeout(seconds)
