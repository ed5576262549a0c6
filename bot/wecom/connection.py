"""One kept HTTP/1.1 connection: a request goes out, an answer of bounded size comes in, read by httptools.

A general client took an eighth of every turn (measured), mostly for what must not happen here: redirects, cookies,
proxies, decompression.
"""

import asyncio
from typing import NamedTuple, cast

import httptools

from bot.errors import Retry

HEAD_BYTES = 64 * 1024
"""Longest head of an answer."""
IDLE_SECONDS = 15.0
"""A connection that lay idle longer is not used again: the platform may be about to close it."""

_OK = 200
_INTERIM = range(100, 200)


class Answer(NamedTuple):
    """Status, headers by their names in small letters, body; of another status than 200 no body is read."""

    status: int
    headers: dict[str, str]
    body: bytes


class TooLong(Retry):
    """The answer has more bytes than were asked for; the rest was not read."""


class Connection(asyncio.Protocol):
    """Carries one exchange at a time."""

    _transport: asyncio.Transport
    _cap: int
    _head: int
    _status: int
    _whole: bool
    _headers: dict[str, str]
    _body: bytearray

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._asked: asyncio.Future[Answer] | None = None
        self._kept, self._since = True, self._loop.time()
        self._begin(0)

    @property
    def usable(self) -> bool:
        """Whether another request may be sent."""
        fresh = self._loop.time() - self._since < IDLE_SECONDS
        return self._kept and fresh and not self._transport.is_closing()

    async def ask(self, request: bytes, cap: int) -> Answer:
        """Send a whole request, return its answer of at most `cap` bytes; TooLong, or ConnectionError if there is none.

        Whoever stops waiting ends the connection: what would still come belongs to nobody.
        """
        self._begin(cap)
        self._asked = self._loop.create_future()
        self._transport.write(request)
        try:
            return await self._asked
        finally:
            self._asked, self._since = None, self._loop.time()
            if not self._whole:
                self.close()

    def close(self) -> None:
        """End the connection at once."""
        self._kept = False
        self._transport.abort()

    # --- told by asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read on; what nobody asked for ends the connection."""
        if self._asked is None:
            self.close()
            return
        self._head += 0 if self._status else len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(ConnectionError(type(error).__name__))
        if self._head > HEAD_BYTES and not self._status:
            self._fail(ConnectionError("the head is too long"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Take what came for whole only if nothing but the end of the connection was to tell its end."""
        told = "content-length" in self._headers or "chunked" in self._headers.get("transfer-encoding", "").lower()
        if exc is None and not told:
            self.on_message_complete()
        self._fail(ConnectionResetError("closed by the platform"))

    # --- told by httptools ---

    def on_message_begin(self) -> None:
        """Do not go on with a platform that answers once more than it was asked."""
        self._kept = self._kept and not self._whole

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; names of files come as plain UTF-8."""
        self._headers[name.decode("latin-1").lower()] = value.decode("utf-8", "surrogateescape")

    def on_headers_complete(self) -> None:
        """Answer at once where no body is wanted."""
        status = self._parser.get_status_code()
        if status in _INTERIM:
            self._headers.clear()
            return
        self._status = status
        if status != _OK:
            self._give()

    def on_body(self, body: bytes) -> None:
        """Collect, up to the cap."""
        self._body += body
        if len(self._body) > self._cap:
            self._fail(TooLong("企业微信的回答过大"))

    def on_message_complete(self) -> None:
        """Give the answer; the connection stays for the next one if the platform says so."""
        if self._status == _OK and not self._whole:
            self._whole, self._kept = True, self._parser.should_keep_alive()
            self._give()

    def _begin(self, cap: int) -> None:
        self._cap, self._head, self._status, self._whole = cap, 0, 0, False
        self._headers, self._body = {}, bytearray()

    def _give(self) -> None:
        if self._asked and not self._asked.done():
            self._asked.set_result(Answer(self._status, self._headers, bytes(self._body)))

    def _fail(self, error: Exception) -> None:
        if self._asked and not self._asked.done():
            self._asked.set_exception(error)
            self.close()
