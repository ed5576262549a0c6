"""Choices in free words: the request that was meant, yes and no, what was said before (peers.md B5)."""

from collections.abc import Iterator

import pytest

from tests.factories import NEED, PROFILE, WANG, Room, a_room

SUMMARY = "请确认需求信息"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


# --- history ---


def test_an_earlier_request_is_offered_the_most_similar_first_and_linked(room: Room) -> None:
    first = room.registers(WANG, "导出订单报表一直报错")
    room.registers(WANG, "希望打印的小票字号能大一点", level="3")
    asked = room.chats_with(WANG, "订单报表又导不出来了，报500", "不是，是新的需求", "是的", "今天早上", "1").customer
    assert "之前提过的这些之一" in asked
    assert asked.index("导出订单报表") < asked.index("小票")
    room.chats_with(WANG, first, "确认")
    newest = room.newest()
    assert newest.history == first
    assert [link.kind for link in room.links(newest)] == ["follows"]


# --- said again ---

SAME = "导出订单报表一直报错500"
AGAIN = "订单报表又导不出来了，报500"


def test_a_similar_open_request_is_offered_as_soon_as_the_need_is_known(room: Room) -> None:
    number = room.registers(WANG, SAME)
    told = room.said(WANG, AGAIN).customer
    assert number in told
    assert "同一件事" in told
    assert "联系信息" in room.said(WANG, "不是，是新的需求").customer
    room.chats_with(WANG, "是的", "今天早上", "1", "没有")
    assert "202611-002" in room.said(WANG, "确认").customer


def test_what_is_said_again_goes_to_the_request_there_is(room: Room) -> None:
    number = room.registers(WANG, SAME)
    room.said(WANG, AGAIN)
    told = room.said(WANG, "1")
    assert f"已补充到需求 {number}" in told.customer
    assert AGAIN in told.staff
    assert len(room.requests()) == 1
    assert room.chat(WANG).draft is None


def test_who_goes_on_instead_of_choosing_gets_a_request_of_its_own(room: Room) -> None:
    room.registers(WANG, SAME)
    room.chats_with(WANG, AGAIN, "今天早上开始的", "1", "没有")
    assert "202611-002" in room.said(WANG, "确认").customer


def test_something_else_is_registered_without_a_question(room: Room) -> None:
    room.registers(WANG, SAME)
    assert "同一件事" not in room.said(WANG, "打印的小票字号能不能大一点").customer


# --- yes and no in other words ---


def summed_up(room: Room) -> None:
    assert SUMMARY in room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "1", "没有").customer


@pytest.mark.parametrize(
    "said",
    [
        "没错",
        "确认提交",
        "确认，谢谢",
        "好的，确认",
        "可以提交了",
        "对的没问题",
        "不用改了",
        "行",
        "嗯嗯",
        "都对",
        "提交吧",
        "就这些",
    ],
)
def test_a_yes_in_other_words_confirms(room: Room, said: str) -> None:
    summed_up(room)
    assert "已登记" in room.said(WANG, said).customer
    assert room.newest().description == NEED


@pytest.mark.parametrize("said", ["对了", "不对", "可以改吗", "好像不对", "确认一下电话", "没问题吗"])
def test_what_only_looks_like_a_yes_confirms_nothing(room: Room, said: str) -> None:
    summed_up(room)
    assert "已登记" not in room.said(WANG, said).customer


@pytest.mark.parametrize("said", ["我要改电话", "修改电话", "电话号码错了", "号码写错了", "电话", "改一下手机号"])
def test_the_field_to_be_changed_may_be_named_alone(room: Room, said: str) -> None:
    summed_up(room)
    assert "正确的电话" in room.said(WANG, said).customer or "正确的手机" in room.said(WANG, said).customer
    room.chats_with(WANG, "13900001111", "确认")
    assert (room.newest().phone, room.newest().contact) == ("13900001111", "王芳")
    assert room.newest().description == NEED


def test_the_type_is_changed_in_two_steps_too(room: Room) -> None:
    summed_up(room)
    assert "功能优化" in room.said(WANG, "需求类型不对").customer
    room.chats_with(WANG, "咨询服务", "确认")
    assert room.newest().type == "consult"


@pytest.mark.parametrize(
    "said", ["是的", "是", "对", "对，就是这个", "同一个", "是同一件事", "是一回事", "第一个", "选1"]
)
def test_yes_means_the_request_that_was_offered(room: Room, said: str) -> None:
    number = room.registers(WANG, SAME)
    room.said(WANG, AGAIN)
    assert f"已补充到需求 {number}" in room.said(WANG, said).customer


@pytest.mark.parametrize(
    "said", ["不是", "没有", "不是同一件事", "不是一回事", "不一样", "新的需求", "不是，是新的", "第二个"]
)
def test_no_means_that_the_need_is_new(room: Room, said: str) -> None:
    room.registers(WANG, SAME)
    room.said(WANG, AGAIN)
    assert "作为新的需求" in room.said(WANG, said).customer


def test_a_yes_that_fits_several_is_asked_about(room: Room) -> None:
    room.registers(WANG, SAME)
    room.chats_with(WANG, f"{SAME}了", "不是", "是的", "今天早上", "1", "没有", "确认")
    room.said(WANG, AGAIN)
    told = room.said(WANG, "是的").customer
    assert "请选择" in told
    assert "202611-002" in told
    assert "已补充" in room.said(WANG, "2").customer
