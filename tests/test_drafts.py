"""Drafts: an intake that was left open, and how a customer comes back to it."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from handlers.intake.draft import Draft
from handlers.messages import Button
from tests.factories import NEED, PROFILE, WANG, Room, a_room, pressed

ANOTHER = "想在订单列表里增加按部门筛选的功能，现在要一个个翻"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def half_done(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE)


# --- coming back ------------------------------------------------------------------------------------------------------


def test_who_greets_is_met_with_his_draft_and_goes_on_by_one_word(room: Room) -> None:
    half_done(room)
    room.now += timedelta(days=3)
    told = room.said(WANG, "你好").customer
    assert "上次登记到一半：我们系统导出订单报表一直报错" in told
    assert [word for word in ("继续", "重新开始", "人工") if word in told] == ["继续", "重新开始", "人工"]
    assert "需求背景" in room.said(WANG, "继续").customer


def test_who_presses_a_new_request_is_met_with_his_draft(room: Room) -> None:
    half_done(room)
    room.said(WANG, "稍后再说")
    told = room.does(WANG, pressed(Button(label="提交需求", action="start"))).customer
    assert "继续" in told
    assert room.chat().draft is not None


def test_an_answer_to_the_open_question_just_goes_on(room: Room) -> None:
    room.said(WANG, NEED)
    room.now += timedelta(days=3)
    assert "已记录：杭州云杉商贸" in room.said(WANG, PROFILE).customer


def test_a_new_need_is_asked_about_and_joined_to_the_draft(room: Room) -> None:
    half_done(room)
    room.now += timedelta(days=3)
    assert "同一件事" in room.said(WANG, ANOTHER).customer
    room.said(WANG, "是同一件事")
    description = _draft(room).answers["description"]
    assert NEED in description
    assert ANOTHER in description


def test_a_new_need_is_begun_apart_and_the_draft_comes_back_after_it(room: Room) -> None:
    half_done(room)
    room.now += timedelta(days=3)
    room.chats_with(WANG, ANOTHER, "是另一件事")
    assert ANOTHER in _draft(room).answers["description"]
    told = room.said(WANG, "取消").customer
    assert "还有一条登记到一半：我们系统导出订单报表一直报错" in told
    assert _draft(room).answers["description"].startswith(NEED)


def test_who_goes_on_instead_of_choosing_loses_nothing(room: Room) -> None:
    half_done(room)
    room.now += timedelta(days=3)
    room.chats_with(WANG, ANOTHER, "而且导出的文件打不开，一直提示格式错误")
    description = _draft(room).answers["description"]
    assert ANOTHER in description
    assert "打不开" in description


def test_who_begins_anew_begins_with_the_words_he_was_asked_about(room: Room) -> None:
    half_done(room)
    room.now += timedelta(days=3)
    room.chats_with(WANG, ANOTHER, "重新开始")
    assert _draft(room).answers["description"] == ANOTHER


def test_a_saved_draft_is_in_the_way_of_no_other_word(room: Room) -> None:
    room.registers()
    room.press("接单")
    room.chats_with(WANG, ANOTHER, "都不是")
    room.now += timedelta(days=3)
    assert "我们继续" not in room.said(WANG, "进度").customer
    room.answers("请问是哪个浏览器？")
    assert "客户补充：用的谷歌" in room.said(WANG, "用的谷歌").staff


@pytest.mark.parametrize("press", ["resume", "later", "discard", "restart", "join", "apart"])
def test_an_old_menu_with_no_draft_behind_it_is_answered(room: Room, press: str) -> None:
    from handlers.messages import Pressed

    assert "已过期" in room.does(WANG, Pressed(action=press)).customer


def test_who_opens_the_chat_is_met_with_his_draft(room: Room) -> None:
    half_done(room)
    room.now += timedelta(days=3)
    assert "上次登记到一半" in room.happens(WANG, "entered", welcome_code="CODE").customer


def _draft(room: Room) -> Draft:
    kept = room.chat().draft
    assert kept
    return msgspec.json.decode(kept, type=Draft)


def test_what_is_sent_beside_a_saved_draft_goes_to_the_open_request_and_asks_nothing(room: Room) -> None:
    room.registers()
    room.chats_with(WANG, ANOTHER, "都不是")
    room.now += timedelta(days=3)
    assert "已转给 202611-001" in room.sends(WANG).customer
    assert room.sends_unreadable(WANG).customer == "抱歉，我暂时看不懂语音，麻烦您用文字描述一下。"
    assert "上次登记到一半" in room.said(WANG, "在吗").customer


def test_a_tap_on_the_question_that_stood_open_just_goes_on(room: Room) -> None:
    half_done(room)
    room.said(WANG, "昨天升级之后")
    urgent = room.button("紧急：业务已停，或今天内必须解决", WANG)
    room.now += timedelta(days=3)
    assert "历史需求" in room.press(urgent.label, WANG, urgent).customer
    assert room.chat().remind_at is not None
