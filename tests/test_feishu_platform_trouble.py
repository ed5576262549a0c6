"""FeishuPlatform against a server that misbehaves below HTTP, or where nobody listens."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.errors import DeliveryError, Retry
from bot.feishu.api import FeishuApi
from bot.feishu.limits import MEDIA, Limit
from bot.feishu.platform import FeishuPlatform
from bot.platforms import Places
from handlers.messages import Outgoing
from tests.feishu_platform_stage import CARD, START, Stage, play

Serve = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def cut_off(writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"code":0}')


async def gibberish(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")


async def silent(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


@asynccontextmanager
async def raw_server(answer: Serve) -> AsyncIterator[str]:
    """Serve every connection with `answer`, then close it."""
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        await reader.read(100)
        try:
            with suppress(ConnectionError):
                await answer(writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for task in filter(None, serving):
        task.cancel()
    await asyncio.gather(*filter(None, serving), return_exceptions=True)
    await asyncio.sleep(0)  # lets the closed connections go


@pytest.mark.parametrize("serve", [drip, endless, cut_off, gibberish, silent])
def test_a_server_that_misbehaves_holds_nobody_for_long(
    tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.feishu.wire.CALL", Limit(seconds=0.6, size=1 << 16))
    monkeypatch.setattr("bot.feishu.wire.SILENCE", 0.6)

    async def scene(stage: Stage) -> None:
        async with raw_server(serve) as base:
            platform = FeishuPlatform(stage.settings.model_copy(update={"api_base": base}), tmp_path, lambda: START)
            await platform.prepare()
            began = time.monotonic()
            with pytest.raises(DeliveryError) as caught:
                await platform.deliver(Outgoing(to="fs:ou_li", message=CARD, key="k"), Places(), "u", START)
            assert time.monotonic() - began < 3
            assert base not in caught.value.reason
            await platform.close()

    play(tmp_path, scene)


def test_closing_does_not_wait_for_a_download_that_drips(tmp_path: Path) -> None:
    async def downloading(stage: Stage) -> None:
        async with raw_server(drip) as base:
            api = FeishuApi(stage.settings.model_copy(update={"api_base": base}), lambda: START)
            under_way = asyncio.create_task(
                api._run(lambda sdk: sdk.resource("t-1", "om_1", "file_1", "file"), MEDIA.seconds)
            )
            await asyncio.sleep(1)
            assert not under_way.done()
            began = time.monotonic()
            api.close()
            with pytest.raises(Retry):
                await under_way
            assert time.monotonic() - began < 3

    play(tmp_path, downloading)


def test_nobody_listening_is_a_retry_without_an_address(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        settings = stage.settings.model_copy(update={"api_base": "http://127.0.0.1:9"})
        platform = FeishuPlatform(settings, tmp_path, lambda: START)
        await platform.prepare()
        assert platform.bot_open_id() == ""
        with pytest.raises(Retry) as caught:
            await platform.deliver(Outgoing(to="fs:ou_li", message=CARD, key="k"), Places(), "u", START)
        assert "127.0.0.1" not in caught.value.reason
        await platform.close()

    play(tmp_path, scene)
