"""Merging: both customers keep their numbers, who is told what, and what the commands refuse."""

import pytest

from handlers.requests.merging import merge
from storage import requests
from storage.database import Database
from tests.alike_stage import CHAIRS, NAMES, QIAN, STUCK, STUCK_TOO, WANG, ZHAO, around, card_of, merged, registers
from tests.factories import CHEN, LI, MONDAY, ZHOU, Room, a_desk

STRANGER = "ou_stranger"


@pytest.fixture
def room(database: Database) -> Room:
    """Open a room on each kind of database."""
    return Room(database, a_desk(), MONDAY)


@pytest.fixture
def pair(room: Room) -> tuple[str, str]:
    """Register the same need of two customers, with two people; the first is kept in what follows."""
    return registers(room, WANG, STUCK), registers(room, ZHAO, STUCK_TOO, owner=CHEN)


def test_the_merged_customer_is_told_once_how_many_asked_and_nobody_is_named(room: Room, pair: tuple[str, str]) -> None:
    heard = merged(room, pair)
    told = heard.to(ZHAO)
    assert "已有 2 位客户提出同样的需求" in told
    assert pair[1] in told
    for secret in (pair[0], *NAMES[WANG]):
        assert secret not in told
    assert heard.to(WANG) == "", "the other has heard nothing new"
    assert room.request(pair[1]).open


def test_who_works_on_the_kept_request_works_on_both(room: Room, pair: tuple[str, str]) -> None:
    heard = merged(room, pair)
    request = room.request(pair[1])
    assert (request.owner, request.department) == (LI, room.request(pair[0]).department)
    assert "已转给李工" in heard.to(CHEN)
    assert [button.label for button in card_of(room, pair[1]).message.buttons] == ["请客户补充", "拆分"]  # type: ignore[union-attr]  # a card
    assert pair[0] in card_of(room, pair[1]).message.as_text()


def test_the_votes_stand_on_the_card_and_in_show(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    third = registers(room, QIAN, STUCK)
    room.said(ZHOU, f"/merge {third} {pair[0]}")
    card = card_of(room, pair[0]).message.as_text()
    assert "已有 3 位客户提出" in card
    assert pair[1] in card
    assert third in card
    assert "已有 3 位客户提出" in room.said(ZHOU, f"/show {pair[0]}").to(ZHOU)
    assert pair[0] in room.said(ZHOU, f"/show {pair[1]}").to(ZHOU)


def test_one_customer_twice_is_one_vote(room: Room) -> None:
    first, again = registers(room, WANG, STUCK), registers(room, WANG, STUCK_TOO)
    heard = room.said(ZHOU, f"/merge {again} {first}")
    assert around(room, first).votes == 1
    assert "位客户" not in heard.to(WANG)
    assert first in heard.to(WANG)
    assert again in heard.to(WANG)


def test_it_is_recorded_on_both(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    assert room.events(pair[1])[-1].kind == "merge"
    assert room.events(pair[0])[-1].kind == "join"
    for number, other in (pair, pair[::-1]):
        assert other in room.said(ZHOU, f"/show {number}").to(ZHOU)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/merge", "用法"),
        ("/merge {1}", "用法"),
        ("/merge {1} {0} {0}", "用法"),
        ("/merge {1} 202611-999", "202611-999"),
        ("/merge 202611-999 {0}", "202611-999"),
        ("/merge {1} {1}", "不能并入自己"),
        ("/split", "用法"),
        ("/split {1}", "没有并入"),
        ("/split 202611-999", "202611-999"),
    ],
)
def test_what_cannot_be_meant_is_answered_with_why_and_the_usage(
    room: Room, pair: tuple[str, str], text: str, why: str
) -> None:
    before = room.picture()
    told = room.said(ZHOU, text.format(*pair)).to(ZHOU)
    assert why in told
    assert "用法" in told
    assert room.picture() == before


def test_neither_a_circle_nor_a_second_merge_is_made(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    third = registers(room, QIAN, CHAIRS)
    before = room.picture()
    assert "不能反过来" in room.said(ZHOU, f"/merge {pair[0]} {pair[1]}").to(ZHOU)
    assert f"已并入 {pair[0]}" in room.said(ZHOU, f"/merge {pair[1]} {pair[0]}").to(ZHOU)
    assert f"已并入 {pair[0]}" in room.said(ZHOU, f"/merge {pair[1]} {third}").to(ZHOU)
    assert "请在" in room.said(ZHOU, f"/assign {pair[1]} 陈晨").to(ZHOU)
    assert room.picture() == before


def test_merging_into_a_merged_request_goes_to_the_one_it_follows(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    third = registers(room, QIAN, STUCK)
    assert pair[0] in room.said(ZHOU, f"/merge {third} {pair[1]}").to(ZHOU)
    family = around(room, third)
    assert family.root is not None
    assert family.root.number == pair[0]
    assert family.votes == 3


def test_those_who_followed_a_merged_request_follow_where_it_goes(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    third = registers(room, QIAN, STUCK, owner=CHEN)
    room.said(ZHOU, f"/merge {pair[0]} {third}")
    assert {member.number for member in around(room, third).members} == set(pair)
    assert around(room, third).votes == 3
    assert {room.request(number).owner for number in (*pair, third)} == {CHEN}


@pytest.mark.parametrize("status", ["testing", "done", "closed", "withdrawn"])
def test_what_is_delivered_or_over_is_not_merged(room: Room, pair: tuple[str, str], status: str) -> None:
    request = room.request(pair[1])
    room.run(lambda store: requests.change(store, request, status=status))
    before = room.picture()
    assert "不能合并" in merged(room, pair).to(ZHOU)
    if status != "testing":
        assert "不能合并" in room.said(ZHOU, f"/merge {pair[0]} {pair[1]}").to(ZHOU)
    assert room.picture() == before


@pytest.mark.parametrize("text", ["/merge {1} {0}", "/split {1}"])
def test_whom_it_does_not_concern_changes_nothing(room: Room, pair: tuple[str, str], text: str) -> None:
    before = room.picture()
    for who in (LI, STRANGER):
        told = room.said(who, text.format(*pair)).to(who)
        assert told
        assert "赵强" not in told
    assert room.picture() == before


def test_the_commands_are_listed_with_their_aliases(room: Room) -> None:
    listed = room.said(ZHOU, "/help").to(ZHOU)
    assert "/merge 编号 保留编号" in listed
    assert "/split 编号" in listed
    for alias in ("合并", "拆"):
        assert "用法" not in room.said(ZHOU, f"/help {alias}").to(ZHOU)


def test_nothing_is_merged_by_itself(room: Room) -> None:
    first, second = registers(room, WANG, STUCK), registers(room, ZHAO, STUCK)
    assert around(room, first).votes == around(room, second).votes == 1
    assert around(room, second).root is None


def test_a_request_merged_twice_at_once_is_merged_once(room: Room, pair: tuple[str, str]) -> None:
    one, two = room.request(pair[1]), room.request(pair[0])
    room.run(lambda store: merge(one, two, f"fs:{ZHOU}", room.now, store, room.desk))
    assert "已并入" in merged(room, pair).to(ZHOU)
    assert [event.kind for event in room.events(pair[1])].count("merge") == 1
