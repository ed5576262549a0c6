"""The token of the WeCom side: fetched once for many, renewed in time, and never fetched for ever."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.errors import Retry
from bot.wecom.platform import WeComPlatform
from tests.wecom_platform_stage import MEMBER, calls, platform_of, send, settings_of, told_member
from tests.wecom_stage import (
    Scene,
    story,
    theatre,  # noqa: F401 - the fixture that every story asks for
)


@story
async def test_many_at_once_fetch_one_token_and_a_revoked_one_is_renewed_once(scene: Scene) -> None:
    async with platform_of(scene) as platform:
        await asyncio.gather(*(send(scene, platform, f"{n}", MEMBER, f"a{n}") for n in range(20)))
        assert calls(scene, "gettoken") == 1
        scene.wecom.revoke_token()
        await asyncio.gather(*(send(scene, platform, f"x{n}", MEMBER, f"b{n}") for n in range(5)))
    assert calls(scene, "gettoken") == 2
    assert len(told_member(scene)) == 25


@story
async def test_an_old_token_is_replaced_before_it_is_refused(scene: Scene) -> None:
    async with platform_of(scene) as platform:
        await send(scene, platform, "一", MEMBER, "k1")
        scene.wait(hours=2)
        await send(scene, platform, "二", MEMBER, "k2")
    assert scene.wecom.counts["message/send", 42001] == 0
    assert calls(scene, "gettoken") == 2


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_token_refused_for_ever_is_not_fetched_for_ever(theatre: Any, code: int) -> None:  # noqa: F811 - the fixture
    async def test(scene: Scene) -> None:
        scene.wecom.inject("message/send", errcode=code, times=1000)
        async with platform_of(scene) as platform:
            for n in range(30):
                with pytest.raises(Retry, match="凭证失效") as retry:
                    await send(scene, platform, "在吗", MEMBER, f"k{n}")
                assert retry.value.alert
            assert calls(scene, "gettoken") <= 3
            scene.wecom.clear_faults()
            scene.wait(minutes=1, seconds=1)
            await send(scene, platform, "好了", MEMBER)
        assert told_member(scene) == ["好了"]

    story(test)(theatre)


@story
async def test_a_token_refused_to_many_at_once_is_not_fetched_by_each(scene: Scene) -> None:
    scene.wecom.inject("message/send", errcode=42001, times=1000)
    async with platform_of(scene) as platform:
        sends = (send(scene, platform, f"{n}", MEMBER, f"k{n}") for n in range(30))
        results = await asyncio.gather(*sends, return_exceptions=True)
    assert all(isinstance(result, Retry) for result in results)
    assert calls(scene, "gettoken") <= 3


@story
async def test_a_wrong_secret_is_tried_three_times_a_minute_and_never_told(scene: Scene) -> None:
    wrong = settings_of(scene).model_copy(update={"secret": SecretStr("wrong-secret")})
    platform = WeComPlatform(wrong, lambda: scene.clock[0], Path("nowhere"))
    for _ in range(20):
        with pytest.raises(Retry, match="凭证失效"):
            await send(scene, platform, "在吗", MEMBER)
    await platform.close()
    assert calls(scene, "gettoken") == 3
