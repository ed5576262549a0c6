"""The WeCom side pulls and fetches: pages and cursors, nicknames, accounts and files."""

import json
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import Response

from bot.errors import Refused
from bot.wecom import kf
from handlers.messages import EXPIRED, TOO_LARGE, Attached
from tests.wecom_platform_stage import answering, here, platform_of
from tests.wecom_stage import (
    Scene,
    story,
    theatre,  # noqa: F401 - the fixture that every story asks for
)


@story
async def test_pages_are_followed_though_some_are_empty(scene: Scene) -> None:
    scene.wecom.quirks.page_limit, scene.wecom.quirks.empty_page_every = 2, 2
    for n in range(7):
        await scene.wecom.customer_says("wm1", f"{n}")
    cursor, said, more, empty = "", [], True, 0
    async with platform_of(scene) as platform:
        while more:
            page = await platform.pull("wk1", "", cursor)
            said += [item["text"]["content"] for item in page.messages]
            empty += not page.messages
            cursor, more = page.cursor, page.more
        assert said == [f"{n}" for n in range(7)]
        assert empty
        again = await platform.pull("wk1", "", cursor)
    assert again.messages == []


@story
async def test_an_expired_signal_and_a_forgotten_cursor_do_not_stop_a_pull(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "在吗")
    async with platform_of(scene) as platform:
        page = await platform.pull("wk1", "no-such-token", "")
        assert [item["text"]["content"] for item in page.messages] == ["在吗"]
        scene.wecom.inject("kf/sync_msg", errcode=40058)
        assert (await platform.pull("wk1", "", page.cursor)).messages == page.messages


@story
async def test_customers_come_with_their_nicknames_and_are_asked_about_once(scene: Scene) -> None:
    scene.wecom.add_customer("wmNamed", "云上的猫")
    await scene.wecom.customer_says("wmNamed", "在吗")
    async with platform_of(scene) as platform:
        for _ in range(2):
            page = await platform.pull("wk1", "", "")
            assert [item["nickname"] for item in page.messages if item.get("external_userid") == "wmNamed"] == [
                "云上的猫"
            ]
    assert scene.wecom.counts["kf/customer/batchget", 0] == 1


@story
async def test_words_do_not_wait_for_a_nickname_nobody_tells(scene: Scene) -> None:
    scene.wecom.add_customer("wmNamed", "云上的猫")
    await scene.wecom.customer_says("wmNamed", "在吗")
    scene.wecom.inject("kf/customer/batchget", errcode=48002, times=9)
    async with platform_of(scene) as platform:
        page = await platform.pull("wk1", "", "")
        assert [item["text"]["content"] for item in page.messages] == ["在吗"]


def test_a_cursor_that_stands_still_ends_the_loop(theatre: Any) -> None:  # noqa: F811 - the fixture
    runner, doors = theatre

    async def play() -> kf.Page:
        platform = here(doors)
        page = await platform.pull("wk1", "t", "same")
        await platform.close()
        return page

    standing = {"errcode": 0, "next_cursor": "same", "has_more": 1, "msg_list": [None, {"msgid": "m"}]}
    doors.apps["platform"] = answering(Response(json.dumps(standing)))
    assert runner.run(play()) == kf.Page(messages=[{"msgid": "m"}], cursor="same", more=False)


@story
async def test_every_account_is_listed(scene: Scene) -> None:
    for n in range(2, 151):
        scene.wecom.add_kf_account(f"wk{n}", f"{n}")
    async with platform_of(scene) as platform:
        assert await platform.accounts() == [f"wk{n}" for n in range(1, 151)]


@story
async def test_a_file_is_fetched_with_its_name_until_it_expires(scene: Scene) -> None:
    content = b"%PDF" + b"x" * (1 << 21)
    await scene.wecom.customer_sends("wm1", "file", content=content, filename="报价 单.pdf")
    async with platform_of(scene) as platform:
        page = await platform.pull("wk1", "", "")
        received = kf.incoming(page.messages[0], "wk1", scene.clock[0])
        assert received is not None
        assert isinstance(received.content, Attached)
        scene.wecom.revoke_token()
        assert await platform.download(received.content.media) == (content, "报价 单.pdf", "application/octet-stream")
        scene.clock[0] += timedelta(days=4)
        with pytest.raises(Refused, match=EXPIRED):
            await platform.download(received.content.media)


@story
async def test_no_more_bytes_are_read_than_may_be_kept(scene: Scene) -> None:
    most = 1 << 20
    async with platform_of(scene) as platform:
        for size in (most, most + 1, 4 * most):
            medium = scene.wecom.platform.keep_medium("file", b"x" * size, "大.zip", "application/zip")
            if size == most:
                assert len((await platform.download(medium.media_id, most))[0]) == size
                continue
            with pytest.raises(Refused, match=TOO_LARGE):
                await platform.download(medium.media_id, most)
