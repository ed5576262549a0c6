"""Every chat of tests/conversations, replayed through the product and both simulators; whole text compared."""

import asyncio
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.stage import Stage
from tests.chatfile import FOLDER, Step, read, shown

# A Tuesday of a year without a published holiday calendar, so that no later release of it changes a chat.
START = datetime(2035, 5, 15, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
CUSTOMERS = ("客户", "张伟")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
CHATS = sorted(FOLDER.glob("*.chat"))


@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
def test_a_conversation_goes_as_written(path: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    seen = "\n".join(asyncio.run(replay(path, tmp_path))) + "\n"
    if request.config.getoption("--rewrite"):
        path.write_text(seen, encoding="utf-8")
    assert seen == path.read_text(encoding="utf-8")


def test_there_are_enough_conversations() -> None:
    assert len(CHATS) >= 25


async def replay(path: Path, data_dir: Path) -> list[str]:
    """Play a chat and write down all that everybody saw."""
    written: list[str] = []
    async with Stage(data_dir=data_dir, start=START) as stage:
        await stage.settle()
        for line in read(path):
            written.append(line.line if isinstance(line, Step) else line)
            if isinstance(line, Step):
                toast = await act(stage, line)
                await stage.settle()
                written += ([f"    （{toast}）"] if toast else []) + news(stage)
    return written


async def act(stage: Stage, step: Step) -> str:
    """Do one step; returns the toast a press was answered with."""
    who = {"客户": "王芳"}.get(step.who, step.who)
    customer = step.who in CUSTOMERS or who in stage.cast.members
    if step.who == "等待":
        await stage.wait(step.what)
    elif step.how == "按" and customer:
        await stage.tap(step.label, who)
    elif step.how == "按":
        toast = await stage.press(step.label, who, form=step.form or None)
        return toast.content if toast else ""
    elif step.how == "发":
        await send(stage, step, who, customer=customer)
    elif customer:
        await stage.customer(step.what, who)
    else:
        await stage.staff(step.what, who, thread_of=stage.newest_card(who) if step.how == "回" else "")
    return ""


async def send(stage: Stage, step: Step, who: str, *, customer: bool) -> None:
    """Send something other than words."""
    kind, _, name = step.what.partition(" ")
    kind = {"图片": "image", "文件": "file", "语音": "voice", "位置": "location", "链接": "link"}[kind]
    if customer:
        await stage.customer_sends(kind, PNG, name, who)
    else:
        await stage.staff_sends(kind, PNG, name, who, thread_of=stage.newest_card(who))


def news(stage: Stage) -> list[str]:
    """Write down what everybody has seen since the last step."""
    lines: list[str] = []
    for name in CUSTOMERS:
        for text in stage.said_to_customer({"客户": "王芳"}.get(name, name)):
            lines += shown(name, text)
    for userid in stage.cast.members:
        for text in stage.said_to_member(userid):
            lines += shown(userid, text)
    for person in stage.cast.staff.values():
        for text in stage.said_to_staff(person.feishu):
            lines += shown(person.name, text)
    return lines
