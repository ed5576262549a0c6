"""What counts as a decision about a suggestion, and whose decision counts (handlers/requests/learning.py)."""

from datetime import timedelta
from typing import Any

import pytest

from handlers import erasing, teaching
from handlers.requests.judging import judged
from handlers.requests.lifecycle import Happening, apply
from handlers.requests.suggested import Suggestions
from storage import labels, requests
from storage.database import Database, Store
from storage.labels import AGENT, CUSTOMER, NOBODY
from tests.factories import LI, MONDAY, WANG, ZHAO, ZHOU, Room, a_desk, a_room
from tests.learning_stage import decided, guesses, opens


@pytest.fixture
def room(database: Database) -> Room:
    """Open a room on each of the two databases."""
    database.upgrade()
    return Room(database, a_desk(), MONDAY)


def opened(room: Room, suggested: Suggestions | None = None, **own: Any) -> Happening:
    return room.run(lambda store: opens(store, room.desk, room.now, suggested, **own))


def does(room: Room, verb: str, number: int, who: str = LI, **values: str) -> None:
    def work(store: Store) -> None:
        request = requests.get(store, number)
        columns = judged(request, values, room.desk.policy) if values else {}
        apply(verb, request, f"fs:{who}", room.now, store, room.desk, **columns)

    room.run(work)


def test_a_whole_intake_leaves_an_example_for_each_question_and_acceptance_completes_it() -> None:
    with a_room() as room:
        room.registers()
        before = decided(room, 1)
        assert before["nature"].rank == NOBODY, "no customer sees a nature"
        assert before["urgency"].rank == CUSTOMER, "he chose a level"
        assert before["urgency"].final == "urgent"
        room.press("接单")
        after = decided(room, 1)
        assert {one.rank for one in after.values()} == {AGENT}
        assert {one.actor for one in after.values()} == {f"fs:{LI}"}
        request = room.request()
        assert {head: one.final for head, one in after.items()} == {
            head: getattr(request, head) for head in ("type", "urgency", "nature")
        }


def test_confirming_a_summary_keeps_the_type_it_shows_and_nothing_else(room: Room) -> None:
    mine = decided(room, opened(room).request)
    assert (mine["type"].rank, mine["type"].kept, mine["type"].actor) == (CUSTOMER, True, "customer")
    assert mine["urgency"].rank == mine["nature"].rank == NOBODY
    assert mine["type"].at == MONDAY


def test_what_the_classifier_is_unsure_of_is_not_kept_by_silence(room: Room) -> None:
    mine = decided(room, opened(room, guesses(unsure=("type",))).request)
    assert mine["type"].rank == NOBODY
    assert not mine["type"].sure


def test_another_type_or_level_of_the_customer_is_a_change(room: Room) -> None:
    mine = decided(room, opened(room, type="consult", urgency="urgent").request)
    for head, final in (("type", "consult"), ("urgency", "urgent")):
        assert (mine[head].final, mine[head].kept, mine[head].rank) == (final, False, CUSTOMER)


def test_the_same_level_as_suggested_is_kept(room: Room) -> None:
    mine = decided(room, opened(room, urgency="important").request)
    assert (mine["urgency"].kept, mine["urgency"].rank) == (True, CUSTOMER)


@pytest.mark.parametrize("by", ["api", "import"])
def test_systems_and_files_decide_nothing(room: Room, by: str) -> None:
    mine = decided(room, opened(room, by=by, type="consult").request)
    assert {one.rank for one in mine.values()} == {NOBODY}


def test_an_agent_who_brings_a_request_decides_what_he_states(room: Room) -> None:
    mine = decided(room, opened(room, by=f"fs:{ZHOU}", type="consult").request)
    assert (mine["type"].final, mine["type"].rank, mine["type"].actor) == ("consult", AGENT, f"fs:{ZHOU}")
    assert mine["urgency"].rank == NOBODY


def test_a_call_for_a_person_confirms_nothing_but_what_was_stated_otherwise(room: Room) -> None:
    mine = decided(room, opened(room, human=True, urgency="important").request)
    assert {one.rank for one in mine.values()} == {NOBODY}
    other = decided(room, opened(room, chat=ZHAO, human=True, urgency="urgent").request)
    assert other["urgency"].rank == CUSTOMER


def test_acceptance_keeps_and_a_judgement_changes(room: Room) -> None:
    accepted, other = opened(room).request, opened(room, chat=ZHAO).request
    does(room, "accept", accepted.id)
    assert {(one.kept, one.rank) for one in decided(room, accepted).values()} == {(True, AGENT)}
    assert room.run(labels.collected) == 2, "of the other one the customer confirmed the type"
    does(room, "judge", other.id, type="custom", urgency="important", nature="service")
    assert {head: one.kept for head, one in decided(room, other).items()} == {
        "type": False,
        "urgency": True,
        "nature": False,
    }


