"""An agent asks while the customer is in an intake: he sees it at once, and his next words are never misunderstood."""

from collections.abc import Iterator

import msgspec
import pytest

from handlers.intake.draft import Draft
from tests.factories import WANG, Room, a_room

NUMBER = "202611-001"
ASKED = "用的哪个浏览器？"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        room.registers()
        room.press("接单")
        yield room


def answers(room: Room) -> dict[str, str]:
    kept = room.chat(WANG).draft
    assert kept is not None
    return msgspec.json.decode(kept, type=Draft).answers


def in_an_intake(room: Room) -> None:
    """Begin another need; its background is asked for."""
    assert "需求背景" in room.chats_with(WANG, "首页打不开了，点了没反应", "是的").customer


def is_asked(room: Room) -> str:
    in_an_intake(room)
    return room.fill("请客户补充", content=ASKED).to(WANG)


def test_the_question_is_shown_at_once_with_both_ways_to_go_on(room: Room) -> None:
    told = is_asked(room)
    assert ASKED in told
    assert NUMBER in told
    assert "还差：需求背景" in told
    assert f"1. 回答 {NUMBER}" in told
    assert "2. 继续登记" in told
    assert "请直接回复" not in told, "his next words are the intake's"


@pytest.mark.parametrize("chosen", ["1", f"回答 {NUMBER}", f"回答{NUMBER}", "回答 ２０２６１１－００１"])
def test_who_chooses_to_answer_answers_the_agent_and_comes_back_to_the_intake(room: Room, chosen: str) -> None:
    is_asked(room)
    assert "直接发送" in room.said(WANG, chosen).customer
    before = answers(room)
    heard = room.said(WANG, "谷歌浏览器，昨天刚升级")
    assert "谷歌浏览器" in heard.staff
    assert "已转给李工" in heard.customer
    assert "需求背景" in heard.customer
    assert answers(room) == before
    assert "谷歌" not in room.said(WANG, "昨天升级之后").staff
    assert answers(room)["background"] == "昨天升级之后"


def test_who_just_goes_on_answers_the_intake_and_nothing_reaches_the_agent(room: Room) -> None:
    is_asked(room)
    assert not room.said(WANG, "昨天升级之后").staff
    assert answers(room)["background"] == "昨天升级之后"


@pytest.mark.parametrize("said", ["2", "继续登记"])
def test_who_chooses_to_go_on_is_asked_the_open_question(room: Room, said: str) -> None:
    is_asked(room)
    assert "需求背景" in room.said(WANG, said).customer


def test_at_the_end_of_the_intake_he_is_reminded_and_his_next_words_are_the_answer(room: Room) -> None:
    is_asked(room)
    told = room.chats_with(WANG, "昨天升级之后", "1", "没有", "确认").customer
    assert "202611-002" in told
    assert ASKED in told
    heard = room.said(WANG, "谷歌浏览器")
    assert "谷歌浏览器" in heard.staff
    assert NUMBER in heard.customer
    assert len(room.requests()) == 2


def test_he_is_reminded_of_the_question_however_much_he_added_meanwhile(room: Room) -> None:
    is_asked(room)
    for n in range(60):
        room.said(WANG, f"补充 {NUMBER} 第{n}次也打不开")
    assert ASKED in room.said(WANG, "取消").customer


def test_who_gives_the_intake_up_is_reminded_too(room: Room) -> None:
    is_asked(room)
    assert ASKED in room.said(WANG, "取消").customer
    assert "谷歌浏览器" in room.said(WANG, "谷歌浏览器").staff


def test_what_is_answered_is_not_reminded_of(room: Room) -> None:
    is_asked(room)
    room.chats_with(WANG, "1", "谷歌浏览器")
    assert ASKED not in room.chats_with(WANG, "昨天升级之后", "1", "没有", "确认").customer


def test_he_may_change_his_mind_while_answering(room: Room) -> None:
    is_asked(room)
    room.said(WANG, "1")
    heard = room.said(WANG, "继续登记")
    assert "需求背景" in heard.customer
    assert not room.said(WANG, "昨天升级之后").staff
    assert answers(room)["background"] == "昨天升级之后"


def test_a_word_of_the_table_is_answered_while_answering(room: Room) -> None:
    is_asked(room)
    room.said(WANG, "1")
    assert "处理中" in room.said(WANG, f"进度 {NUMBER}").customer
    assert "谷歌浏览器" in room.said(WANG, "谷歌浏览器").staff


def test_a_picture_sent_as_the_answer_goes_to_the_request(room: Room) -> None:
    is_asked(room)
    room.said(WANG, "1")
    assert NUMBER in room.sends(WANG).customer


def test_a_word_in_the_thread_shows_the_same_ways(room: Room) -> None:
    in_an_intake(room)
    told = room.answers("您用的是谷歌浏览器吗？").to(WANG)
    assert f"1. 回答 {NUMBER}" in told
    assert "谷歌浏览器" in told
    assert "是的" in room.chats_with(WANG, "1", "是的").staff


def test_the_words_may_come_with_the_number_at_any_time(room: Room) -> None:
    is_asked(room)
    room.said(WANG, "昨天升级之后")
    assert "谷歌浏览器" in room.said(WANG, f"回答 {NUMBER} 谷歌浏览器").staff


def test_a_request_that_is_over_by_now_takes_no_answer(room: Room) -> None:
    is_asked(room)
    room.fill("关闭", reason="客户同意")
    room.said(WANG, "昨天升级之后")
    told = room.chats_with(WANG, "1", "没有", "确认").customer
    assert "202611-002" in told


def test_nobody_answers_what_belongs_to_another(room: Room) -> None:
    in_an_intake(room)
    assert "没有找到" in room.said(WANG, "回答 202611-009").customer


def test_outside_an_intake_all_is_as_before(room: Room) -> None:
    told = room.fill("请客户补充", content=ASKED).to(WANG)
    assert "请直接回复" in told
    assert "继续登记" not in told
    assert "谷歌" in room.said(WANG, "谷歌").staff
