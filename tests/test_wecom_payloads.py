"""What people are told in WeCom: menus, cards and words as payloads, and long texts in whole pieces."""

from typing import Any

import pytest

from bot.wecom import cards, text
from bot.wecom.keys import key_of, pressed
from bot.wecom.platform import part_id
from handlers.messages import Button, Card, Chart, Form, Input, Message, Pressed, Text

YES = Button(label="确认", action="confirm", subject="7", version=2, primary=True)
NO = Button(label="修改", action="change", subject="7", version=2)


def text_of(bodies: list[dict[str, Any]]) -> str:
    return "".join(body["text"]["content"] for body in bodies)


def test_a_key_comes_back_as_what_it_was_made_of() -> None:
    assert pressed(key_of(YES), "确认") == Pressed(action="confirm", subject="7", version=2, label="确认")
    assert pressed("101") is None
    assert pressed("a|b|99999999999999999999") is None


def test_a_menu_for_a_customer_is_one_message() -> None:
    (body,) = cards.for_kf(Text(text="对吗？", buttons=(YES, NO)))
    assert body == {
        "msgtype": "msgmenu",
        "msgmenu": {
            "head_content": "对吗？",
            "list": [
                {"type": "click", "click": {"id": "confirm|7|2", "content": "确认"}},
                {"type": "click", "click": {"id": "change|7|2", "content": "修改"}},
            ],
        },
    }


def test_a_long_text_stands_before_its_menu() -> None:
    message = Text(text="长" * 400, buttons=(YES,))
    words, menu = cards.for_kf(message)
    assert words["text"]["content"] == "长" * 400
    assert menu["msgmenu"]["list"][0]["click"]["content"] == "确认"


@pytest.mark.parametrize(
    "buttons",
    [(YES,) * 11, (Button(label="长" * 43, action="a"),), (Button(label="x", action="a", subject="s" * 130),)],
)
def test_buttons_that_do_not_fit_a_menu_are_numbered(buttons: tuple[Button, ...]) -> None:
    message = Text(text="选一个", buttons=buttons)
    assert text_of(cards.for_kf(message)) == message.as_text()


def test_a_card_for_a_member_has_buttons() -> None:
    card = Card(title="请核对", body="没问题就确认", facts=(("类型", "问题修复"),), buttons=(YES, NO))
    (body,) = cards.for_app(card, "task-1")
    assert body == {
        "msgtype": "template_card",
        "template_card": {
            "card_type": "button_interaction",
            "main_title": {"title": "请核对"},
            "task_id": "task-1",
            "sub_title_text": "没问题就确认",
            "horizontal_content_list": [{"keyname": "类型", "value": "问题修复"}],
            "button_list": [
                {"type": 0, "text": "确认", "style": 1, "key": "confirm|7|2"},
                {"type": 0, "text": "修改", "style": 2, "key": "change|7|2"},
            ],
        },
    }


@pytest.mark.parametrize(
    "message",
    [
        Card(title="无按钮"),
        Card(title="长" * 37, buttons=(YES,)),
        Card(title="多", facts=(("类型", "值" * 31),), buttons=(YES,)),
        Card(title="多", facts=(("很长的名字", "值"),) * 7, buttons=(YES,)),
        Card(title="同键", buttons=(YES, YES)),
        Text(text="题\n" + "长" * 161, buttons=(YES,)),
        Text(text="多", buttons=tuple(Button(label=str(n), action=str(n)) for n in range(7))),
        Form(title="表", inputs=(Input(name="a", label="原因"),), submit=YES),
        Chart(title="图", points=(("一", 1.0),)),
    ],
    ids=lambda message: type(message).__name__ + message.as_text()[:4],
)
def test_what_would_not_be_seen_on_a_card_is_said_in_words(message: Message) -> None:
    assert text_of(cards.for_app(message, "t")) == message.as_text()


def test_a_persons_link_is_no_link_for_members() -> None:
    assert text_of(cards.for_app(Text(text='<a href="http://x">点我</a> <ab>'), "t")) == (
        '＜a href="http://x">点我＜/a> <ab>'
    )


def test_control_characters_never_reach_the_wire() -> None:
    assert text_of(cards.for_kf(Text(text="a\x00\x1b[31mb\r\n\tc"))) == "a[31mb\n\tc"


@pytest.mark.parametrize(
    "unit", ["汉", "é", "👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "a", "e\u0301", "行\n", "字字字字字字字字字字。\n"]
)
@pytest.mark.parametrize("extra", range(4))
def test_split_text_is_whole_again_and_tears_no_character(unit: str, extra: int) -> None:
    whole = "x" * extra + unit * (5000 // len(unit.encode()))
    pieces = text.split(whole, 2048)
    assert "".join(pieces) == whole
    assert all(len(piece.encode()) <= 2048 for piece in pieces)
    assert all(piece.removeprefix("x" * extra).replace(unit, "") == "" for piece in pieces)


def test_text_at_the_limit_is_one_message_and_a_byte_more_is_two() -> None:
    assert [len(text.split("a" * n, 2048)) for n in (2047, 2048, 2049)] == [1, 1, 2]


def test_a_tower_of_accents_is_torn_rather_than_sent_whole() -> None:
    pieces = text.split("e" + "\u0301" * 10_000, 2048)
    assert all(len(piece.encode()) <= 2048 for piece in pieces)


def test_parts_have_ids_of_their_own_within_the_limit() -> None:
    ids = [part_id(key, n) for key in ("a" * 32, "a" * 29 + "-r1", "a" * 29 + "-r2", "b") for n in (1, 2, 12)]
    assert len(set(ids)) == len(ids)
    assert all(len(i) <= 32 for i in ids)
    assert part_id("b", 2) == "b-2"
