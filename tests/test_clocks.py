"""Clocks: what falls due when, who is told, and what a downtime changes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.factories import CHEN, LI, WANG, ZHOU, Heard, Room, a_room, person, shanghai

LEVELS = {"1": "urgent", "2": "important", "3": "routine"}
# Level -> (respond by, resolve by), of a request registered on Monday 2026-11-23 at 10:00.
DEADLINES = {
    "1": ("2026-11-23 12:00", "2026-11-24 10:00"),
    "2": ("2026-11-23 18:00", "2026-11-26 10:00"),
    "3": ("2026-11-24 10:00", "2026-11-30 10:00"),
}


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def told_to(heard: Heard, who: str, word: str) -> int:
    return sum(word in o.message.as_text() for o in heard.outgoing if o.to == f"fs:{who}")


def pushes(heard: Heard) -> list[str]:
    return [o.message.as_text() for o in heard.outgoing if o.to == WANG and "进度更新" in o.message.as_text()]


@pytest.mark.parametrize("level", DEADLINES)
def test_the_urgency_decides_the_two_time_limits(room: Room, level: str) -> None:
    request = room.request(room.registers(level=level))
    respond, resolve = DEADLINES[level]
    slack = room.now - shanghai("2026-11-23 10:00")
    assert request.respond_by is not None
    assert request.resolve_by is not None
    assert timedelta() <= request.respond_by - shanghai(respond) <= slack
    assert timedelta() <= request.resolve_by - shanghai(resolve) <= slack


def test_an_urgent_request_nobody_accepts_is_told_to_somebody_else_after_ten_minutes(room: Room) -> None:
    number = room.registers()
    assert not room.sweep_until(room.now + timedelta(minutes=9, seconds=50)).outgoing
    alarm = room.sweep_until(room.now + timedelta(seconds=15))
    assert told_to(alarm, ZHOU, number) == 1
    assert "未接单" in alarm.staff
    assert told_to(alarm, LI, number) == 0
    assert not room.sweep_until(room.now + timedelta(hours=1)).to(ZHOU).count("未接单"), "once is enough"


def test_an_accepted_request_raises_no_dispatch_alarm(room: Room) -> None:
    room.registers()
    room.press("接单")
    assert "未接单" not in room.sweep_until(room.now + timedelta(hours=1)).staff


@pytest.mark.parametrize("level", ["2", "3"])
def test_only_urgent_requests_are_alarmed_about_being_accepted(room: Room, level: str) -> None:
    room.registers(level=level)
    assert "未接单" not in room.sweep_until(room.now + timedelta(hours=1)).staff


def test_the_alarm_of_a_silent_manager_goes_to_another_person() -> None:
    people = [
        person("周经理", "ou_zhou", roles=["manager"]),
        person("李工", "ou_li", roles=["agent"], capacity=1),
    ]
    with a_room(people=people) as room:
        room.registers(WANG)
        room.registers("kf:wk:second")
        alarm = room.sweep_until(room.now + timedelta(minutes=11))
        for told in alarm.outgoing:
            number = next(n for n in ("202611-001", "202611-002") if n in told.message.as_text())
            assert told.to != f"fs:{room.request(number).owner}"
        assert len(alarm.outgoing) == 2


def test_before_a_time_limit_the_assignee_is_reminded_and_after_it_the_manager_too(room: Room) -> None:
    number = room.registers()
    room.press("接单")
    near = room.sweep_until(shanghai("2026-11-23 11:31"))
    assert told_to(near, LI, "即将超时") == 1
    assert number in near.to(LI)
    assert told_to(near, ZHOU, "超时") == 0
    over = room.sweep_until(shanghai("2026-11-23 12:01"))
    assert told_to(over, LI, "已超时") == 1
    assert told_to(over, ZHOU, "已超时") == 1
    assert number in over.to(ZHOU)
    assert over.customer == ""


def test_the_resolve_limit_is_watched_as_well(room: Room) -> None:
    room.registers()
    room.press("接单")
    room.fill("更新进度", content="已定位")
    near = room.sweep_until(shanghai("2026-11-24 09:31"))
    assert told_to(near, LI, "即将超时") == 1, "answered in time: only the limit of the solution is near"
    over = room.sweep_until(shanghai("2026-11-24 10:01"))
    assert told_to(over, LI, "已超时") == 1
    assert told_to(over, ZHOU, "已超时") == 1


@pytest.mark.parametrize("deed", ["progress", "ask", "relay"])
def test_an_answer_of_substance_stops_the_respond_clock(room: Room, deed: str) -> None:
    room.registers()
    room.press("接单")
    if deed == "progress":
        room.fill("更新进度", content="已定位")
    elif deed == "ask":
        room.fill("请客户补充", content="哪个浏览器？")
    else:
        room.answers("正在看")
    assert "首次答复" not in room.sweep_until(shanghai("2026-11-23 13:00")).staff


def test_telling_the_customer_that_someone_accepted_is_no_answer_of_substance(room: Room) -> None:
    room.registers()
    room.press("接单")
    assert "首次答复" in room.sweep_until(shanghai("2026-11-23 12:01")).staff


def test_a_delivered_request_is_not_late(room: Room) -> None:
    room.delivers()
    assert "超时" not in room.sweep_until(shanghai("2026-11-26 10:00")).staff


@pytest.mark.parametrize("word", ["取消 202611-001", "关闭"])
def test_a_finished_request_is_silent(room: Room, word: str) -> None:
    room.registers()
    if word == "关闭":
        room.fill("关闭", reason="重复")
    else:
        room.said(WANG, word)
    assert not room.sweep_until(room.now + timedelta(days=30)).outgoing


@pytest.mark.parametrize(("level", "days"), {"1": 1, "2": 2, "3": 7}.items())
def test_progress_is_pushed_at_the_cadence_of_the_priority(room: Room, level: str, days: int) -> None:
    number = room.registers(level=level)
    room.press("接单")
    accepted = room.now
    assert not pushes(room.sweep_until(accepted + timedelta(days=days, seconds=-1)))
    for _ in range(3):
        (push,) = pushes(room.sweep_until(room.now + timedelta(days=days)))
        assert number in push
        assert "处理中" in push


def test_a_push_says_the_latest_progress_or_honestly_that_there_is_none(room: Room) -> None:
    room.registers()
    room.press("接单")
    assert "暂无新的进展" in pushes(room.sweep_until(room.now + timedelta(days=1)))[0]
    room.fill("更新进度", content="已完成数据库设计")
    assert "已完成数据库设计" in pushes(room.sweep_until(room.now + timedelta(days=1)))[0]


def test_a_request_nobody_accepted_pushes_nothing(room: Room) -> None:
    room.registers()
    assert not pushes(room.sweep_until(room.now + timedelta(days=3)))


def test_a_push_that_falls_into_the_night_waits_for_the_morning() -> None:
    with a_room(now=shanghai("2026-11-23 22:00")) as room:
        room.registers()
        room.press("接单")
        room.sweep_until(shanghai("2026-11-25 08:59"))
        assert not any("进度更新" in told.message.as_text() for told in room.told)
        assert len(pushes(room.sweep_until(shanghai("2026-11-25 09:01")))) == 1


def test_staff_are_alarmed_at_any_time_of_the_night() -> None:
    with a_room(now=shanghai("2026-11-23 23:00")) as room:
        room.registers()
        assert "未接单" in room.sweep_until(shanghai("2026-11-23 23:30")).staff


def test_after_a_downtime_one_push_is_sent_and_not_one_for_each_day(room: Room) -> None:
    room.registers()
    room.press("接单")
    room.now += timedelta(days=5)
    assert len(pushes(room.sweep())) == 1
    assert len(pushes(room.sweep_until(room.now + timedelta(days=1)))) == 1


def test_after_a_downtime_that_ends_at_night_the_push_still_waits_for_the_morning(room: Room) -> None:
    room.registers()
    room.press("接单")
    room.now = shanghai("2026-11-25 03:00")
    assert not pushes(room.sweep())
    assert len(pushes(room.sweep_until(shanghai("2026-11-25 09:01")))) == 1


def test_after_a_downtime_every_missed_alarm_still_comes_once(room: Room) -> None:
    room.registers()
    room.now += timedelta(days=2)
    alarms = room.sweep()
    assert told_to(alarms, ZHOU, "未接单") == 1
    assert told_to(alarms, LI, "首次答复") >= 1
    assert told_to(alarms, ZHOU, "前解决") == 1
    assert not room.sweep().outgoing


def test_a_change_of_priority_restarts_the_pushes(room: Room) -> None:
    room.registers(level="3")
    room.press("接单")
    room.sweep_until(room.now + timedelta(days=3))
    room.fill("改判", type="bug", nature="product", urgency="urgent")
    judged = room.now
    assert not pushes(room.sweep_until(judged + timedelta(hours=23)))
    assert len(pushes(room.sweep_until(judged + timedelta(days=1)))) == 1


def test_judging_the_same_urgency_does_not_restart_the_pushes(room: Room) -> None:
    room.registers()
    room.press("接单")
    before = room.dues()["push"]
    room.now += timedelta(hours=5)
    room.fill("改判", type="consult", nature="service", urgency="urgent")
    assert room.dues()["push"] == before


def test_a_request_judged_urgent_while_it_waits_is_alarmed_about_like_one(room: Room) -> None:
    room.registers(level="3")
    room.fill("改判", type="bug", nature="product", urgency="urgent")
    assert "未接单" in room.sweep_until(room.now + timedelta(minutes=11)).to(ZHOU)


def test_a_request_judged_routine_while_it_waits_is_no_urgent_one_any_more(room: Room) -> None:
    room.registers()
    room.fill("改判", type="bug", nature="product", urgency="routine")
    assert "未接单" not in room.sweep_until(room.now + timedelta(hours=1)).staff


def test_judging_moves_the_reminders_with_the_time_limit(room: Room) -> None:
    room.registers()
    room.fill("改判", type="bug", nature="product", urgency="routine")
    assert "超时" not in room.sweep_until(shanghai("2026-11-24 09:00")).staff
    assert "即将超时" in room.sweep_until(shanghai("2026-11-24 09:31")).to(LI)


def test_a_transferred_request_is_watched_for_the_new_assignee(room: Room) -> None:
    room.registers()
    room.fill("转派", person=CHEN)
    near = room.sweep_until(shanghai("2026-11-23 11:31"))
    assert told_to(near, CHEN, "即将超时") == 1
    assert told_to(near, LI, "即将超时") == 0


def test_a_survey_after_hours_comes_the_next_morning() -> None:
    with a_room(now=shanghai("2026-11-23 20:58")) as room:
        room.delivers()
        room.now = shanghai("2026-11-23 21:30")
        assert "打分" not in room.said(WANG, "验收通过").customer
        survey = room.sweep_until(shanghai("2026-11-24 09:01"))
        assert survey.to(WANG).count("打分") == 1
        assert room.said(WANG, "5 5 5").customer.startswith("感谢您的评价")


def test_a_reopened_request_gets_a_fresh_time_limit_and_pushes_again(room: Room) -> None:
    room.delivers()
    room.now = shanghai("2026-11-25 10:00")
    room.said(WANG, "未解决 还是报错")
    request = room.request()
    assert request.status == "working"
    assert request.resolve_by is not None
    assert request.resolve_by > shanghai("2026-11-26 09:59")
    assert len(pushes(room.sweep_until(room.now + timedelta(days=1)))) == 1
