"""Acceptance by the customer, and the survey after it."""

from collections.abc import Iterator

import pytest

from handlers.messages import Pressed
from handlers.requests import survey
from storage import chats
from tests.factories import LI, WANG, ZHAO, ZHOU, Room, a_room, pressed

NUMBER, APP = "202611-001", "app:wang"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def test_a_delivery_is_accepted_by_its_number_in_the_menu(room: Room) -> None:
    room.delivers()
    told = room.said(WANG, "1")
    assert room.request().status == "done"
    assert "响应速度" in told.customer
    assert "验收通过" in told.to(LI)


@pytest.mark.parametrize(
    "text", ["未解决 还是报错", f"未解决 {NUMBER} 还是报错", "未解决，还是报错", "未解决：还是报错"]
)
def test_what_is_not_solved_is_reopened_with_the_reason(room: Room, text: str) -> None:
    room.delivers()
    told = room.said(WANG, text)
    assert NUMBER in told.customer
    assert "单号不变" in told.customer
    assert "还是报错" in told.to(LI)
    assert room.request().status == "working"
    assert room.request().reopened == 1


def test_without_a_reason_the_customer_is_asked_and_the_agent_gets_the_answer(room: Room) -> None:
    room.delivers()
    assert "哪里" in room.said(WANG, "未解决").customer
    answered = room.said(WANG, "导出的文件是空的")
    assert "导出的文件是空的" in answered.to(LI)
    assert answered.customer, "the customer is told that it arrived"
    assert room.chat().draft is None


def test_with_one_delivery_among_open_requests_acceptance_needs_no_number(room: Room) -> None:
    room.delivers()
    room.chats_with(WANG, "首页打不开了，点了没反应", "今天早上", "1", "没有", "确认")
    room.said(WANG, "验收通过")
    assert room.request(NUMBER).status == "done"
    assert room.request("202611-002").status == "waiting"


def test_accepting_twice_counts_once(room: Room) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    told = room.said(WANG, f"验收通过 {NUMBER}")
    assert "已完成" in told.customer
    assert [e.kind for e in room.events()].count("pass") == 1


def scores(room: Room, number: str = NUMBER) -> dict[str, int]:
    return survey.scores(room.request(number))


@pytest.mark.parametrize(
    "text", ["5 4 5 很专业", "5,4,5,很专业", "５ ４ ５ 很专业", "5分 4分 5分 很专业", "5、4、5。很专业"]
)
def test_scores_given_at_once_with_a_remark(room: Room, text: str) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    told = room.said(WANG, text)
    assert scores(room) == {"响应速度": 5, "方案有效性": 4, "服务态度": 5}
    assert "很专业" in told.to(LI)
    assert room.request().status == "closed"


@pytest.mark.parametrize("text", ["545", "5 4 5很专业"])
def test_scores_written_close_together_are_read_too(room: Room, text: str) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    room.said(WANG, text)
    assert scores(room) == {"响应速度": 5, "方案有效性": 4, "服务态度": 5}


def test_scores_given_one_by_one_by_number_or_label(room: Room) -> None:
    room.delivers()
    assert "响应速度" in room.said(WANG, "验收通过").customer
    assert "方案有效性" in room.said(WANG, "5").customer
    assert "服务态度" in room.said(WANG, "4分").customer
    assert "感谢" in room.said(WANG, "3").customer
    assert scores(room) == {"响应速度": 5, "方案有效性": 4, "服务态度": 3}


def test_a_remark_with_the_first_score_is_not_dropped(room: Room) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    told = room.said(WANG, "5 很专业")
    assert "方案有效性" in told.customer
    assert "很专业" in told.to(LI)


@pytest.mark.parametrize("text", ["0", "6", "6 5 5", "10", "-1", "0 4 5"])
def test_a_score_out_of_range_is_asked_for_again(room: Room, text: str) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    assert "响应速度" in room.said(WANG, text).customer
    assert scores(room) == {}
    room.said(WANG, "5 4 5")
    assert scores(room)


