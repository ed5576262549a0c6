"""A merged request whose customer does not answer the delivery follows the acceptance of the one kept (A-171)."""

from datetime import timedelta

import pytest

from storage.database import Database
from tests.alike_stage import STUCK, STUCK_TOO, WANG, ZHAO, card_of, merged, registers
from tests.factories import LI, MONDAY, Room, a_desk, buttons_of
from tests.proxy_stage import brings

DAYS = timedelta(days=3)


@pytest.fixture
def room(database: Database) -> Room:
    """Open a room on each kind of database."""
    return Room(database, a_desk(), MONDAY)


@pytest.fixture
def pair(room: Room) -> tuple[str, str]:
    """Register the same need of two customers and deliver the first; the second is merged into it."""
    numbers = registers(room, WANG, STUCK), registers(room, ZHAO, STUCK_TOO)
    delivers(room, numbers[0])
    merged(room, numbers)
    return numbers


def delivers(room: Room, number: str) -> None:
    for label in ("接单", "提交验收"):
        room.press(label, LI, next(one for one in buttons_of(card_of(room, number)) if one.label == label))
    room.press("提交", LI, None, content="修好了")


def test_with_the_acceptance_of_the_kept_request_a_clock_begins(room: Room, pair: tuple[str, str]) -> None:
    assert room.request(pair[1]).status == "testing"
    assert room.dues(pair[1]) == {}
    room.said(WANG, f"验收通过 {pair[0]}")
    assert room.request(pair[1]).status == "testing"
    assert set(room.dues(pair[1])) == {"follow"}


def test_who_says_nothing_until_then_is_taken_for_content_and_told_so(room: Room, pair: tuple[str, str]) -> None:
    room.said(WANG, f"验收通过 {pair[0]}")
    heard = room.sweep_until(room.now + DAYS)
    assert room.request(pair[1]).status == "done"
    assert pair[1] in heard.to(ZHAO)
    assert pair[0] not in heard.to(ZHAO), "of others he learns nothing"
    assert f"随 {pair[0]} 的验收" in heard.to(LI)
    assert room.events(pair[1])[-1].actor == "silence"
    assert room.dues(pair[1]) == {}


def test_he_is_asked_for_no_scores_and_may_still_object(room: Room, pair: tuple[str, str]) -> None:
    room.said(WANG, f"验收通过 {pair[0]}")
    assert "打分" not in room.sweep_until(room.now + DAYS).to(ZHAO)
    assert "还是不行" in room.said(ZHAO, f"补充 {pair[1]} 还是不行").to(LI)


@pytest.mark.parametrize(("said", "status"), [("验收通过", "done"), ("未解决 还是不行", "working")])
def test_who_answers_in_time_decides_himself(room: Room, pair: tuple[str, str], said: str, status: str) -> None:
    room.said(WANG, f"验收通过 {pair[0]}")
    room.said(ZHAO, said)
    assert "follow" not in room.dues(pair[1])
    room.sweep_until(room.now + DAYS)
    assert room.request(pair[1]).status == status
    assert room.events(pair[1])[-1].actor != "silence"


def test_a_request_split_off_follows_nothing_any_more(room: Room, pair: tuple[str, str]) -> None:
    room.said(WANG, f"验收通过 {pair[0]}")
    room.said("ou_zhou", f"/split {pair[1]}")
    room.sweep_until(room.now + DAYS)
    assert room.request(pair[1]).status == "testing"


def test_while_the_kept_request_is_worked_on_again_nothing_is_taken_for_granted(
    room: Room, pair: tuple[str, str]
) -> None:
    room.said(WANG, f"验收通过 {pair[0]}")
    room.chats_with(WANG, "1 1 1 没修好")
    assert room.request(pair[0]).status == "working"
    room.sweep_until(room.now + DAYS)
    assert room.request(pair[1]).status == "testing"


def test_where_nobody_can_be_asked_it_follows_at_once(room: Room) -> None:
    kept = registers(room, WANG, STUCK)
    brought = brings(room, contact="钱进", phone="13900005678", description=STUCK_TOO).request.number
    delivers(room, kept)
    merged(room, (kept, brought))
    assert room.request(brought).status == "testing"
    room.said(WANG, f"验收通过 {kept}")
    assert room.request(brought).status == "done"


def test_nobody_is_told_at_night(room: Room, pair: tuple[str, str]) -> None:
    room.said(WANG, f"验收通过 {pair[0]}")
    assert 9 <= room.dues(pair[1])["follow"].astimezone(room.desk.policy.zone).hour < 21
