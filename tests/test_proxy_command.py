"""/代录: an agent registers for a customer with one line or a form."""

from collections.abc import Iterator

import pytest

from handlers.messages import Form as FormCard
from handlers.messages import Incoming, Said
from storage import requests
from tests.factories import NEED, WANG, ZHOU, Heard, Room, a_room, pressed
from tests.proxy_stage import GOOD, OTHER_PHONE, PHONE

TYPED = f"/代录 杭州云杉商贸 {PHONE} {NEED}"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def form_of(heard: Heard) -> FormCard:
    return next(o.message for o in heard.outgoing if isinstance(o.message, FormCard))


def test_an_agent_registers_with_one_line(room: Room) -> None:
    heard = room.said(ZHOU, TYPED)
    assert "202611-001" in heard.to(ZHOU)
    assert "李工" in heard.to(ZHOU)
    request = room.request()
    assert (request.company, request.phone, request.description) == ("杭州云杉商贸", PHONE, NEED)
    assert (request.source, request.reporter) == ("客户经理反馈", "周经理")
    assert "登记（周经理）" in room.said(ZHOU, "/show 202611-001").to(ZHOU)


@pytest.mark.parametrize(
    ("typed", "company", "contact", "phone"),
    [
        (f"杭州云杉商贸，王芳，{PHONE}，{NEED}", "杭州云杉商贸", "王芳", PHONE),
        (f"杭州云杉商贸 王芳 {PHONE} {NEED}", "杭州云杉商贸", "王芳", PHONE),
        (f"{PHONE} 杭州云杉商贸 {NEED}", "杭州云杉商贸", "", PHONE),
        (f"杭州云杉商贸\n{PHONE}\n{NEED}", "杭州云杉商贸", "", PHONE),
        (f"公司：杭州云杉商贸，电话：{PHONE}，{NEED}", "杭州云杉商贸", "", PHONE),
        (f"宁波远航物流 0574-88886666 {NEED}，验证码收不到", "宁波远航物流", "", "057488886666"),
        (f"杭州云杉商贸 {PHONE} {NEED}，找王芳 {OTHER_PHONE}", "杭州云杉商贸", "王芳", PHONE),
        (f"杭州云杉商贸 {PHONE} {OTHER_PHONE} {NEED}", "杭州云杉商贸", "", PHONE),
    ],
)
def test_who_it_is_for_may_stand_before_the_need_in_any_way_and_nothing_is_lost(
    room: Room, typed: str, company: str, contact: str, phone: str
) -> None:
    room.said(ZHOU, f"/代录 {typed}")
    request = room.request()
    assert (request.company, request.contact, request.phone) == (company, contact, phone)
    assert NEED in request.description
    assert PHONE not in request.description
    assert OTHER_PHONE not in typed or OTHER_PHONE in request.description


@pytest.mark.parametrize(
    "typed",
    [
        f"/代录{PHONE} 杭州云杉商贸 {NEED}",
        f"/代录，杭州云杉商贸 {PHONE} {NEED}",
        f"/代录：杭州云杉商贸 {PHONE} {NEED}",
        f"/proxy:杭州云杉商贸 {PHONE} {NEED}",
        f"／ｐｒｏｘｙ　杭州云杉商贸　{PHONE}　{NEED}",
        f"/代录\n杭州云杉商贸\n{PHONE}\n{NEED}",
    ],
)
def test_nothing_that_follows_the_name_of_the_command_is_dropped(room: Room, typed: str) -> None:
    assert "202611-001" in room.said(ZHOU, typed).to(ZHOU)
    request = room.request()
    assert (request.company, request.phone, request.description) == ("杭州云杉商贸", PHONE, NEED)


def test_what_is_typed_with_the_command_is_kept_as_typed(room: Room) -> None:
    need = "导出Ｅｘｃｅｌ报表时，①②两列没有内容…"
    room.said(ZHOU, f"/代录 杭州云杉商贸 {PHONE} {need}")
    assert room.request().description == need


def test_a_repeated_command_of_the_platform_registers_once(room: Room) -> None:
    for _ in range(2):
        room.does(ZHOU, Said(text=TYPED), id="same")
    assert len(room.run(lambda store: requests.listed(store, {}, None, 10))) == 1


@pytest.mark.parametrize("text", ["/代录", "/proxy", "／代录", "/ 代录 "])
def test_without_words_the_form_comes(room: Room, text: str) -> None:
    drawn = form_of(room.said(ZHOU, text))
    assert [i.label for i in drawn.inputs] == [
        *("公司", "联系人", "电话", "邮箱", "需求背景", "需求描述", "期望效果", "紧急程度", "来源", "历史需求"),
    ]


