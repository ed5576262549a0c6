"""Search: what is found again by what it says, by whom, and that nothing is left of what was deleted."""

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from classifier import similar
from handlers.requests import alike
from handlers.wording import customer, staff
from storage import erasures, search
from storage.database import Database, Store
from storage.tables.search import document, posting
from tests.alike_stage import CHAIRS, QIAN, STUCK, STUCK_TOO, WANG, ZHAO, registers
from tests.databases import opened
from tests.factories import CHEN, LI, MONDAY, ZHOU, Room, a_desk
from tests.test_cli import run
from tests.test_purging import a_room, closes, nights

FROZEN = "冷库的温度记录仪断网期间没有数，曲线上一段空白"


@pytest.fixture
def room(database: Database) -> Room:
    """Open a room on each kind of database."""
    return Room(database, a_desk(), MONDAY)


def kept(room: Room) -> tuple[int, int]:
    """Return how many documents are kept, and under how many keys."""

    def count(store: Store) -> tuple[int, int]:
        tables = (document, posting)
        documents, keys = (store.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)
        return documents, keys

    return room.run(count)


def found(room: Room, text: str) -> list[str]:
    return [one.request.number for one in room.run(lambda store: alike.searched(store, text))]


# --- what is found ---


def test_what_says_the_same_comes_first_and_says_why(room: Room) -> None:
    number = registers(room, WANG, STUCK)
    registers(room, ZHAO, CHAIRS)
    told = room.said(ZHOU, "/search 导出订单卡住").to(ZHOU)
    first = next(line for line in told.splitlines() if "相似" in line)
    assert number in first
    assert "待处理" in first
    assert "导出订单一直转圈" in first
    assert "都提到“导出”“订单”" in first
    assert room.said(ZHOU, "/搜 导出订单卡住").to(ZHOU) == told


def test_a_need_in_other_words_is_found_by_what_it_speaks_of(room: Room) -> None:
    number = registers(room, WANG, FROZEN)
    registers(room, ZHAO, CHAIRS)
    assert found(room, "车上那个测温的小盒子一进隧道就没数了，出来也不补")[:1] == [number]


def test_what_is_over_is_found_too(room: Room) -> None:
    number = registers(room, WANG, STUCK)
    room.said(WANG, f"取消 {number}")
    assert not room.request(number).open
    assert found(room, STUCK_TOO) == [number]


def test_a_few_are_shown_however_many_there_are(room: Room) -> None:
    for _ in range(alike.FOUND + 2):
        registers(room, ZHAO, STUCK)
    assert len(found(room, STUCK_TOO)) == alike.FOUND


@pytest.mark.parametrize("words", ["蓝鲸", "😀", "？？", "%_'\"", "的了吗"])
def test_words_nobody_said_find_nothing_and_say_so(room: Room, words: str) -> None:
    registers(room, WANG, STUCK)
    assert "没有找到" in room.said(ZHOU, f"/search {words}").to(ZHOU)


def test_without_words_the_usage_is_told(room: Room) -> None:
    assert "/search 词" in room.said(ZHOU, "/search").to(ZHOU)


def test_a_call_for_a_person_is_found_by_nobody(room: Room) -> None:
    registers(room, WANG, customer.HUMAN_NEED, human=True)
    assert found(room, customer.HUMAN_NEED) == []


def test_new_words_take_the_place_of_the_old(room: Room) -> None:
    request = room.request(registers(room, WANG, STUCK))
    room.run(lambda store: alike.keep(store, request.id, CHAIRS))
    assert kept(room) == (1, len(similar.keys(CHAIRS)))
    room.run(lambda store: alike.keep(store, request.id, CHAIRS))
    assert kept(room) == (1, len(similar.keys(CHAIRS)))


def test_a_document_of_another_kind_is_found_by_its_own_keys_only(room: Room) -> None:
    registers(room, WANG, STUCK)
    mine = similar.keys(STUCK, "article:")
    room.run(lambda store: search.put(store, "article", 7, mine))
    assert room.run(lambda store: search.near(store, mine, 5)) == [7]
    assert room.run(lambda store: search.near(store, {}, 5)) == []
    room.run(lambda store: search.drop(store, "article", 7))
    assert room.run(lambda store: search.near(store, mine, 5)) == []
    assert len(found(room, STUCK)) == 1


# --- by whom ---


def test_an_agent_finds_his_own_requests_a_manager_all(room: Room) -> None:
    number = registers(room, WANG, STUCK, owner=LI)
    for who, sees in ((LI, True), (ZHOU, True), (CHEN, False)):
        assert (number in room.said(who, "/search 导出订单").to(who)) is sees


def test_a_lead_finds_what_his_department_has(database: Database) -> None:
    room = Room(database, a_desk(), MONDAY)
    request = room.request(registers(room, WANG, STUCK, owner=CHEN))
    for department, sees in ((request.department, [request.id]), ("别的部门", [])):
        rows = room.run(partial(alike.searched, text=STUCK, owner=LI, department=department))
        assert [one.request.id for one in rows] == sees


def test_phones_in_what_is_found_are_masked(room: Room) -> None:
    registers(room, WANG, f"13800001234 {STUCK}")
    assert "13800001234" not in room.said(ZHOU, "/search 导出订单").to(ZHOU)


# --- what is left ---


def test_nothing_is_kept_of_words_that_were_deleted(room: Room) -> None:
    first = room.request(registers(room, WANG, STUCK))
    registers(room, ZHAO, CHAIRS)
    room.run(lambda store: erasures.blank_requests(store, [first.id], staff.ERASED_NEED))
    assert found(room, STUCK) == []
    assert kept(room) == (1, len(similar.keys(CHAIRS)))


def test_nothing_is_kept_of_words_that_were_purged(database: Database) -> None:
    room = a_room(database, requests="30d")
    number = closes(room)
    assert kept(room)[0] == 1
    nights(room, 32)
    assert room.request(number).description == staff.ERASED_NEED
    assert kept(room) == (0, 0)


# --- what was there before ---


def test_requests_from_before_are_kept_by_the_command_and_only_once(tmp_path: Path, url: str) -> None:
    with opened(url) as database:
        room = Room(database, a_desk(), MONDAY)
        numbers = [registers(room, chat, need) for chat, need in ((WANG, STUCK), (ZHAO, CHAIRS), (QIAN, FROZEN))]
        before = kept(room)
        room.run(lambda store: [store.execute(delete(table)) for table in (posting, document)])
        assert found(room, STUCK) == []
    where = {"YINGXU_DATABASE_URL": url}
    first = run(tmp_path, "index", **where)
    assert first.returncode == 0, first.stderr.decode()
    assert "3" in first.stdout.decode()
    assert "0" in run(tmp_path, "index", **where).stdout.decode()
    with opened(url) as database:
        room = Room(database, a_desk(), MONDAY)
        assert kept(room) == before
        assert found(room, STUCK) == numbers[:1]
