"""A turn and somebody else who writes the same chat, at once on PostgreSQL: what the other wrote is not lost."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import text

from handlers import dispatch, erasing, handover, reminders
from handlers.intake import beside
from handlers.messages import Outgoing, Reply, Text
from storage import chats, requests
from storage.chats import Chat
from storage.database import Database, Store
from storage.store import ChangedError
from tests.databases import new_postgres, opened
from tests.factories import LI, MONDAY, NEED, WANG, Room, a_desk, an_incoming, shanghai

NUMBER = "202611-001"
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
def room(postgres_server: str) -> Iterator[Room]:
    with new_postgres(postgres_server) as url, opened(url) as database:
        room = Room(database, a_desk(), MONDAY)
        room.chats_with(WANG, "你好", NEED, "杭州云杉商贸，王芳，13800001234", "昨天升级之后", "1", "没有", "确认")
        yield room


def asks_while(room: Room, other: Callable[[Store], object], said: str = f"进度 {NUMBER}") -> Reply:
    """Let the customer ask for his request; `other` commits after his chat was read and before it is written."""
    room.now = room.now.replace(second=50)
    incoming = an_incoming(said, WANG, room.now)

    def between(store: Store) -> None:
        assert requests.by_number(store, NUMBER)  # now he who asks for it has to wait
        turns.append(pool.submit(room.run, lambda s: dispatch.handle(incoming, s, room.desk)))
        until_somebody_waits(room.database)
        other(store)

    turns: list[Future[Reply]] = []
    with ThreadPoolExecutor(1) as pool:
        room.run(between)
        return turns[0].result(30)


def until_somebody_waits(database: Database) -> None:
    """Return when a transaction waits for another."""
    end = time.monotonic() + 20
    while not database.run_sync(lambda store: store.execute(WAITING).scalar()):
        assert time.monotonic() < end, "nobody waits"
        time.sleep(0.02)


def test_the_bot_stays_silent_when_a_person_took_the_session_over_meanwhile(room: Room) -> None:
    transfer = Outgoing(
        to=WANG, message=Text(text="稍等"), key="transfer:1", request=room.request().id, servicers=("KfLi",)
    )
    reply = asks_while(room, lambda store: handover.delivered(transfer, store, room.now))
    assert room.chat().serving
    assert not reply.outgoing


def test_an_intake_that_was_reminded_of_meanwhile_is_not_reminded_of_again(room: Room) -> None:
    room.said(WANG, "我要提需求")
    room.said(WANG, "报表希望能按部门筛选")
    assert room.chat().remind_at
    due = shanghai("2026-11-23 14:00")
    asks_while(room, lambda store: reminders.sweep(due, store, room.desk))
    note = beside.of_chat(room.chat())
    assert (note.reminded, note.fresh) == (True, False)
    assert room.chat().remind_at is None


def test_what_was_deleted_meanwhile_does_not_come_back_with_the_turn(room: Room) -> None:
    room.said(WANG, "我要提需求")
    room.said(WANG, "报表希望能按部门筛选")
    now = room.now

    def erase(store: Store) -> None:
        erasing.erase(erasing.of_chat(WANG, store), "operator", now, store, room.desk)

    asks_while(room, erase)
    assert room.chat().draft is None
    assert not beside.of_chat(room.chat()).lately


def test_a_turn_that_deletes_everything_itself_is_done_once(room: Room) -> None:
    room.said(WANG, "删除我的资料")
    assert "已" in room.said(WANG, "确认").customer
    assert room.chat().customer_id is None


def test_what_nobody_changed_is_written_at_the_first_try(room: Room) -> None:
    tries: list[Chat] = []

    def turn(store: Store) -> None:
        tries.append(chats.open_chat(store, WANG))
        chats.settle(store, WANG, chats.watched(tries[-1]), nickname="王")

    room.run(turn)
    assert len(tries) == 1
    assert room.chat().nickname == "王"


def test_who_always_comes_too_late_is_told_and_writes_nothing(room: Room) -> None:
    room.press("接单", LI)
    with pytest.raises(ChangedError, match="serving"):
        room.run(lambda store: chats.settle(store, WANG, {"serving": True}, nickname="x"))
    assert room.chat().nickname != "x"
