"""Agents: who may press what, what the verbs do, and who takes a request."""

from collections.abc import Iterator

import pytest

from tests.factories import CHEN, LI, WANG, ZHOU, Heard, Room, a_room, person, pressed, rules

NUMBER = "202611-001"
STRANGER = "ou_stranger"
JUDGED = {"type": "consult", "nature": "service", "urgency": "important"}


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        room.registers()
        yield room


def refused(room: Room, heard: Heard, before: object) -> str:
    """Whatever is refused changes nothing, tells nobody, and says why in a toast."""
    assert heard.toast is not None
    assert heard.toast.kind in {"warning", "error"}
    assert heard.toast.text
    assert heard.outgoing == ()
    assert room.picture() == before
    return heard.toast.text


# --- the card ---


def test_one_person_gets_the_card_with_the_number_and_only_buttons_that_apply(room: Room) -> None:
    card = next(told for told in room.told if told.to == f"fs:{LI}")
    assert NUMBER in card.message.as_text()
    assert room.labels() == ["接单", "请客户补充", "转派", "改判", "合并", "关闭"]
    assert {told.to for told in room.told if told.platform == "feishu"} == {f"fs:{LI}"}


def test_accepting_tells_the_customer_and_brings_the_next_buttons(room: Room) -> None:
    heard = room.press("接单")
    assert heard.toast is not None
    assert heard.toast.kind == "success"
    assert NUMBER in heard.customer
    assert "李工" in heard.customer
    assert room.labels()[:3] == ["更新进度", "请客户补充", "提交验收"]
    assert room.request().status == "working"


@pytest.mark.parametrize("who", [LI, ZHOU])
def test_the_assignee_and_managers_may_press(room: Room, who: str) -> None:
    room.press("接单", who, on=room.button("接单"))
    assert room.request().status == "working"


def test_the_lead_of_the_department_may_press() -> None:
    people = [*rules().model_dump(mode="json")["people"], person("研发主管", "ou_lead", roles=["lead"])]
    with a_room(people=people) as room:
        room.registers()
        room.press("接单", "ou_lead", on=room.button("接单", room.request().owner))
        assert room.request().status == "working"


@pytest.mark.parametrize("who", [CHEN, STRANGER, ""])
def test_nobody_else_may_press(room: Room, who: str) -> None:
    before = room.picture()
    button = room.button("接单")
    heard = room.does(f"fs:{who}", pressed(button))
    assert "无权操作" in refused(room, heard, before)


def test_it_is_the_person_who_presses_and_not_the_chat_that_counts(room: Room) -> None:
    before = room.picture()
    heard = room.does(f"fs:{LI}", pressed(room.button("接单")), sender=f"fs:{STRANGER}")
    refused(room, heard, before)


def test_a_toast_for_a_stranger_tells_nothing_of_the_request(room: Room) -> None:
    heard = room.does(f"fs:{STRANGER}", pressed(room.button("接单")))
    assert heard.toast is not None
    assert NUMBER not in heard.toast.text
    assert "李工" not in heard.toast.text


# --- stale, doubled and forged ---


def test_a_second_press_of_accept_names_who_has_it(room: Room) -> None:
    button = room.button("接单")
    room.press("接单")
    before = room.picture()
    assert "李工" in refused(room, room.press("接单", ZHOU, on=button), before)


def test_every_button_of_a_card_that_is_outdated_is_refused(room: Room) -> None:
    old = [room.button(label) for label in room.labels()]
    room.press("接单")
    before = room.picture()
    for button in old:
        refused(room, room.does(LI, pressed(button)), before)


def test_no_button_works_after_the_end(room: Room) -> None:
    room.press("接单")
    old = [room.button(label) for label in room.labels()]
    room.said(WANG, f"取消 {NUMBER}")
    before = room.picture()
    for button in old:
        for version in (button.version, room.request().version):
            assert "已撤销" in refused(room, room.does(LI, pressed(button, version=version)), before)


FORGED = [
    {"subject": "202611-999"},
    {"subject": ""},
    {"subject": "' OR 1=1"},
    {"subject": "|"},
    {"subject": f"{NUMBER}|made-up", "version": 99},
    {"version": 0},
    {"version": 2},
    {"version": -1},
    {"action": "nonsense"},
    {"action": ""},
    {"action": "deliver"},
    {"action": "progress"},
    {"action": "form_deliver"},
    {"action": "form_"},
    {"action": "pass"},
    {"action": "reopen"},
]


@pytest.mark.parametrize("changed", FORGED, ids=str)
def test_a_forged_press_changes_nothing(room: Room, changed: dict[str, str]) -> None:
    before = room.picture()
    refused(room, room.does(LI, pressed(room.button("接单"), **changed)), before)


