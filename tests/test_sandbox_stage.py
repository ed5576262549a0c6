"""The stage behind page and terminal: acts, the clock, what is kept from run to run, and the commands that start it."""

import asyncio
import io
import os
import pickle
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox import memory, mishaps
from bot.sandbox.console import Console
from bot.sandbox.given import settings
from bot.sandbox.serving import PortTakenError, door
from bot.sandbox.spans import next_morning, span
from bot.sandbox.stage import NothingToPressError, Stage
from handlers.policy import load
from tests.sandbox_player import MORNING

ROOT = Path(__file__).parent.parent
ZONE = ZoneInfo("Asia/Shanghai")
WORDS = (
    "订单系统打不开了，一直报错500，财务今天下班前要对账",
    "杭州云杉商贸，王芳，13800001234，零售行业",
    "上周升级之后出现的",
    "没有",
)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("24h", timedelta(hours=24)),
        ("+10 分钟", timedelta(minutes=10)),
        ("1小时30分钟", timedelta(minutes=90)),
        ("2 天", timedelta(days=2)),
        ("1.5h", timedelta(minutes=90)),
        ("1个小时", timedelta(hours=1)),
        ("90s", timedelta(seconds=90)),
        ("1w", timedelta(days=7)),
    ],
)
def test_a_length_of_time_is_read_as_people_type_it(text: str, length: timedelta) -> None:
    assert span(text) == length


@pytest.mark.parametrize("text", ["", "一会儿", "24", "h", "3天半", "400天", "9" * 40 + "d", "-1h"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"时长|一年"):
        span(text)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2035-05-15T08:59", "2035-05-15T09:00"),
        ("2035-05-15T09:00", "2035-05-16T09:00"),
        ("2035-05-18T10:00", "2035-05-21T09:00"),  # over a weekend
    ],
)
def test_the_next_morning_is_that_of_a_business_day(now: str, morning: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    assert next_morning(moment, load()) == datetime.fromisoformat(morning).replace(tzinfo=ZONE)


def test_nothing_of_the_machine_reaches_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("YINGXU_DATABASE_URL=postgresql://real.example/db\n")
    monkeypatch.setenv("YINGXU_WECOM__SECRET", "of the real platform")
    given = settings({"YINGXU_DATA_DIR": str(tmp_path), "YINGXU_TEST_CLOCK": "1", "YINGXU_DATABASE_URL": ""})
    assert given.database == f"sqlite:///{tmp_path}/yingxu.db"
    assert given.wecom is None
    assert given.test_clock


def test_a_stage_begins_when_it_is_told_to_and_waits_as_long_as_it_is_told() -> None:
    async def play() -> None:
        async with Stage(start=MORNING) as stage:
            assert stage.now() - MORNING < timedelta(minutes=1)
            await stage.wait("24h")
            await stage.wait(60)
            await stage.wait(timedelta(minutes=1))
            assert timedelta() <= stage.now() - MORNING - timedelta(hours=24, minutes=2) < timedelta(minutes=1)
            with pytest.raises(ValueError, match="already"):
                await stage.until(MORNING)

    asyncio.run(play())


def test_people_are_known_by_name_and_by_id_and_strangers_are_not() -> None:
    async def play() -> None:
        async with Stage(start=MORNING) as stage:
            assert [stage.cast.who(name) for name in ("王芳", "ou_li", "李工", "LiGong")] == [
                "wmWangFang", "ou_li", "ou_li", "LiGong",
            ]  # fmt: skip
            with pytest.raises(LookupError):
                await stage.customer("hi", "陌生人")
            with pytest.raises(NothingToPressError):
                await stage.press("接单", "李工")
            with pytest.raises(NothingToPressError):
                await stage.tap("确认")

    asyncio.run(play())


def test_what_has_been_read_is_not_read_again() -> None:
    async def play() -> None:
        async with Stage(start=MORNING) as stage:
            await stage.customer("你好")
            await stage.settle()
            assert len(stage.said_to_customer()) == 1
            assert stage.said_to_customer() == []
            await stage.customer("/help", "LiGong")
            await stage.settle()
            assert "/status" in stage.said_to_member("LiGong")[0]

    asyncio.run(play())


def test_a_kept_stage_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async def first() -> list[str]:
        async with Stage(data_dir=tmp_path, start=MORNING) as stage:
            for words in WORDS:
                await stage.customer(words)
                await stage.settle()
            await stage.tap("确认")
            await stage.wait("1h")
            return [one.text for one in stage.feishu.seen_by("ou_li")]

    async def second(before: list[str]) -> None:
        async with Stage(data_dir=tmp_path) as stage:
            assert stage.now() > MORNING + timedelta(hours=1)
            assert [one.text for one in stage.feishu.seen_by("ou_li")] == before
            assert any("编号" in text for text in stage.said_to_customer())
            stage.said_to_staff()
            toast = await stage.press("接单", "李工")
            await stage.settle()
            assert toast
            assert toast.type == "success"
            assert ["受理" in text for text in stage.said_to_customer()] == [True]
            assert "处理中" in stage.said_to_staff()[0]

    asyncio.run(second(asyncio.run(first())))


def test_a_file_with_code_instead_of_memories_is_not_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path}/ran",)

    (tmp_path / "platforms.pickle").write_bytes(pickle.dumps([Evil(), Evil()]))

    async def play() -> None:
        async with Stage(data_dir=tmp_path, start=MORNING) as stage:
            assert not memory.recall(tmp_path, stage.wecom, stage.feishu)
            await stage.customer("你好")
            await stage.settle()
            assert stage.said_to_customer()

    asyncio.run(play())
    assert not (tmp_path / "ran").exists()


