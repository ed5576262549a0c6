"""Every chat of tests/conversations, replayed through the product and both simulators; whole text compared."""

import asyncio
from pathlib import Path

import pytest

from tests.chatfile import FOLDER, Step, read
from tests.playing import Play

CHATS = sorted(FOLDER.glob("*.chat"))


@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
def test_a_conversation_goes_as_written(path: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    seen = "\n".join(asyncio.run(replay(path, tmp_path))) + "\n"
    if request.config.getoption("--rewrite"):
        path.write_text(seen, encoding="utf-8")
    assert seen == path.read_text(encoding="utf-8")


def test_there_are_enough_conversations() -> None:
    assert len(CHATS) >= 60


@pytest.mark.parametrize(("name", "most"), [("一句话说完", 2), ("惜字如金", 7)])
def test_few_turns_lead_to_a_request(name: str, most: int) -> None:
    """Who says everything at once says two things, who says nothing by himself at most seven."""
    lines = (FOLDER / f"{name}.chat").read_text(encoding="utf-8").split("需求已登记")[0].splitlines()
    assert 1 < sum(line.startswith("客户> ") for line in lines) <= most


async def replay(path: Path, data_dir: Path) -> list[str]:
    """Play a chat and write down all that everybody saw."""
    chat = read(path)
    play = Play(chat, data_dir)
    written: list[str] = []
    await play.open()
    try:
        for line in chat.lines:
            written += [line.line, *await play.do(line)] if isinstance(line, Step) else [line]
    finally:
        await play.close()
    return written
