"""How forgiving slash-commands are: names, numbers, slips and wrong words."""

from collections.abc import Iterator

import pytest

from handlers.commands.table import COMMANDS
from tests.factories import LI, NEED, ZHOU, Room, a_room

NUMBER = "202611-001"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        room.registers()
        yield room


@pytest.fixture(scope="module")
def shared() -> Iterator[Room]:
    with a_room() as room:
        room.registers()
        yield room


WAYS = [
    "/status",
    "／status",
    "/ status",
    "　/status",
    "/STATUS",
    "/Status",
    " /status ",
    "/状态",
    "／状态",
    "/status　",
]


@pytest.mark.parametrize("text", WAYS)
def test_a_command_is_known_however_it_is_typed(shared: Room, text: str) -> None:
    assert shared.said(ZHOU, text).to(ZHOU) == shared.said(ZHOU, "/status").to(ZHOU)


NUMBERS = [
    NUMBER,
    "２０２６１１－００１",
    "202611—001",
    "202611_001",
    "202611001",
    f"#{NUMBER}",
    f"【{NUMBER}】",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_known_however_it_is_typed(shared: Room, number: str) -> None:
    assert NEED[:6] in shared.said(ZHOU, f"/show {number}").to(ZHOU)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_a_chinese_name_and_explains_itself(shared: Room, command: object) -> None:
    name, alias, usage = (getattr(command, key) for key in ("name", "alias", "usage"))
    assert usage in shared.said(ZHOU, "/help").to(ZHOU)
    for word in (name, alias, f"/{name}"):
        assert usage in shared.said(ZHOU, f"/help {word}").to(ZHOU)
    assert shared.said(ZHOU, f"/{alias}").to(ZHOU) == shared.said(ZHOU, f"/{name}").to(ZHOU)


def test_no_two_commands_share_a_name() -> None:
    names = [name for command in COMMANDS for name in (command.name, command.alias)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("/statu", "/status"),
        ("/lsit", "/list"),
        ("/assgin", "/assign"),
        ("/help lst", "list"),
        ("/list 待处里", "待处理"),
        ("/list 问题修", "问题修复"),
        ("/list P5", "P"),
        (f"/assign {NUMBER} 陈城", "陈晨"),
        (f"/assign {NUMBER} 李", "李工"),
    ],
)
def test_a_wrong_word_is_answered_with_the_nearest(shared: Room, text: str, nearest: str) -> None:
    assert nearest in shared.said(ZHOU, text).to(ZHOU)


@pytest.mark.parametrize("number", ["202611-01", "202611-0001", "202610-001", "202611-002", "001"])
def test_a_wrong_number_is_answered_with_the_usage_and_the_nearest_number(shared: Room, number: str) -> None:
    told = shared.said(ZHOU, f"/show {number}").to(ZHOU)
    assert "/show 编号" in told
    assert NUMBER in told


@pytest.mark.parametrize(
    "text",
    [
        "/show",
        f"/show {NUMBER} {NUMBER}",
        "/show x",
        "/assign",
        f"/assign {NUMBER}",
        f"/assign {NUMBER} 陈晨 李工",
        "/assign 陈晨",
        f"/assign 陈晨 {NUMBER}",
        "/list 火星",
        "/status 火星",
        "/show %",
        "/show 202611-00_",
        "/show ' OR 1=1 --",
        "/show " + "9" * 5000,
        "/list " + "状态 " * 200,
        "/show \x00",
    ],
)
def test_a_wrong_argument_is_answered_with_the_usage_line(shared: Room, text: str) -> None:
    before = shared.picture()
    told = shared.said(ZHOU, text).to(ZHOU)
    assert "用法：/" in told
    assert len(told) < 600
    assert shared.picture() == before


def test_a_second_line_is_no_second_command(room: Room) -> None:
    room.said(ZHOU, f"/status\n/assign {NUMBER} 陈晨")
    assert room.request().owner == LI


@pytest.mark.parametrize(
    "text", ["status", "//status", "1/2", "/", "/ ", "看看 /status", "/123", "> /status", "/status/x"]
)
def test_what_is_no_command_is_not_run(shared: Room, text: str) -> None:
    assert "看板" not in shared.said(ZHOU, text).to(ZHOU)