# A platform that hangs takes real minutes; the tests of the platforms see to it.
@pytest.mark.parametrize("mishap", mishaps.MISHAPS[:-1], ids=lambda mishap: mishap.key)
@pytest.mark.parametrize("platform", mishaps.NAMES)
def test_after_any_mishap_everybody_hears_everything_once(platform: str, mishap: mishaps.Mishap) -> None:
    async def play() -> None:
        async with Stage(start=MORNING) as stage:
            await stage.customer("你好")
            await stage.settle()
            mishaps.cause(stage, platform, mishap.key)
            await stage.customer("帮助")
            await stage.staff("/help", "周经理")
            await stage.settle()
            for _ in range(5):
                await stage.wait("10m")
            assert len([text for text in stage.said_to_customer() if "您可以直接描述需求" in text]) == 1
            assert len(stage.said_to_staff("周经理")) == 1

    asyncio.run(play())


def test_the_terminal_plays_everybody() -> None:
    said = "\n".join([
        *WORDS, "按 确认", "李工> 按 接单", "李工> 按 更新进度", "李工> 按 提交：内容=已定位", "李工> 回 请稍等",
        "周经理", "/status", "等待 工作日", "等待 一会儿", "李工> 按 飞", "帮助 ？", "退出", "不再听",
    ])  # fmt: skip
    screen = io.StringIO()

    async def play() -> None:
        async with Stage(start=MORNING) as stage:
            await Console(stage, io.StringIO(said), screen).run()

    asyncio.run(play())
    seen = screen.getvalue()
    for words in (
        "编号 203505-001",
        "由李工受理",
        "已定位",
        "请稍等",
        "【需求看板】",
        "现在是 2035-05-16 09:00",
        "看不懂时长「一会儿」",
    ):
        assert words in seen
    assert "没有可以按的「飞」" in seen
    assert seen.count("接单       按最新卡片上的按钮") == 2
    assert "不再听" not in seen


def test_a_port_in_use_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PortTakenError, match="无法使用"):
        door(taken.getsockname()[1])


def test_the_command_says_where_its_page_is_and_ends_on_a_signal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "sandbox", "--port", "0", "--data-dir", str(tmp_path / "kept")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE) as running:
        assert running.stdout
        address = next(line.split()[-1].decode() for line in running.stdout if b"http://" in line)
        with urllib.request.urlopen(address) as page:  # noqa: S310 - loopback
            assert "应需" in page.read().decode()
        running.send_signal(signal.SIGTERM)
        assert "已停止" in running.stdout.read().decode()
    assert running.returncode == 0
    assert (tmp_path / "kept" / "platforms.pickle").exists()


def test_the_command_refuses_a_port_in_use_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "bot", "sandbox", "--port", port],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == [f"--port: 端口 {port} 无法使用：Address already in use"]
