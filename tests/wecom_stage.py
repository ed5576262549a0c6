"""A stage for the WeCom simulator: a listening bot that reads callbacks independently, a caller and a clock."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import aiohttp
import pytest
import uvicorn
import xmltodict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.sandbox.wecom import WeComSimulator

Json = dict[str, Any]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@dataclass
class TinyBot:
    """Decrypts callbacks with wechatpy; answers as told."""

    crypto: WeChatCrypto
    callbacks: list[Json] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    outer: list[Json] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    status: int = 200
    reply: str = ""
    echo_suffix: str = ""

    def app(self) -> Starlette:
        routes = [
            Route("/wecom/callback", self.verify, methods=["GET"]),
            Route("/wecom/callback", self.receive, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    async def verify(self, request: Request) -> Response:
        await self._delay()
        q = request.query_params
        echo = self.crypto.check_signature(q["msg_signature"], q["timestamp"], q["nonce"], q["echostr"])
        text = echo.decode() if isinstance(echo, bytes) else echo
        return Response(text + self.echo_suffix)

    async def receive(self, request: Request) -> Response:
        q, body = request.query_params, await request.body()
        plain = self.crypto.decrypt_message(body, q["msg_signature"], q["timestamp"], q["nonce"])
        self.outer.append(xmltodict.parse(body)["xml"])
        self.queries.append(dict(q))
        self.callbacks.append(xmltodict.parse(plain)["xml"])
        await self._delay()
        return Response(self.reply, status_code=self.status)

    async def _delay(self) -> None:
        if self.delays:
            await asyncio.sleep(self.delays.pop(0))


@dataclass
class Scene:
    """A simulator, a bot that listens, a client that calls, and a clock that turns."""

    wecom: WeComSimulator
    bot: TinyBot
    http: aiohttp.ClientSession
    clock: list[datetime]
    token: str = ""

    def wait(self, *, keep_token: bool = False, **span: float) -> None:
        self.clock[0] += timedelta(**span)
        self.token = self.token if keep_token else ""

    async def get(self, path: str, **params: str) -> Json:
        async with self.http.get(f"{self.wecom.api_base}/cgi-bin/{path}", params=params) as answer:
            assert answer.status == 200
            return cast("Json", json.loads(await answer.read()))

    async def login(self) -> None:
        answer = await self.get("gettoken", corpid="wwsandbox", corpsecret=self.wecom.platform.secret)
        self.token = answer["access_token"]

    async def call(self, path: str, body: Json | bytes) -> Json:
        if not self.token:
            await self.login()
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        url = f"{self.wecom.api_base}/cgi-bin/{path}"
        async with self.http.post(url, params={"access_token": self.token}, data=data) as answer:
            assert answer.status == 200
            return cast("Json", json.loads(await answer.read()))

    async def code(self, path: str, body: Json | bytes) -> int:
        return int((await self.call(path, body))["errcode"])

    async def say(self, text: str, **more: Any) -> Json:
        return await self.call("kf/send_msg", kf_text(text, **more))

    async def upload(self, kind: str, content: bytes, filename: str = "a.png") -> Json:
        await self.login()
        form = aiohttp.FormData()
        form.add_field("media", content, filename=filename, content_type="image/png")
        params = {"access_token": self.token, "type": kind}
        async with self.http.post(f"{self.wecom.api_base}/cgi-bin/media/upload", params=params, data=form) as answer:
            return cast("Json", await answer.json())

    async def pull(self, **body: Any) -> Json:
        return await self.call("kf/sync_msg", {"open_kfid": "wk1", **body})


def kf_text(text: str, **more: Any) -> Json:
    return {"touser": "wm1", "open_kfid": "wk1", "msgtype": "text", "text": {"content": text}, **more}


def kf_menu(items: list[Json], **more: Any) -> Json:
    menu = {"head_content": "请选择", "list": items, "tail_content": "谢谢"}
    return {"touser": "wm1", "open_kfid": "wk1", "msgtype": "msgmenu", "msgmenu": menu, **more}


def app_message(msgtype: str, payload: Json, **more: Any) -> Json:
    return {"touser": "LiGong", "agentid": 1000002, "msgtype": msgtype, msgtype: payload, **more}


def button_card(**more: Any) -> Json:
    card = {
        "card_type": "button_interaction",
        "main_title": {"title": "需求 202611-001"},
        "task_id": "task-1",
        "button_list": [{"text": "接单", "key": "take"}, {"text": "关闭", "key": "close"}],
    }
    return {**card, **more}


@dataclass
class Doors:
    """Two listening addresses that stay while what answers behind them changes from test to test."""

    apps: dict[str, ASGIApp] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    def door(self, name: str) -> ASGIApp:
        async def app(scope: AsgiScope, receive: Receive, send: Send) -> None:
            await self.apps[name](scope, receive, send)

        return app


@pytest.fixture(scope="module")
def theatre() -> Iterator[tuple[asyncio.Runner, Doors]]:
    doors = Doors()
    with asyncio.Runner() as runner:
        servers = [runner.run(listen(doors, name)) for name in ("bot", "platform")]
        yield runner, doors
        for server in servers:
            runner.run(server.shutdown())


async def listen(doors: Doors, name: str) -> uvicorn.Server:
    config = uvicorn.Config(doors.door(name), port=0, log_config=None, lifespan="off", ws="none")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    doors.addresses[name] = f"http://127.0.0.1:{port}"
    return server


@asynccontextmanager
async def stage(doors: Doors) -> AsyncIterator[Scene]:
    clock = [datetime(2026, 11, 2, 9, tzinfo=UTC)]
    wecom = WeComSimulator(callback_url=f"{doors.addresses['bot']}/wecom/callback", now=lambda: clock[0])
    wecom.api_base = doors.addresses["platform"]
    wecom.callbacks.pause = 0.01
    keys = [wecom.settings[f"YINGXU_WECOM__{name}"] for name in ("TOKEN", "AES_KEY", "CORP_ID")]
    bot = TinyBot(WeChatCrypto(*keys))
    doors.apps.update(bot=bot.app(), platform=wecom.app)
    wecom.add_kf_account("wk1", "应需客服")
    wecom.add_customer("wm1", "小王")
    wecom.add_member("LiGong", "李工")
    async with aiohttp.ClientSession() as http:
        try:
            yield Scene(wecom, bot, http, clock)
        finally:
            await wecom.close()


def story(test: Callable[[Scene], Awaitable[None]]) -> Callable[[tuple[asyncio.Runner, Doors]], None]:
    """Make a synchronous test of a coroutine that plays on a fresh stage."""

    async def play(doors: Doors) -> None:
        async with stage(doors) as scene:
            await test(scene)

    def run(theatre: tuple[asyncio.Runner, Doors]) -> None:
        runner, doors = theatre
        runner.run(play(doors))

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run