def test_a_made_up_form_does_not_make_an_outdated_card_new(room: Room) -> None:
    old = room.button("转派")
    room.press("接单")
    before = room.picture()
    refused(room, room.does(LI, pressed(old, subject=f"{NUMBER}|x")), before)


# --- what the verbs do ---


def test_progress_reaches_the_customer_and_the_card(room: Room) -> None:
    room.press("接单")
    heard = room.fill("更新进度", content="已完成数据库设计")
    assert "已完成数据库设计" in heard.customer
    assert NUMBER in heard.customer
    assert "已完成数据库设计" in heard.to(LI)


def test_asking_the_customer_reaches_the_customer(room: Room) -> None:
    heard = room.fill("请客户补充", content="用的哪个浏览器？")
    assert "用的哪个浏览器？" in heard.customer
    assert NUMBER in heard.customer


def test_delivering_offers_the_customer_to_accept(room: Room) -> None:
    room.press("接单")
    heard = room.fill("提交验收", content="已修复，请刷新")
    for word in ("已修复，请刷新", "验收通过", "未解决", NUMBER):
        assert word in heard.customer
    assert room.request().status == "testing"
    assert "提交验收" not in room.labels()


def test_closing_tells_the_customer_why(room: Room) -> None:
    assert "与另一需求重复" in room.fill("关闭", reason="与另一需求重复").customer
    assert room.labels() == []


def test_words_with_braces_are_only_words(room: Room) -> None:
    heard = room.fill("请客户补充", content="日志里有 {number} {0} %s 吗？")
    assert "{number} {0} %s" in heard.customer
    assert "{owner}" in room.said(WANG, "是 {owner} {said}").to(LI)


@pytest.mark.parametrize("name", [CHEN, "陈晨"])
def test_a_transfer_moves_the_card(room: Room, name: str) -> None:
    old = room.button("转派")
    heard = room.fill("转派", person=name, reason="休假")
    assert room.request().owner == CHEN
    assert NUMBER in heard.to(CHEN)
    assert "陈晨" in heard.to(LI)
    assert "接单" in room.labels(CHEN)
    assert room.labels(LI) == []
    before = room.picture()
    refused(room, room.does(LI, pressed(old)), before)
    room.press("接单", CHEN)
    assert room.request().status == "working"


def test_the_thread_follows_the_request_to_the_new_assignee(room: Room) -> None:
    room.fill("转派", person=CHEN)
    assert "客户催办" in room.said(WANG, "催办").to(CHEN)
    assert room.answers("我来处理", CHEN).customer


def test_judging_changes_type_priority_and_limits(room: Room) -> None:
    heard = room.fill("改判", **JUDGED, reason="不影响业务")
    request = room.request()
    assert (request.type, request.nature, request.urgency, request.priority) == (
        "consult",
        "service",
        "important",
        "P1",
    )
    card = heard.to(LI)
    assert "咨询服务" in card
    assert "系统" not in card.split("类型：")[1].split("\n")[0]


def test_judging_to_a_complaint_tells_the_departments_that_are_cced() -> None:
    people = [*rules().model_dump(mode="json")["people"], person("运营小赵", "ou_zhao", department="运营部")]
    with a_room(people=people) as room:
        room.registers()
        heard = room.fill("改判", type="bug", nature="complaint", urgency="urgent")
        assert NUMBER in heard.to("ou_zhao")
        assert all(not b for o in heard.outgoing if o.to == "fs:ou_zhao" for b in getattr(o.message, "buttons", ()))


def test_custom_development_is_told_to_the_approving_department(room: Room) -> None:
    heard = room.fill("改判", type="custom", nature="product", urgency="urgent")
    assert NUMBER in heard.to(ZHOU)
    assert "产品部" in heard.to(ZHOU)


# --- who takes it ---


def test_the_least_loaded_free_person_takes_the_next_request() -> None:
    people = [
        person("甲", "ou_1", capacity=1),
        person("乙", "ou_2", capacity=1),
        person("经理", "ou_3", roles=["manager"]),
    ]
    with a_room(people=people) as room:
        owners = [room.request(room.registers(f"kf:wk:c{n}")).owner for n in range(3)]
        assert owners == ["ou_1", "ou_2", "ou_3"], "nobody free: the manager"


def test_who_takes_a_type_first_comes_before_others() -> None:
    people = [person("甲", "ou_1"), person("乙", "ou_2", types=["bug"])]
    with a_room(people=people) as room:
        room.registers()
        room.fill("改判", room.request().owner, type="bug", nature="product", urgency="urgent")
        assert room.request().owner in {"ou_1", "ou_2"}


def test_a_policy_of_one_person_works() -> None:
    with a_room(people=[person("老板", "ou_boss", department="总部", roles=["manager"])]) as room:
        room.registers()
        room.press("接单", "ou_boss")
        assert room.request().status == "working"
        assert room.sweep_until(room.now).outgoing == ()
