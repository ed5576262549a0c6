"""A stage for WeComPlatform: the platform over a played scene, what was told, and an address that answers anything."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.platforms import Delivered, Places, Platform
from bot.settings import WeComSettings
from bot.wecom.platform import WeComPlatform
from handlers.messages import Message, Outgoing, Text
from tests.wecom_stage import Scene

CUSTOMER, MEMBER = "kf:wk1:wm1", "app:LiGong"


def settings_of(scene: Scene) -> WeComSettings:
    env = scene.wecom.settings
    values: dict[str, Any] = {name.removeprefix("YINGXU_WECOM__").lower(): value for name, value in env.items()}
    return WeComSettings(**values)


@asynccontextmanager
async def platform_of(scene: Scene, data_dir: Path | None = None) -> AsyncIterator[WeComPlatform]:
    platform = WeComPlatform(settings_of(scene), lambda: scene.clock[0], data_dir or Path("nowhere"))
    try:
        yield platform
    finally:
        await platform.close()


async def send(
    scene: Scene, platform: Platform, message: Message | str, to: str = CUSTOMER, key: str = "k1", attempt: int = 1
) -> Delivered:
    message = Text(text=message) if isinstance(message, str) else message
    outgoing = Outgoing(to=to, message=message, key=key)
    return await platform.deliver(outgoing, Places(), key, scene.clock[0], attempt)


def calls(scene: Scene, endpoint: str) -> int:
    return sum(1 for call in scene.wecom.calls if call.endpoint == endpoint)


def told(scene: Scene) -> list[str]:
    return [one.text for one in scene.wecom.seen_by_customer("wm1") if one.sender == "bot"]


def told_member(scene: Scene) -> list[str]:
    return [one.text for one in scene.wecom.seen_by_member("LiGong") if one.sender not in {"member", "LiGong"}]


def answering(*answers: Response) -> Starlette:
    """Make a platform that gives tokens, and to every other call the answers in turn, the last for ever."""
    waiting = list(answers)

    async def token(request: Request) -> Response:
        return Response(json.dumps({"errcode": 0, "access_token": "CANARY-TOKEN", "expires_in": 7200}))

    async def other(request: Request) -> Response:
        await request.body()
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    routes = [Route("/cgi-bin/gettoken", token), Route("/cgi-bin/{path:path}", other, methods=["GET", "POST"])]
    return Starlette(routes=routes)


def moment() -> datetime:
    return datetime(2026, 11, 23, tzinfo=UTC)


def here(doors: Any) -> WeComPlatform:
    """Return the WeCom side of a corporation whose platform is behind the door of that name, without a scene."""
    settings = WeComSettings(
        corp_id="CANARY-CORP",
        agent_id=1,
        secret=SecretStr("CANARY-SECRET"),
        token=SecretStr("t"),
        aes_key=SecretStr("A" * 43),
        api_base=doors.addresses["platform"],
    )
    return WeComPlatform(settings, moment, Path("nowhere"))
