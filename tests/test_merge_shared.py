"""Merged requests: one person works and both customers hear, one set of clocks runs, and it can be taken back."""

from datetime import timedelta

import pytest

from handlers.messages import Button
from storage import requests
from storage.database import Database
from tests.alike_stage import QIAN, STUCK, STUCK_TOO, WANG, ZHAO, around, card_of, merged, registers
from tests.factories import CHEN, LI, MONDAY, ZHOU, Heard, Room, a_desk, buttons_of


@pytest.fixture
def room(database: Database) -> Room:
    """Open a room on each kind of database."""
    return Room(database, a_desk(), MONDAY)


@pytest.fixture
def pair(room: Room) -> tuple[str, str]:
    """Register the same need of two customers, with two people; the first is kept in what follows."""
    return registers(room, WANG, STUCK), registers(room, ZHAO, STUCK_TOO, owner=CHEN)


def _button(room: Room, number: str, label: str = "接单", who: str = LI) -> Button:
    """Return a button of the card of one request: somebody may hold several cards."""
    return next(button for button in buttons_of(card_of(room, number, who)) if button.label == label)


def _delivered(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    room.press("接单", on=_button(room, pair[0]))
    _fills(room, pair[0], "提交验收", content="修好了")


def _fills(room: Room, number: str, label: str, who: str = LI, **values: str) -> Heard:
    """Press a button of one request's card and submit the form it brings."""
    room.press(label, who, _button(room, number, label, who))
    return room.press("提交", who, None, **values)


def test_what_is_done_to_the_kept_request_is_told_to_each_customer_under_his_own_number(
    room: Room, pair: tuple[str, str]
) -> None:
    merged(room, pair)
    deeds: list[tuple[str, dict[str, str]]] = [("接单", {})]
    deeds += [("更新进度", {"content": "定位到原因了"}), ("提交验收", {"content": "修好了"})]
    for label, values in deeds:
        heard = _fills(room, pair[0], label, **values) if values else room.press(label, on=_button(room, pair[0]))
        for number, other, chat in ((pair[0], pair[1], WANG), (pair[1], pair[0], ZHAO)):
            assert number in heard.to(chat), label
            assert other not in heard.to(chat), label
            assert all(value in heard.to(chat) for value in values.values())
        assert room.dues(pair[1]) == {}, "only the kept request's clocks run"
    assert [room.request(number).status for number in pair] == ["testing", "testing"]


def test_the_regular_word_of_progress_goes_to_both(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    room.press("接单", on=_button(room, pair[0]))
    heard = room.sweep_until(room.now + timedelta(days=2))
    assert pair[0] in heard.to(WANG)
    assert pair[1] in heard.to(ZHAO)
    assert pair[0] not in heard.to(ZHAO)


def test_the_acceptance_of_one_customer_closes_nothing_of_the_other(room: Room, pair: tuple[str, str]) -> None:
    _delivered(room, pair)
    room.said(WANG, f"验收通过 {pair[0]}")
    room.said(WANG, "5 5 5")
    assert [room.request(number).status for number in pair] == ["closed", "testing"]
    assert "5" in room.said(ZHAO, "验收通过").customer
    room.said(ZHAO, "5 4 5")
    assert room.request(pair[1]).status == "closed"


def test_who_is_not_content_is_worked_on_by_himself_again(room: Room, pair: tuple[str, str]) -> None:
    _delivered(room, pair)
    room.said(WANG, f"验收通过 {pair[0]}")
    heard = room.said(ZHAO, "未解决 还是转圈")
    assert room.request(pair[1]).status == "working"
    assert around(room, pair[1]).root is None
    assert around(room, pair[0]).votes == 1
    assert room.dues(pair[1]).keys() >= {"resolve_over", "push"}
    assert "已从本需求拆出" in heard.to(LI)
    assert "更新进度" in [button.label for button in card_of(room, pair[1]).message.buttons]  # type: ignore[union-attr]  # a card


def test_a_second_delivery_reaches_who_still_has_the_first_before_him(room: Room, pair: tuple[str, str]) -> None:
    _delivered(room, pair)
    room.said(WANG, f"未解决 {pair[0]} 不行")
    heard = _fills(room, pair[0], "提交验收", content="又修了一次")
    assert "又修了一次" in heard.to(ZHAO)
    assert room.request(pair[1]).status == "testing"


def test_closing_the_kept_request_closes_the_merged_one_with_the_same_reason(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    heard = _fills(room, pair[0], "关闭", reason="本期不做")
    for number, chat in ((pair[0], WANG), (pair[1], ZHAO)):
        assert number in heard.to(chat)
        assert "本期不做" in heard.to(chat)
        assert room.request(number).status == "closed"


def test_a_customer_who_withdraws_takes_nothing_from_the_others(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    third = registers(room, QIAN, STUCK)
    room.said(ZHOU, f"/merge {third} {pair[0]}")
    room.press("接单", on=_button(room, pair[0]))
    room.said(WANG, f"取消 {pair[0]}")
    assert [room.request(number).status for number in (*pair, third)] == ["withdrawn", "working", "working"]
    heir = around(room, pair[1])
    assert heir.root is None
    assert [member.number for member in heir.members] == [third]
    assert heir.votes == 2
    assert "位客户提出" not in card_of(room, pair[0]).message.as_text()
    assert "由本需求继续" in room.told[-1].message.as_text() + room.told[-2].message.as_text()
    assert room.dues(pair[1]).keys() >= {"resolve_over", "push"}
    assert room.request(pair[1]).owner == LI


def test_a_merged_customer_who_withdraws_counts_no_more(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    room.said(ZHAO, f"取消 {pair[1]}")
    assert around(room, pair[0]).votes == 1
    assert room.request(pair[0]).open


def test_whoever_takes_the_kept_request_over_takes_the_merged_one_too(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    room.said(ZHOU, f"/assign {pair[0]} 陈晨")
    assert {room.request(number).owner for number in pair} == {CHEN}
    assert "请客户补充" in card_of(room, pair[1], CHEN).message.as_text()


def test_the_words_of_each_customer_arrive_under_his_own_card(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    heard = room.said(ZHAO, f"补充 {pair[1]} 只有导出上个月的才会")
    (told,) = (one for one in heard.outgoing if one.platform == "feishu")
    assert told.to == f"fs:{LI}"
    assert told.thread == f"request:{room.request(pair[1]).id}:{LI}"
    answered = room.answers("收到，会一起看", LI, pair[1])
    assert "会一起看" in answered.to(ZHAO)
    assert answered.to(WANG) == ""


def test_merging_into_what_is_delivered_delivers_to_the_merged_customer(room: Room, pair: tuple[str, str]) -> None:
    room.press("接单", on=_button(room, pair[0]))
    _fills(room, pair[0], "提交验收", content="修好了，请刷新")
    heard = merged(room, pair)
    assert "修好了，请刷新" in heard.to(ZHAO)
    assert "验收通过" in heard.to(ZHAO)
    assert room.request(pair[1]).status == "testing"


def test_those_who_followed_before_are_brought_to_where_the_new_one_stands(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    third = registers(room, QIAN, STUCK)
    room.press("接单", on=_button(room, third))
    room.said(ZHOU, f"/merge {pair[0]} {third}")
    assert [room.request(number).status for number in pair] == ["working", "working"]
    heard = _fills(room, third, "提交验收", content="修好了")
    for number, chat in ((pair[0], WANG), (pair[1], ZHAO)):
        assert number in heard.to(chat)
        assert room.request(number).status == "testing"


def test_those_who_followed_before_get_what_has_been_delivered(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    third = registers(room, QIAN, STUCK, owner=CHEN)
    room.press("接单", CHEN, on=_button(room, third, who=CHEN))
    _fills(room, third, "提交验收", CHEN, content="修好了，请刷新")
    heard = room.said(ZHOU, f"/merge {pair[0]} {third}")
    for number, chat in ((pair[0], WANG), (pair[1], ZHAO)):
        assert "修好了，请刷新" in heard.to(chat)
        assert room.request(number).status == "testing"
        assert room.dues(number) == {}


def test_what_is_merged_is_one_piece_of_work_for_whoever_does_it(room: Room, pair: tuple[str, str]) -> None:
    third = registers(room, QIAN, STUCK)
    for number in (pair[1], third):
        room.said(ZHOU, f"/merge {number} {pair[0]}")
    assert room.run(requests.load) == {LI: 1}
    assert "未完成 3 个" in room.said(ZHOU, "/status").to(ZHOU)
    room.said(ZHOU, f"/split {third}")
    assert room.run(requests.load) == {LI: 2}


def test_who_has_a_delivery_before_him_gets_no_word_of_progress(room: Room, pair: tuple[str, str]) -> None:
    _delivered(room, pair)
    room.said(WANG, f"未解决 {pair[0]} 不行")
    heard = room.sweep_until(room.now + timedelta(days=2))
    assert pair[0] in heard.to(WANG)
    assert heard.to(ZHAO) == ""


def test_the_clocks_of_a_merged_request_stand_still(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    assert room.dues(pair[1]) == {}
    assert (room.request(pair[1]).respond_by, room.request(pair[1]).resolve_by) == (None, None)
    heard = room.sweep_until(room.now + timedelta(days=3))
    assert pair[1] not in heard.staff
    assert pair[1] not in room.said(ZHOU, "/overdue").to(ZHOU)


def test_splitting_gives_back_the_person_the_status_and_the_clocks(room: Room, pair: tuple[str, str]) -> None:
    before, dues = room.request(pair[1]), room.dues(pair[1])
    room.press("接单", on=_button(room, pair[0]))
    merged(room, pair)
    assert room.request(pair[1]).status == "working"
    heard = room.said(ZHOU, f"/split {pair[1]}")
    after = room.request(pair[1])
    for name in ("status", "owner", "department", "respond_by", "resolve_by", "number", "description"):
        assert getattr(after, name) == getattr(before, name), name
    assert room.dues(pair[1]).keys() == dues.keys()
    assert around(room, pair[0]).votes == 1
    assert "接单" in card_of(room, pair[1], CHEN).message.as_text()
    assert "陈晨" in heard.to(ZHOU)
    assert heard.to(ZHAO) == ""


def test_splitting_gives_it_back_however_much_was_said_meanwhile(room: Room, pair: tuple[str, str]) -> None:
    before = room.request(pair[1])
    merged(room, pair)
    for n in range(60):
        room.said(ZHAO, f"补充 {pair[1]} 第{n}次还是转圈")
    room.said(ZHOU, f"/split {pair[1]}")
    after = room.request(pair[1])
    assert (after.owner, after.department) == (CHEN, before.department)
    assert (after.respond_by, after.resolve_by) == (before.respond_by, before.resolve_by)


def test_the_button_on_the_merged_card_splits_too(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    heard = room.press("拆分", LI)
    assert heard.toast is not None
    assert heard.toast.kind == "success"
    assert room.request(pair[1]).owner == CHEN


def test_merging_again_after_splitting_works(room: Room, pair: tuple[str, str]) -> None:
    for _ in range(2):
        merged(room, pair)
        assert around(room, pair[0]).votes == 2
        room.said(ZHOU, f"/拆 {pair[1]}")
        assert around(room, pair[0]).votes == 1
    assert room.request(pair[1]).owner == CHEN


def test_what_was_done_for_both_meanwhile_stays_after_splitting(room: Room, pair: tuple[str, str]) -> None:
    merged(room, pair)
    room.press("接单", on=_button(room, pair[0]))
    room.said(ZHOU, f"/split {pair[1]}")
    assert room.request(pair[1]).status == "working"
    assert "push" in room.dues(pair[1])


def test_a_press_on_the_card_from_before_the_merge_changes_nothing(room: Room, pair: tuple[str, str]) -> None:
    accept, close = _button(room, pair[1], "接单", CHEN), _button(room, pair[1], "关闭", CHEN)
    merged(room, pair)
    before = room.picture()
    for button in (accept, close):
        heard = room.press("", ZHOU, button)
        assert heard.toast is not None
        assert heard.toast.kind == "warning"
    assert room.picture() == before
