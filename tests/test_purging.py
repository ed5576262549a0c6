"""The nightly purge: each kind of data goes when the policy says, in small pieces, and what is needed stays."""

from datetime import timedelta

import pytest

from handlers import purging
from handlers.messages import Discard
from handlers.wording import staff
from storage import attachments, chats, customers, erasures, jobs, memos
from storage.database import Database, Store
from tests.factories import MONDAY, NEED, WANG, ZHAO, Room, a_desk
from tests.jobs_stage import put_one

LONG = {"messages": "30d", "drafts": "9000d", "attachments": "9000d", "requests": "9000d", "customers": "9000d"}


def a_room(database: Database, **kept: str) -> Room:
    """Open a room whose policy keeps everything for long but this."""
    return Room(database, a_desk(privacy=LONG | kept), MONDAY)


def nights(room: Room, days: int) -> list[Discard]:
    """Let so many days pass, the product awake; return which files are to be deleted."""
    found: list[Discard] = []
    end = room.now + timedelta(days=days)
    room.sweep()
    while (due := room.run(purging.next_moment)) and due <= end:
        room.now = due
        while (piece := room.run(lambda store: purging.purge(room.now, store, room.desk))).worked:
            found += piece.discards
    room.now = end
    return found


def counted(room: Room) -> dict[str, int]:
    """Return how much retention has deleted, by kind."""
    total: dict[str, int] = {}
    for proof in room.run(erasures.proofs):
        assert proof.reason == "retention"
        for kind, n in proof.numbers.items():
            total[kind] = total.get(kind, 0) + n
    return total


def closes(room: Room, chat: str = WANG) -> str:
    """Let a request be registered and withdrawn; return its number."""
    number = room.registers(chat)
    room.said(chat, f"取消 {number}")
    assert room.request(number).status == "withdrawn"
    return number


def test_the_first_purge_is_at_three_in_the_night_and_the_next_a_day_later(database: Database) -> None:
    room = a_room(database)
    assert room.run(purging.next_moment) is None
    room.sweep()
    first = room.run(purging.next_moment)
    assert first
    assert first.astimezone(room.desk.policy.zone).strftime("%d %H:%M") == "24 03:00"
    nights(room, 1)
    assert room.run(purging.next_moment) == first + timedelta(days=1)


def test_a_night_that_deletes_nothing_leaves_no_row(database: Database) -> None:
    room = a_room(database)
    room.registers()
    nights(room, 3)
    assert room.run(erasures.proofs) == []


def test_an_intake_nobody_went_on_with_is_forgotten_with_its_chat(database: Database) -> None:
    room = a_room(database, drafts="5d")
    room.said(WANG, NEED)
    nights(room, 4)
    assert room.chat().draft
    nights(room, 3)
    assert room.run(lambda store: chats.get(store, WANG)) is None
    assert counted(room) == {"drafts": 1, "chats": 1}


def test_the_words_of_a_request_go_after_it_is_over_and_the_row_stays(database: Database) -> None:
    room = a_room(database, requests="10d")
    number = closes(room)
    room.registers(ZHAO, need="另一个问题，页面打不开", profile="宁波远洋，赵强，13900005678")
    nights(room, 9)
    assert room.request(number).phone
    nights(room, 3)
    old = room.request(number)
    assert (old.phone, old.company, old.contact, old.background) == ("", "", "", "")
    assert (old.description, old.status, old.type) == (staff.ERASED_NEED, "withdrawn", "bug")
    assert room.newest(ZHAO).phone == "13900005678"
    assert counted(room) == {"requests": 1}


def test_who_has_long_said_nothing_is_forgotten_but_not_while_a_request_is_open(database: Database) -> None:
    room = a_room(database, customers="20d")
    closes(room)
    room.registers(ZHAO, need="另一个问题，页面打不开", profile="宁波远洋，赵强，13900005678")
    nights(room, 19)
    assert room.chat().customer_id
    nights(room, 3)
    assert room.chat().customer_id is None
    assert room.requests(WANG) == []
    assert room.requests(ZHAO)[0].contact == "赵强"
    assert room.run(lambda store: len(erasures.proofs_of(store, WANG))) == 1


