"""What the classifier is unsure of is decided by one tap on the agent's card (process.md A-060)."""

from collections.abc import Iterator
from typing import Any

import pytest

from handlers.announcements import announce
from handlers.messages import Card
from handlers.requests.suggested import Suggestions, audited
from storage.labels import AGENT
from tests.factories import CHEN, LI, WANG, ZHOU, Room, a_room, pressed
from tests.learning_stage import decided, guesses, opens
from tests.proxy_stage import brings


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        unsure = guesses(unsure=("type", "urgency", "nature"))
        happened = room.run(lambda store: opens(store, room.desk, room.now, unsure))
        room.told += announce(happened, room.desk)
        yield room


def taps(room: Room) -> list[str]:
    return [label for label in room.labels() if label[:2] in ("确认", "改为")]


def newest(room: Room) -> str:
    return next(told for told in reversed(room.told) if isinstance(told.message, Card)).message.as_text()


def test_the_card_offers_the_two_best_types_and_levels_and_says_why(room: Room) -> None:
    assert taps(room) == ["确认问题修复", "改为功能优化", "确认重要", "改为紧急"]
    assert "问题修复（系统不确定，可能是功能优化，请核实；依据：故障词“报错”）" in newest(room)


def test_a_tap_confirms_and_the_card_asks_no_more(room: Room) -> None:
    heard = room.press("确认问题修复")
    assert heard.toast
    assert heard.toast.text == "类型确认为“问题修复”"
    assert taps(room) == ["确认重要", "改为紧急"]
    assert "类型：问题修复\n" in newest(room)
    mine = decided(room, 1)
    assert (mine["type"].kept, mine["type"].actor) == (True, f"fs:{LI}")
    assert mine["urgency"].rank == 0, "only what was tapped is decided"
    assert "系统不确定" in newest(room), "the urgency is still open"


def test_a_tap_changes_and_what_depends_on_it_follows(room: Room) -> None:
    before = room.request()
    room.press("改为紧急")
    after = room.request()
    assert (after.urgency, after.priority) == ("urgent", "P0")
    assert after.resolve_by != before.resolve_by
    assert not decided(room, 1)["urgency"].kept
    room.press("改为功能优化")
    assert room.request().department == "产品部"
    assert [event.data["said"] for event in room.events() if event.kind == "judge"] == [
        "紧急程度确认为“紧急”",
        "类型确认为“功能优化”",
    ]


def test_nothing_is_said_to_the_customer(room: Room) -> None:
    assert room.press("改为功能优化").customer == ""


def test_a_stale_tap_changes_nothing_and_says_so(room: Room) -> None:
    old = room.button("改为功能优化")
    room.press("接单")
    before = room.picture()
    heard = room.does(LI, pressed(old))
    assert heard.toast
    assert "卡片已更新" in heard.toast.text
    assert room.picture() == before
    assert taps(room) == [], "who accepts lets stand what he saw"
    assert "系统不确定" not in newest(room)
    assert decided(room, 1)["type"].kept


def test_a_second_tap_is_stale(room: Room) -> None:
    button = room.button("确认问题修复")
    room.press("确认问题修复")
    before = room.picture()
    heard = room.does(LI, pressed(button))
    assert heard.toast
    assert heard.toast.kind == "warning"
    assert room.picture() == before


@pytest.mark.parametrize("value", ["", "gift", "urgent", "问题修复", "bug|bug"])
def test_a_forged_value_is_refused(room: Room, value: str) -> None:
    before = room.picture()
    heard = room.does(LI, pressed(room.button("确认问题修复"), subject=f"202611-001|{value}"))
    assert heard.toast
    assert heard.toast.kind == "warning"
    assert room.picture() == before


@pytest.mark.parametrize("who", [CHEN, "ou_stranger"])
def test_nobody_else_may_tap(room: Room, who: str) -> None:
    before = room.picture()
    heard = room.does(f"fs:{who}", pressed(room.button("确认问题修复")))
    assert heard.toast
    assert "无权操作" in heard.toast.text
    assert room.picture() == before


def test_a_manager_may(room: Room) -> None:
    room.does(ZHOU, pressed(room.button("改为功能优化")))
    assert decided(room, 1)["type"].actor == f"fs:{ZHOU}"


def test_a_request_that_is_over_or_surely_judged_offers_nothing(room: Room) -> None:
    room.said(WANG, "取消 202611-001")
    room.said(WANG, "确认")
    assert taps(room) == []
    with a_room() as other:
        happened = other.run(lambda store: opens(store, other.desk, other.now))
        other.told += announce(happened, other.desk)
        assert taps(other) == []


