"""FeishuPlatform and what Feishu refuses: what may work later, what never works, and who must hear of it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Refused, Retry
from bot.feishu import refusals
from tests.feishu_platform_stage import CARD, Stage, failure, play


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        ({"code": 99991400, "http": 429, "headers": {"x-ogw-ratelimit-reset": "3"}}, 3.0),
        ({"code": 99991400, "http": 400, "headers": {"x-ogw-ratelimit-reset": "100000"}}, refusals.LONGEST_WAIT),
        ({"code": 99991400, "headers": {"x-ogw-ratelimit-reset": "-5"}}, refusals.LIMIT_WAIT),
        ({"code": 99991400, "headers": {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}}, refusals.LIMIT_WAIT),
        ({"code": 230020}, refusals.LIMIT_WAIT),
        ({"code": 11232}, refusals.LIMIT_WAIT),
        ({"http": 429, "html": True, "headers": {"Retry-After": "7"}}, 7.0),
        ({"code": 230049}, None),
        ({"http": 500, "code": 1500}, None),
        ({"http": 502, "html": True}, None),
        ({"http": 200, "html": True}, None),
        ({"http": 302, "html": True, "headers": {"Location": "http://169.254.169.254/"}}, None),
        ({"reset": True}, None),
    ],
    ids=str,
)
def test_what_may_work_later_is_a_retry_with_the_time_told(
    tmp_path: Path, fault: dict[str, Any], after: float | None
) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("POST /open-apis/im/v1/messages", **fault)
        error = await failure(stage)
        assert isinstance(error, Retry)
        assert error.after == after
        await stage.deliver(CARD)

    play(tmp_path, scene)


@pytest.mark.parametrize(("code", "part"), [(99991672, "权限"), (99991401, "白名单"), (230006, "机器人能力")])
def test_an_application_not_set_up_loses_nothing_and_is_an_alert(tmp_path: Path, code: int, part: str) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("POST /open-apis/im/v1/messages", code=code)
        error = await failure(stage)
        assert isinstance(error, Retry)
        assert error.alert
        assert part in error.reason
        await stage.deliver(CARD)

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("code", "alert", "part"),
    [
        (230013, True, "可用范围"),
        (230002, False, "不在群里"),
        (230029, False, "离职"),
        (99992351, False, "收件人"),
        (230022, False, "敏感词"),
        (230028, False, "数据防泄漏"),
        (230099, False, "injected fault"),
        (987654, False, "987654"),
    ],
)
def test_what_never_works_is_refused_with_a_reason_for_people(
    tmp_path: Path, code: int, alert: bool, part: str
) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("POST /open-apis/im/v1/messages", code=code)
        error = await failure(stage)
        assert isinstance(error, Refused)
        assert error.alert is alert
        assert part in error.reason

    play(tmp_path, scene)


@pytest.mark.parametrize("to", ["fs:xx_1", "fs:", "kf:wk:wm", "ou_li", "fs:on_1"])
def test_a_chat_that_is_no_feishu_chat_is_refused(tmp_path: Path, to: str) -> None:
    async def scene(stage: Stage) -> None:
        assert isinstance(await failure(stage, to=to), Refused)

    play(tmp_path, scene)


def test_a_person_to_whom_the_bot_is_not_visible_is_an_alert(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.unreachable_people.add("ou_li")
        error = await failure(stage)
        assert isinstance(error, Refused)
        assert error.alert

    play(tmp_path, scene)


def test_a_burst_to_one_person_meets_the_platforms_own_limit_as_a_retry(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        sent = await asyncio.gather(*(stage.deliver(CARD, key=f"b{n}") for n in range(12)), return_exceptions=True)
        errors = [one for one in sent if isinstance(one, BaseException)]
        assert errors
        assert all(isinstance(error, Retry) and error.after for error in errors)
        assert len(stage.seen()) == 12 - len(errors)

    play(tmp_path, scene)
