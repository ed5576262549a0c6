"""Cards in the Feishu simulator: what is refused, what a person reads, what a press sends."""

import json
from datetime import date
from typing import Any

import pytest

from bot.sandbox.feishu import CardRejectedError, NotOnCardError, Toast
from bot.sandbox.feishu.cards import parse_card
from tests.feishu_stage import GROUP, LI, WANG, Json, Scene, button, card, sent, story, text, transfer_form

MARK = {"tag": "markdown", "content": "内容"}
TABLE = {"tag": "table", "columns": [{"name": "a", "data_type": "text"}], "rows": [{"a": "1"}]}
INPUT = {"tag": "input", "name": "why"}
SUBMIT = button("提交", name="ok", form_action_type="submit")


def form(*elements: Json, name: str = "f") -> Json:
    return {"tag": "form", "name": name, "elements": list(elements)}


def columns(*elements: Json) -> Json:
    return {"tag": "column_set", "columns": [{"tag": "column", "elements": list(elements)}]}


def deep(levels: int) -> Json:
    return columns(deep(levels - 1)) if levels else MARK


REFUSED = {
    "an unknown property": (card(MARK | {"colour": "red"}), "unknown property colour"),
    "an unknown property at the root": (card(MARK) | {"elements": []}, "unknown property elements"),
    "the action wrapper of old cards": (card({"tag": "action", "actions": []}), "not supported in schema V2"),
    "a note of old cards": (card({"tag": "note", "elements": []}), "not supported in schema V2"),
    "an old card": (card(MARK) | {"schema": "1.0"}, "schema must be 2.0"),
    "a card that is not shared": (card(MARK, update_multi=False), "update_multi"),
    "a bare text": (card({"tag": "button", "text": "接单"}), "an object is wanted"),
    "a bad colour": (card(MARK) | {"header": {"title": text("t"), "template": "pink"}}, "pink"),
    "201 elements": (card(*[MARK] * 200), "exceeds the limit"),
    "six tables": (card(*[TABLE] * 6), "table number over limit"),
    "a table in a column": (card(columns(TABLE)), "must be at the root"),
    "a form in a column": (card(columns(form(INPUT, SUBMIT))), "must be at the root"),
    "a form in a form": (card(form(form(INPUT, SUBMIT), name="g")), "must be at the root"),
    "a form without a submit button": (card(form(INPUT)), "no submit button"),
    "a nameless input in a form": (card(form({"tag": "input"}, SUBMIT)), "has no name"),
    "a submit button outside a form": (card(SUBMIT), "must stand in a form"),
    "two inputs of one name": (card(form(INPUT, INPUT, SUBMIT)), "name why is not unique"),
    "two elements of one id": (card(MARK | {"element_id": "a"}, MARK | {"element_id": "a"}), "element_id a"),
    "a malformed element id": (card(MARK | {"element_id": "1a"}), "malformed"),
    "a long button": (card(button("长" * 101)), "longer than 100"),
    "a long input": (card(INPUT | {"max_length": 2000}), "max_length"),
    "a text as callback value": (
        card({"tag": "button", "text": text("a"), "behaviors": [{"type": "callback", "value": "x"}]}),
        "wrong type",
    ),
    "a confirmation without text": (card(button("关闭", confirm={"title": text("确定？")})), "text is missing"),
    "six levels": (card(deep(6)), "deeper"),
    "a chart without a spec": (card({"tag": "chart", "chart_spec": "bar"}), "wrong type"),
}


