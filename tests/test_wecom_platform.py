"""The WeCom side against a platform that listens: what is sent, held, refused, pulled and fetched."""

import asyncio
import gzip
import json
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import DeliveryError, Hold, Refused, Retry
from bot.platforms import Delivered, Places, Platform
from bot.settings import WeComSettings
from bot.wecom import kf, wire
from bot.wecom.edge import Pull, WeComEdge
from bot.wecom.platform import WeComPlatform
from handlers.messages import (
    Attached,
    Button,
    Card,
    Chart,
    File,
    Happened,
    Image,
    Message,
    Outgoing,
    Pressed,
    Said,
    Text,
)
from tests.wecom_stage import (
    PNG,
    Scene,
    story,
    theatre,  # noqa: F401 - the fixture that every story asks for
)

CUSTOMER, MEMBER = "kf:wk1:wm1", "app:LiGong"
YES = Button(label="确认", action="confirm", subject="7", version=2)
NO = Button(label="修改", action="change", subject="7", version=2)


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


@story
async def test_a_customer_is_told_words(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "在吗")
    async with platform_of(scene) as platform:
        assert await send(scene, platform, "您好，请讲") == Delivered(message_id="k1", sent=1)
    assert told(scene) == ["您好，请讲"]


@story
async def test_a_menu_is_tapped_and_comes_back_as_a_press(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "在吗")
    edge = WeComEdge(settings_of(scene))
    async with platform_of(scene) as platform:
        await send(scene, platform, Text(text="对吗？", buttons=(YES, NO)))
        tapped = await scene.wecom.customer_taps("wm1", "修改")
        query, body = scene.wecom.encrypt_callback(tapped.xml)
        signal = edge.read(dict(part.split("=", 1) for part in query.split("&")), body.encode(), scene.clock[0])
        assert isinstance(signal, Pull)
        page = await platform.pull(signal.open_kfid, signal.token, "")
    read = [kf.incoming(item, "wk1", scene.clock[0]) for item in page.messages]
    assert [one.content for one in read if one] == [
        Said(text="在吗"),
        Pressed(action="change", subject="7", version=2, label="修改"),
    ]


@story
async def test_long_words_arrive_whole_in_parts(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "在吗")
    words = "需求说明，一行接一行。\n" * 200
    async with platform_of(scene) as platform:
        delivered = await send(scene, platform, words)
    assert delivered.sent == len(told(scene)) == 4
    assert "".join(told(scene)) == words


@story
async def test_a_closed_window_holds_the_rest_and_it_is_said_once_the_customer_writes(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "在吗")
    words = "长" * 4092
    async with platform_of(scene) as platform:
        await send(scene, platform, "一", key="k0")
        with pytest.raises(Hold, match="window"):
            await send(scene, platform, words)
        await scene.wecom.customer_says("wm1", "还在吗")
        delivered = await send(scene, platform, words, attempt=2)
    assert "".join(told(scene)) == "一" + words
    assert delivered == Delivered(message_id="k1", sent=2)


@story
async def test_two_days_of_silence_hold(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "在吗")
    scene.wait(hours=49)
    async with platform_of(scene) as platform:
        with pytest.raises(Hold, match="window"):
            await send(scene, platform, "还在")


@story
async def test_a_person_who_serves_holds(scene: Scene) -> None:
    scene.wecom.add_servicer("lisi", open_kfid="wk1", online=True)
    await scene.wecom.customer_says("wm1", "在吗")
    await scene.wecom.servicer_takes("wm1", "lisi")
    async with platform_of(scene) as platform:
        with pytest.raises(Hold, match="serving"):
            await send(scene, platform, "我是机器人")


@story
async def test_an_answer_lost_after_the_platform_accepted_is_not_said_twice(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "在吗")
    scene.wecom.inject("kf/send_msg", reset=True, after=True)
    async with platform_of(scene) as platform:
        with pytest.raises(Retry):
            await send(scene, platform, "只说一次")
        assert (await send(scene, platform, "只说一次", attempt=2)).message_id == "k1"
    assert told(scene) == ["只说一次"]


@story
async def test_a_member_is_told_once_too_and_the_same_words_twice_if_meant_twice(scene: Scene) -> None:
    scene.wecom.inject("message/send", reset=True, after=True)
    async with platform_of(scene) as platform:
        with pytest.raises(Retry):
            await send(scene, platform, "好的", MEMBER)
        await send(scene, platform, "好的", MEMBER, attempt=2)
        assert told_member(scene) == ["好的"]
        await send(scene, platform, "好的", MEMBER, key="k2")
        assert told_member(scene) == ["好的", "好的"]


