"""The bot from outside while the platforms misbehave: everything arrives, once, and nobody waits for the other side."""

import re
import time
from collections.abc import Iterator

import pytest

from tests.blackbox import NUMBER, PEOPLE, wait
from tests.blackbox_world import SUMMARY, World, world

SENDS = "POST /open-apis/im/v1/messages"
MINUTE, HOUR = 60, 3600


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("trouble") / "run") as stage:
        stage.start().ready()
        yield stage


@pytest.fixture
def around(started: World) -> World:
    """Return the one world, its platforms well again."""
    started.platforms.wecom.clear_faults()
    started.platforms.feishu.faults.clear()
    started.platforms.say_instead.clear()
    return started


def calm(around: World) -> None:
    """Let the platforms be well again and everything held be offered."""
    around.platforms.wecom.clear_faults()
    around.platforms.feishu.faults.clear()
    for _ in range(3):
        around.advance(10 * MINUTE)


def at_once(around: World, customer: str, text: str) -> float:
    """Let a customer write without turning the clock; returns the real seconds until the answer."""
    before, began = len(around.heard(customer)), time.monotonic()
    assert around.platforms.do(around.writes(customer, text)) == 200
    wait(lambda: len(around.heard(customer)) > before, 20, around.bots[0].log)
    return time.monotonic() - began


def told_at_once(around: World, person: str, text: str) -> float:
    """Let an agent write without turning the clock; returns the real seconds until the answer."""
    before, began = len(around.feed(person)), time.monotonic()
    around.platforms.do(around.platforms.feishu.says(person, text))
    wait(lambda: len(around.feed(person)) > before + 1, 20, around.bots[0].log)
    return time.monotonic() - began


def test_tokens_revoked_midway_are_fetched_anew_and_nothing_is_lost(around: World) -> None:
    customer = around.customer("revoked")
    around.say(customer, "订单列表导出报表时报错500，一点就提示失败")
    fetched = around.platforms.wecom.counts["gettoken", 0]
    around.platforms.wecom.revoke_token()
    around.say(customer, around.answer(customer))
    assert around.platforms.wecom.counts["gettoken", 0] == fetched + 1
    around.platforms.feishu.revoke_token()
    around.platforms.wecom.revoke_token()
    number = around.goes_on(customer)
    around.press(number, "接单")
    assert len(around.heard(customer)) == len(set(around.heard(customer)))


def test_a_dead_feishu_delays_no_customer_and_gets_everything_later(around: World) -> None:
    feishu = around.platforms.feishu
    feishu.inject("POST /open-apis", times=3, hang=6, http=500)
    feishu.inject("POST /open-apis", times=300, http=500)
    customer = around.customer("feishu-dead")
    waited = [at_once(around, customer, "订单列表导出报表时报错500，一点就提示失败")]
    while SUMMARY not in around.heard(customer)[-1]:
        waited.append(at_once(around, customer, around.answer(customer)))
    waited.append(at_once(around, customer, "确认"))
    other = around.customer("feishu-dead-2")
    waited.append(at_once(around, other, "你好"))
    assert max(waited) < 4, waited
    said = around.heard(customer)[-1]
    number = next(word for word in said.replace("，", " ").split() if word.startswith("20"))
    assert not [one for one in around.feeds() if number in one.text]
    began = time.monotonic()
    assert around.advance() > 0
    assert time.monotonic() - began < 60
    calm(around)
    cards = [one for one in around.feeds() if one.card and f"新需求 {number}" in one.text]
    assert len(cards) == 1
    around.press(number, "接单")


def test_a_dead_wecom_delays_no_agent_and_gets_everything_later(around: World) -> None:
    customer = "wecom-dead"
    number = around.registers(customer)
    around.press(number, "接单")
    person, card = around.holder(number, "更新进度")
    around.platforms.wecom.inject("kf/send_msg", times=2, hang=6, http=502)
    around.platforms.wecom.inject("kf/send_msg", times=300, http=502, html=True)
    around.platforms.do(around.platforms.feishu.says(person, "已经在修了", reply_to=card.message_id, in_thread=True))
    for asked in (f"/status {number}", "/help", "/help"):
        assert told_at_once(around, person, asked) < 4
    assert not any("已经在修了" in one for one in around.heard(customer))
    assert around.advance() > 0
    calm(around)
    assert sum("已经在修了" in one for one in around.heard(customer)) == 1


