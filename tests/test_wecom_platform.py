"""The WeCom side against a platform that listens: what customers and members are told, once, or held and refused."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.errors import Hold, Refused, Retry
from bot.platforms import Delivered, Places
from bot.wecom import kf
from bot.wecom.edge import Pull, WeComEdge
from handlers.messages import Button, Card, Chart, File, Happened, Image, Outgoing, Pressed, Said, Text
from tests.wecom_platform_stage import CUSTOMER, MEMBER, platform_of, send, settings_of, told, told_member
from tests.wecom_stage import (
    PNG,
    Scene,
    story,
    theatre,  # noqa: F401 - the fixture that every story asks for
)

YES = Button(label="确认", action="confirm", subject="7", version=2)
NO = Button(label="修改", action="change", subject="7", version=2)


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
