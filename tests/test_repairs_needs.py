"""Several needs in one message, one more after it, and what becomes of the others (contract.md 7)."""

from collections.abc import Iterator

import msgspec
import pytest

from handlers.intake.draft import Draft
from handlers.messages import Button
from storage import attachments, requests
from tests.factories import NEED, PROFILE, WANG, Room, a_room, pressed


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def answers(room: Room) -> dict[str, str]:
    kept = room.chat(WANG).draft
    assert kept is not None
    return msgspec.json.decode(kept, type=Draft).answers


# --- several needs, and one more ---


def test_two_needs_in_one_message_become_two_linked_requests(room: Room) -> None:
    told = room.said(WANG, f"{PROFILE}。导出订单报表一直报错。另外希望订单列表能按部门筛选").customer
    assert "1. " in told
    assert "2. " in told
    second = room.chats_with(WANG, "昨天开始的", "1", "没有", "确认").customer
    assert "202611-001" in second
    assert "订单列表能按部门筛选" in second
    room.chats_with(WANG, "月底对账时要一个个部门看", "3", "没有")
    assert "202611-002" in room.said(WANG, "确认").customer
    one, two = sorted(room.requests(), key=lambda request: request.number)
    assert "导出订单报表" in one.description
    assert "筛选" in two.description
    assert "筛选" not in one.description
    assert two.company == one.company
    assert "筛选" in one.background
    assert two.background == "月底对账时要一个个部门看"
    assert [(link.kind, link.other_id) for link in room.links(two)] == [("beside", one.id)]


def test_two_needs_may_be_joined_by_one_tap(room: Room) -> None:
    room.said(WANG, "导出订单报表一直报错。另外希望订单列表能按部门筛选")
    room.said(WANG, "合成一条登记")
    room.chats_with(WANG, PROFILE, "昨天开始的", "1", "没有", "确认")
    description = room.request().description
    assert "导出订单报表" in description
    assert "筛选" in description


@pytest.mark.parametrize(
    "text",
    [
        "导出一直报错，另外之前没提过",
        "系统登不上去，还有我电话是13800001234",
        "收银机黑屏了，还有就是比较急",
        "报表导出太慢，导一次要十分钟，还经常断",
        "第一次用，不知道在哪看余额",
    ],
)
def test_one_need_stays_one(room: Room, text: str) -> None:
    assert "几件事" not in room.said(WANG, text).customer
    assert answers(room)["description"]


def test_one_more_after_submission_goes_to_the_request(room: Room) -> None:
    number = room.registers()
    told = room.said(WANG, "对了，再加一条：只有安卓手机这样")
    assert number in told.customer
    assert "只有安卓手机这样" in told.staff
    assert len(room.requests()) == 1


def test_one_more_announced_is_taken_from_the_next_message(room: Room) -> None:
    number = room.registers()
    assert number in room.said(WANG, "再补充一点").customer
    assert "只有安卓手机这样" in room.said(WANG, "只有安卓手机这样").staff


# --- said again ---

SAME = "导出订单报表一直报错500"
AGAIN = "订单报表又导不出来了，报500"


# --- several needs, and what becomes of the others ---

TWO = "导出订单报表一直报错，客户在等。另外打印机模板希望能加上我们公司的logo"


def test_who_calls_for_a_person_has_all_his_needs_handed_over(room: Room) -> None:
    room.chats_with(WANG, TWO, "人工")
    assert "logo" in room.newest().description
    assert "导出" in room.newest().description


def test_when_one_need_is_known_already_the_next_is_registered_and_its_pictures_go_along(room: Room) -> None:
    number = room.registers()
    room.said(WANG, TWO)
    room.sends(WANG)
    told = room.said(WANG, f"是，补充到 {number}").customer
    assert f"已补充到需求 {number}" in told
    assert "接着登记下一件" in told
    assert "logo" in answers(room)["description"]
    request = room.request(number)
    kept = room.run(lambda store: attachments.of_request(store, request.id))
    assert [one.kind for one in kept] == ["image"]


def test_a_request_that_is_over_by_now_takes_nothing_more_and_nothing_is_lost(room: Room) -> None:
    number = room.registers(WANG, SAME)
    room.said(WANG, AGAIN)
    offered = Button(label="", action="same_need", subject=number)
    request = room.request(number)
    room.run(lambda store: requests.change(store, request, status="withdrawn"))
    assert "新的需求" in room.does(WANG, pressed(offered)).customer
    assert answers(room)["description"] == AGAIN


def test_more_needs_than_a_chat_bears_are_kept_with_the_last(room: Room) -> None:
    room.said(
        WANG,
        "1. 导出订单报表一直报错\n2. 打印模板不能显示公司logo\n3. 登录页面经常打不开\n4. 库存数量不准确"
        "\n5. 手机端收不到消息提醒\n6. 发票抬头不能修改\n7. 报表统计数据不对",
    )
    kept = room.chat(WANG).draft
    assert kept is not None
    assert "报表统计数据不对" in msgspec.json.decode(kept, type=Draft).rest[-1]


def test_a_picture_does_not_put_away_the_menu_that_was_offered(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "昨天升级之后")
    room.sends(WANG)
    room.said(WANG, "1")
    assert answers(room)["urgency"] == "urgent"