@pytest.mark.parametrize("text", ["1 5 5 等太久了", "5 2 5", "5 5 1"])
def test_a_low_score_reopens_and_tells_a_superior(room: Room, text: str) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    told = room.said(WANG, text)
    assert NUMBER in told.customer
    assert NUMBER in told.to(ZHOU)
    assert "评价较低" in told.to(ZHOU)
    assert room.request().status == "working"
    assert room.request().reopened == 1


def test_a_score_of_three_is_not_low(room: Room) -> None:
    room.delivers()
    room.chats_with(WANG, "验收通过", "3 3 3")
    assert room.request().status == "closed"
    assert not any(told.to == f"fs:{ZHOU}" for told in room.told)


def test_a_survey_is_answered_once(room: Room) -> None:
    room.delivers()
    room.chats_with(WANG, "验收通过", "5 4 5")
    before = room.picture()
    assert room.said(WANG, "1 1 1").customer
    assert room.does(WANG, Pressed(action="score", subject=f"{NUMBER}:1")).customer
    assert room.picture() == before


@pytest.mark.parametrize("subject", [f"{NUMBER}:0", f"{NUMBER}:6", f"{NUMBER}:", NUMBER, f"{NUMBER}:５x", ":5", ""])
def test_a_forged_score_is_refused(room: Room, subject: str) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    before = room.picture()
    assert room.does(WANG, Pressed(action="score", subject=subject)).customer
    assert room.picture() == before


def test_a_stranger_cannot_score(room: Room) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    before = room.picture()
    room.does(ZHAO, Pressed(action="score", subject=f"{NUMBER}:1"))
    assert room.picture() == before


def test_a_word_of_the_agent_does_not_end_the_survey(room: Room) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    room.answers("感谢您的配合")
    assert "方案有效性" in room.said(WANG, "5").customer
    room.said(WANG, "4 5")
    assert scores(room) == {"响应速度": 5, "方案有效性": 4, "服务态度": 5}


@pytest.mark.parametrize(("given", "status"), [("1 1 1", "working"), ("5 5 5", "closed")])
def test_a_survey_answered_in_one_chat_is_over_in_his_other_chat(room: Room, given: str, status: str) -> None:
    room.delivers()
    his = room.chat().customer_id
    room.said(APP, "你好")
    room.run(lambda store: chats.change(store, APP, customer_id=his))
    room.said(APP, "再补充一点")
    room.said(WANG, "验收通过")
    room.said(APP, given)
    before = room.picture()
    assert room.request().status == status
    assert room.does(WANG, Pressed(action="score", subject=f"{NUMBER}:5")).customer
    assert room.said(WANG, "5").customer
    assert room.picture() == before


def test_praise_in_words_starts_no_intake(room: Room) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    assert room.said(WANG, "非常满意").customer
    assert room.chat().draft is None
    room.said(WANG, "5 5 5")
    assert scores(room)


def test_a_new_need_during_the_survey_starts_an_intake(room: Room) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    room.said(WANG, "首页打不开了，点了没反应")
    assert room.chat().draft is not None


def test_pressing_is_like_typing(room: Room) -> None:
    room.delivers()
    room.does(WANG, pressed(room.button("验收通过", WANG)))
    assert room.request().status == "done"


@pytest.mark.parametrize("said", ["还是不行，转圈", "试了，解决了", "打不开啊"])
def test_free_words_are_no_verdict_but_bring_both_to_choose_from(room: Room, said: str) -> None:
    room.delivers()
    told = room.said(WANG, said)
    assert room.request().status == "testing"
    assert said in told.to(LI)
    assert "验收通过" in told.customer
    assert "未解决" in told.customer
    room.said(WANG, "2")
    assert room.request().status == "working"


def test_thanks_for_a_delivery_bring_both_verdicts_to_choose_from(room: Room) -> None:
    room.delivers()
    assert "验收通过" in room.said(WANG, "可以了，谢谢").customer
    room.said(WANG, "1")
    assert room.request().status == "done"
