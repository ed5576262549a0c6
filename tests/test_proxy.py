"""Requests that others bring for a customer: registered once, like what is said in a chat, and what agents see."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import sleep
from typing import Any

import pytest

from handlers.intake import proxy
from handlers.intake.form import Form
from handlers.messages import Attached, Card
from storage import requests
from storage.database import Database
from tests.factories import LI, MONDAY, Heard, Room, a_desk, a_room, shanghai
from tests.proxy_stage import GOOD, OTHER_PHONE, PHONE, brings


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def test_what_is_brought_is_registered_like_what_is_said_in_a_chat(room: Room) -> None:
    said: dict[str, Any] = {
        "urgency": "紧急",
        "expected": "能正常导出",
        "pain": "每天手工抄",
        "reporter": "热线小李",
        "at": "2026-11-20 15:00",
    }
    entered = brings(room, source="客服热线", **said)
    request = room.request(entered.request.number)
    assert request.number == "202611-001"
    assert (request.source, request.reporter, request.urgency) == ("客服热线", "热线小李", "urgent")
    assert (request.expected, request.pain) == ("能正常导出", "每天手工抄")
    assert request.reported_at == shanghai("2026-11-20 15:00")
    assert request.created_at == room.now
    assert {"respond_over", "resolve_over", "dispatch"} <= set(room.dues())
    (card,) = [o.message for o in entered.outgoing if o.to == f"fs:{LI}" and isinstance(o.message, Card)]
    shown = dict(card.facts)
    assert (shown["来源"], shown["登记人"], shown["反馈时间"]) == ("客服热线", "热线小李", "2026-11-20 15:00")
    assert PHONE not in card.as_text()


def test_chat_and_proxy_share_one_range_of_numbers(room: Room) -> None:
    assert brings(room).request.number == "202611-001"
    assert room.registers() == "202611-002"
    assert brings(room, "T-2", company="宁波远航", contact="李雷", phone=OTHER_PHONE).request.number == "202611-003"


def test_the_same_origin_is_the_same_request(room: Room) -> None:
    first = brings(room)
    again = brings(room, description="换了说法，还是同一件事")
    assert (first.new, again.new) == (True, False)
    assert again.request.number == first.request.number
    assert again.outgoing == ()
    assert len(room.run(lambda store: requests.listed(store, {}, None, 10))) == 1


@pytest.mark.parametrize("origins", [("T-1", "T-1"), ("T-1", "T-2")])
def test_on_both_databases_an_origin_is_one_request(database: Database, origins: tuple[str, str]) -> None:
    desk = a_desk()

    def bring(origin: str) -> proxy.Entered:
        fit = proxy.read(Form(**GOOD), MONDAY, desk, source="web", origin=origin)
        return database.run_sync(lambda store: proxy.enter(fit, MONDAY, store, desk, by="api"))

    numbers = [bring(origin).request.number for origin in origins]
    assert len(set(numbers)) == len(set(origins))


def test_on_both_databases_one_person_brought_at_once_by_several_is_one_customer(database: Database) -> None:
    desk, begun = a_desk(), Barrier(3)

    def bring(origin: str) -> int:
        fit = proxy.read(Form(**GOOD), MONDAY, desk, source="web", origin=origin)
        begun.wait(5)
        return database.run_sync(lambda store: _slowly(proxy.enter(fit, MONDAY, store, desk, by="api")))

    def _slowly(entered: proxy.Entered) -> int:
        sleep(0.1)
        return entered.request.customer_id

    with ThreadPoolExecutor(3) as threads:
        whose = set(threads.map(bring, ("T-1", "T-2", "T-3")))
    assert len(whose) == 1


def test_who_cannot_be_reached_is_promised_nothing_ever(room: Room) -> None:
    number = brings(room, urgency="紧急").request.number
    told = [room.press("接单"), room.fill("更新进度", content="已定位"), room.fill("请客户补充", content="哪个版本？")]
    picture = room.answers("", number=number, content=Attached(kind="image", media="MEDIA"))
    told += [room.answers("在查了", number=number), picture, Heard(room.fetched(picture))]
    told += [room.sweep_until(room.now + timedelta(days=9)), room.fill("提交验收", content="已修复")]
    assert not [one for heard in told for one in heard.outgoing if one.platform == "wecom"]
    assert not [one for one in room.told if one.to.startswith("proxy:")]
    toast = told[1].toast
    assert toast
    assert "没有会话" in toast.text
    assert "没有发送给客户" in told[3].to(LI)
    assert "没有发送给客户" in told[4].to(LI)


def test_a_request_without_a_chat_can_be_closed(room: Room) -> None:
    brings(room)
    room.press("接单")
    room.fill("提交验收", content="已修复")
    room.fill("关闭", reason="电话确认已解决")
    assert room.request().status == "closed"


def test_the_card_and_show_say_how_to_reach_him(room: Room) -> None:
    number = brings(room).request.number
    card = next(o.message for o in room.told if o.to == f"fs:{LI}" and isinstance(o.message, Card))
    assert "没有会话" in card.body
    assert PHONE in room.said(LI, f"/show {number}").to(LI)
    assert "登记（接口）" in room.said(LI, f"/show {number}").to(LI)
    assert "代录：在线表单" in room.said(LI, "/list").to(LI)