def test_a_customer_who_says_something_is_kept(database: Database) -> None:
    room = a_room(database, customers="20d")
    closes(room)
    nights(room, 15)
    room.said(WANG, "你好")
    nights(room, 15)
    assert room.chat().customer_id


@pytest.mark.parametrize(("over", "left"), [(True, 0), (False, 1)])
def test_files_go_with_their_time_unless_somebody_still_works_on_the_request(
    database: Database, over: bool, left: int
) -> None:
    room = a_room(database, attachments="30d")
    number = room.registers()
    room.fetched(room.sends(WANG), "files/0/1.png")
    if over:
        room.said(WANG, f"取消 {number}")
    found = nights(room, 32)
    assert found == [Discard(path="files/0/1.png")] * (1 - left)
    assert len(room.run(lambda store: attachments.of_chats(store, [WANG]))) == left


def test_what_was_said_goes_but_a_repeat_is_still_known(database: Database) -> None:
    room = a_room(database, messages="2d")

    def put(store: Store) -> None:
        for dedup, done in (("old", True), ("waiting", False)):
            put_one(store, "in", dedup, dedup, b"words", now=room.now)
            if done:
                (job,) = jobs.take(store, "in", room.now, 1)
                jobs.finish(store, job, room.now)

    def payloads(store: Store) -> dict[str, bytes]:
        return {row[0]: bytes(row[1]) for row in store.connection.exec_driver_sql("SELECT dedup, payload FROM job")}

    room.run(put)
    nights(room, 4)
    assert room.run(payloads) == {"old": b"", "waiting": b"words"}
    assert not room.run(lambda store: put_one(store, "in", "old", "old", b"again", now=room.now))
    assert counted(room) == {"messages": 1}


def test_much_is_deleted_in_small_pieces_and_counted_in_one_row(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "BATCH", 3)
    room = a_room(database, drafts="1d")
    for n in range(7):
        room.said(f"kf:wk:wm_{n}", NEED)
    room.sweep()
    room.now += timedelta(days=3)
    pieces: list[int] = []
    while piece := room.run(lambda store: purging.purge(room.now, store, room.desk)).worked:
        pieces.append(piece)
    assert len(pieces) > 2
    assert max(pieces) <= 6
    (proof,) = room.run(erasures.proofs)
    assert proof.numbers == {"drafts": 7, "chats": 7}


def test_a_second_process_finds_the_night_done(database: Database) -> None:
    room = a_room(database, drafts="1d")
    room.said(WANG, NEED)
    nights(room, 3)
    before = room.run(erasures.proofs)
    assert room.run(lambda store: purging.purge(room.now, store, room.desk)).worked == 0
    assert room.run(erasures.proofs) == before


def test_a_customer_never_seen_in_a_chat_is_forgotten_too(database: Database) -> None:
    room = a_room(database, customers="20d")
    added = room.run(lambda store: customers.add(store, {"contact": "孙七", "phone": "13700001111"}, room.now))
    nights(room, 22)
    assert room.run(lambda store: customers.get(store, added.id)).profile == {}
    assert counted(room) == dict.fromkeys(("attachments", "chats", "messages", "requests", "withdrawn"), 0) | {
        "customers": 1
    }


def test_the_same_chat_has_the_same_subject_and_another_installation_another(database: Database) -> None:
    room = a_room(database)
    first = room.run(lambda store: erasures.subject(store, WANG))
    assert room.run(lambda store: erasures.subject(store, WANG)) == first
    assert room.run(lambda store: erasures.subject(store, ZHAO)) != first
    room.run(lambda store: memos.put(store, "salt", b"another"))
    assert room.run(lambda store: erasures.subject(store, WANG)) != first
