"""Alike: which open requests are found for a need, what the agent is shown of them, and what is never proposed."""

import pytest

from classifier import similar
from handlers.contact import Contact
from handlers.requests import alike
from handlers.wording import customer
from storage import chats, erasures, links, marks, requests
from storage.database import Database, Store
from tests.alike_stage import CHAIRS, NAMES, QIAN, STUCK, STUCK_TOO, WANG, ZHAO, around, card_of, registers
from tests.factories import CHEN, LI, MONDAY, Room, a_desk, an_incoming


@pytest.fixture
def room(database: Database) -> Room:
    """Open a room on each kind of database."""
    return Room(database, a_desk(), MONDAY)


def found(room: Room, number: str) -> list[str]:
    request = room.request(number)
    return [one.request.number for one in room.run(lambda store: alike.others(store, request, room.desk))]


def own(room: Room, chat: str, text: str) -> list[str]:
    def work(store: Store) -> list[str]:
        contact = Contact(an_incoming(text, chat), chats.open_chat(store, chat), store, room.desk)
        return [request.number for request in alike.own(contact.own(only_open=True), text, room.desk)]

    return room.run(work)


# --- for the agent ---


def test_the_same_need_of_another_customer_is_shown_on_the_card_with_how_alike_and_why(room: Room) -> None:
    first = registers(room, WANG, STUCK)
    second = registers(room, ZHAO, STUCK_TOO)
    shown = dict(card_of(room, second).message.facts)["疑似重复"]  # type: ignore[union-attr]  # it is a card
    assert first not in card_of(room, second).message.as_text(), "a card is known by the one number on it"
    assert any(
        first in told.message.as_text() for told in room.told if told.thread and second in told.message.as_text()
    )
    assert "导出订单一直转圈" in shown
    assert "%" in shown
    assert "“订单”" in shown
    assert "合并" in card_of(room, second).message.as_text()


def test_who_asked_first_is_proposed_nothing(room: Room) -> None:
    first = registers(room, WANG, STUCK)
    registers(room, ZHAO, STUCK_TOO)
    assert "疑似重复" not in card_of(room, first).message.as_text()


def test_another_need_is_not_proposed(room: Room) -> None:
    registers(room, WANG, STUCK)
    other = registers(room, ZHAO, CHAIRS)
    assert found(room, other) == []
    assert "疑似重复" not in card_of(room, other).message.as_text()


def test_ones_own_requests_are_not_proposed_to_the_agent(room: Room) -> None:
    registers(room, WANG, STUCK)
    assert found(room, registers(room, WANG, STUCK_TOO)) == []


def test_a_call_for_a_person_is_like_no_other_call_for_a_person(room: Room) -> None:
    registers(room, WANG, customer.HUMAN_NEED, human=True)
    assert found(room, registers(room, ZHAO, customer.HUMAN_NEED, human=True)) == []


@pytest.mark.parametrize("verb", ["关闭", "取消"])
def test_what_is_over_is_found_no_more(room: Room, verb: str) -> None:
    first = registers(room, WANG, STUCK)
    if verb == "关闭":
        room.fill("关闭", LI, reason="不做")
    else:
        room.said(WANG, f"取消 {first}")
    assert not room.request(first).open
    assert found(room, registers(room, ZHAO, STUCK_TOO)) == []


def test_a_proposal_leaves_the_card_when_the_other_is_over(room: Room) -> None:
    first = registers(room, WANG, STUCK)
    second = registers(room, ZHAO, STUCK_TOO)
    assert [one.request.number for one in around(room, second).found] == [first]
    room.said(WANG, f"取消 {first}")
    assert around(room, second).found == ()


def test_what_is_open_again_is_found_again(room: Room) -> None:
    first = registers(room, WANG, STUCK)
    room.press("接单")
    room.fill("提交验收", content="修好了")
    room.said(WANG, f"验收通过 {first}")
    before = registers(room, ZHAO, STUCK_TOO)
    assert found(room, before) == []
    room.chats_with(WANG, "1 1 1")
    assert room.request(first).open, "a low score opens it again"
    assert found(room, before) == [first]


def test_a_need_told_later_is_proposed_then(room: Room) -> None:
    first = registers(room, WANG, STUCK)
    second = registers(room, ZHAO, customer.HUMAN_NEED, human=True)
    chat = {"focus_id": room.request(second).id, "focus": "talk", "focus_at": room.now}
    room.run(lambda store: chats.change(store, ZHAO, **chat))
    room.said(ZHAO, STUCK_TOO)
    assert room.request(second).description == STUCK_TOO
    assert [one.request.number for one in around(room, second).found] == [first]


