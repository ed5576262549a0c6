"""The long connection, end to end: the SDK's real client against the simulated gateway."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.feishu.edge import FeishuEdge
from bot.feishu.longconn import LongConnection
from handlers.messages import Button, Card, Incoming, Pressed, Said
from tests.feishu_platform_stage import Stage, listening, play

TOAST = {"toast": {"type": "success", "content": "已受理"}}


class Inbox:
    """What a product does with payloads: the edge reads, something durable happens, an answer comes."""

    def __init__(self, stage: Stage) -> None:
        self.edge = FeishuEdge(stage.settings)
        self.now: Callable[[], datetime] = lambda: stage.clock[0]
        self.kept: list[Incoming] = []
        self.fail = 0
        self.slow: asyncio.Event | None = None

    async def accept(self, payload: bytes) -> dict[str, Any]:
        if self.fail:
            self.fail -= 1
            raise OSError("disk full")
        if self.slow is not None:
            await self.slow.wait()
        event = self.edge.read_socket(payload, self.now())
        if event.incoming is not None:
            self.kept.append(event.incoming)
        return TOAST if event.toast_needed else {}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another thread
            await asyncio.sleep(0.01)


def connected(tmp_path: Path, scene: Callable[[Stage, Inbox, LongConnection], Awaitable[None]]) -> None:
    async def whole(stage: Stage) -> None:
        inbox = Inbox(stage)
        line = LongConnection(stage.settings, inbox.accept)
        line.start()
        await until(lambda: bool(stage.feishu.long_connections.connections) and line.connected)
        try:
            await scene(stage, inbox, line)
        finally:
            await line.stop()
        assert not line.connected
        await until(lambda: not stage.feishu.long_connections.connections)

    play(tmp_path, whole, mode="websocket")


def test_messages_and_presses_arrive_and_are_answered(tmp_path: Path) -> None:
    async def scene(stage: Stage, inbox: Inbox, _: LongConnection) -> None:
        said = await stage.feishu.says("ou_li", "/mine")
        assert said.ok
        card = await stage.deliver(Card(title="x", buttons=(Button(label="接单", action="accept", subject="1"),)))
        click = await stage.feishu.clicks("ou_li", card.message_id, "接单")
        assert click.toast is not None
        assert (click.toast.type, click.toast.content) == ("success", "已受理")
        first, second = (incoming.content for incoming in inbox.kept)
        assert (first, second) == (Said(text="/mine"), Pressed(action="accept", subject="1", label="接单"))

    connected(tmp_path, scene)


def test_nothing_is_acknowledged_before_it_is_kept_and_a_slow_one_holds_up_no_other(tmp_path: Path) -> None:
    async def scene(stage: Stage, inbox: Inbox, _: LongConnection) -> None:
        inbox.slow = asyncio.Event()
        slow = asyncio.create_task(stage.feishu.says("ou_li", "慢"))
        await asyncio.sleep(0.3)
        assert not slow.done()
        gate, inbox.slow = inbox.slow, None
        assert (await stage.feishu.says("ou_li", "快")).ok
        assert not slow.done()
        gate.set()
        assert (await slow).ok
        assert len(inbox.kept) == 2

    connected(tmp_path, scene)


def test_what_could_not_be_kept_is_sent_again(tmp_path: Path) -> None:
    async def scene(stage: Stage, inbox: Inbox, _: LongConnection) -> None:
        inbox.fail = 1
        lost = await stage.feishu.says("ou_li", "记下来")
        assert not lost.ok
        (again,) = await stage.feishu.redeliver(at_once=True)
        assert again.ok
        assert [incoming.content for incoming in inbox.kept] == [Said(text="记下来")]

    connected(tmp_path, scene)


def test_a_long_event_in_parts_is_put_together(tmp_path: Path) -> None:
    async def scene(stage: Stage, inbox: Inbox, _: LongConnection) -> None:
        stage.feishu.long_connections.part_bytes = 100
        assert (await stage.feishu.says("ou_li", "很长的话" * 500)).ok
        assert inbox.kept[0].content == Said(text="很长的话" * 500)

    connected(tmp_path, scene)


def test_events_nobody_can_use_are_acknowledged(tmp_path: Path) -> None:
    async def scene(stage: Stage, inbox: Inbox, _: LongConnection) -> None:
        assert (await stage.feishu.push("im.message.message_read_v1", {"reader": {}, "message_id_list": []})).ok
        assert (await stage.feishu.push("im.message.receive_v1", {"message": json.dumps("junk")})).ok
        assert inbox.kept == []

    connected(tmp_path, scene)


def test_it_comes_back_after_the_gateway_closed_it(tmp_path: Path) -> None:
    async def scene(stage: Stage, inbox: Inbox, line: LongConnection) -> None:
        await stage.feishu.long_connections.drop()
        await until(lambda: bool(stage.feishu.long_connections.connections) and line.connected)
        assert (await stage.feishu.says("ou_li", "又在了")).ok
        assert len(inbox.kept) == 1

    connected(tmp_path, scene)


def test_it_waits_for_a_gateway_that_is_not_ready(tmp_path: Path) -> None:
    async def whole(stage: Stage) -> None:
        stage.feishu.inject("/callback/ws/endpoint", http=502, html=True)
        inbox = Inbox(stage)
        line = LongConnection(stage.settings, inbox.accept)
        line.start()
        await until(lambda: line.connected)
        assert (await stage.feishu.says("ou_li", "好")).ok
        await line.stop()

    play(tmp_path, whole, mode="websocket")


@pytest.mark.parametrize("started", [True, False])
def test_it_stops_whether_or_not_it_ever_connected(tmp_path: Path, started: bool) -> None:
    async def whole(stage: Stage) -> None:
        settings = stage.settings.model_copy(update={"api_base": "http://127.0.0.1:9"})
        line = LongConnection(settings, Inbox(stage).accept)
        if started:
            line.start()
            await asyncio.sleep(0.2)
        await line.stop()
        assert not line.connected

    play(tmp_path, whole)


def test_what_is_under_way_is_acknowledged_before_it_stops(tmp_path: Path) -> None:
    async def scene(stage: Stage, inbox: Inbox, line: LongConnection) -> None:
        inbox.slow = asyncio.Event()
        slow = asyncio.create_task(stage.feishu.says("ou_li", "最后一句"))
        await asyncio.sleep(0.3)
        stopping = asyncio.create_task(line.stop())
        await asyncio.sleep(0.1)
        inbox.slow.set()
        assert (await slow).ok
        await stopping

    connected(tmp_path, scene)


def test_a_connection_that_has_gone_silent_is_given_up_for_a_new_one(tmp_path: Path) -> None:
    """The gateway stays connected and answers nothing: only the watchdog can notice."""
    connections: list[int] = []
    base: list[str] = []

    async def discover(_: Request) -> JSONResponse:
        config = {"ReconnectCount": -1, "ReconnectInterval": 1, "ReconnectNonce": 0, "PingInterval": 1}
        url = f"{base[0].replace('http', 'ws')}/ws?device_id=1&service_id=33"
        return JSONResponse({"code": 0, "msg": "", "data": {"URL": url, "ClientConfig": config}})

    async def swallow(socket: WebSocket) -> None:
        await socket.accept()
        connections.append(1)
        with suppress(WebSocketDisconnect):
            while True:
                await socket.receive_bytes()

    gateway = Starlette(
        routes=[Route("/callback/ws/endpoint", discover, methods=["POST"]), WebSocketRoute("/ws", swallow)]
    )

    async def whole(stage: Stage) -> None:
        async with listening(gateway) as address:
            base.append(address)
            settings = stage.settings.model_copy(update={"api_base": address})
            line = LongConnection(settings, Inbox(stage).accept)
            line.start()
            await until(lambda: len(connections) == 2)
            await line.stop()

    play(tmp_path, whole)