def test_an_answer_lost_after_it_took_effect_is_not_sent_twice(around: World) -> None:
    customer = around.customer("lost-answers")
    around.platforms.wecom.inject("kf/send_msg", times=1, reset=True, after=True)
    around.platforms.feishu.inject(SENDS, times=1, reset=True, after=True)
    around.say(customer, "订单列表导出报表时报错500，一点就提示失败")
    calm(around)
    number = around.goes_on(customer)
    calm(around)
    heard = around.heard(customer)
    assert len(heard) == len(set(heard))
    assert len([one for one in around.feeds() if one.card and f"新需求 {number}" in one.text]) == 1


def test_a_message_that_failed_late_goes_out_again_under_a_new_msgid(around: World) -> None:
    customer = around.customer("late-failure")
    sends = around.platforms.wecom.counts["kf/send_msg", 0]
    around.platforms.wecom.fail_sends_late(0)
    around.say(customer, "订单列表导出报表时报错500，一点就提示失败")
    around.platforms.do(around.platforms.wecom.settle())
    calm(around)
    assert len(around.heard(customer)) == 1
    assert around.platforms.wecom.counts["kf/send_msg", 0] == sends + 2


def test_what_the_limit_of_five_holds_back_comes_as_its_newest_state_when_the_customer_writes(around: World) -> None:
    customer = "five"
    number = around.registers(customer)
    around.press(number, "接单")
    person, _ = around.holder(number, "更新进度")
    for step in range(1, 6):
        around.press(number, "更新进度", 内容=f"进展到第{step}步")
    told = [one for one in around.heard(customer) if "进展到第" in one]
    assert 0 < len(told) <= 5
    assert not any("第5步" in one for one in told)
    assert around.platforms.wecom.counts["kf/send_msg", 95001] <= 3
    assert around.advance(HOUR) >= 0
    told = [one.text for one in around.feed(person) if re.search("无法|不能|未能|联系不上", one.text)]
    assert any(number in one for one in told), told
    around.say(customer, f"进度 {number}")
    around.advance()
    after = around.heard(customer)
    assert any("第5步" in one for one in after)
    assert sum("第4步" in one for one in after) <= 1


def test_while_a_person_serves_the_bot_is_silent_and_then_says_what_it_held(around: World) -> None:
    customer = "served"
    number = around.registers(customer)
    around.press(number, "接单")
    wecom = around.platforms.wecom
    around.platforms.do(_a_servicer(around))
    around.platforms.do(wecom.servicer_takes(customer, "servicer"))
    around.advance()
    around.say(customer, f"进度 {number}")
    before = around.heard(customer)
    around.press(number, "更新进度", 内容="人工期间的进展")
    around.advance(MINUTE)
    assert around.heard(customer) == before
    around.platforms.do(wecom.servicer_ends(customer))
    around.advance(MINUTE)
    around.say(customer, f"进度 {number}")
    around.advance()
    assert any("人工期间的进展" in one for one in around.heard(customer)[len(before) :])


async def _a_servicer(around: World) -> None:
    around.platforms.wecom.add_member("servicer", "接待员")
    around.platforms.wecom.add_servicer("servicer")


def test_a_refused_session_state_is_no_loss(around: World) -> None:
    customer = around.customer("state")
    around.platforms.wecom.inject("kf/send_msg", times=1, errcode=95018)
    around.say(customer, "订单列表导出报表时报错500，一点就提示失败")
    around.advance(MINUTE)
    number = around.goes_on(customer) if around.heard(customer) else ""
    if not number:
        around.say(customer, "在吗")
        number = around.goes_on(customer)
    assert number


def test_errcode_0_with_invaliduser_is_no_success(around: World) -> None:
    wecom = around.platforms.wecom
    wecom.add_member("gone", "离职的同事")
    around.platforms.do(wecom.member_says("gone", "人工"))
    around.advance()
    number = NUMBER.findall(wecom.seen_by_member("gone")[-1].text)[0]
    around.press(number, "接单")
    person, _ = around.holder(number, "更新进度")
    around.platforms.say_instead["/cgi-bin/message/send"] = {"errcode": 0, "errmsg": "ok", "invaliduser": "gone"}
    before, pending = len(around.feed(person)), around.advance()
    around.press(number, "更新进度", 内容="已经在修了")
    assert around.advance(HOUR) <= pending
    told = [one.text for one in around.feed(person)[before:] if re.search("无法|不能|未能|没有送达", one.text)]
    assert any(number in one for one in told), told


def test_nobody_was_told_anything_twice(around: World) -> None:
    calm(around)
    for customer in around.customers:
        said = [one for one in around.heard(customer) if "登记，编号" in one]
        assert len(said) == len(set(said))
    for _, person, _, _ in PEOPLE:
        cards = [one.text.split("】")[0] for one in around.feed(person) if one.card and "新需求" in one.text]
        assert len(cards) == len(set(cards))
    assert "Traceback" not in around.logs()
