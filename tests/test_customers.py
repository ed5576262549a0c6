"""Customers outside the intake: their own requests only, a person who is asked for, and the talk with the agent."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from handlers import dispatch
from handlers.messages import Attached, Content, Pressed, Said
from tests.factories import (
    CHEN,
    LI,
    NEED,
    WANG,
    ZHAO,
    ZHOU,
    Room,
    a_desk,
    a_room,
    an_incoming,
    person,
    raw_rules,
    shanghai,
)

NUMBER = "202611-001"
PROFILE_ONLY = "杭州云杉商贸，王芳，13800001234"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def test_an_unknown_number_and_another_customers_number_get_the_same_answer(room: Room) -> None:
    number = room.registers(ZHAO)
    room.said(WANG, "你好")
    before = room.picture()
    for words in ("进度 {}", "补充 {} 一句话", "催办 {}", "验收通过 {}", "未解决 {} 不行", "取消 {}", "{}", "{} 进度"):
        theirs = room.said(WANG, words.format(number))
        nobodys = room.said(WANG, words.format("202611-999"))
        assert theirs.customer == nobodys.customer.replace("202611-999", number)
        assert not theirs.staff
    assert room.picture() == before


@pytest.mark.parametrize("wild", ["202611-%", "202611-00_", "202611-001' OR '1'='1", "202611-001|x", "202611-00１"])
def test_no_trick_in_a_number_finds_another_customers_request(room: Room, wild: str) -> None:
    room.registers(ZHAO)
    before = room.picture()
    told = room.said(WANG, f"进度 {wild}").customer
    assert NEED[:8] not in told
    assert room.picture() == before


@pytest.mark.parametrize("action", ["status", "urge", "withdraw", "pass", "fail", "score"])
def test_a_forged_press_reaches_nobody_elses_request(room: Room, action: str) -> None:
    number = room.delivers(ZHAO)
    before = room.picture()
    told = room.does(WANG, Pressed(action=action, subject=f"{number}:5" if action == "score" else number))
    assert told.customer
    assert NEED[:8] not in told.customer
    assert room.picture() == before


def test_my_requests_are_mine(room: Room) -> None:
    room.registers(ZHAO)
    room.registers(WANG)
    told = room.said(WANG, "我的需求").customer
    assert "202611-002" in told
    assert "202611-001" not in told


def test_who_asks_for_a_person_gets_one_who_knows_what_is_known(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE_ONLY)
    told = room.said(WANG, "人工")
    assert NUMBER in told.customer
    assert "转人工" in told.customer
    card = told.to(LI)
    for word in ("王芳", "杭州云杉商贸", "138****1234", NEED):
        assert word in card
    assert "人工服务" in card


def test_who_asks_for_a_person_at_once_gets_one_too(room: Room) -> None:
    told = room.said(WANG, "人工")
    assert NUMBER in told.customer
    assert NUMBER in told.staff


def test_words_after_asking_for_a_person_go_to_the_person(room: Room) -> None:
    room.said(WANG, "人工")
    owner = room.request().owner
    assert "发票开错了抬头" in room.said(WANG, "发票开错了抬头").to(owner)
    assert room.chat().draft is None


def test_an_answer_to_the_agents_question_goes_to_that_request(room: Room) -> None:
    room.registers()
    room.press("接单")
    room.fill("请客户补充", content="用的哪个浏览器？")
    room.now += timedelta(days=2)
    told = room.said(WANG, "好的，是谷歌浏览器")
    assert "谷歌浏览器" in told.to(LI)
    assert NUMBER in told.customer
    assert room.chat().draft is None


@pytest.mark.parametrize("text", ["没有", "好的", "1", "13900001111", "2026", "不是"])
def test_any_words_answer_the_agents_question(room: Room, text: str) -> None:
    room.registers()
    room.fill("请客户补充", content="还有别的现象吗？")
    assert text in room.said(WANG, text).to(LI).replace("139****1111", "13900001111")


def test_half_an_hour_after_the_agents_word_a_need_is_a_new_need(room: Room) -> None:
    room.registers()
    room.answers("正在看")
    assert "明白" in room.said(WANG, "明白，是每天早上出现").to(LI)
    room.now += timedelta(minutes=31)
    room.said(WANG, "首页打不开了，点了没反应")
    assert room.chat().draft is not None


def test_after_the_request_ended_words_are_a_new_need(room: Room) -> None:
    room.registers()
    room.answers("正在看")
    room.fill("关闭", reason="重复")
    room.said(WANG, "取消")
    room.said(WANG, "首页打不开了，点了没反应")
    assert room.chat().draft is not None


def test_what_could_not_be_told_is_told_to_the_agent_once(room: Room) -> None:
    room.registers()
    room.press("接单")
    his_own = next(t for t in reversed(room.told) if t.to == WANG)
    promise = msgspec.structs.replace(his_own, key="push:1:later")
    told = room.run(lambda store: dispatch.undeliverable(promise, "window", store, room.desk, room.now))
    assert [o.to for o in told] == [f"fs:{LI}"]
    assert room.run(lambda store: dispatch.undeliverable(promise, "window", store, room.desk, room.now)) == ()
    room.said(WANG, "进度")
    assert room.run(lambda store: dispatch.undeliverable(promise, "window", store, room.desk, room.now)) != ()


@pytest.mark.parametrize(
    ("content", "shown"), [(Said(text="打 13900001111"), "139****1111"), (Attached(kind="image"), "非文字")]
)
def test_what_no_handler_could_take_goes_to_who_is_in_charge(room: Room, content: Content, shown: str) -> None:
    twice = person("钱总", roles=["manager"])
    desk = a_desk(people=[*raw_rules()["people"], twice])
    told = room.run(lambda store: dispatch.poison(an_incoming(content), store, desk))
    assert [one.to for one in told] == [f"fs:{ZHOU}", f"fs:{twice['feishu']}"]
    assert len({one.key for one in told}) == len(told)
    for one in told:
        assert shown in one.message.as_text()
        assert "13900001111" not in one.message.as_text()


def test_the_same_words_are_the_same_request_in_the_right_month() -> None:
    with a_room(now=shanghai("2026-11-30 23:59") + timedelta(seconds=20)) as room:
        room.chats_with(WANG, NEED, PROFILE_ONLY, "昨天升级之后", "1", "没有")
        room.now = shanghai("2026-12-01 00:00")
        assert "202612-001" in room.said(WANG, "确认").customer


def test_a_complaint_is_led_by_the_lead_of_the_service(room: Room) -> None:
    room.chats_with(WANG, "我要投诉，你们客服态度恶劣，骂人还挂电话", PROFILE_ONLY, "昨天", "1", "没有", "确认")
    request = room.request()
    assert request.nature == "complaint"
    assert request.owner == CHEN
