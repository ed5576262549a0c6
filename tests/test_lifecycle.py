"""The life of a request: what is allowed when, what is said of it, and which number it has."""

import json
from collections.abc import Iterator

import pytest

from handlers import sweeps
from handlers.announcements import ANNOUNCEMENTS, announce
from handlers.requests import clocks
from handlers.requests.card import BUTTONS, assignment
from handlers.requests.judging import judged
from handlers.requests.lifecycle import TRANSITIONS, Happening, NotNow, allowed, apply, next_number
from handlers.wording import staff
from handlers.wording.commands import EVENTS
from handlers.wording.terms import STATUS
from storage import requests
from storage.database import Store
from storage.events import Event
from storage.requests import Request
from tests.factories import MONDAY, WANG, Room, a_desk, a_request, a_room, rules, shanghai

VERBS = sorted({verb for _, verb in TRANSITIONS})
ENDS = ("done", "closed", "withdrawn")


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def a_row(room: Room, status: str) -> str:
    """Register a request and put it into a status by hand."""
    number = room.registers(f"kf:wk:{status}{room.now.timestamp()}")
    request = room.request(number)
    room.run(lambda store: requests.change(store, request, status=status))
    return number


def done(room: Room, verb: str, request: Request) -> Happening:
    return room.run(lambda store: apply(verb, request, WANG, room.now, store, room.desk, said="话"))


@pytest.mark.parametrize("status", STATUS)
def test_every_verb_is_in_the_table_or_refused_and_changes_nothing(room: Room, status: str) -> None:
    number = a_row(room, status)
    for verb in VERBS:
        before = room.picture()
        request = room.request(number)
        if (status, verb) in TRANSITIONS:
            continue
        with pytest.raises(NotNow):
            done(room, verb, request)
        assert room.picture() == before


@pytest.mark.parametrize(("status", "verb"), sorted(TRANSITIONS))
def test_every_verb_of_the_table_leads_where_the_table_says(room: Room, status: str, verb: str) -> None:
    request = room.request(a_row(room, status))
    happened = done(room, verb, request)
    assert happened.request.status == TRANSITIONS[status, verb]
    assert room.events(request.number)[-1].kind == verb


def test_who_leaves_the_desk_owes_nothing_any_more(room: Room) -> None:
    for verb in ("withdraw", "close"):
        request = room.request(a_row(room, "working"))
        done(room, verb, request)
        assert room.dues(request.number) == {}


def test_every_kind_of_event_is_announced_and_has_a_name_in_the_history() -> None:
    kinds = {*VERBS, "registered"}
    assert kinds == set(ANNOUNCEMENTS)
    assert kinds == set(EVENTS)


def test_everything_that_falls_due_has_a_sweep(room: Room) -> None:
    number = room.registers("kf:wk:due")
    promised = set(room.dues(number)) | {"survey", "push"}
    assert promised <= set(sweeps.SWEEPS)
    ended = {kind for kinds in clocks._ENDS.values() for kind in kinds or ()}
    assert ended <= set(sweeps.SWEEPS)


def test_every_status_has_a_name_and_every_button_a_label() -> None:
    statuses = {status for status, _ in TRANSITIONS} | set(TRANSITIONS.values())
    assert statuses <= set(STATUS)
    assert set(BUTTONS) <= set(staff.LABELS)


@pytest.mark.parametrize("status", STATUS)
def test_a_card_carries_only_buttons_that_apply_now(status: str) -> None:
    request = a_request(status=status)
    offered = {button.action for button in assignment(request, rules()).buttons}
    assert offered == {verb for verb in BUTTONS if allowed(request, verb)}
    if status == "waiting":
        assert "accept" in offered
        assert not offered & {"progress", "deliver"}, "更新进度 and 提交验收 are offered only after 接单"


def test_an_announcement_never_promises_the_same_key_twice(room: Room) -> None:
    desk = a_desk()
    for verb in VERBS:
        data = {"said": "话", "scores": {"响应速度": 1}}
        happening = Happening(a_request(), a_request(owner="ou_chen"), Event(7, 1, verb, MONDAY, "fs:ou_zhou", data))
        keys = [told.key for told in announce(happening, desk)]
        assert len(keys) == len(set(keys)), verb


@pytest.mark.parametrize(
    ("moment", "month"),
    {
        "2026-11-30 23:59": "202611",
        "2026-12-01 00:00": "202612",
        "2026-12-31 23:59": "202612",
        "2027-01-01 00:00": "202701",
    }.items(),
)
def test_a_number_belongs_to_the_month_people_in_shanghai_see(room: Room, moment: str, month: str) -> None:
    number = room.run(lambda store: next_number(shanghai(moment), store, room.desk.policy))
    assert number.startswith(f"{month}-")


def test_numbers_of_a_month_count_from_one_and_grow_past_three_digits() -> None:
    with a_room() as room:
        later = shanghai("2030-01-05 10:00")

        def take(times: int) -> list[str]:
            return room.run(lambda store: [next_number(later, store, room.desk.policy) for _ in range(times)])

        assert take(3) == ["203001-001", "203001-002", "203001-003"]
        assert take(997)[-2:] == ["203001-999", "203001-1000"]


def test_a_number_that_was_rolled_back_is_nobodys() -> None:
    with a_room() as room:

        def crash(store: Store) -> None:
            next_number(MONDAY, store, room.desk.policy)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            room.run(crash)
        assert room.registers() == "202611-001"


def test_judging_late_gives_nobody_more_time() -> None:
    request = a_request(urgency="routine", priority="P2")
    columns = judged(request, {"type": "bug", "nature": "complaint", "urgency": "urgent"}, rules())
    assert columns["priority"] == "P0"
    assert columns["department"] == "客服部", "the nature complaint wins over the type"
    assert columns["respond_by"] == shanghai("2026-11-23 12:00")


def test_what_the_classifier_suggested_is_no_suggestion_after_a_person_judged() -> None:
    kept = json.dumps({"heads": {"type": {"value": "bug", "confidence": 0.5, "sure": False}}}).encode()
    columns = judged(a_request(suggestion=kept), {"type": "bug", "nature": "product", "urgency": "urgent"}, rules())
    request = a_request(suggestion=columns["suggestion"])
    facts = dict(assignment(request, rules()).facts)
    assert facts["类型"] == "问题修复"