def test_phones_in_anothers_need_are_masked_on_the_card(room: Room) -> None:
    registers(room, WANG, f"13800001234 {STUCK}")
    second = registers(room, ZHAO, STUCK_TOO)
    assert "13800001234" not in card_of(room, second).message.as_text()


def test_nothing_of_other_customers_is_told_to_a_customer(room: Room) -> None:
    first = registers(room, WANG, STUCK)
    registers(room, ZHAO, STUCK_TOO)
    told = "\n".join(one.message.as_text() for one in room.told if one.to == ZHAO)
    assert told
    for secret in (first, *NAMES[WANG]):
        assert secret not in told


# --- for the customer ---


def test_his_open_requests_that_a_need_says_again_are_found_best_first(room: Room) -> None:
    near = registers(room, WANG, "导出的订单里收货人显示不出来")
    same = registers(room, WANG, STUCK)
    registers(room, WANG, CHAIRS)
    assert own(room, WANG, STUCK_TOO) in ([same], [same, near])


def test_requests_of_others_and_those_that_are_over_are_never_offered_to_a_customer(room: Room) -> None:
    registers(room, ZHAO, STUCK)
    assert own(room, WANG, STUCK_TOO) == []
    mine = registers(room, WANG, STUCK)
    assert own(room, WANG, STUCK_TOO) == [mine]
    room.said(WANG, f"取消 {mine}")
    assert own(room, WANG, STUCK_TOO) == []


def test_how_alike_is_the_policys_to_say(database: Database) -> None:
    room = Room(database, a_desk(alike={"offer": 1.0, "propose": 1.0}), MONDAY)
    registers(room, WANG, STUCK)
    assert own(room, WANG, STUCK_TOO) == []
    assert own(room, WANG, STUCK) == ["202611-001"]
    assert found(room, registers(room, ZHAO, STUCK_TOO)) == []
    assert found(room, registers(room, QIAN, STUCK)) == ["202611-001"]


# --- what is kept ---


def test_marks_are_found_by_what_is_shared_most_first(database: Database) -> None:
    room = Room(database, a_desk(), MONDAY)
    ids = [room.request(registers(room, chat, CHAIRS)).id for chat in (WANG, ZHAO, QIAN)]

    def work(store: Store) -> list[int]:
        for request_id, own_marks in zip(ids, ([1, 2], [1, 2, 3], [7]), strict=True):
            marks.put(store, request_id, own_marks)
        return [request_id for request_id, _ in marks.near(store, [1, 2, 3], 0, 10)]

    assert room.run(work) == [ids[1], ids[0]]
    assert room.run(lambda store: marks.near(store, [], 0, 10)) == []
    assert room.run(lambda store: marks.near(store, list(range(30)), 0, 1)) == [(ids[1], CHAIRS)]


def test_however_many_ask_for_the_same_a_few_are_proposed(room: Room) -> None:
    many = [registers(room, ZHAO, STUCK) for _ in range(alike.PROPOSED + 2)]
    number = registers(room, WANG, STUCK_TOO)
    assert len(found(room, number)) == alike.PROPOSED < len(many)
    assert dict(card_of(room, number).message.facts)["疑似重复"].count("相似") == alike.PROPOSED  # type: ignore[union-attr]  # a card


def test_a_proposal_is_a_link_that_decides_nothing(room: Room) -> None:
    first = room.request(registers(room, WANG, STUCK))
    second = room.request(registers(room, ZHAO, STUCK_TOO, owner=CHEN))
    ties = room.run(lambda store: links.of(store, second.id))
    assert [(tie.request_id, tie.other_id, tie.kind) for tie in ties] == [(second.id, first.id, "like")]
    assert room.request(second.number) == second
    assert room.run(lambda store: requests.seen(store, [first.id])) == [first]


def test_nothing_is_found_by_words_that_were_deleted(room: Room) -> None:
    first = room.request(registers(room, WANG, STUCK))
    room.run(lambda store: erasures.blank_requests(store, [first.id], "（已删除）"))
    second = room.request(registers(room, ZHAO, STUCK_TOO))
    assert found(room, second.number) == []
    assert first.id not in [one for one, _ in room.run(lambda store: marks.near(store, similar.marks(STUCK), 0, 99))]
