"""The talk with the customer through a card's thread."""

from collections.abc import Iterator

import pytest

from handlers.messages import Attached, Image, Pressed, Unreadable
from handlers.wording import staff
from tests.factories import CHEN, LI, NEED, WANG, ZHAO, Room, a_room

NUMBER = "202611-001"
STRANGER = "ou_stranger"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        room.registers()
        yield room


def test_an_answer_in_the_thread_is_relayed_and_the_answer_to_it_comes_back(room: Room) -> None:
    heard = room.answers("请问是哪个菜单？")
    assert "请问是哪个菜单？" in heard.customer
    assert "李工" in heard.customer
    back = room.said(WANG, "订单菜单")
    assert "订单菜单" in back.to(LI)
    assert next(o for o in back.outgoing if o.to == f"fs:{LI}").thread


def test_personal_data_in_the_customers_words_is_masked_in_the_thread(room: Room) -> None:
    room.answers("方便电话吗？")
    back = room.said(WANG, "可以，打 13900001111").to(LI)
    assert "13900001111" not in back
    assert "139****1111" in back


@pytest.mark.parametrize("who", [CHEN, STRANGER])
def test_nobody_else_is_relayed(room: Room, who: str) -> None:
    thread = room.thread(NUMBER, LI)
    before = room.picture()
    heard = room.said(who, "我来答", thread=thread)
    assert heard.customer == ""
    assert heard.to(who)
    assert room.picture() == before


def test_words_outside_a_thread_are_not_relayed_and_the_agent_is_told(room: Room) -> None:
    for thread in ("", "om_of_nobody"):
        heard = room.said(LI, "已经修好了", thread=thread)
        assert heard.customer == ""
        assert heard.to(LI)


def test_after_the_end_nothing_is_relayed_and_the_agent_is_told(room: Room) -> None:
    room.fill("关闭", reason="重复")
    heard = room.answers("再说一句")
    assert heard.customer == ""
    assert "已关闭" in heard.to(LI)


def test_a_picture_of_the_agent_reaches_the_customer_once_fetched(room: Room) -> None:
    heard = room.answers("", content=Attached(kind="image", media="om_1|img_1"))
    assert heard.customer == ""
    (told,) = room.fetched(heard)
    assert told.to == WANG
    assert isinstance(told.message, Image)


def test_what_of_an_agent_cannot_be_read_is_not_dropped_silently(room: Room) -> None:
    heard = room.answers("", content=Unreadable(kind="sticker"))
    assert heard.customer == ""
    assert heard.to(LI) == staff.NOT_READ


def test_a_sticker_takes_nothing_from_the_customer_who_is_asked_whether_it_is_solved(room: Room) -> None:
    room.press("接单")
    room.fill("提交验收", content="已修复")
    room.answers("", content=Unreadable(kind="sticker"))
    room.said(WANG, "1")
    assert room.request(NUMBER).status == "done"


def test_a_group_without_a_thread_or_command_is_left_alone(room: Room) -> None:
    assert room.said("oc_group", "大家好", sender=f"fs:{LI}", group=True).outgoing == ()


@pytest.mark.parametrize("kind", ["entered", "recalled", "ignored"])
def test_an_event_nobody_said_is_not_answered(room: Room, kind: str) -> None:
    assert room.happens(LI, kind).outgoing == ()


def test_nothing_of_one_customer_reaches_another(room: Room) -> None:
    room.registers(ZHAO, need="首页打不开了，点了没反应", profile="海风贸易，孙丽，13911112222")
    room.answers("只说给王芳", number=NUMBER)
    room.press("接单", on=room.button("接单"))
    to_zhao = "\n".join(o.message.as_text() for o in room.told if o.to == ZHAO)
    assert NUMBER not in to_zhao
    assert NEED not in to_zhao
    assert "只说给王芳" not in to_zhao


def test_the_same_press_delivered_twice_by_an_old_card_has_one_effect(room: Room) -> None:
    button = room.button("接单")
    room.does(LI, Pressed(action=button.action, subject=button.subject, version=button.version))
    room.does(LI, Pressed(action=button.action, subject=button.subject, version=button.version))
    assert [e.kind for e in room.events()].count("accept") == 1
