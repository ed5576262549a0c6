"""What may be a complaint is copied to who looks after complaints, whatever it is taken for (policy [complaint])."""

from typing import Any

import msgspec
import pytest

from bot.rulebook import tables
from handlers.announcements import announce
from handlers.messages import Card, Outgoing
from tests.factories import CHEN, LI, WANG, ZHOU, Room, a_room, person, rules
from tests.learning_stage import guesses, opens
from tests.proxy_stage import brings

UPSET = "我要投诉！说好上周三上门，到现在没人来，打电话也没人接，太不负责任了"


def copies(room: Room) -> list[Outgoing]:
    return [told for told in room.told if "可能是投诉" in told.message.as_text()]


def asked(room: Room, likely: float) -> None:
    """Let a customer ask for something that is likely a complaint, and is taken for a fault."""
    suggested = msgspec.structs.replace(guesses(), complaint=likely)
    happened = room.run(lambda store: opens(store, room.desk, room.now, suggested))
    room.told += announce(happened, room.desk)


def test_the_lead_of_the_service_desk_gets_one_copy_without_buttons() -> None:
    with a_room() as room:
        asked(room, 0.34)
        (copy,) = copies(room)
        assert copy.to == f"fs:{CHEN}"
        assert isinstance(copy.message, Card)
        assert copy.message.buttons == ()
        text = copy.message.as_text()
        assert "可能是投诉：需求 202611-001" in text
        assert "系统判断有 34% 的可能是投诉，现由李工负责" in text
        assert "导出报表报错" in text
        assert "13800001234" not in text
        assert room.request().owner == LI, "it stays where it was"
        room.press("接单")
        room.said(WANG, "催办")
        room.fill("改判", type="bug", nature="complaint", urgency="important")
        assert len(copies(room)) == 1


@pytest.mark.parametrize(("likely", "expected"), [(0.29, 0), (0.3, 1), (1.0, 1)])
def test_from_three_in_ten_on_it_is_copied(likely: float, expected: int) -> None:
    with a_room() as room:
        asked(room, likely)
        assert len(copies(room)) == expected


def test_threshold_and_role_are_rules_of_the_house() -> None:
    own: dict[str, Any] = {"complaint": {"copied_from": 0.8, "to": {"department": "产品部", "role": "manager"}}}
    with a_room(**own) as room:
        asked(room, 0.7)
        assert copies(room) == []
        asked(room, 0.8)
        assert [copy.to for copy in copies(room)] == [f"fs:{ZHOU}"]


def test_what_is_taken_for_a_complaint_is_called_one() -> None:
    with a_room() as room:
        suggested = msgspec.structs.replace(guesses(nature="complaint"), complaint=0.9)
        happened = room.run(lambda store: opens(store, room.desk, room.now, suggested))
        (copy,) = [
            told for told in announce(happened, room.desk) if "系统判断为投诉，由李工负责" in told.message.as_text()
        ]
        assert copy.to == f"fs:{CHEN}"


def test_the_rules_as_tables_say_who_gets_it() -> None:
    assert "把握 30% 起抄送客服部主管" in tables(rules())


def test_who_works_on_it_needs_no_copy() -> None:
    with a_room() as room:
        room.chats_with(WANG, UPSET, "杭州云杉商贸，王芳，13800001234", "上周三", "2", "没有", "确认")
        assert room.newest().owner == CHEN
        assert copies(room) == []


def test_where_nobody_looks_after_complaints_the_managers_are_told() -> None:
    people = [person("李工", LI), person("周经理", ZHOU, department="产品部", roles=["manager"])]
    with a_room(people=people) as room:
        asked(room, 0.5)
        assert [copy.to for copy in copies(room)] == [f"fs:{ZHOU}"]


def test_what_others_bring_is_copied_too() -> None:
    with a_room(complaint={"to": {"department": "产品部", "role": "manager"}}) as room:
        brings(room, description=UPSET)
        assert [told.to for told in room.told if "【投诉：需求" in told.message.as_text()] == [f"fs:{ZHOU}"]