@story
async def test_a_card_lost_after_the_platform_accepted_is_not_sent_twice(scene: Scene) -> None:
    scene.wecom.inject("message/send", reset=True, after=True)
    card = Card(title="请核对", facts=(("类型", "问题修复"),), buttons=(YES, NO))
    async with platform_of(scene) as platform:
        with pytest.raises(Retry):
            await send(scene, platform, card, MEMBER)
        await send(scene, platform, card, MEMBER, attempt=2)
    assert [one.kind for one in scene.wecom.seen_by_member("LiGong")] == ["template_card"]


@story
async def test_a_card_for_a_member_has_live_buttons(scene: Scene) -> None:
    edge = WeComEdge(settings_of(scene))
    async with platform_of(scene) as platform:
        await send(scene, platform, Card(title="请核对", body="确认吗", buttons=(YES, NO)), MEMBER)
    clicked = await scene.wecom.member_clicks("LiGong", scene.wecom.seen_by_member("LiGong")[0], "修改")
    query, body = scene.wecom.encrypt_callback(clicked.xml)
    read = edge.read(dict(part.split("=", 1) for part in query.split("&")), body.encode(), scene.clock[0])
    assert isinstance(read, list)
    assert read[0].content == Pressed(action="change", subject="7", version=2)


@story
async def test_a_member_who_does_not_see_the_app_is_refused_with_an_alert(scene: Scene) -> None:
    async with platform_of(scene) as platform:
        with pytest.raises(Refused) as refused:
            await send(scene, platform, "在吗", "app:nobody")
        assert refused.value.alert
        for everybody in ("@all", "LiGong|wangwu", ""):
            with pytest.raises(Refused):
                await send(scene, platform, "在吗", f"app:{everybody}")
    assert told_member(scene) == []


@story
async def test_pictures_and_files_are_uploaded_and_seen(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "在吗")
    with TemporaryDirectory() as folder:
        (Path(folder) / "p.png").write_bytes(PNG)
        (Path(folder) / "f").write_bytes(b"x" * (1 << 21))
        (Path(folder) / "empty").write_bytes(b"")
        async with platform_of(scene, Path(folder)) as platform:
            await send(scene, platform, Image(path="p.png"))
            await send(scene, platform, File(path="f", name="报价 单.xlsx"), key="k2")
            await send(scene, platform, File(path="f", name="报价 单.xlsx"), MEMBER, key="k3")
            for path in ("empty", "missing", "../secret", "/etc/passwd"):
                with pytest.raises(Refused):
                    await send(scene, platform, File(path=path), key=f"k-{len(path)}")
    picture, file = [one for one in scene.wecom.seen_by_customer("wm1") if one.sender == "bot"]
    assert (picture.kind, picture.media) == ("image", PNG)
    assert (file.kind, file.filename) == ("file", "报价 单.xlsx")
    assert [one.filename for one in scene.wecom.seen_by_member("LiGong")] == ["报价 单.xlsx"]


@story
async def test_numbers_are_told_in_words(scene: Scene) -> None:
    async with platform_of(scene) as platform:
        await send(scene, platform, Chart(title="本周", points=(("新增", 3.0),), unit="条"), MEMBER)
    assert told_member(scene) == ["【本周】\n新增：3条"]


@story
async def test_a_welcome_is_outside_the_window_and_an_expired_one_is_refused(scene: Scene) -> None:
    await scene.wecom.customer_enters("wm1")
    async with platform_of(scene) as platform:
        page = await platform.pull("wk1", "", "")
        entered = kf.incoming(page.messages[0], "wk1", scene.clock[0])
        assert entered is not None
        assert isinstance(entered.content, Happened)
        code = entered.content.data["welcome_code"]
        welcome = Outgoing(to=CUSTOMER, message=Text(text="欢迎", buttons=(YES,)), key="k1", code=code)
        assert (await platform.deliver(welcome, Places(), "k1", scene.clock[0])).sent == 0
        with pytest.raises(Refused, match="时效"):
            await platform.deliver(welcome, Places(), "k2", scene.clock[0])
    assert told(scene) == ["欢迎\n确认"]


# --- the token --------------------------------------------------------------------------------------------------------


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


# --- a platform that misbehaves ---------------------------------------------------------------------------------------

Answer = Callable[[Request], Awaitable[Response]]


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


def moment() -> datetime:
    return datetime(2026, 11, 23, tzinfo=UTC)


def here(doors: Any) -> WeComPlatform:
    settings = WeComSettings(
        corp_id="CANARY-CORP",
        agent_id=1,
        secret=SecretStr("CANARY-SECRET"),
        token=SecretStr("t"),
        aes_key=SecretStr("A" * 43),
        api_base=doors.addresses["platform"],
    )
    return WeComPlatform(settings, moment, Path("nowhere"))


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


# --- pulling and fetching ---------------------------------------------------------------------------------------------


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
        with pytest.raises(Refused, match="失效"):
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
            with pytest.raises(Refused, match="文件过大"):
                await platform.download(medium.media_id, most)
