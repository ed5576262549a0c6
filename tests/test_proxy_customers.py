"""The customer whose request others brought: who gets a copy, in which chat, and who sees nothing."""

from collections.abc import Iterator

import pytest

from storage import customers
from tests.factories import NEED, WANG, ZHAO, Room, a_room, shanghai
from tests.proxy_stage import PHONE, brings


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def test_a_customer_seen_later_gets_a_copy_and_can_ask(room: Room) -> None:
    number = brings(room, description="希望发票支持批量下载，现在一张张点太慢").request.number
    own = room.registers()
    copy = [o for o in room.told if o.to == WANG and "之前已为您登记" in o.message.as_text()]
    assert len(copy) == 1
    assert number in copy[0].message.as_text()
    assert number in room.said(WANG, f"进度 {number}").customer
    assert room.request(number).chat == WANG
    assert room.request(number).customer_id == room.request(own).customer_id
    owner = room.request(number).owner
    heard = room.answers("正在处理", owner, number)
    assert "正在处理" in heard.to(WANG)


@pytest.mark.parametrize("profile", [f"宁波远航，李雷，{PHONE}", "杭州云杉商贸，王芳，13700009999"])
def test_a_phone_or_a_name_alone_shows_nothing(room: Room, profile: str) -> None:
    number = brings(room).request.number
    room.registers(ZHAO, NEED, profile)
    assert not [o for o in room.told if o.to == ZHAO and number in o.message.as_text()]
    assert number not in room.said(ZHAO, "我的需求").customer
    assert "没有找到" in room.said(ZHAO, f"进度 {number}").customer
    assert room.request(number).chat.startswith("proxy:")


@pytest.mark.parametrize("phone", [PHONE, "0571-88886666"])
def test_a_colleague_with_the_same_phone_sees_nothing_either(room: Room, phone: str) -> None:
    number = brings(room, phone=phone).request.number
    room.registers(ZHAO, NEED, f"杭州云杉商贸，李雷，{phone}")
    assert number not in room.said(ZHAO, "我的需求").customer
    assert brings(room, "T-2", phone=phone, contact="赵强").request.chat.startswith("proxy:")


@pytest.mark.parametrize("contact", ["王女士", "王经理", "王 芳"])
def test_a_customer_may_be_addressed_by_his_surname(room: Room, contact: str) -> None:
    room.registers()
    assert brings(room, contact=contact).request.chat == WANG


def test_a_known_customer_is_told_in_his_chat(room: Room) -> None:
    room.registers()
    entered = brings(room, company="杭州云杉商贸有限公司", contact="", description="想增加发票批量下载")
    assert entered.request.chat == WANG
    assert entered.request.number in "".join(o.message.as_text() for o in entered.outgoing if o.to == WANG)
    assert entered.request.contact == "王芳"


def test_at_night_he_is_told_in_the_morning(room: Room) -> None:
    room.registers()
    room.now = shanghai("2026-11-23 23:30")
    (told,) = [o for o in brings(room).outgoing if o.to == WANG]
    assert told.not_before == shanghai("2026-11-24 09:00")


def test_an_import_tells_no_customer(room: Room) -> None:
    room.registers()
    assert not [o for o in brings(room, quiet=True).outgoing if o.to == WANG]


def test_what_others_say_of_a_customer_changes_nothing_of_what_he_said(room: Room) -> None:
    room.registers()
    before = room.run(lambda store: customers.by_phone(store, PHONE))
    brings(room, title="总经理", industry="零售业", company="云杉集团")
    assert room.run(lambda store: customers.by_phone(store, PHONE)) == before


def test_two_customers_with_one_phone_are_not_guessed_between(room: Room) -> None:
    room.registers(WANG)
    room.registers(ZHAO)
    assert brings(room).request.chat.startswith("proxy:")
