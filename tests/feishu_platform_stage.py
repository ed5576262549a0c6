"""A stage for FeishuPlatform: the simulator behind a real socket, the platform that talks to it, and a clock."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr
from starlette.types import ASGIApp

from bot.errors import DeliveryError
from bot.feishu.platform import FeishuPlatform
from bot.platforms import Delivered, Places, Platform
from bot.sandbox.feishu import FeishuSimulator, SeenMessage
from bot.settings import FeishuSettings
from handlers.messages import Button, Card, Message, Outgoing

START = datetime(2026, 11, 23, 4, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
ACCEPT = Button(label="接单", action="accept", subject="202611-001", version=1)
CARD = Card(title="新需求 202611-001", body="登录失败", facts=(("客户", "华星"),), buttons=(ACCEPT,))


@dataclass
class Stage:
    """What a test has at hand; `numbers` makes every promise a new one."""

    feishu: FeishuSimulator
    platform: FeishuPlatform
    as_the_engine_sees_it: Platform
    settings: FeishuSettings
    clock: list[datetime]
    numbers: list[int] = field(default_factory=list)

    def wait(self, **span: float) -> None:
        self.clock[0] += timedelta(**span)

    async def deliver(self, message: Message, to: str = "fs:ou_li", key: str = "", **places: Any) -> Delivered:
        self.numbers.append(1)
        outgoing = Outgoing(to=to, message=message, key=key or f"k{len(self.numbers)}")
        return await self.as_the_engine_sees_it.deliver(
            outgoing, Places(**places), f"uuid-{outgoing.key}", self.clock[0]
        )

    def seen(self) -> list[SeenMessage]:
        return [message for message in self.feishu.seen_by("ou_li") if message.sender == "bot"]

    def called(self, part: str) -> int:
        return sum(part in call for call in self.feishu.calls)


@asynccontextmanager
async def listening(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an application on a free port of this machine."""
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="websockets-sansio")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event to await
        await asyncio.sleep(0.005)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


@asynccontextmanager
async def staged(data_dir: Path, **given: Any) -> AsyncIterator[Stage]:
    clock = [START]
    feishu = FeishuSimulator(callback_url="http://127.0.0.1:9/none", now=lambda: clock[0], **given)
    feishu.add_person("ou_li", "李工")
    feishu.add_group("oc_team", "研发群", ["ou_li"])
    async with listening(feishu.app) as base:
        feishu.api_base = base
        settings = FeishuSettings(
            app_id=feishu.app_id,
            app_secret=SecretStr(feishu.app_secret),
            encrypt_key=SecretStr(feishu.encrypt_key),
            verification_token=SecretStr(feishu.verification_token),
            api_base=base,
        )
        platform = FeishuPlatform(settings, data_dir, lambda: clock[0])
        yield Stage(feishu, platform, platform, settings, clock)
        await platform.close()
        await feishu.close()


def play(data_dir: Path, scene: Callable[[Stage], Awaitable[None]], **given: Any) -> None:
    """Run one scene from start to end."""

    async def whole() -> None:
        async with staged(data_dir, **given) as stage:
            await scene(stage)

    asyncio.run(whole())


async def failure(stage: Stage, message: Message = CARD, **given: Any) -> DeliveryError:
    """Deliver what cannot be delivered, and return what became of it."""
    with pytest.raises(DeliveryError) as caught:
        await stage.deliver(message, **given)
    return caught.value
