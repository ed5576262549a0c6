"""Days go by, against the contract alone: alerts, pushes, the send window, surveys, old cards, a new month."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.blackbox_house import ZONE, House, house
from tests.blackbox_player import Customer, customer

BUG: dict[str, Any] = {"description": "登录页面一直报错500，点登录就闪退，无法登录", "urgency": "紧急"}
IMPROVE: dict[str, Any] = {"description": "希望报表页面增加按部门筛选的功能，现在要一个个找太麻烦", "urgency": "常规"}
BOSSES = ("陈主管", "钱总")


@pytest.fixture(scope="module")
def opened() -> Iterator[House]:
    with house() as found:
        yield found


@pytest.fixture
def home(opened: House) -> House:
    """Return the house on the morning of the next working day."""
    morning = local(opened).replace(hour=10, minute=0, second=0, microsecond=0)
    while morning <= local(opened) or morning.weekday() >= 4:
        morning += timedelta(days=1)
    opened.until(morning)
    return opened


def local(home: House) -> datetime:
    return home.now().astimezone(ZONE)


def taken(home: House, **facts: Any) -> tuple[Customer, str, str]:
    guest = customer(home, **facts)
    number = guest.at_once()
    who = home.holder(number)
    home.press(who, number, "接单")
    guest.reads()
    return guest, number, who


def pushes(guest: Customer, number: str) -> list[datetime]:
    """Return when the customer was told of his request without asking."""
    return [one.at.astimezone(ZONE) for one in guest.news() if one.sender == "bot" and number in one.text]


def test_an_urgent_request_nobody_accepts_is_told_to_somebody_else_after_ten_minutes(home: House) -> None:
    guest = customer(home, **BUG)
    number = guest.at_once()
    who = home.holder(number)
    counts = {name: home.count(name) for name in (*BOSSES, "李工", "赵工")}
    home.wait(minutes=9)
    assert not any(number in home.told(name, count) for name, count in counts.items())
    home.wait(minutes=2)
    told = [name for name, count in counts.items() if number in home.told(name, count)]
    assert set(told) - {who}, told


def test_near_and_over_of_respond_and_resolve_reach_the_right_people(home: House) -> None:
    start = local(home)
    guest, number, who = taken(home, **BUG)

    def alerted(name: str, after: int) -> list[datetime]:
        fresh = home.seen(name)[after:]
        return [one.at.astimezone(ZONE) for one in fresh if number in one.text and one.sender == "bot"]

    counts = {name: home.count(name) for name in (who, *BOSSES)}
    home.wait(hours=1, minutes=25)
    assert not alerted(who, counts[who])
    home.wait(minutes=10)
    assert alerted(who, counts[who]), "near respond"
    counts = {name: home.count(name) for name in (who, *BOSSES)}
    home.wait(minutes=30)
    seen = {name: alerted(name, count) for name, count in counts.items()}
    assert seen[who]
    assert any(seen[boss] for boss in BOSSES), "over respond"
    assert number in home.says("钱总", "/overdue")
    home.press(who, number, "更新进度", {"内容": "正在修复"})
    guest.reads()
    counts = {name: home.count(name) for name in (who, *BOSSES)}
    home.until(start + timedelta(hours=23, minutes=45))
    assert alerted(who, counts[who]), "near resolve"
    counts = {name: home.count(name) for name in (who, *BOSSES)}
    home.wait(minutes=30)
    assert alerted(who, counts[who])
    assert any(alerted(boss, counts[boss]) for boss in BOSSES), "over resolve"


def test_judging_urgent_moves_the_clocks(home: House) -> None:
    _, number, who = taken(home, **IMPROVE)
    assert number not in home.says("钱总", "/overdue")
    home.press(who, number, "改判", {"紧急程度": "紧急"})
    assert "P0" in home.says("钱总", f"/show {number}")
    home.wait(hours=2, minutes=5)
    assert number in home.says("钱总", "/overdue")


def test_pushes_keep_their_cadence_within_hours_over_a_weekend(home: House) -> None:
    friday = local(home).replace(hour=17)
    while friday.weekday() != 4:
        friday += timedelta(days=1)
    home.until(friday)
    urgent = taken(home, **BUG)
    important = taken(home, **BUG | {"urgency": "重要"})
    routine = taken(home, **IMPROVE)
    told: dict[str, list[datetime]] = {number: [] for _, number, _ in (urgent, important, routine)}
    for _ in range(8):
        home.wait(days=1)
        for guest, number, _ in (urgent, important, routine):
            fresh = pushes(guest, number)
            told[number] += fresh
            if guest is not routine[0] or fresh:
                guest.says("好的")
                guest.news()
    assert len(told[urgent[1]]) in {7, 8}, told
    assert len(told[important[1]]) in {3, 4}, told
    assert len(told[routine[1]]) in {0, 1}, told
    assert all(9 <= at.hour < 21 for times in told.values() for at in times), told
    assert any(at.weekday() >= 5 for at in told[urgent[1]]), told


def test_after_48_hours_what_is_new_waits_and_the_newest_comes_with_the_next_words(home: House) -> None:
    guest, number, who = taken(home, **BUG)
    home.wait(hours=49)
    guest.news()
    count = home.count(who)
    for content in ("第一步：定位", "第二步：修复", "第三步：验证"):
        home.press(who, number, "更新进度", {"内容": content})
    assert not guest.news()
    told = home.told(who, count)
    assert re.search("联系不上|无法.{0,6}(联系|送达|发送)|不能.{0,6}(联系|送达)|暂时", told), told
    answer = guest.says("在吗")
    assert "第三步：验证" in answer
    assert "第一步：定位" not in answer


def test_at_most_five_messages_go_out_and_the_newest_state_follows(home: House) -> None:
    guest, number, who = taken(home, **BUG)
    for step in range(1, 8):
        home.press(who, number, "更新进度", {"内容": f"步骤{step}号"})
    assert len([one for one in guest.news() if one.sender == "bot"]) <= 5
    answer = guest.says("进度")
    assert "步骤7号" in answer
    assert not [one for one in home.wecom.calls if one.endpoint.endswith("send_msg") and one.errcode == 95001]


def test_a_served_session_is_left_alone_and_spoken_to_again_afterwards(home: House) -> None:
    guest, number, who = taken(home, **BUG)
    home.run(home.wecom.servicer_takes(guest.key, "WuKeFu"))
    home.settle()
    guest.news()
    assert not guest.says("你好")
    home.press(who, number, "更新进度", {"内容": "已经修好一半"})
    assert not [one for one in guest.news() if one.sender == "bot"]
    home.run(home.wecom.servicer_ends(guest.key))
    home.settle()
    answer = guest.reads() + guest.says("进度")
    assert "已经修好一半" in answer


def test_the_survey_keeps_to_the_day(home: House) -> None:
    start = local(home)
    guest, number, who = taken(home, **BUG)
    home.press(who, number, "提交验收", {"内容": "修好了"})
    home.until(start.replace(hour=23))
    guest.news()
    asked = guest.says(f"验收通过 {number}")
    home.until(start + timedelta(days=1, hours=8))
    later = guest.news()
    assert "响应速度" in asked + "".join(one.text for one in later)
    for one in later:
        if "响应速度" in one.text:
            assert 9 <= one.at.astimezone(ZONE).hour < 18


def test_a_card_older_than_two_weeks_is_followed_by_a_new_one(home: House) -> None:
    guest, number, who = taken(home, **IMPROVE)
    old = home.card(who, number, "更新进度")
    count = home.count(who)
    home.wait(days=15)
    guest.says(f"补充 {number} 只要部门这一列")
    fresh = [one for one in home.seen(who)[count:] if one.card and number in one.text and home.buttons(one)]
    assert fresh, home.told(who, count)
    assert old.message_id not in {one.message_id for one in fresh}
    home.press(who, number, "更新进度", {"内容": "新卡片也能用"})
    assert "新卡片也能用" in guest.reads() + guest.says("进度")


def test_numbers_begin_anew_with_the_month(home: House) -> None:
    first = customer(home, **IMPROVE).at_once()
    month = (local(home).replace(day=1, hour=0) + timedelta(days=32)).replace(day=1)
    home.until(month - timedelta(minutes=5))
    last = customer(home, **IMPROVE).at_once()
    home.wait(minutes=10)
    assert first[:7] == last[:7]
    assert int(last[7:]) == int(first[7:]) + 1
    assert customer(home, **IMPROVE).at_once() == f"{month:%Y%m}-001"


def test_a_restart_forgets_nothing_of_an_intake(home: House) -> None:
    guest = customer(home)
    answer = guest.says(guest.facts.description)
    home.process.kill()
    home.process.wait(10)
    home.serve()
    home.settle()
    assert guest.goes_on(answer)
