"""Deleting what is kept of a customer: nothing of it is left anywhere, the figures stay, and it can be proven."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bot.engine.shared import promises, put
from handlers import erasing
from handlers.messages import Card, Discard, File
from handlers.wording import customer, staff
from storage import chats, erasures, jobs
from storage.database import Database, Store
from storage.tables.types import metadata
from tests.databases import opened
from tests.factories import LI, MONDAY, WANG, ZHAO, ZHOU, Heard, Room, a_desk, an_incoming
from tests.jobs_stage import put_one

CANARY, PHONE, MAIL = "金丝雀商贸", "13766554433", "canary@example.com"
NEED = "报表页面打开就报错，金丝雀的全部订单都看不到，希望能正常打开"
ABOUT_HIM = (CANARY, "金丝雀", PHONE, "137****4433", MAIL, "甄丝雀", "c***@example.com")


@pytest.fixture
def room(database: Database) -> Room:
    return Room(database, a_desk(), MONDAY)


def everything(room: Room) -> str:
    """Return all that stands in all tables."""

    def read(store: Store) -> str:
        run = store.connection.exec_driver_sql
        rows = [row for table in metadata.sorted_tables for row in run(f"SELECT * FROM {table.name}")]  # noqa: S608 - ours
        return "\n".join(
            bytes(cell).decode("utf-8", "replace") if isinstance(cell, bytes | memoryview) else str(cell)
            for row in rows
            for cell in row
        )

    return room.run(read)


def keeps(room: Room, heard: Heard) -> None:
    """Put what was promised into the queues, as the engine does."""
    room.run(lambda store: put(store, promises(heard.outgoing, heard.fetches), room.now))


def takes(room: Room, chat: str, text: str) -> Heard:
    """Let a customer say something that goes through the queue like the real thing."""
    room.now += timedelta(seconds=5)
    said = an_incoming(text, chat, room.now)

    def turn(store: Store) -> None:
        put_one(store, "in", chat, said.id, msgspec.json.encode(said), now=room.now)
        (job,) = [one for one in jobs.take(store, "in", room.now, 10) if one.dedup == said.id]
        jobs.finish(store, job, room.now)

    room.run(turn)
    heard = room.does(chat, said.content, id=said.id, nickname="甄丝雀")
    keeps(room, heard)
    return heard


def registers(room: Room, chat: str = WANG) -> str:
    """Let the customer with the canaries register a request; return its number."""
    profile = f"{CANARY}，甄丝雀，{PHONE}，{MAIL}"
    for text in (NEED, profile, "金丝雀升级之后", "1", "没有", "确认"):
        heard = takes(room, chat, text)
        if room.requests(chat):
            break
    assert room.requests(chat), heard.customer
    return room.newest(chat).number


def erases(room: Room, chat: str = WANG) -> Heard:
    takes(room, chat, "删除我的数据")
    return takes(room, chat, "确认")


def test_nothing_of_him_is_left_in_any_table(room: Room) -> None:
    number = registers(room)
    keeps(room, room.press("接单"))
    keeps(room, room.answers("请问甄丝雀在吗", number=number))
    takes(room, WANG, "补充一下，金丝雀的手机号是13766554433")
    keeps(room, room.sends(WANG, name="金丝雀.png"))
    assert all(one in everything(room) for one in (CANARY, PHONE, MAIL, "甄丝雀"))
    erases(room)
    left = everything(room)
    assert [one for one in ABOUT_HIM if one in left] == []


def test_the_request_stays_as_a_number_with_its_dates_type_and_state(room: Room) -> None:
    registers(room)
    before = room.newest()
    erases(room)
    after = room.request(before.number)
    kept = ("id", "type", "nature", "urgency", "priority", "department", "owner", "created_at", "source")
    assert [getattr(after, one) for one in kept] == [getattr(before, one) for one in kept]
    assert (after.status, after.description, after.chat[:7]) == ("withdrawn", staff.ERASED_NEED, "erased:")
    assert room.dues(before.number) == {}


def test_he_gets_a_code_by_which_the_row_that_proves_it_is_found(room: Room) -> None:
    registers(room)
    told = erases(room).customer
    (proof,) = room.run(lambda store: erasures.proofs_of(store, WANG))
    assert proof.code in told
    assert (proof.reason, proof.numbers["requests"], proof.numbers["withdrawn"]) == ("customer", 1, 1)
    assert WANG not in proof.subject
    assert room.run(lambda store: erasures.proofs_of(store, ZHAO)) == []


def test_others_keep_all_they_have(room: Room) -> None:
    room.registers(ZHAO)
    keeps(room, Heard(tuple(room.told)))
    before = room.run(lambda store: chats.get(store, ZHAO))
    theirs = room.requests(ZHAO)
    registers(room)
    erases(room)
    assert room.run(lambda store: chats.get(store, ZHAO)) == before
    assert room.requests(ZHAO) == theirs


def test_the_assignee_is_stopped_his_card_blanked_and_a_manager_told_without_a_name(room: Room) -> None:
    number = registers(room)
    room.thread(number, LI)
    heard = erases(room)
    assert f"需求 {number} 已撤销" in heard.to(LI)
    drawn = [one for one in heard.outgoing if one.slot]
    assert [one.slot for one in drawn] == [f"request:{room.request(number).id}:{LI}"]
    assert isinstance(drawn[0].message, Card)
    assert staff.ERASED_TITLE in heard.to(ZHOU)
    assert not [one for one in ABOUT_HIM if one in heard.staff]


def test_what_is_still_to_be_told_of_a_colleague_arrives(room: Room) -> None:
    registers(room)
    for text in ("发票下载不了，一直报错", f"{CANARY}，李雷，13900005678", "昨天升级之后", "1", "没有", "确认"):
        takes(room, ZHAO, text)
    theirs = room.newest(ZHAO)
    erases(room)

    def told(store: Store) -> str:
        taken = [job for _ in range(5) for job in _taken(store)]
        return "\n".join(job.payload.decode() for job in taken)

    def _taken(store: Store) -> list[jobs.Job]:
        taken = jobs.take(store, "feishu", room.now, 10)
        for job in taken:
            jobs.finish(store, job, room.now)
        return taken

    waiting = room.run(told)
    assert f"新需求 {theirs.number}" in waiting
    assert "发票下载不了" in waiting
    assert "报表页面" not in waiting


def test_whoever_works_on_what_was_merged_goes_on_with_the_other_request(room: Room) -> None:
    kept, other = registers(room), room.registers(ZHAO)
    keeps(room, room.said(ZHOU, f"/merge {other} {kept}"))
    heard = erases(room)
    (drawn,) = [one for one in heard.outgoing if one.slot == f"request:{room.request(other).id}:{LI}"]
    assert isinstance(drawn.message, Card)
    assert "接单" in [button.label for button in drawn.message.buttons]
    assert staff.HEIR.format(number=kept) in heard.to(LI)
    assert room.press("接单", on=drawn.message.buttons[0]).toast
    assert room.request(other).status == "working"


def test_the_card_of_another_quotes_nothing_of_him_any_more(room: Room) -> None:
    number = registers(room)
    keeps(room, room.said(ZHAO, "你好"))
    for text in (NEED.replace("金丝雀", "我们"), "星河物流，赵强，13900005678", "昨天升级之后", "1", "没有", "确认"):
        takes(room, ZHAO, text)
    theirs = room.newest(ZHAO)
    slot = f"request:{theirs.id}:{theirs.owner}"
    assert any("疑似重复" in one.message.as_text() for one in room.told if one.slot == slot), "proposed as alike"
    (drawn,) = [one for one in erases(room).outgoing if one.slot == slot]
    assert number not in drawn.message.as_text()
    assert "疑似重复" not in drawn.message.as_text()
    assert theirs.number in drawn.message.as_text()


def test_a_card_too_old_to_be_changed_is_not_sent_anew(room: Room) -> None:
    number = registers(room)
    room.thread(number, LI)
    room.now += timedelta(days=15)
    assert [one for one in erases(room).outgoing if one.slot] == []


def test_an_old_menu_deletes_nothing(room: Room) -> None:
    number = registers(room)
    takes(room, WANG, "删除我的数据")
    button = room.button("确认", WANG)
    takes(room, WANG, "算了")
    assert customer.EXPIRED_MENU in room.press("确认", WANG, on=button).customer
    assert room.request(number).contact == "甄丝雀"


@pytest.mark.parametrize("words", ["算了", "不删除", "2", "先不删了", "取消"])
def test_who_thinks_better_of_it_keeps_everything(room: Room, words: str) -> None:
    number = registers(room)
    takes(room, WANG, "删除我的数据")
    assert customer.NOT_ERASED in takes(room, WANG, words).customer
    assert room.request(number).status == "waiting"
    assert customer.NOT_ERASED not in takes(room, WANG, "算了").customer


def test_cancel_said_to_that_question_takes_back_nothing_else(room: Room) -> None:
    takes(room, WANG, NEED)
    takes(room, WANG, "删除我的数据")
    assert customer.NOT_ERASED in takes(room, WANG, "取消").customer
    assert room.chat().draft is not None
    assert customer.CANCELLED_DRAFT in takes(room, WANG, "取消").customer


def test_deleting_in_the_middle_of_an_intake_ends_it(room: Room) -> None:
    takes(room, WANG, NEED)
    assert customer.ASK_ERASE in takes(room, WANG, "删除我的数据").customer
    assert "凭证" in takes(room, WANG, "确认").customer
    assert room.chat().draft is None
    assert [one for one in ABOUT_HIM if one in everything(room)] == []


def test_whoever_comes_back_is_a_stranger_who_is_told_again_what_becomes_of_his_data(room: Room) -> None:
    number = registers(room)
    erases(room)
    assert customer.MINE_NONE in takes(room, WANG, "我的需求").customer
    told = takes(room, WANG, NEED).customer
    assert room.desk.policy.privacy.sentence in told
    assert number not in told
    assert "欢迎回来" not in told


def test_what_was_still_to_be_told_to_him_is_taken_back_but_the_last_answer(room: Room) -> None:
    registers(room)
    erases(room)
    waiting = room.run(lambda store: jobs.take(store, "wecom", room.now, 10))
    assert len(waiting) == 1
    assert "凭证" in waiting[0].payload.decode()


def test_a_repeat_of_an_old_message_is_still_known_as_one(room: Room) -> None:
    heard = takes(room, WANG, NEED)
    key = heard.outgoing[0].key.removeprefix("reply:")
    erases(room)
    again = jobs.New("in", WANG, key, b"{}")
    assert room.run(lambda store: jobs.put_many(store, [again], room.now)) == 0


def test_files_nothing_leads_to_any_more_are_named_for_deletion(room: Room) -> None:
    registers(room)
    heard = room.sends(WANG)
    room.fetched(heard, "files/0/1.png")
    assert erases(room).fetches == (Discard(path="files/0/1.png"),)


def test_all_chats_of_one_customer_are_erased_together(room: Room) -> None:
    registers(room)
    his = room.chat().customer_id

    def second(store: Store) -> None:
        chats.open_chat(store, "app:wang")
        chats.change(store, "app:wang", customer_id=his, nickname="甄丝雀")

    room.run(second)
    erases(room)
    assert "甄丝雀" not in everything(room)
    assert room.run(lambda store: len(erasures.proofs_of(store, "app:wang"))) == 1


def test_a_failed_erasure_deletes_nothing(room: Room) -> None:
    number = registers(room)

    def half(store: Store) -> None:
        erasing.erase(erasing.of_chat(WANG, store), "customer", room.now, store, room.desk)
        raise LookupError

    with pytest.raises(LookupError):
        room.run(half)
    assert room.request(number).phone == PHONE


def test_the_file_of_his_data_has_all_of_his_and_nothing_of_others(room: Room) -> None:
    room.registers(ZHAO)
    number = registers(room)
    takes(room, WANG, "补充 报表第三页也打不开")
    heard = takes(room, WANG, "导出我的数据")
    (file,) = [one.message for one in heard.outgoing if isinstance(one.message, File)]
    text = file.content.decode()
    for one in (number, CANARY, "甄丝雀", PHONE, MAIL, NEED, "报表第三页也打不开", room.desk.policy.privacy.version):
        assert one in text
    assert "13800001234" not in text
    assert "202611-001" not in text


def test_the_file_of_somebody_unknown_says_that_there_is_nothing(room: Room) -> None:
    heard = takes(room, WANG, "导出我的资料。")
    (file,) = [one.message for one in heard.outgoing if isinstance(one.message, File)]
    assert file.content.decode().count(customer.EXPORT_NOTHING) == len(customer.EXPORT_PARTS)


def test_no_canary_is_left_in_any_file_of_sqlite(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/a.db") as database:
        room = Room(database, a_desk(), MONDAY)
        registers(room)
        keeps(room, room.press("接单"))
        takes(room, WANG, "补充 金丝雀" + "很长" * 3000)
        found = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert all(one.encode() in found for one in (CANARY, PHONE, MAIL, "甄丝雀"))
        erases(room)
        left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert [one for one in ABOUT_HIM if one.encode() in left] == []
