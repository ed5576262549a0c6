"""What was deleted does not come back by a file, a form or another system that still has it (A-023; PIPL)."""

from collections.abc import Iterator

import pytest

from bot import importing
from bot.sheets import Row, Sheet
from handlers import erasing
from handlers.intake import origins
from storage import erasures
from tests.factories import NEED, WANG, Room, a_room
from tests.proxy_stage import GOOD, brings

OTHER = {"company": "宁波远航", "contact": "李雷", "phone": "13900005678", "description": "希望发票支持批量下载"}


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def erases(room: Room, number: str, reason: erasing.Reason = "operator") -> None:
    """Delete the customer of a request."""
    whose = room.request(number).customer_id
    room.run(lambda store: erasing.erase(erasing.of_customer(whose, store), reason, room.now, store, room.desk))


def planned(room: Room, *rows: dict[str, str]) -> importing.Plan:
    """Return what would become of the rows of a file."""
    sheet = Sheet(tuple(Row(n, row) for n, row in enumerate(rows, 2)), titles={}, ignored=())
    judged = list(importing.judged(sheet, room.now, room.desk))
    numbers = room.run(lambda store: importing.known(store, judged))
    return importing.plan(judged, numbers, room.run(lambda store: importing.erased(store, judged)))


def registers(room: Room, plan: importing.Plan) -> list[str]:
    entered = importing.register(plan.good, room.now, room.database, room.desk)
    return [one.request.number for one in entered]


@pytest.mark.parametrize("named", [{"origin": "T-1"}, {}], ids=["a name of its own", "the whole row"])
@pytest.mark.parametrize("reason", ["customer", "operator", "retention"])
def test_a_row_that_was_deleted_is_refused_with_a_sentence_and_the_others_are_not(
    room: Room, named: dict[str, str], reason: erasing.Reason
) -> None:
    first, second = GOOD | named, OTHER
    (number, _) = registers(room, planned(room, first, second))
    erases(room, number, reason)
    plan = planned(room, first, second, OTHER | {"description": "首页打不开，点了没反应"})
    ((bad,), (good,)) = plan.bad, plan.good
    assert bad.row.number == 2
    assert "内容已删除" in bad.problems["origin"]
    assert good.row.number == 4
    assert [row.number for row, _ in plan.known] == [3]


def test_another_name_registers_anew(room: Room) -> None:
    (number,) = registers(room, planned(room, GOOD | {"origin": "T-1"}))
    erases(room, number)
    assert len(registers(room, planned(room, GOOD | {"origin": "T-2"}))) == 1


def test_what_is_deleted_while_the_file_is_looked_at_is_left_out(room: Room) -> None:
    early = planned(room, GOOD | {"origin": "T-1"})
    (number,) = registers(room, early)
    erases(room, number)
    assert registers(room, early) == []


def test_another_system_is_told_too(room: Room) -> None:
    erases(room, brings(room, "key:1").request.number)
    with pytest.raises(origins.Spent, match="内容已删除"):
        brings(room, "key:1")
    assert room.run(lambda store: erasures.is_spent(store, "key:1"))


def test_the_form_of_an_agent_is_not_submitted_again(room: Room) -> None:
    room.said("ou_zhou", "/代录")
    form = room.button("提交", "ou_zhou")
    room.press("提交", "ou_zhou", form, **GOOD)
    erases(room, room.request("202611-001").number)
    heard = room.press("提交", "ou_zhou", form, **GOOD)
    assert heard.toast
    assert "内容已删除" in heard.toast.text
    assert not heard.outgoing


def test_who_deletes_in_his_chat_may_begin_again_there(room: Room) -> None:
    room.registers()
    room.chats_with(WANG, "删除我的数据", "确认")
    assert room.registers(WANG, NEED) == "202611-002"


def test_what_is_kept_of_a_name_does_not_say_it(room: Room) -> None:
    erases(room, brings(room, "web:13800001234").request.number)
    kept = room.run(lambda store: store.connection.exec_driver_sql("SELECT name FROM memo").scalars().all())
    assert [name for name in kept if name.startswith("origin:")]
    assert not [name for name in kept if "13800001234" in name]