@pytest.mark.parametrize(("bad", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_the_validator_refuses(bad: Json, reason: str) -> None:
    with pytest.raises(CardRejectedError, match=r"ext=ErrCode: \d+; ErrMsg:") as refused:
        parse_card(json.dumps(bad))
    assert (refused.value.code, refused.value.http) == (230099, 400)
    assert reason in refused.value.msg


def test_the_validator_takes_what_the_documents_show() -> None:
    chart = {"tag": "chart", "aspect_ratio": "16:9", "chart_spec": {"type": "bar", "data": {"values": [{"tag": "x"}]}}}
    panel = {"tag": "collapsible_panel", "expanded": False, "header": {"title": text("更多")}, "elements": [MARK]}
    parse_card(json.dumps(card(MARK, {"tag": "hr"}, deep(5), TABLE, chart, panel, transfer_form(), button("接单"))))


@story(rate_limits=False)
async def test_a_person_reads_a_card_from_top_to_bottom(scene: Scene) -> None:
    body: list[Json] = [
        {
            "tag": "markdown",
            "content": f"**客户** 138\\*\\*\\*\\*0001 <font color='red'>紧急</font> <at id={WANG}></at>",
        },
        {"tag": "div", "text": text("**原样** <at id=all></at>")},
        {
            "tag": "column_set",
            "columns": [{"tag": "column", "elements": [MARK]}, {"tag": "column", "elements": [MARK]}],
        },
        {**TABLE, "columns": [{"name": "a", "display_name": "编号"}]},
        {"tag": "chart", "chart_spec": {"type": "bar", "title": {"text": "每周新增"}}},
        transfer_form(),
        columns(button("接单")),
        button("改判"),
        button("关闭", disabled=True),
    ]
    message = await scene.send("interactive", card(*body))
    assert scene.feishu.seen_by(LI)[0].text.splitlines() == [
        "【新需求 202611-001】 紧急",
        "客户 138****0001 紧急 @王芳",
        "**原样** <at id=all></at>",
        "内容 | 内容",
        "编号",
        "1",
        "[图表] 每周新增",
        "转给谁",
        "〔请选择*〕王芳/李工",
        "〔原因：〕说明原因",
        "〔新的日期〕",
        "〔时间〕",
        "〔抄送〕",
        "[确定转派] [接单] [改判] [关闭]（停用）",
    ]
    assert scene.feishu.card_buttons(message) == ["确定转派", "接单", "改判"]
    who, why, *_ = scene.feishu.card_inputs(message)
    assert (who["label"], who["options"], who["required"]) == ("转给谁", ["王芳", "李工"], True)
    assert (why["label"], why["placeholder"], why["kind"]) == ("原因：", "说明原因", "input")


@story()
async def test_a_press_carries_the_value_of_its_button_and_shows_the_toast(scene: Scene) -> None:
    message = await scene.send("interactive", card(button("接单"), button("关闭")))
    scene.bot.answer = json.dumps({"toast": {"type": "warning", "content": "已被接走"}}).encode()
    result = await scene.feishu.clicks(LI, message, "接单")
    assert (result.ok, result.toast) == (True, Toast("warning", "已被接走"))
    assert scene.feishu.seen_by(LI)[0].toasts == (Toast("warning", "已被接走"),)
    callback = scene.bot.events[-1]
    assert callback["header"]["event_type"] == "card.action.trigger"
    assert len(callback["header"]["create_time"]) == 16
    event = callback["event"]
    assert event["action"] == {"value": {"act": "接单"}, "tag": "button", "timezone": "Asia/Shanghai"}
    assert event["operator"]["open_id"] == LI
    assert event["context"] == {"open_message_id": message, "open_chat_id": scene.feishu.private_chat_id(LI)}


@story()
async def test_a_submitted_form_sends_strings_in_the_documented_formats(scene: Scene) -> None:
    message = await scene.send("interactive", card(transfer_form()), to=GROUP)
    filled = {"转给谁": "王芳", "原因": "休假", "日期": date(2026, 11, 9), "时间": "2026-11-09 18:00", "抄送": ["李工"]}
    assert (await scene.feishu.clicks(LI, message, "确定转派", filled)).ok
    action = scene.bot.events[-1]["event"]["action"]
    assert action["name"] == "ok"
    assert action["form_value"] == {
        "who": WANG,
        "why": "休假",
        "day": "2026-11-09 +0800",
        "at": "2026-11-09 18:00 +0800",
        "cc": [LI],
    }
    assert (await scene.feishu.clicks(LI, message, "确定转派", {"请选择": "李工"})).ok
    assert scene.bot.events[-1]["event"]["action"]["form_value"] == {"who": LI, "why": ""}


@story()
async def test_the_client_stops_what_cannot_be_sent(scene: Scene) -> None:
    message = await scene.send("interactive", card(transfer_form(), button("关闭", disabled=True)))
    stopped: list[tuple[str, dict[str, Any], str]] = [
        ("确定转派", {}, "有必填项未填写"),
        ("确定转派", {"转给谁": "王芳", "原因": "很" * 11}, "超出最大长度"),
        ("关闭", {}, "停用"),
    ]
    for label, filled, reason in stopped:
        assert reason in (await scene.feishu.clicks(LI, message, label, filled)).refused
    for label, filled in [("接单", {}), ("确定转派", {"地址": "x"}), ("确定转派", {"转给谁": "赵六"})]:
        with pytest.raises(NotOnCardError):
            await scene.feishu.clicks(LI, message, label, filled)
    with pytest.raises(NotOnCardError):
        await scene.feishu.clicks(WANG, message, "确定转派", {})
    assert scene.bot.events == []


@story()
async def test_wrong_answers_to_a_press_show_the_error_that_people_know(scene: Scene) -> None:
    message = await scene.send("interactive", card(button("接单")))
    for status, answer, error in [
        (500, b"{}", 200672),
        (302, b"{}", 200672),
        (200, b"ok", 200672),
        (200, b'{"toast":{"type":"danger","content":"x"}}', 200672),
        (200, b'{"card":{"type":"raw","data":{"schema":"2.0","elements":[]}}}', 200673),
        (200, b"{}", 0),
    ]:
        scene.bot.status, scene.bot.answer = status, answer
        assert (await scene.feishu.clicks(LI, message, "接单")).error == error
    scene.bot.delay = 3.3
    late = await scene.feishu.clicks(LI, message, "接单")
    assert (late.error, late.toast) == (200341, None)
    assert scene.feishu.undelivered == 0


@story()
async def test_a_card_is_updated_in_place_for_fourteen_days_and_an_old_version_can_be_pressed(scene: Scene) -> None:
    message = await scene.send("interactive", card(button("接单")))
    stale = scene.feishu.seen_by(LI)[0].card
    path = f"im/v1/messages/{message}"
    assert await scene.code("PATCH", path, sent("interactive", card(button("更新进度")))) == 0
    assert await scene.code("PATCH", path, sent("interactive", card(MARK | {"x": 1}))) == 230099
    seen = scene.feishu.seen_by(LI)[0]
    assert (seen.updated, scene.feishu.card_buttons(message)) == (1, ["更新进度"])
    assert (await scene.feishu.clicks(LI, message, "接单", card=stale)).ok
    scene.wait(days=14, seconds=1)
    await scene.login()
    assert await scene.code("PATCH", path, sent("interactive", card(button("关闭")))) == 230031
    assert "14" in (await scene.feishu.clicks(LI, message, "更新进度")).refused


@story()
async def test_a_mention_of_everyone_fails_in_a_group_whose_owner_forbids_it(scene: Scene) -> None:
    content = card({"tag": "markdown", "content": "<at id=all></at>"})
    body = sent("interactive", content, GROUP)
    assert await scene.code("POST", "im/v1/messages?receive_id_type=chat_id", body) == 230099
    scene.feishu.world.at_all_allowed = True
    await scene.send("interactive", content, to=GROUP)
    assert scene.feishu.seen_by(WANG)[0].text.endswith("@所有人")


@story()
async def test_plain_phone_numbers_fall_to_dlp_when_it_is_on(scene: Scene) -> None:
    scene.feishu.world.dlp = True
    scene.feishu.world.sensitive_words.add("赌博")
    path = "im/v1/messages?receive_id_type=open_id"
    assert await scene.code("POST", path, sent("text", {"text": "13800000001"})) == 230028
    assert await scene.code("POST", path, sent("text", {"text": "赌博"})) == 230022
    await scene.send("text", {"text": "138****0001"})
