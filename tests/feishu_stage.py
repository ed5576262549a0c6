"""A stage for the Feishu simulator: a bot that reads callbacks independently, a caller with a token, and a clock."""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import aiohttp
import uvicorn
from Crypto.Cipher import AES
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.sandbox.feishu import FeishuSimulator

Json = dict[str, Any]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
LI, WANG = "ou_li", "ou_wang"
GROUP = "oc_group1"


@dataclass
class TinyBot:
    """Verifies and decrypts with another library than the simulator's; answers as told."""

    encrypt_key: str
    events: list[Json] = field(default_factory=list)
    delay: float = 0.0
    status: int = 200
    answer: bytes = b"{}"

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/feishu/event", self.receive, methods=["POST"])])

    async def receive(self, request: Request) -> Response:
        body = await request.body()
        event = self.opened(body, dict(request.headers))
        await asyncio.sleep(self.delay)
        if event.get("type") == "url_verification":
            return Response(json.dumps({"challenge": event["challenge"]}))
        self.events.append(event)
        return Response(self.answer, self.status)

    def opened(self, body: bytes, headers: dict[str, str]) -> Json:
        stamp, nonce = headers["x-lark-request-timestamp"], headers["x-lark-request-nonce"]
        digest = hashlib.sha256((stamp + nonce + self.encrypt_key).encode() + body).hexdigest()
        assert headers["x-lark-signature"] == digest
        raw = base64.b64decode(json.loads(body)["encrypt"])
        plain = AES.new(hashlib.sha256(self.encrypt_key.encode()).digest(), AES.MODE_CBC, raw[:16]).decrypt(raw[16:])
        return cast("Json", json.loads(plain[: -plain[-1]]))


@dataclass
class Scene:
    """A simulator, a bot that listens, a client that calls, and a clock that turns."""

    feishu: FeishuSimulator
    bot: TinyBot
    http: aiohttp.ClientSession
    clock: list[datetime]
    token: str = ""

    def wait(self, **span: float) -> None:
        self.clock[0] += timedelta(**span)

    async def login(self) -> str:
        body = {"app_id": self.feishu.app_id, "app_secret": self.feishu.app_secret}
        url = f"{self.feishu.api_base}/open-apis/auth/v3/tenant_access_token/internal"
        async with self.http.post(url, json=body) as answer:
            self.token = (await answer.json())["tenant_access_token"]
        return self.token

    async def call(self, method: str, path: str, body: Json | None = None, **more: Any) -> tuple[int, Json]:
        headers = {"Authorization": f"Bearer {self.token or await self.login()}"}
        url = f"{self.feishu.api_base}/open-apis/{path}"
        async with self.http.request(method, url, json=body, headers=headers, **more) as answer:
            assert answer.headers["X-Tt-Logid"]
            return answer.status, await answer.json()

    async def code(self, method: str, path: str, body: Json | None = None) -> int:
        status, answer = await self.call(method, path, body)
        assert status in {400, 429} if answer["code"] else status == 200
        return int(answer["code"])

    async def send(self, msg_type: str, content: Json, to: str = LI, **more: Any) -> str:
        kind = "chat_id" if to.startswith("oc_") else "open_id"
        status, answer = await self.call(
            "POST", f"im/v1/messages?receive_id_type={kind}", sent(msg_type, content, to, **more)
        )
        assert (status, answer["code"]) == (200, 0), answer
        return str(answer["data"]["message_id"])

    async def upload(self, path: str, fields: dict[str, str], name: str, content: bytes, filename: str) -> Json:
        form = aiohttp.FormData()
        for key, value in fields.items():
            form.add_field(key, value)
        form.add_field(name, content, filename=filename)
        return (await self.call("POST", path, None, data=form))[1]


def sent(msg_type: str, content: Json, to: str = LI, **more: Any) -> Json:
    return {"receive_id": to, "msg_type": msg_type, "content": json.dumps(content, ensure_ascii=False), **more}


def text(content: str) -> Json:
    return {"tag": "plain_text", "content": content}


def button(label: str, **more: Any) -> Json:
    value = {"act": label}
    return {"tag": "button", "text": text(label), "behaviors": [{"type": "callback", "value": value}], **more}


def card(*elements: Json, title: str = "新需求 202611-001", **config: Any) -> Json:
    tag = {"tag": "text_tag", "text": text("紧急"), "color": "red"}
    return {
        "schema": "2.0",
        "config": {"update_multi": True, **config},
        "header": {"title": text(title), "text_tag_list": [tag], "template": "orange"},
        "body": {"elements": list(elements)},
    }


def transfer_form() -> Json:
    people = [{"text": text("王芳"), "value": WANG}, {"text": text("李工"), "value": LI}]
    return {
        "tag": "form",
        "name": "transfer",
        "elements": [
            {"tag": "markdown", "content": "**转给谁**"},
            {"tag": "select_static", "name": "who", "required": True, "placeholder": text("请选择"), "options": people},
            {"tag": "input", "name": "why", "label": text("原因："), "placeholder": text("说明原因"), "max_length": 10},
            {"tag": "date_picker", "name": "day", "placeholder": text("新的日期")},
            {"tag": "picker_datetime", "name": "at", "placeholder": text("时间")},
            {"tag": "multi_select_person", "name": "cc", "placeholder": text("抄送")},
            button("确定转派", name="ok", form_action_type="submit"),
        ],
    }


async def listen(app: ASGIApp) -> tuple[uvicorn.Server, str]:
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="websockets-sansio")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    return server, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"


@asynccontextmanager
async def stage(**options: Any) -> AsyncIterator[Scene]:
    clock = [datetime(2026, 11, 2, 9, tzinfo=UTC)]
    feishu = FeishuSimulator(callback_url="", now=lambda: clock[0], **options)
    bot = TinyBot(feishu.encrypt_key)
    platform, feishu.api_base = await listen(feishu.app)
    listener, address = await listen(bot.app())
    feishu.callback_url = f"{address}/feishu/event"
    feishu.add_person(LI, "李工")
    feishu.add_person(WANG, "王芳")
    feishu.add_group(GROUP, "项目群", [LI, WANG])
    async with aiohttp.ClientSession() as http:
        try:
            yield Scene(feishu, bot, http, clock)
        finally:
            await feishu.close()
    for server in (platform, listener):
        await server.shutdown()


def story(**options: Any) -> Callable[[Callable[[Scene], Awaitable[None]]], Callable[[], None]]:
    """Make a synchronous test of a coroutine that plays on a fresh stage."""

    def decorate(test: Callable[[Scene], Awaitable[None]]) -> Callable[[], None]:
        async def play() -> None:
            async with stage(**options) as scene:
                await test(scene)

        def run() -> None:
            asyncio.run(play())

        run.__name__, run.__doc__ = getattr(test, "__name__", "story"), test.__doc__
        return run

    return decorate
