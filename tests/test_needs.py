"""Several needs in one message: each is a request of its own, with its own why, how urgent and asked before."""

from collections.abc import Iterator

import msgspec
import pytest

from handlers.intake.draft import Draft
from storage.profile import PROFILE
from tests.factories import PROFILE as WHO
from tests.factories import WANG, Room, a_room

BOTH = f"{WHO}。导出订单报表一直报错，昨天升级后开始的，很急，之前没提过。另外希望订单列表能按部门筛选"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def answers(room: Room) -> dict[str, str]:
    kept = room.chat(WANG).draft
    assert kept is not None
    return msgspec.json.decode(kept, type=Draft).answers


def test_the_second_need_takes_over_who_asks_and_nothing_else(room: Room) -> None:
    told = room.chats_with(WANG, BOTH, "确认").customer
    assert "接着登记下一件" in told
    first = room.newest()
    assert (first.background, first.history, first.urgency) != ("", "", "")
    second = answers(room)
    assert {key: second.get(key) for key in PROFILE if second.get(key)} == {
        "company": "杭州云杉商贸",
        "contact": "王芳",
        "phone": "13800001234",
    }
    assert second.keys() - set(PROFILE) == {"description"}


def test_what_the_second_need_does_not_say_is_asked(room: Room) -> None:
    told = room.chats_with(WANG, BOTH, "确认").customer
    assert "什么情况下用到" in told
    assert "紧急程度" in room.said(WANG, "月底对账要一个个部门看").customer
    assert "历史需求" in room.said(WANG, "不急").customer
    room.chats_with(WANG, "没有", "确认")
    second = room.newest()
    assert (second.background, second.urgency, second.history) == ("月底对账要一个个部门看", "routine", "无")


def test_what_the_second_need_says_of_itself_is_read(room: Room) -> None:
    room.chats_with(WANG, f"{BOTH}，不急，上个月换了新系统以后", "确认")
    second = answers(room)
    assert second["urgency"] == "routine"
    assert second["background"] == "上个月换了新系统以后"
    assert room.newest().urgency != "routine"


def test_the_first_of_one_message_is_not_offered_as_history_of_the_second(room: Room) -> None:
    room.registers(WANG, "打印的小票字号太小了，看不清楚")
    room.chats_with(WANG, BOTH.removeprefix(f"{WHO}。"), "是的", "确认", "月底对账要一个个部门看")
    asked = room.said(WANG, "不急").customer
    assert "202611-001" in asked
    assert "202611-002" not in asked


def test_a_need_begun_right_after_another_knows_only_who_asks(room: Room) -> None:
    room.registers()
    room.said(WANG, "希望订单列表能按部门筛选")
    assert answers(room).keys() - set(PROFILE) == {"description"}
