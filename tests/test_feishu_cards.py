"""Messages as Feishu payloads: what is said, what can be pressed, and what customers' text cannot do."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.feishu.cards import CARD_BYTES, ROWS, TEXT_BYTES, Payload, render, render_upload
from bot.feishu.text import CUT
from bot.sandbox.feishu.cards import parse_card
from handlers.messages import Button, Card, Chart, Form, Input, Text, Tone

ACCEPT = Button(label="接单", action="accept", subject="202611-001", version=3, primary=True)
EVIL = [
    "<at id=all></at>",
    '<at user_id="all">所有人</at>',
    "[点我](http://evil.example)",
    "**粗** `code` ![x](y) <font color='red'>红</font> <text_tag>x</text_tag>",
]


def only(payloads: tuple[Payload, ...]) -> Payload:
    (payload,) = payloads
    return payload


def card_of(message: Text | Card | Form | Chart) -> dict[str, Any]:
    payload = only(render(message))
    assert payload.msg_type == "interactive"
    return parse_card(payload.content)  # as strict as the platform about properties, names and limits


def nodes(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object with a tag, in reading order."""
    if isinstance(value, dict):
        if "tag" in value:
            yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def tagged(card: dict[str, Any], tag: str) -> list[dict[str, Any]]:
    return [node for node in nodes(card) if node["tag"] == tag]


def seen(card: dict[str, Any]) -> list[str]:
    return [node["content"] for node in tagged(card, "plain_text")]


def test_words_go_as_a_text_message() -> None:
    assert only(render(Text(text="已受理\n202611-001"))) == Payload("text", '{"text":"已受理\\n202611-001"}')


def test_words_with_buttons_go_as_a_card_without_title() -> None:
    card = card_of(Text(text="要做什么？", buttons=(ACCEPT,)))
    assert "header" not in card
    assert seen(card) == ["要做什么？", "接单"]
    assert card["config"] == {"update_multi": True, "summary": {"content": "要做什么？"}}


@pytest.mark.parametrize(
    ("tone", "template"), [("urgent", "red"), ("warning", "orange"), ("good", "green"), ("plain", "blue")]
)
def test_the_tone_colours_the_header(tone: Tone, template: str) -> None:
    assert card_of(Card(title="新需求", tone=tone))["header"] == {
        "title": {"tag": "plain_text", "content": "新需求"},
        "template": template,
    }


def test_a_card_says_body_facts_and_buttons_in_this_order() -> None:
    card = card_of(
        Card(title="202611-001", body="登录失败", facts=(("客户", "华星"), ("电话", "138****0001")), buttons=(ACCEPT,))
    )
    assert card["schema"] == "2.0"
    assert seen({"body": card["body"]}) == ["登录失败", "客户", "华星", "电话", "138****0001", "接单"]


def test_a_button_sends_back_what_the_edge_reads() -> None:
    (button,) = tagged(card_of(Card(title="x", buttons=(ACCEPT,))), "button")
    assert button["behaviors"] == [
        {"type": "callback", "value": {"a": "accept", "s": "202611-001", "v": 3, "l": "接单"}}
    ]
    assert button["type"] == "primary"


def test_many_facts_and_buttons_stay_under_two_hundred_elements() -> None:
    facts = tuple((f"项{n}", f"值{n}") for n in range(60))
    card = card_of(Card(title="x", facts=facts, buttons=(ACCEPT,) * 12))
    assert len(list(nodes(card))) <= 200
    said = "\n".join(seen(card))
    assert all(f"值{n}" in said for n in range(60))
    assert len(tagged(card, "column_set")) == ROWS + 1


def test_a_form_has_named_labelled_inputs_and_one_submit_button() -> None:
    inputs = (
        Input(name="who", label="转给谁", kind="choice", options=(("ou_1", "张三"), ("ou_2", "李四")), initial="ou_2"),
        Input(name="reason", label="原因", kind="long", hint="写给同事看", required=False),
        Input(name="task", label="任务", initial="回访"),
        Input(name="date", label="日期", kind="date", initial="2026-11-30"),
    )
    card = card_of(Form(title="转派 202611-001", body="请填写", inputs=inputs, submit=ACCEPT))
    (form,) = [element for element in card["body"]["elements"] if element["tag"] == "form"]
    who = form["elements"][:2]
    assert who[0]["text"]["content"] == "转给谁"
    assert (who[1]["tag"], who[1]["name"], who[1]["required"], who[1]["initial_index"]) == (
        "select_static",
        "who",
        True,
        2,
    )
    assert [(option["text"]["content"], option["value"]) for option in who[1]["options"]] == [
        ("张三", "ou_1"),
        ("李四", "ou_2"),
    ]
    reason, task = tagged(card, "input")
    assert reason["label"]["content"] == "原因"
    assert reason["placeholder"]["content"] == "写给同事看"
    assert (reason["input_type"], reason["required"]) == ("multiline_text", False)
    assert (task["name"], task["default_value"], task["max_length"]) == ("task", "回访", 1000)
    (date,) = tagged(card, "date_picker")
    assert (date["name"], date["initial_date"]) == ("date", "2026-11-30")
    submits = [button for button in tagged(card, "button") if button.get("form_action_type") == "submit"]
    assert [button["name"] for button in submits] == ["submit"]
    names = [node["name"] for node in nodes(form) if "name" in node]
    assert len(names) == len(set(names)) == 6


