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


def met(room: Room) -> None:
    """Register a request in the chat of 王芳 and let an agent deal with her."""
    room.registers()
    room.press("接单")


def test_who_writes_the_phone_and_the_name_sees_nothing_until_somebody_knows_him(room: Room) -> None:
    number = brings(room, company="", description="希望发票支持批量下载，现在一张张点太慢").request.number
    own = room.registers()
    assert number not in "".join(o.message.as_text() for o in room.told if o.to == WANG)
    for said in ("我的需求", f"进度 {number}", f"补充 {number} 还有一点", f"取消 {number}"):
        assert "发票" not in room.said(WANG, said).customer
    assert room.request(number).status == "waiting"
    owner = room.request(number).owner
    asked = "".join(o.message.as_text() for o in room.told if o.to == f"fs:{owner}")
    assert f"/give {number} {own}" in asked


def test_who_writes_company_name_and_phone_gets_a_copy_when_he_is_first_seen(room: Room) -> None:
    number = brings(room, description="希望发票支持批量下载，现在一张张点太慢").request.number
    room.registers()
    copy = [o for o in room.told if o.to == WANG and "发票" in o.message.as_text()]
    assert len(copy) == 1
    assert number in room.said(WANG, f"进度 {number}").customer
    assert "正在处理" in room.answers("正在处理", room.request(number).owner, number).to(WANG)


def test_whom_an_agent_knows_gets_a_copy_and_can_ask(room: Room) -> None:
    number = brings(room, company="", description="希望发票支持批量下载，现在一张张点太慢").request.number
    own = room.registers()
    owner = room.request(number).owner
    heard = room.said(owner, f"/give {number} {own}")
    assert number in heard.to(WANG)
    assert "发票" in heard.to(WANG)
    assert number in room.said(WANG, f"进度 {number}").customer
    assert room.request(number).chat == WANG
    assert room.request(number).customer_id == room.request(own).customer_id
    assert "正在处理" in room.answers("正在处理", owner, number).to(WANG)


def test_nothing_is_given_to_another_or_by_whom_it_does_not_concern(room: Room) -> None:
    number = brings(room, company="").request.number
    own = room.registers()
    other = room.registers(ZHAO, NEED, "宁波远航，李雷，13900005678")
    owner = room.request(number).owner
    before = room.picture()
    assert "不同" in room.said(owner, f"/give {number} {other}").staff
    assert "不同" in room.said(owner, f"/give {number} 202611-099").staff
    assert "代录" in room.said(owner, f"/give {own} {other}").staff
    assert "/give" in room.said(owner, "/give").staff
    assert "没有找到" in room.said("ou_chen", f"/give {number} {own}").staff
    room.said("ou_stranger", f"/give {number} {own}")
    assert room.picture() == before


def test_what_is_brought_for_somebody_nobody_has_met_is_not_told_in_his_chat(room: Room) -> None:
    own = room.registers()
    entered = brings(room, company="", description="希望发票支持批量下载")
    number = entered.request.number
    assert not [o for o in entered.outgoing if o.to == WANG]
    assert number not in room.said(WANG, "我的需求").customer
    assert f"/give {number} {own}" in "".join(o.message.as_text() for o in entered.outgoing)
    assert number in room.said(entered.request.owner, f"/give {number} {own}").to(WANG)
    assert brings(room, "T-2", description="希望导出支持定时").request.chat == WANG, "he is known now"


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
    met(room)
    assert brings(room, contact=contact).request.chat == WANG


def test_a_known_customer_is_told_in_his_chat(room: Room) -> None:
    met(room)
    entered = brings(room, company="杭州云杉商贸有限公司", contact="", description="想增加发票批量下载")
    assert entered.request.chat == WANG
    assert entered.request.number in "".join(o.message.as_text() for o in entered.outgoing if o.to == WANG)
    assert entered.request.contact == "王芳"


def test_at_night_he_is_told_in_the_morning(room: Room) -> None:
    met(room)
    room.now = shanghai("2026-11-23 23:30")
    (told,) = [o for o in brings(room).outgoing if o.to == WANG]
    assert told.not_before == shanghai("2026-11-24 09:00")


def test_an_import_tells_no_customer(room: Room) -> None:
    met(room)
    assert not [o for o in brings(room, quiet=True).outgoing if o.to == WANG]


def test_what_others_say_of_a_customer_changes_nothing_of_what_he_said(room: Room) -> None:
    met(room)
    before = room.run(lambda store: customers.by_phone(store, PHONE))
    brings(room, title="总经理", industry="零售业", company="云杉集团")
    assert room.run(lambda store: customers.by_phone(store, PHONE)) == before


def test_two_customers_with_one_phone_are_not_guessed_between(room: Room) -> None:
    room.registers(WANG)
    room.registers(ZHAO)
    assert brings(room).request.chat.startswith("proxy:")
