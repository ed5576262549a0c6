"""Merging: both customers keep their numbers, one person works, everybody hears of it, and it can be taken back."""

from datetime import timedelta

import pytest

from handlers.messages import Button, Form
from handlers.requests.merging import merge
from storage import requests
from storage.database import Database
from tests.alike_stage import CHAIRS, NAMES, QIAN, STUCK, STUCK_TOO, WANG, ZHAO, around, card_of, registers
from tests.factories import CHEN, LI, MONDAY, ZHOU, Heard, Room, a_desk, buttons_of

STRANGER = "ou_stranger"


@pytest.fixture
def room(database: Database) -> Room:
    """Open a room on each kind of database."""
    return Room(database, a_desk(), MONDAY)


@pytest.fixture
def pair(room: Room) -> tuple[str, str]:
    """Register the same need of two customers, with two people; the first is kept in what follows."""
    return registers(room, WANG, STUCK), registers(room, ZHAO, STUCK_TOO, owner=CHEN)


def merged(room: Room, pair: tuple[str, str], who: str = ZHOU) -> Heard:
    return room.said(who, f"/merge {pair[1]} {pair[0]}")


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


# --- who is told what ---


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


# --- one works, both hear ---


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


# --- clocks ---


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


# --- taking back ---


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


# --- the card's form ---


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


def test_a_press_on_the_card_from_before_the_merge_changes_nothing(room: Room, pair: tuple[str, str]) -> None:
    accept, close = _button(room, pair[1], "接单", CHEN), _button(room, pair[1], "关闭", CHEN)
    merged(room, pair)
    before = room.picture()
    for button in (accept, close):
        heard = room.press("", ZHOU, button)
        assert heard.toast is not None
        assert heard.toast.kind == "warning"
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


# --- the commands ---


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
