"""FeishuPlatform's token: one for many calls, renewed in time, and a secret that is never shown."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Retry
from handlers.messages import Text
from tests.feishu_platform_stage import CARD, Stage, failure, play


def test_many_calls_at_once_fetch_one_token(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await asyncio.gather(*(stage.deliver(Text(text="x")) for _ in range(30)))
        assert stage.called("tenant_access_token") == 1

    play(tmp_path, scene, rate_limits=False)


def test_a_revoked_token_is_renewed_once_for_all_and_nobody_notices(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await stage.deliver(Text(text="x"))
        for _ in range(5):
            stage.feishu.revoke_token()
            await asyncio.gather(*(stage.deliver(Text(text="y")) for _ in range(10)))
        assert stage.called("tenant_access_token") == 6

    play(tmp_path, scene, rate_limits=False)


def test_a_token_grows_old_by_the_products_clock(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await stage.deliver(Text(text="x"))
        stage.wait(hours=1, minutes=50)
        await stage.deliver(Text(text="x"))
        assert stage.called("tenant_access_token") == 1
        stage.wait(minutes=9)
        await stage.deliver(Text(text="x"))
        assert stage.called("tenant_access_token") == 2

    play(tmp_path, scene)


def test_tokens_that_are_always_refused_are_not_fetched_for_every_call(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("POST /open-apis/im/v1/messages", code=99991663, times=1000)
        errors = [await failure(stage) for _ in range(20)]
        assert all(isinstance(error, Retry) for error in errors)
        assert stage.called("tenant_access_token") <= 3

    play(tmp_path, scene)


def test_wrong_credentials_are_an_alert_and_never_show_the_secret(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("/open-apis/auth", code=10014, times=1)
        error = await failure(stage)
        assert isinstance(error, Retry)
        assert error.alert
        assert stage.settings.app_secret.get_secret_value() not in repr(error)

    play(tmp_path, scene)


@pytest.mark.parametrize("fault", [{"html": True, "http": 200}, {"http": 500}, {"reset": True}], ids=str)
def test_a_token_that_cannot_be_had_now_is_a_retry(tmp_path: Path, fault: dict[str, Any]) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("/open-apis/auth", **fault)
        assert isinstance(await failure(stage), Retry)
        await stage.deliver(CARD)

    play(tmp_path, scene)
