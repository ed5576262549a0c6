"""Requests that others bring for a customer: the form, what is refused, who is told, and the copy to the customer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import sleep
from typing import Any

import pytest

from handlers.intake import form, proxy
from handlers.intake.form import Form, Unfit, checked
from handlers.messages import Attached, Card, Incoming, Said
from handlers.messages import Form as FormCard
from storage import customers, requests
from storage.database import Database
from tests.factories import LI, MONDAY, NEED, WANG, ZHAO, ZHOU, Heard, Room, a_desk, a_room, rules, shanghai

PHONE, OTHER_PHONE = "13800001234", "13900005678"
GOOD: dict[str, str] = {"company": "杭州云杉商贸", "contact": "王芳", "phone": PHONE, "description": NEED}
TYPED = f"/代录 杭州云杉商贸 {PHONE} {NEED}"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def brings(room: Room, origin: str = "T-1", *, quiet: bool = False, **own: Any) -> proxy.Entered:
    """Let a machine bring a form."""
    fit = proxy.read(Form(**(GOOD | own)), room.now, room.desk, source="web", origin=origin)
    entered = room.run(lambda store: proxy.enter(fit, room.now, store, room.desk, by="api", quiet=quiet))
    room.told += entered.outgoing
    return entered


def problems(**own: str) -> dict[str, str]:
    with pytest.raises(Unfit) as unfit:
        checked(Form(**(GOOD | own)), MONDAY, rules())
    return unfit.value.problems


def form_of(heard: Heard) -> FormCard:
    return next(o.message for o in heard.outgoing if isinstance(o.message, FormCard))


# --- the check --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "field"),
    [
        ({"company": "", "contact": ""}, "company"),
        ({"phone": ""}, "phone"),
        ({"phone": "1380000123"}, "phone"),
        ({"phone": "请微信联系"}, "phone"),
        ({"phone": "13800001234 或 13900005678"}, "phone"),
        ({"phone": "13800001234转8001"}, "phone"),
        ({"email": "王芳@公司"}, "email"),
        ({"email": "a@b.cn 和 c@d.cn"}, "email"),
        ({"description": ""}, "description"),
        ({"description": "系统不好用"}, "description"),
        ({"description": "。"}, "description"),
        ({"description": "长" * 4001}, "description"),
        ({"urgency": "十万火急"}, "urgency"),
        ({"type": "礼物"}, "type"),
        ({"source": "电报"}, "source"),
        ({"at": "2026-11-23 10:06"}, "at"),
        ({"at": "2026-13-01"}, "at"),
        ({"wanted_by": "下周"}, "wanted_by"),
        ({"reporter": "长" * 101}, "reporter"),
    ],
)
def test_a_form_that_does_not_fit_is_refused_by_field(own: dict[str, str], field: str) -> None:
    assert list(problems(**own)) == [field]


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_form() -> None:
    assert list(problems(company="", contact="", phone="x", description="", source="y")) == [
        "company",
        "phone",
        "description",
        "source",
    ]


def test_an_unfit_form_shows_no_values_when_it_is_logged() -> None:
    with pytest.raises(Unfit) as unfit:
        checked(Form(phone="138000012345678"), MONDAY, rules())
    assert "138" not in str(unfit.value)


@pytest.mark.parametrize(
    ("key", "said", "kept"),
    [
        ("phone", " １３８ 0000 1234 ", PHONE),
        ("phone", "+86 138-0000-1234", PHONE),
        ("phone", "0571-88886666", "057188886666"),
        ("phone", "0571-88886666转802", "057188886666-802"),
        ("phone", "008613800001234", PHONE),
        ("phone", "+1 415 555 2671", "+14155552671"),
        ("at", "2026-11-23T10:00:02+08:00", MONDAY.isoformat()),
        ("email", "Wang@Example.COM", "wang@example.com"),
        ("urgency", "紧急", "urgent"),
        ("urgency", "routine", "routine"),
        ("type", "定制开发", "custom"),
        ("source", "邮件", "mail"),
        ("history", "没有", "无"),
        ("at", "2026/11/2 9:05", "2026-11-02T09:05:00+08:00"),
        ("at", "2026年11月2日", "2026-11-02T00:00:00+08:00"),
        ("wanted_by", "2026-12-01T18:00:00Z", "2026-12-01T18:00:00+00:00"),
        ("company", "  云杉\x00\u200b ", "云杉"),
    ],
)
def test_values_are_kept_in_one_way(key: str, said: str, kept: str) -> None:
    assert getattr(checked(Form(**(GOOD | {key: said})), MONDAY, rules()), key) == kept


def test_the_policy_names_the_levels_and_sources() -> None:
    own = rules(urgency={"urgent": {"label": "特急件"}}, sources={"fair": "展会"})
    kept = checked(Form(**(GOOD | {"urgency": "特急件", "source": "展会"})), MONDAY, own)
    assert (kept.urgency, kept.source) == ("urgent", "fair")


# --- registration -----------------------------------------------------------------------------------------------------


def test_what_is_brought_is_registered_like_what_is_said_in_a_chat(room: Room) -> None:
    said: dict[str, Any] = {
        "urgency": "紧急",
        "expected": "能正常导出",
        "pain": "每天手工抄",
        "reporter": "热线小李",
        "at": "2026-11-20 15:00",
    }
    entered = brings(room, source="客服热线", **said)
    request = room.request(entered.request.number)
    assert request.number == "202611-001"
    assert (request.source, request.reporter, request.urgency) == ("客服热线", "热线小李", "urgent")
    assert (request.expected, request.pain) == ("能正常导出", "每天手工抄")
    assert request.reported_at == shanghai("2026-11-20 15:00")
    assert request.created_at == room.now
    assert {"respond_over", "resolve_over", "dispatch"} <= set(room.dues())
    (card,) = [o.message for o in entered.outgoing if o.to == f"fs:{LI}" and isinstance(o.message, Card)]
    shown = dict(card.facts)
    assert (shown["来源"], shown["登记人"], shown["反馈时间"]) == ("客服热线", "热线小李", "2026-11-20 15:00")
    assert PHONE not in card.as_text()


def test_chat_and_proxy_share_one_range_of_numbers(room: Room) -> None:
    assert brings(room).request.number == "202611-001"
    assert room.registers() == "202611-002"
    assert brings(room, "T-2", company="宁波远航", contact="李雷", phone=OTHER_PHONE).request.number == "202611-003"


def test_the_same_origin_is_the_same_request(room: Room) -> None:
    first = brings(room)
    again = brings(room, description="换了说法，还是同一件事")
    assert (first.new, again.new) == (True, False)
    assert again.request.number == first.request.number
    assert again.outgoing == ()
    assert len(room.run(lambda store: requests.listed(store, {}, None, 10))) == 1


@pytest.mark.parametrize("origins", [("T-1", "T-1"), ("T-1", "T-2")])
def test_on_both_databases_an_origin_is_one_request(database: Database, origins: tuple[str, str]) -> None:
    desk = a_desk()

    def bring(origin: str) -> proxy.Entered:
        fit = proxy.read(Form(**GOOD), MONDAY, desk, source="web", origin=origin)
        return database.run_sync(lambda store: proxy.enter(fit, MONDAY, store, desk, by="api"))

    numbers = [bring(origin).request.number for origin in origins]
    assert len(set(numbers)) == len(set(origins))


def test_on_both_databases_one_person_brought_at_once_by_several_is_one_customer(database: Database) -> None:
    desk, begun = a_desk(), Barrier(3)

    def bring(origin: str) -> int:
        fit = proxy.read(Form(**GOOD), MONDAY, desk, source="web", origin=origin)
        begun.wait(5)
        return database.run_sync(lambda store: _slowly(proxy.enter(fit, MONDAY, store, desk, by="api")))

    def _slowly(entered: proxy.Entered) -> int:
        sleep(0.1)
        return entered.request.customer_id

    with ThreadPoolExecutor(3) as threads:
        whose = set(threads.map(bring, ("T-1", "T-2", "T-3")))
    assert len(whose) == 1


def test_who_cannot_be_reached_is_promised_nothing_ever(room: Room) -> None:
    number = brings(room, urgency="紧急").request.number
    told = [room.press("接单"), room.fill("更新进度", content="已定位"), room.fill("请客户补充", content="哪个版本？")]
    picture = room.answers("", number=number, content=Attached(kind="image", media="MEDIA"))
    told += [room.answers("在查了", number=number), picture, Heard(room.fetched(picture))]
    told += [room.sweep_until(room.now + timedelta(days=9)), room.fill("提交验收", content="已修复")]
    assert not [one for heard in told for one in heard.outgoing if one.platform == "wecom"]
    assert not [one for one in room.told if one.to.startswith("proxy:")]
    toast = told[1].toast
    assert toast
    assert "没有会话" in toast.text
    assert "没有发送给客户" in told[3].to(LI)
    assert "没有发送给客户" in told[4].to(LI)


def test_a_request_without_a_chat_can_be_closed(room: Room) -> None:
    brings(room)
    room.press("接单")
    room.fill("提交验收", content="已修复")
    room.fill("关闭", reason="电话确认已解决")
    assert room.request().status == "closed"


def test_the_card_and_show_say_how_to_reach_him(room: Room) -> None:
    number = brings(room).request.number
    card = next(o.message for o in room.told if o.to == f"fs:{LI}" and isinstance(o.message, Card))
    assert "没有会话" in card.body
    assert PHONE in room.said(LI, f"/show {number}").to(LI)
    assert "登记（接口）" in room.said(LI, f"/show {number}").to(LI)
    assert "代录：在线表单" in room.said(LI, "/list").to(LI)


# --- the customer -----------------------------------------------------------------------------------------------------


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


# --- /代录 ------------------------------------------------------------------------------------------------------------


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


def test_a_repeated_command_of_the_platform_registers_once(room: Room) -> None:
    for _ in range(2):
        room.does(ZHOU, Said(text=TYPED), id="same")
    assert len(room.run(lambda store: requests.listed(store, {}, None, 10))) == 1


@pytest.mark.parametrize("text", ["/代录", "/proxy", "／代录", "/ 代录 "])
def test_without_words_the_form_comes(room: Room, text: str) -> None:
    drawn = form_of(room.said(ZHOU, text))
    assert [i.label for i in drawn.inputs] == [
        *("公司", "联系人", "电话", "需求背景", "需求具体描述", "期望效果", "紧急程度", "来源", "历史需求"),
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


def test_lines_name_the_field() -> None:
    assert form.lines({"phone": "缺"}) == "电话：缺"
