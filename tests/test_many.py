"""More requests than a list shows: how many there are in all is said, to agents and to customers."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta

import pytest

from storage import chats, requests
from storage.database import Store
from tests.factories import CHEN, LI, MONDAY, WANG, ZHOU, Room, a_room

FIRST = "202611-001"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        room.registers()
        yield room


def copy(room: Room, count: int, **other: str) -> list[str]:
    """Open the first request as many times again; return the numbers."""
    row = asdict(room.request()) | other
    del row["id"]

    def add(store: Store) -> list[str]:
        numbers = [f"202611-{n:03}" for n in range(100, 100 + count)]
        for number in numbers:
            requests.add(store, row | {"number": number})
        return numbers

    return room.run(add)


def test_an_agent_with_more_than_a_page_of_requests_is_told_how_many(room: Room) -> None:
    copy(room, 24)
    told = room.said(LI, "/status").to(LI)
    assert "我的需求（25）" in told
    assert "共 25 个" in told
    assert told.count("202611-") == 20


def test_an_agent_with_a_page_of_requests_sees_them_all(room: Room) -> None:
    copy(room, 19)
    told = room.said(LI, "/status").to(LI)
    assert "我的需求（20）" in told
    assert "……" not in told
    assert told.count("202611-") == 20


def test_what_is_overdue_is_counted_whole_and_for_everybody_by_himself(room: Room) -> None:
    copy(room, 249, owner=CHEN, department="研发部")
    room.now = MONDAY + timedelta(days=60)
    assert "已超时的需求（250）" in room.said(ZHOU, "/overdue").to(ZHOU)
    assert "已超时的需求（249）" in room.said(CHEN, "/overdue").to(CHEN)
    assert "已超时的需求（1）" in room.said(LI, "/overdue").to(LI)


def test_a_customer_with_more_requests_than_are_listed_is_told_how_many(room: Room) -> None:
    copy(room, 29)
    told = room.said(WANG, "我的需求").customer
    assert "30 个" in told
    assert "最近的 10 个" in told
    assert told.count("202611-") == 10


def test_a_customer_asked_which_of_many_is_told_how_many(room: Room) -> None:
    copy(room, 14)
    told = room.said(WANG, "催办").customer
    assert "15 个" in told
    assert "最近的 9 个" in told
    assert "已催" in (said := room.said(WANG, f"催办 {FIRST}").customer) or FIRST in said
    assert [event.kind for event in room.events()].count("urge") == 1


def test_only_what_could_be_meant_is_counted(room: Room) -> None:
    copy(room, 14, status="testing")
    assert "14 个" in room.said(WANG, "验收通过").customer


def test_a_customer_with_few_requests_is_told_nothing_of_more(room: Room) -> None:
    copy(room, 2)
    assert "最近的" not in room.chats_with(WANG, "我的需求").customer
    assert "最近的" not in room.said(WANG, "催办").customer


def test_a_request_of_another_chat_is_found_behind_twenty_newer_ones(room: Room) -> None:
    mine = room.chat().customer_id
    copy(room, 25, chat="app:WangFang")
    room.said("app:WangFang", "你好")
    room.run(lambda store: chats.change(store, "app:WangFang", customer_id=mine))
    assert "状态" in room.said("app:WangFang", f"进度 {FIRST}").customer
