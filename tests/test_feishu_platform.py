"""FeishuPlatform against the simulated platform over a real socket: what arrives, and where it appears."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Retry
from bot.sandbox.feishu.cards import parse_card
from handlers.messages import Button, Card, Chart, Form, Input, Message, Text
from tests.feishu_platform_stage import ACCEPT, CARD, START, Stage, failure, play

FORM = Form(
    title="延期 202611-001",
    inputs=(
        Input(name="date", label="日期", kind="date"),
        Input(name="who", label="转给谁", kind="choice", options=(("ou_li", "李工"), ("ou_wu", "吴工"))),
        Input(name="reason", label="原因", kind="long", initial="等客户"),
    ),
    submit=Button(label="提交", action="delay"),
)
CHART = Chart(title="本周", points=(("周一", 3.0), ("周二", 5.0)), unit="件")


@pytest.mark.parametrize("message", [Text(text="你好"), Text(text="选", buttons=(ACCEPT,)), CARD, FORM, CHART])
def test_every_kind_of_message_is_taken_by_the_platform(tmp_path: Path, message: Message) -> None:
    async def scene(stage: Stage) -> None:
        done = await stage.deliver(message)
        (seen,) = stage.seen()
        assert (seen.message_id, done.sent) == (done.message_id, 1)
        if seen.kind == "interactive":
            assert seen.card == parse_card(stage.feishu.world.messages[seen.message_id].content)

    play(tmp_path, scene)


def test_large_cards_and_long_texts_are_taken_too(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        facts = tuple((f"项{n}", "很长的值" * 400) for n in range(30))
        await stage.deliver(Card(title="x", body="字" * 90_000, facts=facts, buttons=(ACCEPT,) * 11))
        done = await stage.deliver(Text(text="字" * 100_000))
        assert done.sent > 1
        texts = [message.content["text"] for message in stage.seen() if message.kind == "text"]
        assert "".join(texts) == "字" * 100_000

    play(tmp_path, scene, rate_limits=False)


def test_a_card_goes_to_a_person_or_a_group(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await stage.deliver(CARD)
        await stage.deliver(CARD, to="fs:oc_team")
        chats = [message.chat_id for message in stage.seen()]
        assert chats == [stage.feishu.private_chat_id("ou_li"), "oc_team"]

    play(tmp_path, scene)


def test_a_card_that_holds_its_slot_is_updated_in_place(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        first = await stage.deliver(CARD)
        done = await stage.deliver(FORM, slot_message=first.message_id, slot_sent_at=START)
        (seen,) = stage.seen()
        assert done == first
        assert seen.updated == 1
        assert "延期 202611-001" in seen.text

    play(tmp_path, scene)


def test_a_card_of_fourteen_days_or_a_recalled_one_is_replaced_by_a_new_one(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        first = await stage.deliver(CARD)
        stage.wait(days=14, seconds=1)
        told = await stage.deliver(CARD, slot_message=first.message_id, slot_sent_at=START)
        assert stage.called("PATCH") == 0
        untold = await stage.deliver(CARD, slot_message=first.message_id)
        assert stage.called("PATCH") == 1
        stage.feishu.world.messages[untold.message_id].deleted = True
        again = await stage.deliver(CARD, slot_message=untold.message_id, slot_sent_at=stage.clock[0])
        assert len({first.message_id, told.message_id, untold.message_id, again.message_id}) == 4

    play(tmp_path, scene)


def test_words_never_update_a_card_but_stand_in_a_message_of_their_own(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        first = await stage.deliver(CARD)
        done = await stage.deliver(Text(text="好"), slot_message=first.message_id, slot_sent_at=START)
        assert done.message_id != first.message_id

    play(tmp_path, scene)


def test_an_answer_appears_in_the_thread_of_its_card(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        card = await stage.deliver(CARD)
        said = await stage.feishu.says("ou_li", "在看", reply_to=card.message_id, in_thread=True)
        assert not said.ok  # nobody listens for callbacks here
        await stage.deliver(Text(text="客户：谢谢"), thread_message=card.message_id)
        answer = stage.seen()[-1]
        assert (answer.root_id, answer.parent_id) == (card.message_id, card.message_id)
        assert answer.thread_id.startswith("omt_")

    play(tmp_path, scene)


def test_an_answer_under_a_recalled_card_goes_to_the_chat(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        card = await stage.deliver(CARD)
        stage.feishu.world.messages[card.message_id].deleted = True
        await stage.deliver(Text(text="客户：谢谢"), thread_message=card.message_id)
        assert stage.seen()[-1].root_id == ""

    play(tmp_path, scene)


def test_where_there_are_no_threads_the_answer_is_a_quotation(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        card = await stage.deliver(CARD)
        stage.feishu.inject(f"/open-apis/im/v1/messages/{card.message_id}/reply", code=230071)
        await stage.deliver(Text(text="客户：谢谢"), thread_message=card.message_id)
        answer = stage.seen()[-1]
        assert (answer.parent_id, answer.thread_id) == (card.message_id, "")

    play(tmp_path, scene)


@pytest.mark.parametrize("fault", [{"reset": True}, {"html": True}, {"http": 503}], ids=str)
def test_a_resend_after_a_lost_answer_shows_one_message(tmp_path: Path, fault: dict[str, Any]) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("POST /open-apis/im/v1/messages", after=True, **fault)
        assert isinstance(await failure(stage, key="same"), Retry)
        await stage.deliver(CARD, key="same")
        assert len(stage.seen()) == 1

    play(tmp_path, scene)


def test_the_bot_learns_its_own_name_when_asked(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        assert stage.platform.bot_open_id() == ""
        for _ in range(500):
            if stage.platform.bot_open_id():
                break
            await asyncio.sleep(0.01)
        assert stage.platform.bot_open_id() == stage.feishu.world.bot_open_id

    play(tmp_path, scene)


def test_importing_the_platform_loads_no_sdk_and_preparing_it_only_a_slim_one(tmp_path: Path) -> None:
    """In a process of its own, with every warning an error: what the SDK prints or warns would show."""
    program = """
import sys
import bot.feishu.platform, bot.feishu.longconn, bot.feishu.edge
assert not any(name.startswith(("lark_oapi", "requests")) for name in sys.modules)
from bot.feishu.sdk import Sdk, socket_module
from bot.feishu.wire import Wire
import asyncio
wire = Wire(1)
Sdk("https://example.invalid", wire)
few = len(sys.modules)
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
socket_module(wire, loop)
loop.close()
print(few, len(sys.modules))
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    few, more = (int(number) for number in done.stdout.split())
    assert few < 2000
    assert more < 2500
