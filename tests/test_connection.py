"""Slow clients: whoever takes too long is let go, and hinders nobody meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot import body, connection
from bot.app import build
from bot.sandbox.given import settings
from bot.sandbox.serving import address, door
from bot.server import Server
from tests.test_settings import FEISHU, WECOM

Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]
SECONDS = 0.4


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all patience be short."""
    monkeypatch.setattr(connection, "HEAD_SECONDS", SECONDS)
    monkeypatch.setattr(body, "SECONDS", SECONDS)


def served(tmp_path: Path, work: Callable[[Callable[[bytes], Awaitable[Client]]], Awaitable[None]]) -> None:
    """Run `work` with a way to connect and send to a server whose database is not even open."""

    async def run() -> None:
        listening = asyncio.Event()
        application = build(settings({**WECOM, **FEISHU, "YINGXU_DATA_DIR": str(tmp_path)}))
        with door() as bound:
            server = Server(application.asgi, listening.set)
            serving = asyncio.create_task(server.serve([bound]))
            await listening.wait()
            port = int(address(bound).rpartition(":")[2])

            async def connect(sent: bytes) -> Client:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(sent)
                return reader, writer

            await work(connect)
            server.should_exit = True
            await serving

    asyncio.run(run())


async def closed_after(client: Client) -> float:
    """Return after how many seconds the server closes a connection without a word."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    assert await client[0].read() == b""
    client[1].close()
    return loop.time() - start


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost:", b"\r\n\r\n"])
def test_a_head_that_does_not_come_ends_the_connection(tmp_path: Path, sent: bytes) -> None:
    async def work(connect: Callable[[bytes], Awaitable[Client]]) -> None:
        clients = [await connect(sent) for _ in range(50)]
        reader, writer = await connect(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await asyncio.wait_for(reader.read(), SECONDS / 2)).endswith(b'{"status":"ok"}')
        writer.close()
        assert all(seconds < 3 * SECONDS for seconds in await asyncio.gather(*map(closed_after, clients)))

    served(tmp_path, work)


def test_a_head_that_drips_ends_the_connection(tmp_path: Path) -> None:
    async def work(connect: Callable[[bytes], Awaitable[Client]]) -> None:
        client = await connect(b"GET /healthz HTTP/1.1\r\n")

        async def drip() -> None:
            while not client[1].is_closing():
                client[1].write(b"x: y\r\n")
                await asyncio.sleep(SECONDS / 10)

        dripping = asyncio.create_task(drip())
        assert await closed_after(client) < 2 * SECONDS
        await dripping

    served(tmp_path, work)


def test_a_body_that_drips_is_a_timeout(tmp_path: Path) -> None:
    async def work(connect: Callable[[bytes], Awaitable[Client]]) -> None:
        reader, writer = await connect(b"POST /feishu/event HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
        await reader.read()
        writer.close()

    served(tmp_path, work)


@pytest.mark.parametrize("chunked", [False, True])
def test_who_sends_too_much_gets_to_read_why_it_is_refused(tmp_path: Path, chunked: bool) -> None:
    size = 2 * body.LIMIT
    how = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % size
    sent = b"%x\r\n%s\r\n0\r\n\r\n" % (size, b"x" * size) if chunked else b"x" * size

    async def work(connect: Callable[[bytes], Awaitable[Client]]) -> None:
        reader, writer = await connect(b"POST /feishu/event HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n" % how)
        for start in range(0, len(sent), 1 << 16):  # as a slow client, which is still writing when it is refused
            writer.write(sent[start : start + (1 << 16)])
            await writer.drain()
            await asyncio.sleep(0.005)
        assert (await reader.read()).startswith(b"HTTP/1.1 413")
        writer.close()

    served(tmp_path, work)


def test_who_asks_before_sending_too_much_is_not_told_to_go_on(tmp_path: Path) -> None:
    async def work(connect: Callable[[bytes], Awaitable[Client]]) -> None:
        head = b"POST /feishu/event HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
        reader, writer = await connect(head % (2 * body.LIMIT))
        assert (await reader.read()).startswith(b"HTTP/1.1 413")
        writer.close()

    served(tmp_path, work)


def test_a_connection_that_is_used_may_rest_between_requests_but_not_for_long(tmp_path: Path) -> None:
    async def work(connect: Callable[[bytes], Awaitable[Client]]) -> None:
        asked = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        reader, writer = await connect(asked)
        for _ in range(4):
            assert (await reader.readuntil(b'{"status":"ok"}')).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(SECONDS / 2)
            writer.write(asked)
        await reader.readuntil(b'{"status":"ok"}')
        assert SECONDS / 2 < await closed_after((reader, writer)) < 3 * SECONDS

    served(tmp_path, work)


def test_pipelined_requests_are_all_answered(tmp_path: Path) -> None:
    async def work(connect: Callable[[bytes], Awaitable[Client]]) -> None:
        client = await connect(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
        for _ in range(5):
            await client[0].readuntil(b'{"status":"ok"}')
        await closed_after(client)

    served(tmp_path, work)