def test_what_is_missing_is_asked_on_a_form_that_keeps_the_rest(room: Room) -> None:
    heard = room.said(ZHOU, f"/代录 杭州云杉商贸 {NEED}，比较急")
    drawn = form_of(heard)
    known = {i.name: i.initial for i in drawn.inputs}
    assert known["company"] == "杭州云杉商贸"
    assert known["description"].startswith(NEED)
    assert known["source"] == "sales"
    assert "电话" in drawn.body
    again = room.press("提交", ZHOU, None, **(known | {"phone": "12"}))
    assert again.toast
    assert again.toast.kind == "warning"
    assert form_of(again).inputs[2].initial == "12"
    done = room.press("提交", ZHOU, None, **(known | {"phone": PHONE}))
    assert done.toast
    assert "202611-001" in done.toast.text
    slots = {o.slot for h in (heard, again, done) for o in h.outgoing if o.slot.startswith("proxy:")}
    assert len(slots) == 1


def test_a_form_submitted_twice_registers_once(room: Room) -> None:
    room.said(ZHOU, "/代录")
    button = room.button("提交", ZHOU)
    first, second = (room.press("提交", ZHOU, button, **GOOD) for _ in range(2))
    assert first.toast
    assert second.toast
    assert first.toast.kind == "success"
    assert "已提交过" in second.toast.text
    assert len(room.run(lambda store: requests.listed(store, {}, None, 10))) == 1


def test_a_stranger_can_neither_use_the_command_nor_a_form_that_reached_him(room: Room) -> None:
    assert "权限" in room.said("ou_stranger", TYPED).to("ou_stranger")
    room.said(ZHOU, "/代录")
    heard = room.press("提交", "ou_stranger", room.button("提交", ZHOU), **GOOD)
    assert heard.toast
    assert "无权" in heard.toast.text
    assert not room.run(lambda store: requests.listed(store, {}, None, 10))


def test_a_customer_is_told_that_the_command_is_not_for_him(room: Room) -> None:
    assert "内部人员" in room.said(WANG, TYPED).customer


def test_labels_are_read_and_words_stay_as_typed(room: Room) -> None:
    typed = "/代录 公司：宁波远航 联系人：李雷 电话：０５７４－８８８８６６６６\n需求：想定制对接金蝶的接口，Ｖ２版"
    room.said(ZHOU, typed)
    request = room.request()
    assert (request.company, request.contact, request.phone) == ("宁波远航", "李雷", "057488886666")
    assert request.description == "想定制对接金蝶的接口，Ｖ２版"


def test_in_a_group_the_form_comes_privately(room: Room) -> None:
    said = Incoming(
        id="g1", chat="fs:oc_group", sender=f"fs:{ZHOU}", at=room.now, content=Said(text="/代录"), group=True
    )
    heard = room.does("fs:oc_group", said.content, sender=said.sender, group=True)
    assert form_of(heard)
    assert "私信" in heard.to("oc_group")
    assert [o.to for o in heard.outgoing if isinstance(o.message, FormCard)] == [f"fs:{ZHOU}"]


def test_in_wecom_what_is_missing_is_said_in_words(room: Room) -> None:
    heard = room.said("app:ZhouJingLi", f"/代录 杭州云杉商贸 {NEED}")
    assert "电话" in heard.customer
    assert "/proxy" in heard.customer
    assert "202611-001" in room.said("app:ZhouJingLi", TYPED).customer


def test_a_text_too_long_for_a_form_is_not_cut(room: Room) -> None:
    heard = room.said(ZHOU, f"/代录 杭州云杉商贸 {NEED}{'很长' * 600}")
    assert "重新发送" in heard.to(ZHOU)
    assert not [o for o in heard.outgoing if isinstance(o.message, FormCard)]


def test_a_customer_who_left_an_address_only_is_registered_by_the_form(room: Room) -> None:
    drawn = form_of(room.said(ZHOU, f"/代录 杭州云杉商贸 {NEED}"))
    assert "电话和邮箱至少填一项" in drawn.body
    given = {i.name: i.initial for i in drawn.inputs} | {"email": "wang@example.com"}
    room.does(ZHOU, pressed(drawn.submit, values=given))
    assert (room.request().phone, room.request().email) == ("", "wang@example.com")


def test_the_empty_form_says_what_it_takes(room: Room) -> None:
    body = form_of(room.said(ZHOU, "/代录")).body
    assert "电话和邮箱至少填一项" in body
    assert "必填" not in body