def opened(room: Room, suggested: Suggestions, **stated: Any) -> None:
    happened = room.run(lambda store: opens(store, room.desk, room.now, suggested, **stated))
    room.told += announce(happened, room.desk)


def test_the_type_and_the_level_that_fits_are_not_asked_again_once_the_customer_stated_them() -> None:
    with a_room() as room:
        opened(room, guesses(unsure=("type", "urgency")), type="bug", urgency="important")
        assert taps(room) == []
        assert "紧急程度：重要\n" in newest(room)


@pytest.mark.parametrize(
    ("unsure", "words"),
    [((), "系统建议：紧急，依据：故障词“报错”）"), (("urgency",), "系统认为可能是紧急，请核实；依据：故障词“报错”）")],
)
@pytest.mark.parametrize("own", ["routine", "important"])
def test_another_level_than_the_one_the_customer_named_stands_beside_it_and_changes_nothing(
    unsure: tuple[str, ...], words: str, own: str
) -> None:
    with a_room() as room:
        opened(room, guesses(unsure=unsure, urgency="urgent"), urgency=own)
        label = {"routine": "常规", "important": "重要"}[own]
        assert f"紧急程度：{label}（客户所述；{words}" in newest(room)
        assert room.request().urgency == own
        assert taps(room) == [f"确认{label}", "改为紧急"]
        room.press("改为紧急")
        assert room.request().priority == "P0"
        assert "客户所述" not in newest(room)
        assert taps(room) == []
        assert (decided(room, 1)["urgency"].kept, decided(room, 1)["urgency"].rank) == (True, AGENT)


def test_who_lets_the_customers_level_stand_has_decided_so() -> None:
    with a_room() as room:
        opened(room, guesses(urgency="urgent"), urgency="routine")
        room.press("确认常规")
        assert "紧急程度：常规\n" in newest(room)
        mine = decided(room, 1)["urgency"]
        assert (mine.final, mine.kept, mine.rank) == ("routine", False, AGENT)


def test_a_lower_suggestion_stands_beside_what_the_customer_named_too() -> None:
    with a_room() as room:
        opened(room, guesses(urgency="routine"), urgency="urgent")
        assert "紧急程度：紧急（客户所述；系统建议：常规" in newest(room)
        room.press("接单")
        assert room.request().urgency == "urgent"


def test_what_was_written_down_for_a_customer_is_called_so() -> None:
    with a_room() as room:
        brings(room, description="收银系统全部打不开了，客户在排队，马上处理", urgency="常规")
        assert "紧急程度：常规（登记时填写；系统建议：紧急" in newest(room)
        assert "改为紧急" in taps(room)


def test_every_sure_suggestion_that_is_audited_is_asked_about_and_stays_as_it_is_until_then() -> None:
    with a_room(learning={"audit": 1.0}) as room:
        opened(room, guesses())
        assert taps(room) == ["确认问题修复", "改为功能优化", "确认重要", "改为紧急", "确认产品类", "改为服务类"]
        assert "类型：问题修复（系统建议，抽查，请确认或改正；依据：故障词“报错”）" in newest(room)
        room.press("确认问题修复")
        assert decided(room, 1)["type"].kept
        room.press("接单")
        assert taps(room) == []
        assert "抽查" not in newest(room)


def test_about_one_in_twenty_is_audited_and_always_the_same_ones() -> None:
    guess = guesses().heads["type"]
    numbers = [f"202611-{n:03}" for n in range(1, 2001)]
    chosen = [number for number in numbers if audited(number, "type", guess, 0.05)]
    assert 60 <= len(chosen) <= 140
    assert chosen == [number for number in numbers if audited(number, "type", guess, 0.05)]
    assert set(chosen) <= {number for number in numbers if audited(number, "type", guess, 0.2)}
    assert not any(audited(number, "type", guess, 0) for number in numbers)


def test_an_audited_request_can_be_found_by_its_number_alone() -> None:
    with a_room() as room:
        for _ in range(12):
            opened(room, guesses())
        asked = [told for told in room.told if "抽查" in told.message.as_text()]
        assert [told.request for told in asked] == [12], "of the numbers 202611-001 to -012 the urgency of the last"
        assert "紧急程度：重要（系统建议，抽查" in asked[0].message.as_text()
