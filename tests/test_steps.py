"""Going back: 上一步 as often as it is said, to what was asked then: questions, menus, a vague need (peers.md B5.2)."""

from collections.abc import Iterator

import msgspec
import pytest

from handlers.intake import steps
from handlers.intake.draft import Draft
from tests.factories import NEED, PROFILE, WANG, Room, a_room

BACK = "上一步"
SUMMARY = "请确认需求信息"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def draft(room: Room) -> Draft:
    kept = room.chat(WANG).draft
    assert kept is not None
    return msgspec.json.decode(kept, type=Draft)


def test_twice_goes_back_two_questions_and_thrice_three(room: Room) -> None:
    room.said(WANG, NEED)
    begun = draft(room).answers
    room.chats_with(WANG, PROFILE, "昨天升级之后", "1")
    assert "紧急程度" in room.said(WANG, BACK).customer
    assert "需求背景" in room.said(WANG, BACK).customer
    assert "联系" in room.said(WANG, BACK).customer
    assert "没有可以撤回" in room.said(WANG, BACK).customer
    assert draft(room).answers == begun
    told = room.chats_with(WANG, PROFILE, "上周五开始的", "2", "没有").customer
    assert "上周五开始的" in told
    assert "昨天升级之后" not in told


def test_out_of_the_menu_of_fields_it_leads_back_to_the_summary(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "1", "没有")
    before = draft(room).answers
    room.said(WANG, "修改")
    assert SUMMARY in room.said(WANG, BACK).customer
    assert draft(room).answers == before


def test_out_of_a_field_chosen_by_mistake_it_leads_to_the_menu_and_then_to_the_summary(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "1", "没有", "修改")
    assert "需求背景" in room.said(WANG, "需求背景").customer
    assert "请选择要修改的内容" in room.said(WANG, BACK).customer
    assert "需求背景" in room.said(WANG, "3").customer
    room.chats_with(WANG, BACK)
    assert SUMMARY in room.said(WANG, BACK).customer


def test_the_menu_of_levels_works_again(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "1", BACK, "3")
    assert draft(room).answers["urgency"] == "routine"


def test_a_vague_need_is_asked_about_as_the_first_time(room: Room) -> None:
    asked = room.said(WANG, "系统不好用").customer
    again = room.said(WANG, "就是不好用").customer
    assert asked != again
    told = room.said(WANG, BACK).customer
    assert "具体是哪个页面或功能" in told
    assert draft(room).probed == 1
    assert room.said(WANG, "就是不好用").customer == again, "no person comes too early"


def test_what_is_called_wrong_may_stay_after_all(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "电话写错了")
    room.said(WANG, BACK)
    assert draft(room).answers["phone"] == "13800001234"
    assert draft(room).revising == ""


def test_the_question_about_an_open_request_is_asked_again(room: Room) -> None:
    number = room.registers(WANG, "导出订单报表一直报错500")
    room.chats_with(WANG, "订单报表又导不出来了，报500", "不是，是新的需求")
    told = room.said(WANG, BACK).customer
    assert f"补充到 {number}" in told
    assert f"已补充到需求 {number}" in room.said(WANG, "1").customer


def test_the_question_about_the_profile_of_last_time_is_asked_again(room: Room) -> None:
    room.registers()
    room.chats_with(WANG, "首页打不开了，点了没反应", "是的")
    assert "还是上次的吗" in room.said(WANG, BACK).customer
    assert "需求背景" in room.said(WANG, "是的").customer


def test_an_answer_that_did_not_fit_is_no_step(room: Room) -> None:
    room.chats_with(WANG, NEED, "12345")
    assert "没有可以撤回" in room.said(WANG, BACK).customer


def test_the_way_back_has_an_end_and_the_draft_stays_small(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "1", "没有")
    for n in range(3 * steps.MOST):
        room.said(WANG, f"需求背景改成第{n}次说的")
    assert len(draft(room).steps) == steps.MOST
    assert not any(place.steps for place in draft(room).steps)


def test_a_draft_from_before_can_be_gone_on_with(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    old = msgspec.json.decode(msgspec.json.encode(draft(room)))
    del old["steps"]
    old["before"] = {"description": NEED}
    assert msgspec.json.decode(msgspec.json.encode(old), type=Draft).answers == draft(room).answers
