"""Slash-commands: who may use what, what they do, and that nothing leaks."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.factories import CHEN, LI, NEED, WANG, ZHAO, ZHOU, Room, a_room, person, rules, shanghai

NUMBER = "202611-001"
STRANGER = "ou_stranger"
PHONE = "13800001234"
EVERY_COMMAND = [
    "/help",
    "/status",
    f"/status {NUMBER}",
    "/list",
    "/list 待处理",
    f"/show {NUMBER}",
    "/overdue",
    f"/assign {NUMBER} 陈晨",
    "/nonsense",
]


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        room.registers()
        yield room


@pytest.fixture(scope="module")
def shared() -> Iterator[Room]:
    with a_room() as room:
        room.registers()
        yield room


# --- who ---


@pytest.mark.parametrize("text", EVERY_COMMAND)
def test_who_is_not_on_the_list_gets_one_fixed_line(shared: Room, text: str) -> None:
    before = shared.picture()
    assert shared.said(STRANGER, text).to(STRANGER) == shared.said(STRANGER, "/help").to(STRANGER)
    assert "权限" in shared.said(STRANGER, text).to(STRANGER)
    assert shared.picture() == before


@pytest.mark.parametrize("text", EVERY_COMMAND)
def test_an_agent_learns_nothing_of_what_is_not_his(room: Room, text: str) -> None:
    before = room.picture()
    told = room.said(CHEN, text).to(CHEN)
    assert told
    for secret in (PHONE, "138****", "王芳", NEED[:6]):
        assert secret not in told
    assert room.picture() == before


@pytest.mark.parametrize("command", ["status", "show", "assign"])
def test_anothers_number_and_an_unknown_number_get_the_same_answer(room: Room, command: str) -> None:
    name = " 陈晨" if command == "assign" else ""
    theirs = room.said(CHEN, f"/{command} {NUMBER}{name}").to(CHEN)
    nobodys = room.said(CHEN, f"/{command} 202611-999{name}").to(CHEN)
    assert theirs == nobodys.replace("202611-999", NUMBER)


@pytest.mark.parametrize("text", ["/help", "/status", "/list", f"/show {NUMBER}", "/overdue"])
def test_asking_changes_nothing(room: Room, text: str) -> None:
    before = room.picture()
    for who in (LI, CHEN, ZHOU):
        assert room.said(who, text).to(who)
    assert room.picture() == before


def test_a_member_of_the_wecom_app_who_is_in_the_policy_commands_there(room: Room) -> None:
    assert NUMBER in room.said("app:LiGong", "/list").customer
    assert NUMBER in room.said("app:ZhouJingLi", "／list").customer
    assert NUMBER not in room.said("app:Somebody", "/list").customer
    assert "仅供内部" in room.said("app:Somebody", "/list").customer


def test_a_person_of_the_policy_is_a_customer_when_he_does_not_command(room: Room) -> None:
    assert "公司" in room.said("app:LiGong", "导出报表一直报错").customer


def test_in_a_group_the_answer_comes_to_the_group_and_shows_no_phone(room: Room) -> None:
    for text in ("/list", f"/show {NUMBER}"):
        told = room.said("oc_group", text, sender=f"fs:{ZHOU}", group=True).to("oc_group")
        assert NUMBER in told
        assert PHONE not in told


def test_in_a_group_it_is_the_person_and_not_the_group_that_counts(room: Room) -> None:
    told = room.said("oc_group", f"/show {NUMBER}", sender=f"fs:{STRANGER}", group=True).to("oc_group")
    assert "权限" in told


# --- what they do ---


def test_the_board_counts(room: Room) -> None:
    room.registers(ZHAO)
    board = room.said(ZHOU, "/status").to(ZHOU)
    for word in ("未完成 2 个", "待处理：2 个", "P0", "李工"):
        assert word in board
    assert "已超时 0 个" in board
    room.now += timedelta(hours=3)
    assert "已超时 2 个" in room.said(ZHOU, "/status").to(ZHOU)


def test_the_board_of_an_agent_is_his_own(room: Room) -> None:
    assert NUMBER in room.said(LI, "/status").to(LI)
    assert "暂无" in room.said(CHEN, "/status").to(CHEN)


def test_status_of_a_number_is_that_request(room: Room) -> None:
    room.press("接单")
    room.fill("更新进度", content="已定位")
    told = room.said(LI, f"/status {NUMBER}").to(LI)
    for word in (NUMBER, "处理中", "P0", "李工", "已定位"):
        assert word in told


CONDITIONS = {
    "待处理": 2,
    "处理中": 0,
    "问题修复": 2,
    "bug": 2,
    "咨询服务": 0,
    "紧急": 1,
    "常规": 1,
    "P0": 1,
    "p0": 1,
    "P0 P2": 2,
    "P0 常规": 0,
    "李工": 2,
    "@李工": 2,
    "陈晨": 0,
    "本周": 2,
    "本月": 2,
    "待处理 紧急 李工 本周": 1,
    "Ｐ０": 1,
}


def test_a_list_by_conditions_holds_what_they_say(room: Room) -> None:
    room.registers(ZHAO, level="3")
    for conditions, count in CONDITIONS.items():
        told = room.said(ZHOU, f"/list {conditions}").to(ZHOU)
        assert sum(number in told for number in ("202611-001", "202611-002")) == count, conditions


def test_this_week_begins_on_monday_and_this_month_on_the_first() -> None:
    with a_room(now=shanghai("2026-11-29 23:00")) as room:  # a Sunday
        room.registers()
        room.now = shanghai("2026-11-30 00:30")
        assert NUMBER not in room.said(ZHOU, "/list 本周").to(ZHOU)
        assert NUMBER in room.said(ZHOU, "/list 本月").to(ZHOU)
        room.now = shanghai("2026-12-01 00:30")
        assert NUMBER not in room.said(ZHOU, "/list 本月").to(ZHOU)


def test_a_list_shows_what_is_open_unless_asked_otherwise(room: Room) -> None:
    room.fill("关闭", reason="重复")
    assert NUMBER not in room.said(ZHOU, "/list").to(ZHOU)
    assert NUMBER in room.said(ZHOU, "/list 已关闭").to(ZHOU)


def test_a_long_list_says_that_it_is_cut(room: Room) -> None:
    for n in range(21):
        room.said(f"kf:wk:p{n}", "人工")
    told = room.said(ZHOU, "/list").to(ZHOU)
    assert told.count("202611-") == 20
    assert "20" in told.split("\n")[-1]


def test_a_list_shows_neither_phone_nor_words_that_break_a_line(room: Room) -> None:
    room.registers(ZHAO, need="导出\n报错，打 13800001234 找我")
    told = room.said(ZHOU, "/list").to(ZHOU)
    assert PHONE not in told
    assert len(told.split("\n")) == 3


@pytest.mark.parametrize("who", [LI, ZHOU])
def test_show_has_the_phone_in_full_for_the_assignee_and_managers(room: Room, who: str) -> None:
    told = room.said(who, f"/show {NUMBER}").to(who)
    for word in (PHONE, NEED, "昨天升级之后", "王芳", "登记"):
        assert word in told


def test_show_masks_the_phone_for_a_lead_who_is_not_the_assignee() -> None:
    people = [*rules().model_dump(mode="json")["people"], person("研发主管", "ou_lead", roles=["lead"])]
    with a_room(people=people) as room:
        room.registers()
        assert room.request().owner == LI
        told = room.said("ou_lead", f"/show {NUMBER}").to("ou_lead")
        assert NEED in told
        assert PHONE not in told
        assert "138****1234" in told


def test_show_has_the_whole_of_a_long_description(room: Room) -> None:
    need = "导出报表报错，" * 100
    room.registers(ZHAO, need=need)
    assert need.strip("，") in room.said(ZHOU, "/show 202611-002").to(ZHOU)


def test_show_tells_who_did_what(room: Room) -> None:
    room.press("接单")
    room.said(WANG, f"补充 {NUMBER} 只有安卓")
    told = room.said(ZHOU, f"/show {NUMBER}").to(ZHOU)
    for word in ("接单（李工）", "客户补充（客户）", "只有安卓"):
        assert word in told


def test_overdue_lists_what_is_late_and_only_that(room: Room) -> None:
    room.registers(ZHAO, level="3")
    assert "没有" in room.said(ZHOU, "/overdue").to(ZHOU)
    room.now += timedelta(hours=3)
    told = room.said(ZHOU, "/超时").to(ZHOU)
    assert "202611-001" in told
    assert "202611-002" not in told
    assert "202611-001" in room.said(LI, "/overdue").to(LI)
    assert "202611-001" not in room.said(CHEN, "/overdue").to(CHEN)


@pytest.mark.parametrize("name", ["陈晨", "@陈晨", CHEN, "＠陈晨"])
def test_a_manager_assigns_by_name_mention_or_id(room: Room, name: str) -> None:
    heard = room.said(ZHOU, f"/assign {NUMBER} {name}")
    assert room.request().owner == CHEN
    assert NUMBER in heard.to(ZHOU)
    assert NUMBER in heard.to(CHEN)
    assert "陈晨" in heard.to(LI)


def test_a_mention_counts_by_its_id_whatever_the_name(room: Room) -> None:
    room.said(ZHOU, f"/assign {NUMBER} @Chen", mentions={"Chen": CHEN})
    assert room.request().owner == CHEN


def test_an_agent_gives_away_his_own_and_nobody_elses(room: Room) -> None:
    room.said(CHEN, f"/assign {NUMBER} 陈晨")
    assert room.request().owner == LI
    room.said(LI, f"/派 {NUMBER} 陈晨")
    assert room.request().owner == CHEN
    room.said(LI, f"/assign {NUMBER} 李工")
    assert room.request().owner == CHEN, "it is no longer his"


@pytest.mark.parametrize("why", ["same", "closed"])
def test_what_cannot_be_assigned_is_said_with_the_usage(room: Room, why: str) -> None:
    if why == "closed":
        room.fill("关闭", reason="重复")
    before = room.picture()
    assert "用法：/assign" in room.said(ZHOU, f"/assign {NUMBER} {'李工' if why == 'same' else '陈晨'}").to(ZHOU)
    assert room.picture() == before


def test_a_command_in_a_thread_is_a_command_and_is_not_relayed(room: Room) -> None:
    heard = room.answers("/status")
    assert heard.customer == ""
    assert NUMBER in heard.to(LI)
