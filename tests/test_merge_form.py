"""The form that merges from a card: what it offers, what may be typed, and what it does not tell."""

import pytest

from handlers.messages import Form
from storage.database import Database
from tests.alike_stage import CHAIRS, STUCK, STUCK_TOO, WANG, ZHAO, around, merged, registers
from tests.factories import CHEN, MONDAY, ZHOU, Room, a_desk


@pytest.fixture
def room(database: Database) -> Room:
    """Open a room on each kind of database."""
    return Room(database, a_desk(), MONDAY)


@pytest.fixture
def pair(room: Room) -> tuple[str, str]:
    """Register the same need of two customers, with two people; the first is kept in what follows."""
    return registers(room, WANG, STUCK), registers(room, ZHAO, STUCK_TOO, owner=CHEN)


def test_the_form_of_the_card_names_what_is_alike_and_fills_in_the_best(room: Room, pair: tuple[str, str]) -> None:
    room.press("合并", CHEN)
    form = room.told[-1].message
    assert isinstance(form, Form)
    assert form.inputs[0].label == "编号"
    assert form.inputs[0].initial == pair[0]
    assert pair[0] in form.body
    heard = room.press("提交", CHEN, None, number=pair[0])
    assert heard.toast is not None
    assert heard.toast.kind == "success"
    assert around(room, pair[0]).votes == 2


def test_a_form_submitted_twice_counts_once(room: Room, pair: tuple[str, str]) -> None:
    room.press("合并", CHEN)
    button = room.button("提交", CHEN)
    room.press("提交", CHEN, None, number=pair[0])
    before = room.picture()
    for who in (CHEN, ZHOU):
        heard = room.press("提交", who, button, number=pair[0])
        assert heard.toast is not None
        assert heard.toast.kind == "warning"
    assert room.picture() == before


@pytest.mark.parametrize("typed", ["", "   ", "202611-999", "什么", "202611-002"])
def test_a_number_that_cannot_be_meant_changes_nothing_and_says_why(
    room: Room, pair: tuple[str, str], typed: str
) -> None:
    room.press("合并", CHEN)
    before = room.picture()
    heard = room.press("提交", CHEN, None, number=typed)
    assert heard.toast is not None
    assert heard.toast.kind == "warning"
    assert heard.toast.text
    assert room.picture() == before


@pytest.mark.parametrize("typed", ["202611001", "２０２６１１－００１", "#202611—001", " 202611-001 "])
def test_a_number_may_be_written_in_any_way(room: Room, pair: tuple[str, str], typed: str) -> None:
    room.press("合并", CHEN)
    room.press("提交", CHEN, None, number=typed)
    assert around(room, pair[0]).votes == 2


def test_an_agent_cannot_merge_into_what_he_was_not_shown(room: Room) -> None:
    registers(room, WANG, CHAIRS)
    mine = registers(room, ZHAO, STUCK_TOO, owner=CHEN)
    before = room.picture()
    room.press("合并", CHEN)
    secret = room.press("提交", CHEN, None, number="202611-001")
    nobodys = room.press("提交", CHEN, None, number="202611-999")
    assert secret.toast is not None
    assert nobodys.toast is not None
    assert secret.toast.text == nobodys.toast.text.replace("202611-999", "202611-001")
    told = room.said(CHEN, f"/merge {mine} 202611-001").to(CHEN)
    assert told == room.said(CHEN, f"/merge {mine} 202611-999").to(CHEN).replace("202611-999", "202611-001")
    assert room.picture() == before


def test_a_form_opened_before_the_merge_names_where_to_work(room: Room, pair: tuple[str, str]) -> None:
    room.press("关闭", CHEN)
    submit = room.button("提交", CHEN)
    merged(room, pair)
    before = room.picture()
    heard = room.press("提交", ZHOU, submit, reason="不做")
    assert heard.toast is not None
    assert pair[0] in heard.toast.text
    assert room.picture() == before
