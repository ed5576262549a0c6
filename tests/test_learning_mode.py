"""Confirmation mode: when it begins and ends, who is told, and what is different meanwhile (process.md A-217)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from handlers import dispatch
from handlers.announcements import announce
from handlers.messages import Outgoing
from handlers.requests import confirming
from storage.database import Database
from tests.factories import LI, MONDAY, NEED, PROFILE, WANG, ZHAO, ZHOU, Room, a_desk, a_room, person
from tests.learning_stage import SMALL, alarms, decided, decides, guesses, in_mode, opens

URGENT = "收银系统现在打不开了，门店全部停业，客户在排队，必须马上恢复"


@pytest.fixture
def room(database: Database) -> Room:
    """Open a room on each of the two databases, where few decisions decide."""
    database.upgrade()
    return Room(database, a_desk(**SMALL), MONDAY)


def decisions(room: Room, *kept: bool) -> tuple[Outgoing, ...]:
    """Let a manager judge requests one after the other; return what is told of the mode."""
    told: tuple[Outgoing, ...] = ()
    for one in kept:
        room.now += timedelta(seconds=1)
        values: dict[str, Any] = {"type": "bug" if one else "improve"}
        told += room.run(partial(decides, desk=room.desk, now=room.now, **values))
    return tuple(alarms(told))


def modes(room: Room) -> dict[str, bool]:
    return {head: mode.on for head, mode in room.run(confirming.modes).items()}


def test_it_begins_when_too_few_are_kept_and_managers_are_told_once(room: Room) -> None:
    (told,) = decisions(room, True, True, True, False)
    assert told.to == f"fs:{ZHOU}"
    text = told.message.as_text()
    for word in ("“类型”", "75%", "人工确认模式", "4 次", "80%", "83%"):
        assert word in text
    assert modes(room) == {"type": True}
    assert room.desk.confirming.heads == {"type"}
    assert decisions(room, False, False) == ()


def test_with_few_decisions_nothing_begins(room: Room) -> None:
    assert decisions(room, False, False, False) == ()
    assert modes(room) == {}


def test_at_the_line_itself_it_does_not_begin(room: Room) -> None:
    assert decisions(room, True, True, True, True, False) == ()


def test_it_ends_above_the_upper_line_only_and_that_is_told_once(room: Room) -> None:
    decisions(room, True, True, True, False)
    assert decisions(room, True) == (), "80 % is above the lower line, and below the upper one"
    assert modes(room) == {"type": True}
    (told,) = decisions(room, True)
    assert "恢复" in told.message.as_text()
    assert "5 次（83%）" in told.message.as_text()
    assert modes(room) == {"type": False}
    assert room.desk.confirming.heads == frozenset()
    assert decisions(room, True, True) == ()
    (again,) = decisions(room, False, False)
    assert again.key != told.key


def test_the_other_questions_stay_as_they_are(room: Room) -> None:
    decisions(room, False, False, False, False)
    assert modes(room) == {"type": True}


def test_only_the_latest_decisions_count(room: Room) -> None:
    decisions(room, *[False] * 4)
    assert decisions(room, *[True] * 8) == ()
    assert len(decisions(room, True)) == 1, "of the last ten one was changed"


def test_what_is_too_old_does_not_count(room: Room) -> None:
    decisions(room, False, False, False)
    room.now += timedelta(days=31)
    assert decisions(room, False) == ()
    assert modes(room) == {}


def test_a_correction_of_the_customer_counts_at_once(room: Room) -> None:
    told: list[Outgoing] = []
    for _ in range(4):
        room.now += timedelta(seconds=1)
        happened = room.run(lambda store: opens(store, room.desk, room.now, type="consult"))
        told += list(announce(happened, room.desk))
    assert len(alarms(told)) == 1


def test_without_managers_the_leads_are_told() -> None:
    people = [person("李工", LI), person("陈晨", "ou_chen", roles=["agent", "lead"])]
    with a_room(people=people, **SMALL) as room:
        assert [one.to for one in decisions(room, False, False, False, False)] == ["fs:ou_chen"]


def test_two_processes_tell_it_once_and_each_learns_of_it(url: str) -> None:
    first = Database(url)
    first.start()
    first.upgrade()
    second = Database(url) if first.dialect == "postgresql" else first
    if second is not first:
        second.start()
    desks = [a_desk(**SMALL), a_desk(**SMALL)]

    def work(place: int) -> list[Outgoing]:
        database, chat = (first, second)[place], (WANG, ZHAO)[place]
        told: list[Outgoing] = []
        for step in range(6):
            now = MONDAY + timedelta(seconds=step)
            told += alarms(database.run_sync(partial(decides, desk=desks[place], now=now, chat=chat, type="improve")))
        return told

    try:
        with ThreadPoolExecutor(2) as both:
            told = [one for each in both.map(work, (0, 1)) for one in each]
        assert len(told) == 1
        for desk, database in zip(desks, (first, second), strict=True):
            desk.confirming.heads = frozenset()
            database.run_sync(partial(dispatch.sweep, MONDAY, desk=desk))
            assert desk.confirming.heads == {"type"}
    finally:
        first.close()
        if second is not first:
            second.close()


# --- what is different meanwhile ---


def test_no_type_stands_in_the_summary_and_the_agent_confirms_it() -> None:
    with a_room(desk=in_mode("type", "nature")) as room:
        room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "1", "没有", "确认")
        assert "需求类型" not in "\n".join(told.message.as_text() for told in room.told if told.to == WANG)
        (shown,) = [told.message.as_text() for told in room.told if told.to == f"fs:{LI}"]
        assert "类型：问题修复（待确认，系统建议，依据：" in shown
        assert "性质：产品类（待确认，系统建议，依据：" in shown
        labels = room.labels()
        assert "确认问题修复" in labels
        assert "确认产品类" in labels
        before = decided(room, 1)["type"]
        assert (before.rank, before.sure) == (0, True)
        room.press("确认问题修复")
        assert "待确认" not in room.told[-1].message.as_text().split("性质")[0]
        after = decided(room, 1)["type"]
        assert (after.kept, after.actor) == (True, f"fs:{LI}")


def test_the_impact_is_asked_even_where_the_words_are_urgent() -> None:
    for mode, asked in ((("urgency",), True), ((), False)):
        with a_room(desk=in_mode(*mode)) as room:
            room.chats_with(WANG, URGENT, PROFILE, "今天早上开始的")
            assert ("紧急程度：现在" in room.told[-1].message.as_text()) is asked


def test_a_person_comes_at_any_time() -> None:
    with a_room(desk=in_mode("type", "urgency", "nature")) as room:
        room.chats_with(WANG, NEED, "人工")
        assert room.newest().status == "waiting"
        assert "确认紧急" in room.labels(room.newest().owner)


def test_the_board_and_the_model_show_it_and_nobody_else_sees_them(room: Room) -> None:
    decisions(room, True, True, True, False)
    for who in (ZHOU, LI):
        assert "“类型”模型准确率 75% → 人工确认模式" in room.said(who, "/status").staff
    shown = room.said(LI, "/模型").staff
    for word in (
        "75%（最近 4 次采纳 3 次）",
        "人工确认模式（2026-11-23 10:00 起）",
        "4 条需求有人员的判定",
        "预填建议",
        "yingxu",
    ):
        assert word in shown
    assert "75%" not in room.said("ou_stranger", "/model").staff
    assert "用法：/model" in room.said(ZHOU, "/model type").staff
    assert "/model" in room.said(ZHOU, "/help").staff
    decisions(room, True, True)
    assert "人工确认模式" not in room.said(ZHOU, "/status").staff


def test_the_model_says_in_words_what_its_share_is_counted_from(room: Room) -> None:
    decisions(room, True, True, False)
    hard = room.run(lambda store: opens(store, room.desk, room.now, guesses(unsure=("type",)), type="bug"))
    assert hard.request.type == "bug"
    room.run(lambda store: opens(store, room.desk, room.now, guesses(unsure=("type",))))
    shown = room.said(ZHOU, "/model").staff
    assert "67%（最近 3 次采纳 2 次），不足 4 次不切换，另有 1 次系统不确定，未计入；预填建议" in shown
    for word in ("只算系统有把握的建议", "算未采纳", "不是全部需求的准确率", "每项最多取 30 天内最近 10 次"):
        assert word in shown


def test_a_manager_may_ask_for_the_model_in_wecom() -> None:
    with a_room() as room:
        heard = room.said("app:ZhouJingLi", "/模型")
        assert "【分类模型】" in heard.outgoing[0].message.as_text()
