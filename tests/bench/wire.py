"""The wire of the bench: a keep-alive client and a sink, both bare, so that it is the server that is measured."""

import asyncio
import re
from collections.abc import Callable
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ADDRESSEE = re.compile(rb'"(?:touser|receive_id)": *"([^"]+)"')
_HEAD_END = b"\r\n\r\n"

# One answer for every call of either platform: each reads the fields it knows.
_SAID = (
    b'{"errcode":0,"errmsg":"ok","access_token":"token-of-the-bench","expires_in":7200,"msgid":"m","account_list":[],'
    b'"code":0,"msg":"ok","tenant_access_token":"t-bench","expire":7200,"data":{"message_id":"om_bench"},'
    b'"bot":{"activate_status":2,"app_name":"bench","avatar_url":"http://127.0.0.1/","ip_white_list":[],"open_id":"ou_bot"}}'
)
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(_SAID), _SAID)


class _Framed(asyncio.Protocol):
    """Cuts what arrives into messages by their Content-Length."""

    def __init__(self) -> None:
        self._got = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hand on every message that is whole."""
        self._got += data
        while (end := self._got.find(_HEAD_END)) >= 0:
            told = _LENGTH.search(self._got, 0, end)
            whole = end + len(_HEAD_END) + (int(told[1]) if told else 0)
            if len(self._got) < whole:
                return
            message = bytes(self._got[:whole])
            del self._got[:whole]
            self.whole(message)

    def whole(self, message: bytes) -> None:
        """Take a message."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """Send."""
        assert self._transport, "not connected"
        self._transport.write(data)

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()


class Line(_Framed):
    """A client's connection: one request at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._then: Callable[[int], None] = _nobody_asked

    def ask(self, request: bytes, then: Callable[[int], None]) -> None:
        """Send a request; `then` gets the status of the answer."""
        self._then = then
        self.write(request)

    def whole(self, message: bytes) -> None:
        """Tell the status: "HTTP/1.1 200 OK"."""
        self._then(int(message[9:12]))


class Sink(_Framed):
    """A platform's API: says yes to everything and tells `hear` whom a message was for."""

    def __init__(self, hear: Callable[[str], None]) -> None:
        super().__init__()
        self._hear = hear

    def whole(self, message: bytes) -> None:
        """Answer first: the bot waits for it."""
        self.write(_ANSWER)
        if addressee := _ADDRESSEE.search(message):
            self._hear(addressee[1].decode())


async def line(port: int) -> Line:
    """Connect to a server of this machine."""
    return (await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", port))[1]


async def status(port: int, request: bytes) -> int:
    """Ask once on a connection of its own; 0 if there is no answer."""
    try:
        asked = await line(port)
    except OSError:
        return 0
    answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    try:
        asked.ask(request, answered.set_result)
        async with asyncio.timeout(10):
            return await answered
    except TimeoutError:
        return 0
    finally:
        asked.close()


def get(path: str) -> bytes:
    """Make a GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def post(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """Make a POST request."""
    told = {"Host": "127.0.0.1", **headers, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def _nobody_asked(_: int) -> None:
    raise AssertionError("an answer without a question")
