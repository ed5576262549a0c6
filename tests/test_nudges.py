"""Nudges: when a silent customer is reminded of an open intake, and the reminder on its way."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.sandbox.stage import Stage
from handlers import dispatch, reminders, window
from handlers.intake import nudges
from handlers.intake.draft import Draft
from handlers.messages import Outgoing, Text
from storage import chats, jobs, lanes, queues
from storage.chats import Chat
from storage.database import Database
from tests.chatfile import START
from tests.factories import MONDAY, NEED, PROFILE, WANG, Room, a_desk, a_room, rules, shanghai
from tests.jobs_stage import put_one

HOUR = timedelta(hours=1)
ANOTHER = "想在订单列表里增加按部门筛选的功能，现在要一个个翻"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def half_done(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE)


def a_chat(**own: Any) -> Chat:
    return msgspec.structs.replace(Chat(WANG, last_inbound_at=MONDAY), **own)


DRAFT = Draft(started=MONDAY, answers={"description": NEED})


# --- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "reminded"),
    [
        ("2026-11-23 10:00", "2026-11-23 12:00"),
        ("2026-11-23 18:59", "2026-11-23 20:59"),
        ("2026-11-23 19:00", "2026-11-24 09:00"),
        ("2026-11-23 23:30", "2026-11-24 09:00"),
        ("2026-11-24 06:00", "2026-11-24 09:00"),
        ("2026-11-24 08:00", "2026-11-24 10:00"),
    ],
)
def test_the_reminder_keeps_to_the_hours(said: str, reminded: str) -> None:
    assert nudges.moment(shanghai(said), rules()) == shanghai(reminded)


def test_a_silent_customer_is_reminded_once_of_what_is_missing(room: Room) -> None:
    half_done(room)
    assert room.sweep_until(room.now + HOUR).customer == ""
    told = room.sweep_until(room.now + HOUR).customer
    assert "还差：需求背景、紧急程度、历史需求记录" in told
    assert "1. 继续" in told
    assert room.sweep_until(room.now + timedelta(days=30)).customer == ""


def test_a_word_puts_the_reminder_off(room: Room) -> None:
    half_done(room)
    room.sweep_until(room.now + HOUR)
    room.said(WANG, "昨天升级之后")
    assert room.sweep_until(room.now + HOUR + HOUR / 2).customer == ""
    assert "紧急程度" in room.sweep_until(room.now + HOUR).customer


def test_nobody_is_reminded_twice_of_one_intake(room: Room) -> None:
    half_done(room)
    room.sweep_until(room.now + 3 * HOUR)
    room.said(WANG, "昨天升级之后")
    assert room.sweep_until(room.now + timedelta(days=2)).customer == ""


@pytest.mark.parametrize("end", ["取消", "人工", "稍后再说"])
def test_nobody_is_reminded_of_what_is_over_or_put_off(room: Room, end: str) -> None:
    half_done(room)
    room.said(WANG, end)
    assert room.chat().remind_at is None
    assert "还差" not in room.sweep_until(room.now + 6 * HOUR).customer


@pytest.mark.parametrize(
    ("chat", "later"),
    [
        ({"sent": window.MESSAGES}, 2 * HOUR),
        ({"serving": True}, 2 * HOUR),
        ({}, timedelta(hours=24)),
        ({}, timedelta(hours=49)),
        ({"last_inbound_at": None}, 2 * HOUR),
    ],
    ids=["window used up", "a person serves", "saved as a draft", "window expired", "never heard"],
)
def test_a_reminder_that_would_be_wrong_is_none(chat: dict[str, Any], later: timedelta) -> None:
    assert reminders.reminder(DRAFT, a_chat(**chat), MONDAY + later, rules()) is None


def test_a_reminder_is_unasked_and_worth_nothing_later() -> None:
    told = reminders.reminder(DRAFT, a_chat(), MONDAY + 2 * HOUR, rules())
    assert told
    assert (told.unasked, told.fleeting, told.supersedes) == (True, True, nudges.TAG)


def test_members_of_the_app_have_no_window() -> None:
    chat = a_chat(key="app:LiGong", sent=window.MESSAGES)
    assert reminders.reminder(DRAFT, chat, MONDAY + 2 * HOUR, rules())


def test_a_reminder_slept_through_the_evening_comes_in_the_morning(room: Room) -> None:
    half_done(room)
    room.now = shanghai("2026-11-23 22:00")
    assert room.sweep().customer == ""
    assert room.chat().remind_at == shanghai("2026-11-24 09:00")


def test_a_draft_nobody_can_read_any_more_troubles_nobody_else(room: Room) -> None:
    half_done(room)
    room.run(lambda store: chats.change(store, WANG, draft=b"[]"))
    assert room.sweep_until(room.now + 3 * HOUR).customer == ""
    assert room.chat().remind_at is None


def test_times_come_from_the_policy() -> None:
    with a_room(intake={"remind": "30m", "lapse": "1h"}) as room:
        half_done(room)
        assert "还差" in room.sweep_until(room.now + timedelta(minutes=31)).customer
        room.now += HOUR
        assert "上次登记到一半" in room.said(WANG, "你好").customer


def test_whatever_a_moment_makes_us_say_to_a_customer_is_marked_as_unasked(room: Room) -> None:
    """A sweep answers nobody: pushes, surveys and reminders all keep to the hours wherever they are held up."""
    room.delivers()
    room.now = room.now.replace(hour=14)  # 22:00 in Shanghai: the survey waits
    room.said(WANG, "验收通过")
    room.said("kf:wk:other", NEED)
    room.chats_with("kf:wk:third", NEED, PROFILE, "昨天升级之后", "1", "没有", "确认")
    room.press("接单")
    swept = room.sweep_until(room.now + timedelta(days=3)).outgoing
    told = [one for one in swept if one.platform == "wecom"]
    assert {word for one in told for word in ("打分", "进度更新", "还差") if word in one.message.as_text()} == {
        "打分",
        "进度更新",
        "还差",
    }
    assert all(one.unasked for one in told)


def _draft(room: Room) -> Draft:
    kept = room.chat().draft
    assert kept
    return msgspec.json.decode(kept, type=Draft)


# --- on its way -------------------------------------------------------------------------------------------------------


def test_whose_reminder_is_due_is_found_by_its_moment(database: Database) -> None:
    def work(store: Any) -> tuple[list[str], object]:
        for key, hours in (("kf:a:1", 2), ("kf:a:2", 1), ("kf:a:3", 5)):
            chats.open_chat(store, key)
            chats.change(store, key, remind_at=MONDAY + hours * HOUR)
        chats.open_chat(store, "kf:a:4")
        return [chat.key for chat in chats.to_remind(store, MONDAY + 2 * HOUR, 10)], chats.next_reminder(store)

    assert database.run_sync(work) == (["kf:a:2", "kf:a:1"], MONDAY + HOUR)


def test_a_postponed_promise_leaves_its_line_and_comes_back_at_its_moment(database: Database) -> None:
    def work(store: Any) -> list[list[str]]:
        for name in ("push", "answer"):
            put_one(store, "wecom", "kf:a:1", name, b"", now=MONDAY)
        (push,) = jobs.take(store, "wecom", MONDAY, 10)
        assert jobs.postpone(store, push, MONDAY + HOUR)
        (answer,) = seen = jobs.take(store, "wecom", MONDAY, 10)
        assert jobs.finish(store, answer, MONDAY)
        assert queues.next_later(store) == MONDAY + HOUR
        lanes.enter(store, MONDAY + HOUR)
        return [[one.dedup for one in found] for found in (seen, jobs.take(store, "wecom", MONDAY + HOUR, 10))]

    assert database.run_sync(work) == [["answer"], ["push"]]


@pytest.mark.parametrize(
    ("at", "heard", "until"),
    [
        ("2026-11-23 12:00", None, None),
        ("2026-11-23 22:00", None, "2026-11-24 09:00"),
        ("2026-11-24 08:59", "2026-11-23 20:00", "2026-11-24 09:00"),
        ("2026-11-23 22:00", "2026-11-23 21:55", None),
    ],
    ids=["by day", "at night", "before nine", "while he writes"],
)
def test_what_nobody_asked_for_waits_for_the_morning(room: Room, at: str, heard: str | None, until: str | None) -> None:
    moment = shanghai(heard) if heard else None
    room.run(lambda store: chats.open_chat(store, WANG))
    room.run(lambda store: chats.change(store, WANG, last_inbound_at=moment))
    for unasked in (True, False):
        told = Outgoing(to=WANG, message=Text(text="进度"), key="push", unasked=unasked)
        waits = room.run(lambda store, told=told: window.postponed(told, store, a_desk(), shanghai(at)))  # type: ignore[misc]
        assert waits == (shanghai(until) if until and unasked else None)


def test_a_reminder_that_meets_a_shut_window_is_dropped_and_never_comes_later(tmp_path: Path) -> None:
    async def play() -> tuple[list[str], list[str]]:
        async with Stage(data_dir=tmp_path, start=START) as stage:
            await stage.settle()
            await stage.customer(NEED)
            await stage.settle()
            stage.said_to_customer()
            # The platform has the last word: it says that the window is used up.
            stage.wecom.inject("kf/send_msg", errcode=95001, times=1)
            await stage.wait("3h")
            silent = stage.said_to_customer()
            await stage.customer("进度")
            await stage.settle()
            return silent, stage.said_to_customer()

    silent, after = asyncio.run(play())
    assert silent == []
    assert not any("要现在继续吗" in told for told in after)


def test_a_whole_night_brings_customers_nothing_unasked(tmp_path: Path) -> None:
    """A request at work with pushes due at night, a survey, an intake left open: all of it waits for nine o'clock."""
    evening = START.replace(hour=20, minute=30)

    async def play() -> tuple[list[str], list[str]]:
        async with Stage(data_dir=tmp_path, start=evening) as stage:
            await stage.settle()
            for words in (NEED, PROFILE, "昨天升级之后", "1", "没有", "确认"):
                await stage.customer(words)
                await stage.settle()
            await stage.press("接单")
            await stage.customer(NEED, "张伟")
            await stage.settle()
            await stage.until(evening.replace(hour=21, minute=0))
            seen = {who: len(stage.seen_in_wecom(who)) for who in ("王芳", "张伟")}
            # What was to be said at 20:59 and could not be does not come in the middle of the night either.
            late: list[str] = []
            morning: list[str] = []
            for _ in range(12):
                await stage.wait("1h")
                news = [one.text for who in seen for one in stage.seen_in_wecom(who)[seen[who] :]]
                if not 9 <= stage.now().astimezone(START.tzinfo).hour < 21:
                    late += news
                morning += news
            return late, morning

    late, morning = asyncio.run(play())
    assert late == []
    assert any("要现在继续吗" in told for told in morning)


