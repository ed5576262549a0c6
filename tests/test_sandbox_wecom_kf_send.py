"""The WeCom simulator: sending to customers of 微信客服, its windows and limits."""

import json

import pytest

from tests.wecom_stage import (
    PNG,
    Json,
    Scene,
    kf_menu,
    story,
    theatre,  # noqa: F401 - the fixture that every story asks for
)

# --- sending to customers -----------------------------------------------------------------------------------------


@story
async def test_five_messages_go_out_per_message_of_the_customer(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    assert [(await scene.say(str(n)))["errcode"] for n in range(6)] == [0, 0, 0, 0, 0, 95001]
    await scene.wecom.customer_says("wm1", "还在吗")
    assert (await scene.say("在"))["errcode"] == 0
    seen = scene.wecom.seen_by_customer("wm1")
    assert [one.text for one in seen if one.sender == "bot"] == ["0", "1", "2", "3", "4", "在"]
    assert [one.id for one in seen] == sorted({one.id for one in seen})


@story
async def test_the_window_closes_48_hours_after_the_customer_last_wrote(scene: Scene) -> None:
    assert (await scene.say("早"))["errcode"] == 95018
    await scene.wecom.customer_says("wm1", "你好")
    scene.wait(hours=48)
    assert (await scene.say("还在"))["errcode"] == 0
    scene.wait(seconds=1)
    await scene.login()
    assert (await scene.say("晚"))["errcode"] == 95002
    body = {"open_kfid": "wk1", "external_userid": "wm1"}
    assert (await scene.call("kf/service_state/get", body))["service_state"] == 4


@story
async def test_limits_can_also_fail_late_by_an_event(scene: Scene) -> None:
    scene.wecom.quirks.limit_fails_late = True
    await scene.wecom.customer_says("wm1", "你好")
    sent = [await scene.say(str(n), msgid=f"m{n}") for n in range(6)]
    assert {one["errcode"] for one in sent} == {0}
    await scene.wecom.settle()
    event = (await scene.pull())["msg_list"][-1]["event"]
    assert (event["event_type"], event["fail_msgid"], event["fail_type"]) == ("msg_send_fail", "m5", 6)
    assert len(scene.bot.callbacks) == 2
    assert scene.wecom.seen_by_customer("wm1")[-1].text == "4"
    scene.wait(hours=49)
    await scene.login()
    await scene.say("晚", msgid="late")
    await scene.wecom.settle()
    assert (await scene.pull())["msg_list"][-1]["event"]["fail_type"] == 4


@story
async def test_any_send_can_be_failed_late_on_demand(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    scene.wecom.fail_sends_late(13)
    assert (await scene.say("a", msgid="m1"))["errcode"] == 0
    await scene.wecom.settle()
    assert (await scene.pull())["msg_list"][-1]["event"]["fail_type"] == 13
    assert (await scene.say("a", msgid="m2"))["errcode"] == 0
    assert [one.msgid for one in scene.wecom.seen_by_customer("wm1")][1:] == ["m2"]


@story
async def test_a_repeated_msgid_is_refused_and_a_refused_one_may_be_used_again(scene: Scene) -> None:
    assert (await scene.say("早", msgid="m1"))["errcode"] == 95018
    await scene.wecom.customer_says("wm1", "你好")
    assert await scene.say("a", msgid="m1") == {"errcode": 0, "errmsg": "ok", "msgid": "m1"}
    assert (await scene.say("a", msgid="m1"))["errcode"] == 40058
    scene.wecom.quirks.duplicate_msgid_errcode = 95999
    assert (await scene.say("a", msgid="m1"))["errcode"] == 95999
    for bad in ("", "x" * 33, "空", "a b"):
        assert (await scene.say("a", msgid=bad))["errcode"] == 40058
    assert len(scene.wecom.seen_by_customer("wm1")) == 2


@story
async def test_text_is_limited_by_bytes_not_characters(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    assert (await scene.say("字" * 682 + "ab"))["errcode"] == 0
    assert (await scene.say("字" * 683))["errcode"] == 45002
    assert (await scene.say(""))["errcode"] == 44004
    assert (await scene.say("a", touser="wm2"))["errcode"] == 40096
    assert (await scene.say("a", msgtype="markdown"))["errcode"] == 40008


@story
async def test_a_menu_is_shown_and_a_tap_comes_back_as_text_with_its_id(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    items: list[Json] = [
        {"type": "click", "click": {"id": "t1:bug", "content": "问题修复"}},
        {"type": "view", "view": {"url": "https://example.com", "content": "帮助页"}},
        {"type": "text", "text": {"content": "或者直接输入"}},
    ]
    assert await scene.code("kf/send_msg", kf_menu(items)) == 0
    shown = scene.wecom.seen_by_customer("wm1")[-1]
    assert shown.text == "请选择\n问题修复\n帮助页\n或者直接输入\n谢谢"
    assert shown.menu == (("t1:bug", "问题修复"),)
    assert json.loads(json.dumps(shown.as_json()))["menu"] == [["t1:bug", "问题修复"]]
    await scene.wecom.customer_taps("wm1", "问题修复")
    assert (await scene.pull())["msg_list"][-1]["text"] == {"content": "问题修复", "menu_id": "t1:bug"}
    with pytest.raises(LookupError):
        await scene.wecom.customer_taps("wm1", "没有")


@story
async def test_menu_limits_are_enforced(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    click: Json = {"type": "click", "click": {"id": "1", "content": "一"}}
    wrong: list[tuple[list[Json], int]] = [
        ([click] * 11, 95008),
        ([{"type": "button", "button": {}}], 95009),
        ([{"type": "click", "click": {"id": "1", "content": "字" * 43}}], 40058),
        ([{"type": "click", "click": {"id": "x" * 129, "content": "一"}}], 40058),
        ([{"type": "view", "view": {"url": "example.com", "content": "一"}}], 40058),
    ]
    for items, errcode in wrong:
        assert await scene.code("kf/send_msg", kf_menu(items)) == errcode
    assert await scene.code("kf/send_msg", kf_menu([click] * 10)) == 0


@story
async def test_pictures_need_a_media_id_of_their_kind(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    uploaded = await scene.upload("image", PNG)
    assert isinstance(uploaded["created_at"], str)
    assert (await scene.upload("image", b"12345"))["errcode"] == 40006
    assert (await scene.upload("image", b"GIF89a..."))["errcode"] == 40123
    assert (await scene.upload("picture", PNG))["errcode"] == 40004
    body = {"touser": "wm1", "open_kfid": "wk1", "msgtype": "image", "image": {"media_id": uploaded["media_id"]}}
    assert await scene.code("kf/send_msg", body) == 0
    assert scene.wecom.seen_by_customer("wm1")[-1].media == PNG
    assert await scene.code("kf/send_msg", {**body, "image": {"media_id": "no"}}) == 40007
    file = {**body, "msgtype": "file", "file": body["image"]}
    assert await scene.code("kf/send_msg", file) == 40007


@story
async def test_links_places_and_programs_have_their_limits(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    media_id = (await scene.upload("image", PNG))["media_id"]
    link = {"title": "进度", "desc": "看这里", "url": "https://example.com", "thumb_media_id": media_id}
    place = {"name": "总部", "address": "路 1 号", "latitude": 31.2, "longitude": 121.5}
    program = {"appid": "wx1", "title": "应需", "pagepath": "index", "thumb_media_id": media_id}
    tries: list[tuple[str, Json, int]] = [
        ("link", {**link, "title": "字" * 43}, 45003),
        ("link", {**link, "desc": "字" * 171}, 45004),
        ("link", {**link, "url": "example.com"}, 40058),
        ("link", {**link, "thumb_media_id": "no"}, 40007),
        ("location", {**place, "latitude": 91}, 40058),
        ("miniprogram", {**program, "title": "字" * 22}, 45003),
        ("ca_link", {"link_url": ""}, 40058),
        ("link", link, 0),
        ("location", place, 0),
        ("miniprogram", program, 0),
        ("ca_link", {"link_url": "https://example.com"}, 0),
    ]
    for msgtype, payload, errcode in tries:
        body = {"touser": "wm1", "open_kfid": "wk1", "msgtype": msgtype, msgtype: payload}
        assert await scene.code("kf/send_msg", body) == errcode, (msgtype, payload)
    shown = [one.text for one in scene.wecom.seen_by_customer("wm1") if one.sender == "bot"]
    assert shown == ["进度\n看这里\nhttps://example.com", "总部 路 1 号", "应需", "https://example.com"]