def test_an_agent_outranks_the_customer_and_a_later_judgement_an_earlier_one(room: Room) -> None:
    request = opened(room, type="consult").request
    does(room, "accept", request.id)
    assert (decided(room, request)["type"].final, decided(room, request)["type"].kept) == ("consult", False)
    does(room, "judge", request.id, ZHOU, type="bug")
    latest = decided(room, request)
    assert (latest["type"].kept, latest["type"].actor) == (True, f"fs:{ZHOU}")
    assert latest["nature"].actor == f"fs:{LI}", "only what was judged is judged"


def test_acceptance_after_a_judgement_is_still_the_decision_of_the_judge(room: Room) -> None:
    request = opened(room).request
    does(room, "judge", request.id, ZHOU, type="custom")
    does(room, "accept", request.id, LI)
    found = decided(room, request)
    assert (found["type"].actor, found["type"].kept) == (f"fs:{ZHOU}", False)
    assert found["nature"].actor == f"fs:{LI}"


def test_a_decision_is_there_with_its_event_or_not_at_all(room: Room) -> None:
    request = opened(room).request

    def interrupted(store: Store) -> None:
        apply("accept", request, f"fs:{LI}", room.now, store, room.desk)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        room.run(interrupted)
    assert decided(room, request)["nature"].rank == NOBODY
    assert [event.kind for event in room.events()] == ["registered"]


def test_a_request_that_follows_another_is_not_judged_by_its_acceptance() -> None:
    with a_room() as room:
        room.registers()
        room.registers(ZHAO, "我们系统导出订单报表也一直报错")
        room.said(ZHOU, "/merge 202611-002 202611-001")
        room.press("接单", on=room.button("接单"))
        assert decided(room, 1)["nature"].rank == AGENT
        assert decided(room, 2)["nature"].rank == NOBODY


@pytest.mark.parametrize("answer", ["1", "紧急", "业务停了"])
@pytest.mark.parametrize("need", ["登录页面的字体想换大一点，不着急", "想咨询一下发票抬头怎么改"])
def test_the_urgency_a_customer_states_is_never_lowered_by_a_suggestion(need: str, answer: str) -> None:
    with a_room() as room:
        room.chats_with(WANG, need, "杭州云杉商贸，王芳，13800001234")
        for _ in range(6):
            last = room.told[-1].message.as_text()
            if "【请确认需求信息】" in last:
                break
            room.said(WANG, "改成 紧急" if "紧急程度" not in last else answer)
        room.chats_with(WANG, "紧急程度改成紧急", "确认")
        request = room.newest()
        assert request.urgency == "urgent"
        room.sweep()
        room.press("接单", request.owner)
        assert room.newest().urgency == "urgent"
        assert decided(room, request)["urgency"].final == "urgent"


def test_nothing_can_be_learnt_from_a_customer_whose_data_were_deleted(room: Room) -> None:
    request = opened(room).request
    does(room, "accept", request.id)
    found = room.run(lambda store: teaching.page(store, 0))
    assert found
    assert found.rows[0]["text"]

    def deleted(store: Store) -> None:
        erasing.erase(erasing.of_chat(WANG, store), "customer", room.now, store, room.desk)

    room.run(deleted)
    assert room.run(lambda store: teaching.page(store, 0)) is None
    assert room.run(labels.collected) == 0


def test_an_example_holds_no_word_and_no_name_of_the_customer(room: Room) -> None:
    request = opened(room).request
    rows = room.run(lambda store: [tuple(row) for row in store.connection.exec_driver_sql("SELECT * FROM label")])
    assert rows
    for word in (request.description, request.contact, request.phone, request.chat):
        assert not any(word in str(row) for row in rows)


def test_the_share_kept_is_counted_from_the_latest_sure_decisions_only(room: Room) -> None:
    def share() -> tuple[int, int]:
        found = room.run(lambda store: labels.latest(store, "type", MONDAY, 3))
        return found.decisions, found.kept

    opened(room, type="consult")
    assert share() == (1, 0)
    opened(room, guesses(unsure=("type",)), type="consult")
    assert share() == (1, 0), "unsure is no suggestion"
    for _ in range(3):
        room.now += timedelta(seconds=1)
        opened(room)
    assert share() == (3, 3)
    assert room.run(lambda store: labels.latest(store, "type", room.now, 9)).decisions == 1