def test_a_push_that_could_not_be_sent_in_the_evening_waits_for_the_morning(tmp_path: Path) -> None:
    evening = START.replace(hour=20, minute=40)

    async def play() -> tuple[list[str], list[str]]:
        async with Stage(data_dir=tmp_path, start=evening) as stage:
            await stage.settle()
            for words in (NEED, PROFILE, "昨天升级之后", "1", "没有", "确认"):
                await stage.customer(words)
                await stage.settle()
            await stage.press("接单")
            await stage.settle()
            await stage.until(evening + timedelta(days=1, minutes=-5))
            stage.said_to_customer()
            stage.wecom.inject("kf/send_msg", http=502, times=30)  # backing off, it crosses 21:00
            await stage.until(evening + timedelta(days=1, hours=12))
            night = stage.said_to_customer()
            await stage.until(evening + timedelta(days=1, hours=15))
            return night, stage.said_to_customer()

    night, after_nine = asyncio.run(play())
    assert night == []
    assert any("进度更新" in told for told in after_nine)


def test_the_next_moment_is_the_earlier_of_both_kinds(room: Room) -> None:
    room.registers()
    room.said(WANG, ANOTHER)
    dues_first = room.run(dispatch.next_moment)
    room.run(lambda store: chats.change(store, WANG, remind_at=MONDAY))
    assert room.run(dispatch.next_moment) == MONDAY
    assert dues_first
    assert dues_first > MONDAY


@pytest.mark.parametrize(
    ("said", "joined"), [("是的", True), ("对，是一回事", True), ("不是", False), ("不是一回事", False)]
)
def test_whether_it_is_the_same_may_be_answered_by_yes_or_no(room: Room, said: str, joined: bool) -> None:
    half_done(room)
    room.now += timedelta(days=3)
    room.chats_with(WANG, ANOTHER, said)
    assert _draft(room).answers["description"] == (f"{NEED}\n{ANOTHER}" if joined else ANOTHER)


@pytest.mark.parametrize("said", ["补充：只有安卓手机有问题", "再补充一点：只有安卓手机有问题"])
def test_what_is_added_beside_a_saved_draft_goes_to_the_request(room: Room, said: str) -> None:
    number = room.registers()
    room.said(WANG, ANOTHER)
    room.now += timedelta(days=3)
    assert f"已补充到需求 {number}" in room.said(WANG, said).customer
    assert "安卓" not in str(_draft(room).answers)
