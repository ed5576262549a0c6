"""Sessions that a person serves, who enters, and what customers send besides words."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.factories import LI, NEED, WANG, ZHAO, Room, a_room

NUMBER = "202611-001"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def test_while_a_person_serves_the_session_the_bot_is_silent_and_speaks_after_its_end(room: Room) -> None:
    room.happens(WANG, "serving")
    for text in (NEED, "进度", "人工", "1"):
        told = room.said(WANG, text)
        assert told.outgoing == ()
    assert room.sends(WANG).outgoing == ()
    assert room.requests() == []
    room.happens(WANG, "served")
    assert room.said(WANG, NEED).customer


def test_who_enters_is_welcomed_with_the_code_of_the_event(room: Room) -> None:
    told = room.happens(WANG, "entered", welcome_code="CODE")
    assert [o.code for o in told.outgoing] == ["CODE"]
    assert room.happens(WANG, "entered").outgoing == ()
    assert room.happens(WANG, "ignored").outgoing == ()


def test_a_picture_for_an_open_request_reaches_the_agent_once_fetched(room: Room) -> None:
    number = room.registers()
    sent = room.sends(WANG)
    assert number in sent.customer
    (shown,) = room.fetched(sent)
    assert shown.to == f"fs:{LI}"
    assert shown.thread
    assert room.chat().draft is None


@pytest.mark.parametrize("kind", ["file", "video", "link"])
def test_other_attachments_are_kept_too(room: Room, kind: str) -> None:
    room.registers()
    assert NUMBER in room.sends(WANG, kind, media="M" if kind != "link" else "", note="说明").customer


def test_a_link_and_a_place_are_shown_in_words(room: Room) -> None:
    room.registers()
    assert "https://example.com" in room.sends(WANG, "link", media="", note="报错页面 https://example.com").to(LI)
    told = room.sends(WANG, "location", media="", note="杭州市西湖区")
    assert told.customer
    assert "西湖区" in told.to(LI)


@pytest.mark.parametrize("kind", ["voice", "sticker", "whatever"])
def test_what_cannot_be_read_is_always_answered(room: Room, kind: str) -> None:
    assert "文字" in room.sends_unreadable(WANG, kind).customer
    room.registers()
    assert "文字" in room.sends_unreadable(WANG, kind).customer


def test_a_picture_alone_is_acknowledged_and_asks_for_words(room: Room) -> None:
    assert "文字" in room.sends(WANG).customer


def test_who_is_served_before_his_first_word_is_left_in_peace(room: Room) -> None:
    room.said(ZHAO, "你好")
    room.now += timedelta(days=3)
    for chat in (WANG, ZHAO):
        room.happens(chat, "serving")
        assert room.said(chat, NEED).outgoing == ()


def test_a_session_whose_end_was_lost_ends_after_two_days(room: Room) -> None:
    room.happens(WANG, "serving")
    room.said(WANG, "你好")
    room.now += timedelta(hours=49)
    assert room.said(WANG, NEED).customer


def test_a_picture_sent_to_the_person_who_serves_is_kept_without_a_word(room: Room) -> None:
    room.registers()
    room.happens(WANG, "serving")
    heard = room.sends(WANG)
    assert heard.customer == ""
    assert [told.to for told in room.fetched(heard)] == [f"fs:{LI}"]