def test_an_input_called_submit_does_not_share_its_name_with_the_button() -> None:
    card = card_of(Form(title="x", inputs=(Input(name="submit", label="提交"),), submit=ACCEPT))
    names = [node["name"] for node in nodes(card) if "name" in node]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", ["bar", "line", "pie"])
def test_a_chart_draws_every_point(kind: str) -> None:
    chart = Chart(title="本周", points=(("周一", 3.0), ("周二", 5.0), ("周三", float("nan"))), kind=kind, unit="件")  # type: ignore[arg-type]  # parametrized
    (element,) = tagged(card_of(chart), "chart")
    spec = element["chart_spec"]
    assert spec["type"] == kind
    assert spec["title"] == {"text": "本周（件）"}
    assert spec["data"]["values"] == [
        {"label": "周一", "value": 3.0},
        {"label": "周二", "value": 5.0},
        {"label": "周三", "value": 0},
    ]
    fields = {spec.get("xField"), spec.get("yField"), spec.get("valueField"), spec.get("categoryField")}
    assert fields - {None} == {"label", "value"}


def test_a_chart_without_points_says_so() -> None:
    card = card_of(Chart(title="本周", points=()))
    assert seen({"body": card["body"]}) == ["暂无数据"]


@pytest.mark.parametrize("evil", EVIL)
def test_customer_text_stands_only_in_plain_text_elements_of_cards(evil: str) -> None:
    messages: list[Text | Card | Form] = [
        Text(text=evil, buttons=(Button(label=evil, action="x"),)),
        Card(title=evil, body=evil, facts=((evil, evil),) * (ROWS + 2), buttons=(ACCEPT,)),
        Form(title=evil, body=evil, inputs=(Input(name="a", label=evil, hint=evil, initial=evil),), submit=ACCEPT),
    ]
    for message in messages:
        card = card_of(message)
        assert not tagged(card, "markdown")
        assert not tagged(card, "lark_md")
        assert evil in seen(card)


@pytest.mark.parametrize("evil", EVIL[:3])
def test_customer_text_in_a_text_message_reads_the_same_and_does_nothing(evil: str) -> None:
    said = json.loads(only(render(Text(text=evil))).content)["text"]
    assert "<at" not in said
    assert "</at" not in said
    assert "](" not in said
    assert said.replace("＜", "<").replace("] (", "](") == evil


def test_ordinary_comparisons_and_lists_are_left_as_typed() -> None:
    text = "当 a < b 且 x[0] (第一个) 时，<person> 页 1<2 报错 <b"
    assert json.loads(only(render(Text(text=text))).content)["text"] == text


def test_characters_that_deceive_or_break_are_left_out() -> None:
    card = card_of(Card(title="a\u202eb\x00c\ud800d", body="x\r\ny\tz\u2066"))
    assert seen(card) == ["abcd", "x\ny\tz"]


@pytest.mark.parametrize("text", ["很长的描述。" * 20_000, '"引号"\\' * 20_000, "😀" * 60_000])
def test_a_card_too_large_is_cut_visibly_until_it_fits(text: str) -> None:
    card = Card(title="202611-001", body=text, facts=(("编号", "202611-001"), ("背景", text)), buttons=(ACCEPT,))
    payload = only(render(card))
    assert len(json.dumps(payload.content, ensure_ascii=False).encode()) <= CARD_BYTES
    said = seen(json.loads(payload.content))
    assert "202611-001" in said
    assert "接单" in said
    assert any(part.endswith(CUT) for part in said)


def test_a_card_that_fits_is_not_cut() -> None:
    text = "很长的描述。" * 800
    assert text in seen(card_of(Card(title="x", body=text)))


@pytest.mark.parametrize("text", ["字" * 200_000, '"\\' * 100_000, "短"])
def test_a_text_too_long_goes_in_parts_and_nothing_is_lost(text: str) -> None:
    payloads = render(Text(text=text))
    assert "".join(json.loads(payload.content)["text"] for payload in payloads) == text
    for payload in payloads:
        assert len(json.dumps(payload.content, ensure_ascii=False).encode()) <= TEXT_BYTES


def test_uploads_are_named_by_their_key() -> None:
    assert render_upload("img_1", as_file=False) == Payload("image", '{"image_key":"img_1"}')
    assert render_upload("file_1", as_file=True) == Payload("file", '{"file_key":"file_1"}')
