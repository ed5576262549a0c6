"""Leaving an intake and returning: cancelled, confirmed, interrupted, gone on with by whom we know; pictures."""

from collections.abc import Iterator

import pytest

from handlers.messages import Pressed
from tests.factories import LI, NEED, PROFILE, WANG, Heard, Room, a_room

SUMMARY = "请确认需求信息"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def to_summary(room: Room, chat: str = WANG) -> Heard:
    """Go through the questions up to the summary."""
    return room.chats_with(chat, NEED, PROFILE, "昨天升级之后", "1", "没有")


def is_done(room: Room, chat: str) -> bool:
    return room.chat(chat).draft is None


# --- leaving and returning ---


@pytest.mark.parametrize("text", ["取消", "取消。", " 取消 ", "取消需求"])
def test_cancelling_an_intake_leaves_nothing(room: Room, text: str) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    assert "已取消" in room.said(WANG, text).customer
    assert room.requests() == []
    assert is_done(room, WANG)


@pytest.mark.parametrize("word", ["确认", "1", "好的", "是的", "没问题", "确认。", "OK", "嗯"])
def test_confirming_takes_the_words_people_use(room: Room, word: str) -> None:
    to_summary(room)
    assert "202611-001" in room.said(WANG, word).customer


def test_confirming_twice_makes_one_request(room: Room) -> None:
    to_summary(room)
    room.said(WANG, "确认")
    room.said(WANG, "确认")
    assert len(room.requests()) == 1
    assert is_done(room, WANG)


def test_a_word_of_the_table_in_the_middle_leads_back_to_the_question(room: Room) -> None:
    number = room.registers()
    room.chats_with(WANG, "首页打不开了，点了没反应", "是的")
    told = room.said(WANG, f"进度 {number}").customer
    assert "待处理" in told
    assert "需求背景" in told


def test_an_old_menu_item_is_answered_and_not_obeyed(room: Room) -> None:
    to_summary(room)
    room.said(WANG, "确认")
    for action in ("confirm", "change", "level", "revise", "past", "nonsense"):
        told = room.does(WANG, Pressed(action=action, subject="urgent"))
        assert told.customer
    assert len(room.requests()) == 1


def test_a_known_customer_confirms_his_profile_by_one_tap_and_is_offered_his_history(room: Room) -> None:
    number = room.registers()
    told = room.said(WANG, "首页打不开了，点了没反应").customer
    assert "王芳" in told
    assert "138****1234" in told
    assert "需求背景" in room.said(WANG, "1").customer
    asked = room.chats_with(WANG, "今天早上开始", "1").customer
    assert number in asked
    assert SUMMARY in room.said(WANG, "1").customer
    room.said(WANG, "确认")
    request = room.newest()
    assert request.history == number
    assert (request.company, request.phone) == ("杭州云杉商贸", "13800001234")


def test_what_a_known_customer_says_of_himself_now_counts_more(room: Room) -> None:
    room.registers()
    room.said(WANG, "首页打不开了，点了没反应，我的新手机号是13911112222")
    room.chats_with(WANG, "今天早上开始", "1", "没有", "确认")
    assert room.newest().phone == "13911112222"


def test_another_customer_is_offered_nobody_elses_history(room: Room) -> None:
    number = room.registers()
    asked = room.chats_with("kf:wk:other", "首页打不开了", "海风贸易，孙丽，13911112222", "今天早上", "1").customer
    assert number not in asked
    assert "王芳" not in asked


def test_pictures_sent_before_and_during_the_intake_come_with_the_request(room: Room) -> None:
    before = room.sends(WANG)
    assert "图片" in before.customer
    room.fetched(before, "files/before.png")
    room.said(WANG, NEED)
    during = room.sends(WANG)
    assert room.fetched(during, "files/during.png") == ()
    room.chats_with(WANG, PROFILE, "昨天升级之后", "1", "没有")
    sent = room.said(WANG, "确认")
    paths = [getattr(o.message, "path", "") for o in sent.outgoing if o.to == f"fs:{LI}"]
    assert "files/before.png" in paths
    assert "files/during.png" in paths


def test_a_picture_answers_no_question(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    room.sends(WANG)
    room.chats_with(WANG, "昨天升级之后", "1", "没有", "确认")
    assert room.request().background == "昨天升级之后"


@pytest.mark.parametrize("kind", ["voice", "sticker", "whatever"])
def test_what_cannot_be_read_is_asked_for_as_text_and_the_question_repeated(room: Room, kind: str) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    told = room.sends_unreadable(WANG, kind).customer
    assert "文字" in told
    assert "需求背景" in told
