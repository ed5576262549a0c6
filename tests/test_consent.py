"""The consent sentence: said once in each chat and version, under the first answer, and again if it never arrived."""

from collections.abc import Iterator

import pytest

from handlers import dispatch
from handlers.messages import Text
from tests.factories import LI, MONDAY, NEED, WANG, ZHAO, Heard, Room, a_desk, a_room

SENTENCE = a_desk().policy.privacy.sentence


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as opened:
        yield opened


def newer(room: Room, version: str = "2027-01", **own: str) -> Room:
    """Return the same room under rules with a newer version of the sentence."""
    privacy = {"version": version} | own
    return Room(room.database, a_desk(privacy=privacy), room.now)


def test_the_first_answer_carries_it_and_no_later_one(room: Room) -> None:
    heard = room.said(WANG, NEED)
    assert len(heard.outgoing) == 1
    assert heard.customer.count(SENTENCE) == 1
    assert SENTENCE not in room.chats_with(WANG, "杭州云杉商贸，王芳，13800001234", "昨天升级之后").customer
    assert (room.chat().consent, room.chat().consent_at) == ("2026-11", MONDAY.replace(second=5))


@pytest.mark.parametrize("words", ["你好", "人工", NEED, "服务不好", "你们就是骗子"])
def test_he_is_told_before_anything_of_him_is_kept(room: Room, words: str) -> None:
    assert room.said(WANG, words).customer.count(SENTENCE) == 1
    assert SENTENCE not in room.said(WANG, "你好").customer


@pytest.mark.parametrize("words", ["进度 202611-001", "我的需求", "谢谢", "/status", "帮助"])
def test_a_word_that_tells_nothing_of_him_is_answered_without_it(room: Room, words: str) -> None:
    assert SENTENCE not in room.said(WANG, words).customer
    assert SENTENCE in room.said(WANG, NEED).customer


def test_every_chat_is_told_for_itself(room: Room) -> None:
    room.said(WANG, "你好")
    assert SENTENCE in room.said(ZHAO, "你好").customer
    assert SENTENCE in room.said("app:guest", "你好").customer


def test_a_picture_first_is_answered_with_it(room: Room) -> None:
    assert SENTENCE in room.sends(WANG).customer


def test_the_welcome_carries_it_and_then_the_first_answer_does_not(room: Room) -> None:
    assert SENTENCE in room.happens(WANG, "entered", welcome_code="CODE").customer
    assert SENTENCE not in room.said(WANG, "你好").customer


def test_a_welcome_that_never_arrived_has_told_nothing(room: Room) -> None:
    (welcome,) = room.happens(WANG, "entered", welcome_code="CODE").outgoing
    room.run(lambda store: dispatch.undeliverable(welcome, "欢迎语的时效已过", store, room.desk, room.now))
    assert SENTENCE in room.said(WANG, "你好").customer


def test_what_is_held_for_his_next_word_still_tells_it(room: Room) -> None:
    (first,) = room.said(WANG, NEED).outgoing
    room.run(lambda store: dispatch.undeliverable(first, "window", store, room.desk, room.now))
    assert SENTENCE not in room.said(WANG, "你好").customer


def test_a_new_version_is_said_once_more(room: Room) -> None:
    room.said(WANG, "你好")
    later = newer(room)
    assert "隐私说明 2027-01" in later.said(WANG, "你好").customer
    assert "隐私说明" not in later.said(WANG, "你好").customer
    assert later.chat().consent == "2027-01"


def test_a_house_may_say_nothing(room: Room) -> None:
    silent = newer(room, consent="")
    heard = silent.said(WANG, "你好")
    assert "隐私" not in heard.customer
    assert silent.chat().consent == ""


def test_who_is_served_by_a_person_is_told_when_the_bot_speaks_again(room: Room) -> None:
    room.happens(WANG, "serving")
    room.said(WANG, NEED)
    assert room.chat().consent == ""
    room.happens(WANG, "served")
    assert SENTENCE in room.said(WANG, NEED).customer


def test_staff_are_told_nothing_of_it(room: Room) -> None:
    assert SENTENCE not in room.said("app:LiGong", "/help").customer
    assert SENTENCE not in room.said(LI, "/help").staff


def test_the_menu_stays_under_it(room: Room) -> None:
    heard: Heard = room.said(WANG, "你好")
    message = heard.outgoing[0].message
    assert isinstance(message, Text)
    assert message.text.endswith(SENTENCE)
    assert message.buttons
    assert "描述" in room.said(WANG, "1").customer
