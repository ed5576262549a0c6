"""Other ways to run the bot, from outside: two processes on one PostgreSQL, the long connection, a first start."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.blackbox import NUMBER, run, wait
from tests.blackbox_world import SUMMARY, World, world
from tests.databases import new_postgres

NEEDS = ("订单列表导出报表时报错500，一点就提示失败", "登录页面报错，点击登录提示异常，无法进入系统")


@pytest.fixture
def two(tmp_path: Path, postgres_server: str) -> Iterator[World]:
    """Yield a world whose callbacks come to two processes in turn; its logs are JSON."""
    with (
        new_postgres(postgres_server) as url,
        world(tmp_path / "one", YINGXU_DATABASE_URL=url, YINGXU_LOG_FORMAT="json") as stage,
    ):
        early = run(stage.folder, "doctor", settings=stage.settings)
        assert early.returncode == 1
        assert b"db upgrade" in early.stdout + early.stderr
        for _ in range(2):
            done = run(stage.folder, "db", "upgrade", settings=stage.settings)
            assert done.returncode == 0, done.stderr
        first, second = stage.start("one"), stage.start("two", tmp_path / "other")
        first.ready()
        second.ready()
        yield stage


def test_two_processes_do_the_whole_job_together_and_one_may_be_killed(two: World) -> None:
    customers = [two.customer(f"pg{n}") for n in range(6)]
    for customer, need in zip(customers, NEEDS * 3, strict=True):
        two.platforms.do(two.writes(customer, need))
    two.advance(60)
    assert {len(two.heard(one)) for one in customers} == {1}
    turned = [datetime.fromisoformat(bot.ask("GET", "/test/clock").json()["now"]) for bot in two.bots]
    assert abs(turned[0] - turned[1]) < timedelta(seconds=30)

    two.platforms.together(*(two.writes(one, two.answer(one)) for one in customers))
    killed = two.bots[1]
    two.kill(killed)
    two.platforms.aim(two.bots[0].address)
    two.advance(60)
    two.start("three", killed.folder).ready()

    for _ in range(6):
        open_ones = [one for one in customers if "登记，编号" not in two.heard(one)[-1]]
        if not open_ones:
            break
        assert set(two.platforms.together(*(two.writes(one, two.answer(one)) for one in open_ones))) == {200}
        two.advance()
    numbers = {one: NUMBER.findall(two.heard(one)[-1])[0] for one in customers}
    assert sorted(int(one[7:]) for one in numbers.values()) == list(range(1, 7))
    for customer, number in numbers.items():
        heard = two.heard(customer)
        assert len(heard) == len(set(heard)), heard
        assert sum("登记，编号" in one for one in heard) == 1
        assert sum(SUMMARY in one for one in heard) == 1
        assert len([one for one in two.feeds() if one.card and f"新需求 {number}" in one.text]) == 1

    two.whole_job(customers[0], numbers[customers[0]])
    assert len(two.heard(customers[0])) == len(set(two.heard(customers[0])))
    assert [two.stop()[0] for _ in range(2)] == [0, 0]
    assert two.leaks() == []
    assert "Traceback" not in two.logs()
    for line in two.logs().splitlines():
        assert isinstance(json.loads(line), dict), line


def test_the_whole_job_over_the_long_connection(tmp_path: Path) -> None:
    with world(tmp_path / "run", mode="websocket") as around:
        around.start().ready()
        wait(lambda: around.platforms.feishu.long_connections.connections, 20, around.logs)
        number = around.registers("by-socket")
        around.whole_job("by-socket", number)
        around.platforms.do(around.platforms.feishu.long_connections.drop())
        wait(lambda: around.platforms.feishu.long_connections.connections, 20, around.logs)
        second = around.registers("by-socket-2")
        around.press(second, "接单")
        assert around.stop()[0] == 0
        assert around.leaks() == []
        assert "Traceback" not in around.logs()


def test_a_first_start_pulls_what_was_written_before_and_answers_only_the_fresh(tmp_path: Path) -> None:
    with world(tmp_path / "run") as around:
        platforms, wecom = around.platforms, around.platforms.wecom
        wecom.queue_only(True)
        old, fresh = around.customer("old"), around.customer("fresh")
        platforms.clock.ahead = -timedelta(minutes=15)
        platforms.do(wecom.customer_says(old, NEEDS[0]))
        platforms.clock.ahead = -timedelta(minutes=5)
        platforms.do(wecom.customer_says(fresh, NEEDS[1]))
        platforms.clock.ahead = timedelta()
        settings = {name: value for name, value in around.settings.items() if name != "YINGXU_TEST_CLOCK"}
        (around.folder / ".env").write_text("".join(f'{name}="{value}"\n' for name, value in settings.items()), "utf-8")
        around.settings = {}
        bot = around.start().ready()
        wait(lambda: len(around.heard(fresh)) == 1, 10, bot.log)
        assert around.heard(old) == []
        assert bot.ask("GET", "/test/clock").status in {404, 405}
        assert bot.clock(advance=0).status in {404, 405}
        wecom.queue_only(False)
        platforms.do(wecom.customer_says(old, "你好"))
        wait(lambda: len(around.heard(old)) == 1, 10, bot.log)
        around.stop()

        wecom.queue_only(True)
        platforms.do(wecom.customer_says(fresh, "上海星河科技有限公司 王芳 13912345678"))
        around.start().ready()
        wait(lambda: len(around.heard(fresh)) == 2, 10, around.logs)
        assert sorted(one.name for one in around.folder.iterdir()) == [".env", "data"]
        assert around.stop()[0] == 0
        assert not re.search("13912345678|Traceback", around.logs())
