"""人工: what the person who is called gets to know, and the session of 微信客服 handed over and taken back."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.stage import Stage
from handlers import handover
from handlers.intake import beside
from handlers.messages import Outgoing
from tests.chatfile import FOLDER, START
from tests.factories import CHEN, LI, NEED, WANG, Room, a_request, a_room, person, rules

POLICY = FOLDER / "policies" / "转接.toml"
PEOPLE = [
    person("李工", LI, kf="KfLi"),
    person("王工", "ou_wang", kf="KfWang"),
    person("赵工", "ou_zhao"),
    person("陈晨", CHEN, department="客服部", roles=["agent", "lead"], kf="KfChen"),
]


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


@pytest.fixture
def transferring() -> Iterator[Room]:
    with a_room(people=PEOPLE, routing={}, human={"mode": "transfer"}) as room:
        yield room


def transfers(told: tuple[Outgoing, ...]) -> list[Outgoing]:
    return [one for one in told if one.servicers]


# --- what is known ----------------------------------------------------------------------------------------------------


def test_the_person_called_learns_what_is_missing_what_was_said_and_what_was_sent(room: Room) -> None:
    room.said(WANG, NEED)
    heard = room.sends(WANG)
    room.fetched(heard)
    room.said(WANG, "我姓王，13800001234，你们快点")
    told = room.said(WANG, "人工").to(LI)
    assert "还没问到：" in told
    assert "需求背景" in told.split("还没问到：")[1].split("\n")[0]
    assert "客户最近说：“我们系统导出订单报表一直报错" in told
    assert "138****1234" in told
    assert "13800001234" not in told
    assert "已发来：图片 1" in told


def test_calling_again_brings_what_was_said_since(room: Room) -> None:
    room.registers()
    room.chats_with(WANG, "补充 202611-001 换了浏览器也不行", "真的很急，客户都走了", "人工")
    assert "真的很急" in room.said(WANG, "人工").to(LI)


def test_only_the_last_words_are_remembered(room: Room) -> None:
    for n in range(5):
        room.said(WANG, f"第{n}次说导出报错打不开")
    room.said(WANG, "人工")
    lately = beside.of_chat(room.chat()).lately
    assert [words[:3] for words in lately] == ["第2次", "第3次", "第4次"]
    assert beside.Beside().remembering("很长" * 500).lately == (("很长" * 500)[: beside.LONGEST],)


def test_who_is_on_duty_takes_calls_while_he_has_room() -> None:
    people = [person("李工", LI, types=["bug"]), person("陈晨", CHEN, department="客服部", capacity=1)]
    with a_room(people=people, routing={}, human={"duty": ["陈晨"]}) as room:
        room.chats_with(WANG, NEED, "人工")
        assert (room.newest().owner, room.newest().department) == (CHEN, "客服部")
        room.chats_with("kf:wk:other", NEED, "人工")
        assert room.newest("kf:wk:other").owner == LI


# --- who takes the session --------------------------------------------------------------------------------------------


def test_servicers_are_tried_in_the_order_of_the_house() -> None:
    policy = rules(people=PEOPLE, routing={}, human={"duty": ["赵工", "陈晨"], "servicer": {"研发部": "KfDesk"}})
    assert handover.servicers(a_request(owner=LI), policy) == ("KfChen", "KfLi", "KfWang", "KfDesk")
    assert handover.servicers(a_request(owner="ou_zhao"), rules()) == ()


def test_a_call_moves_the_session_only_where_the_policy_says_so(room: Room, transferring: Room) -> None:
    assert transfers(room.said(WANG, "人工").outgoing) == []
    (moved,) = transfers(transferring.said(WANG, "人工").outgoing)
    assert moved.to == WANG
    assert transfers(transferring.said("app:WangGong", "人工").outgoing) == []


def test_what_becomes_of_consent_is_not_said_in_a_message_that_may_never_come(transferring: Room) -> None:
    told = transferring.said(WANG, "人工").outgoing
    (moved,) = transfers(told)
    assert "隐私" not in moved.message.as_text()
    assert any("隐私" in one.message.as_text() for one in told)


def test_the_bot_is_silent_from_the_moment_the_session_is_handed_over(transferring: Room) -> None:
    (moved,) = transfers(transferring.said(WANG, "人工").outgoing)
    told = transferring.run(lambda store: handover.delivered(moved, store, transferring.now))
    assert "会话已转到微信客服" in told[0].message.as_text()
    assert transferring.said(WANG, "你好").outgoing == ()


# --- taken back -------------------------------------------------------------------------------------------------------


def test_the_end_is_told_by_its_code_and_a_draft_is_named(room: Room) -> None:
    room.said(WANG, NEED)
    room.happens(WANG, "serving", servicer="LiGong")
    (told,) = room.happens(WANG, "served", servicer="LiGong", code="CODE").outgoing
    assert told.code == "CODE"
    assert "继续" in told.message.as_text()


def test_without_a_code_the_next_answer_begins_with_the_sentence_once(room: Room) -> None:
    room.registers()
    room.happens(WANG, "serving", servicer="LiGong")
    assert room.happens(WANG, "served", servicer="LiGong").outgoing == ()
    assert room.said(WANG, "进度").customer.startswith("人工服务已结束")
    assert "人工服务" not in room.said(WANG, "进度").customer


def test_without_a_code_a_draft_is_named_with_the_next_answer_and_his_words_are_no_answer_to_an_old_question(
    room: Room,
) -> None:
    room.said(WANG, NEED)
    before = room.chat(WANG).draft
    room.happens(WANG, "serving", servicer="LiGong")
    room.happens(WANG, "served", servicer="LiGong")
    told = room.said(WANG, "谢谢").customer
    assert told.startswith("人工服务已结束。刚才的登记还保留着")
    assert room.chat(WANG).draft == before
    assert "联系" in room.said(WANG, "继续").customer


def test_who_goes_on_at_once_is_not_told_how_to_go_on(room: Room) -> None:
    room.said(WANG, NEED)
    room.happens(WANG, "serving", servicer="LiGong")
    room.happens(WANG, "served", servicer="LiGong")
    told = room.said(WANG, "继续").customer
    assert told.startswith("人工服务已结束。\n我们继续刚才的登记")


def test_after_the_end_nobody_is_reminded_of_what_rests(room: Room) -> None:
    room.said(WANG, NEED)
    room.happens(WANG, "serving", servicer="LiGong")
    room.happens(WANG, "served", servicer="LiGong", code="CODE")
    assert "还没登记完" not in room.sweep_until(room.now + timedelta(hours=5)).customer


def test_a_code_that_was_too_old_is_made_good_with_the_next_answer(room: Room) -> None:
    from handlers import dispatch

    room.registers()
    room.happens(WANG, "serving")
    (told,) = room.happens(WANG, "served", code="CODE").outgoing
    room.run(lambda store: dispatch.undeliverable(told, "欢迎语的时效已过", store, room.desk, room.now))
    assert room.said(WANG, "进度").customer.startswith("人工服务已结束")


# --- at the wire ------------------------------------------------------------------------------------------------------

Play = Callable[[Stage], Coroutine[Any, Any, None]]


def played(tmp_path: Path, play: Play) -> None:
    async def go() -> None:
        async with Stage(data_dir=tmp_path, policy_path=POLICY, start=START) as stage:
            await stage.settle()
            await stage.customer(NEED)
            await stage.settle()
            await play(stage)

    asyncio.run(go())


async def calls(stage: Stage) -> tuple[list[str], list[str]]:
    """Let the customer call for a person; return what he and the person on duty read since."""
    stage.said_to_customer()
    stage.said_to_staff("陈晨")
    await stage.customer("人工")
    await stage.settle()
    return stage.said_to_customer(), stage.said_to_staff("陈晨")


def state(stage: Stage) -> tuple[int, str]:
    (session,) = stage.wecom.platform.sessions.values()
    return session.state, session.servicer


def test_the_first_on_line_takes_the_session(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        await stage.wecom.servicer_duty("ChenChen", online=False)
        customer, duty = await calls(stage)
        assert state(stage) == (3, "LiGong")
        assert "已为您接通人工客服" in customer[-1]
        assert any("会话已转到微信客服" in told for told in duty)

    played(tmp_path, play)


def test_nobody_on_line_leaves_the_customer_with_the_bot_and_says_so_to_the_agent(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        for userid in ("ChenChen", "LiGong"):
            await stage.wecom.servicer_duty(userid, online=False)
        customer, duty = await calls(stage)
        assert state(stage)[0] != 3
        assert any("已为您转人工" in told for told in customer)
        assert any("没能转到微信客服（没有在线的接待人员）" in told for told in duty)
        await stage.customer("还在吗，报表还是不行")
        await stage.settle()
        assert any("客户补充：还在吗" in told for told in stage.said_to_staff("陈晨"))

    played(tmp_path, play)


@pytest.mark.parametrize(
    ("errcode", "reason"),
    [
        (95011, "企业微信配置有误"),
        (95016, "会话当前不能转接"),
        (95013, "会话当前不能转接"),
        (95012, "企业微信配置有误"),
        (40096, "对方已无法接收企业微信消息"),
    ],
)
def test_a_refusal_falls_back_at_once_with_its_reason(tmp_path: Path, errcode: int, reason: str) -> None:
    async def play(stage: Stage) -> None:
        stage.wecom.inject("kf/service_state/trans", errcode=errcode)
        _, duty = await calls(stage)
        assert state(stage)[0] != 3
        assert any(f"没能转到微信客服（{reason}）" in told for told in duty)

    played(tmp_path, play)


def test_a_busy_platform_is_asked_again_a_few_times_only(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        stage.wecom.inject("kf/service_state/get", errcode=-1, times=1)
        await calls(stage)
        await stage.wait("5m")
        assert state(stage)[0] == 3

    played(tmp_path, play)


def test_a_platform_that_stays_busy_is_not_waited_for(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        stage.wecom.inject("kf/service_state/get", errcode=-1, times=50)
        _, duty = await calls(stage)
        await stage.wait("5m")
        assert any("没能转到微信客服（企业微信繁忙）" in told for told in duty + stage.said_to_staff("陈晨"))

    played(tmp_path, play)


def test_an_answer_that_got_lost_hands_over_once(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        stage.wecom.inject("kf/service_state/trans", http=502, after=True)
        await calls(stage)
        await stage.wait("5m")
        assert state(stage) == (3, "ChenChen")
        await stage.customer("在吗")
        await stage.settle()
        assert stage.said_to_customer() == []

    played(tmp_path, play)
