"""The WeCom side against a platform that misbehaves: nonsense, long waits, hanging, and no secret in any error."""

import gzip
import logging
import traceback
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from bot.errors import DeliveryError, Retry
from bot.platforms import Places
from bot.wecom import wire
from bot.wecom.platform import WeComPlatform
from handlers.messages import Outgoing, Text
from tests.wecom_platform_stage import CUSTOMER, MEMBER, answering, here, moment, platform_of, send, settings_of
from tests.wecom_stage import (
    Scene,
    story,
    theatre,  # noqa: F401 - the fixture that every story asks for
)

NONSENSE = {
    "html": Response("<html>维护中</html>", media_type="text/html"),
    "empty": Response(""),
    "list": Response("[]"),
    "object": Response("{}"),
    "null": Response('{"errcode": null}'),
    "words": Response('{"errcode": "abc"}'),
    "true": Response('{"errcode": true}'),
    "deep": Response("[" * 100_000),
    "long number": Response('{"errcode": ' + "9" * 5000 + "}"),
    "500": Response("{}", 500),
    "502": Response('{"errcode": 0}', 502),
    "404": Response('{"errcode": 0}', 404),
    "redirect": Response("", 302, {"location": "http://169.254.169.254/"}),
    "huge": Response(b" " * (wire.BYTES + 1) + b'{"errcode": 0}'),
    "gzip": Response(gzip.compress(b'{"errcode": 0}'), headers={"content-encoding": "gzip"}),
    "a file": Response("x", headers={"content-disposition": "attachment"}),
    "latin": Response(b'{"errcode": 0, "x": "\xff"}'),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_an_answer_that_is_none_never_counts_as_sent(theatre: Any, name: str) -> None:  # noqa: F811 - the fixture
    runner, doors = theatre

    async def play() -> None:
        platform = here(doors)
        outgoing = Outgoing(to=CUSTOMER, message=Text(text="在吗"), key="k")
        for attempt in (1, 2):
            with pytest.raises(Retry):
                await platform.deliver(outgoing, Places(), "k", moment(), attempt)
        with pytest.raises(DeliveryError):
            await platform.pull("wk1", "t", "")
        await platform.close()

    doors.apps["platform"] = answering(NONSENSE[name])
    runner.run(play())


@pytest.mark.parametrize(
    ("told", "after"), [("7", 7.0), ("1e9", 900.0), ("-3", None), ("soon", None), ("nan", None), ("", None)]
)
def test_the_wait_that_is_told_is_believed_within_reason(
    theatre: Any,  # noqa: F811 - the fixture
    told: str,
    after: float | None,
) -> None:
    runner, doors = theatre

    async def play() -> float | None:
        platform = here(doors)
        with pytest.raises(Retry) as retry:
            await platform.accounts()
        await platform.close()
        return retry.value.after

    doors.apps["platform"] = answering(Response("", 429, {"retry-after": told}))
    assert runner.run(play()) == after


@story
async def test_no_error_holds_a_secret_however_it_is_printed(scene: Scene) -> None:
    settings = settings_of(scene).model_copy(update={"api_base": "http://127.0.0.1:1"})
    secret = settings.secret.get_secret_value()
    refused = WeComPlatform(settings, lambda: scene.clock[0], Path("nowhere"))
    async with platform_of(scene) as platform:
        await send(scene, platform, "好", MEMBER)
        token = scene.wecom.platform.current_token
        assert token
        for endpoint in ("message/send", "gettoken"):
            scene.wecom.inject(endpoint, reset=True, times=9)
        for broken in (platform, refused):
            with pytest.raises(Retry) as caught:
                await send(scene, broken, "在吗", MEMBER)
            shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
            assert caught.value.__context__ is None
            assert secret not in shown
            assert token not in shown
    await refused.close()


@story
async def test_a_platform_that_hangs_is_given_up(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "在吗")
    async with platform_of(scene) as platform:
        await send(scene, platform, "一", key="k1")
        scene.wecom.inject("kf/send_msg", hang=3)
        with pytest.raises(Retry, match="没有及时响应"):
            await platform._api.request("POST", "kf/send_msg", body=b"{}", seconds=0.2)


def test_nothing_is_logged_of_a_call(theatre: Any, caplog: pytest.LogCaptureFixture) -> None:  # noqa: F811 - the fixture
    async def test(scene: Scene) -> None:
        async with platform_of(scene) as platform:
            await send(scene, platform, "好", MEMBER)
        # The simulator's own server logs what it was asked; the bot's side must not.
        logged = "".join(one.getMessage() for one in caplog.records if not one.name.startswith("uvicorn"))
        assert scene.wecom.platform.current_token not in logged
        assert scene.wecom.platform.secret not in logged

    with caplog.at_level(logging.DEBUG):
        story(test)(theatre)
