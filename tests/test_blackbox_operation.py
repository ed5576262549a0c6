"""The bot as operators meet it, from outside: repeats, its clock, its end and its return, and what it logs."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest

from tests.blackbox import KF, STOPS, Bot, free_port, run, wait
from tests.blackbox_world import SUMMARY, World, phone_of, world

TALKATIVE = {"DEBUG": "1", "LOG_LEVEL": "DEBUG", "LOGLEVEL": "DEBUG", "PYTHONASYNCIODEBUG": "1"}


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("operation") / "run", **TALKATIVE) as stage:
        stage.start().ready()
        yield stage


def bot_of(around: World) -> Bot:
    return around.bots[0]


def members_heard(around: World, member: str) -> list[str]:
    return [one.text for one in around.platforms.wecom.seen_by_member(member) if one.sender != "member"]


def test_repeats_and_replays_have_one_effect(around: World) -> None:
    wecom, feishu, bot = around.platforms.wecom, around.platforms.feishu, bot_of(around)
    number = around.registers("repeats")
    before = around.heard("repeats")
    summary = next(one for one in before if SUMMARY in one)
    assert all(one in summary for one in ("上海星河科技有限公司", "王芳", phone_of("repeats"), "制造业")), summary
    around.platforms.together(*(wecom.redeliver(index) for index in range(-4, 0) for _ in range(5)))
    around.advance()
    assert around.heard("repeats") == before

    wecom.add_member("m-again", "小李")
    path, body = around.member_says("m-again", "帮助", "777")
    answers = [Bot.ask(bot, "POST", path, body).status for _ in range(3)]
    line = [threading.Thread(target=bot.ask, args=("POST", path, body)) for _ in range(20)]
    for each in line:
        each.start()
    for each in line:
        each.join()
    around.advance()
    assert answers == [200, 200, 200]
    assert len(members_heard(around, "m-again")) == 1

    said = around.platforms.do(feishu.says("ou_boss", f"/show {number}"))
    around.platforms.together(*(feishu.repeat(said, new_event_id=odd) for odd in (True, False) * 5))
    around.advance()
    assert len([one for one in around.feed("ou_boss") if one.sender == "bot" and number in one.text]) == 1

    person, card = around.holder(number, "接单")
    press = (feishu.clicks(person, card.message_id, "接单", card=card.card) for _ in range(5))
    results = around.platforms.together(*press)
    around.advance()
    assert {one.status for one in results} == {200}
    assert sum("受理" in one for one in around.heard("repeats")) == 1


# --- the clock -------------------------------------------------------------------------------------------------------


def test_the_clock_is_turned_forwards_only(around: World) -> None:
    bot = bot_of(around)
    before = datetime.fromisoformat(bot.ask("GET", "/test/clock").json()["now"])
    assert before.utcoffset() is not None
    answer = bot.clock(set=(before + timedelta(hours=1)).isoformat())
    assert answer.status == 200
    assert set(answer.json()) >= {"now", "pending"}
    later = datetime.fromisoformat(answer.json()["now"])
    assert timedelta(0) <= later - before - timedelta(hours=1) < timedelta(seconds=20)
    backwards: tuple[dict[str, Any], ...] = ({"advance": -1}, {"set": before.isoformat()})
    for turn in backwards:
        assert bot.clock(**turn).status == HTTPStatus.CONFLICT
    nonsense: tuple[dict[str, Any], ...] = (
        {},
        {"advance": "soon"},
        {"set": "morgen"},
        {"advance": 1, "set": before.isoformat()},
    )
    for turn in nonsense:
        assert 400 <= bot.clock(**turn).status < 500, turn
    around.platforms.clock.ahead += timedelta(hours=1)
    assert around.advance(60) == 0


# --- end and return --------------------------------------------------------------------------------------------------


def test_a_second_process_on_the_same_file_is_refused_in_one_line(around: World) -> None:
    again = run(around.folder, "serve", settings=around.settings | {"YINGXU_PORT": str(free_port())})
    assert again.returncode == 2, again
    assert len(again.stderr.decode().strip().splitlines()) == 1, again
    assert (again.stdout, b"Traceback" in again.stderr) == (b"", False)


def test_after_a_kill_the_conversation_and_the_clock_go_on(around: World) -> None:
    wecom = around.platforms.wecom
    customer = around.customer("killed")
    around.say(customer, "报表导出报错500，点击导出就提示失败")
    around.say(customer, around.answer(customer))
    answer = around.answer(customer)
    delivery = around.platforms.do(wecom.customer_says(customer, answer))
    around.kill()
    assert delivery.status == 200
    ahead = around.platforms.clock.ahead
    bot = around.start().ready()
    now = datetime.fromisoformat(bot.ask("GET", "/test/clock").json()["now"])
    assert abs(now - around.platforms.clock()) < timedelta(seconds=10), ahead
    around.advance()
    number = around.goes_on(customer)
    heard = around.heard(customer)
    assert len(heard) == len(set(heard))
    assert sum(number in one for one in heard) == 1
    assert number in around.holder(number, "接单")[1].text


def test_sigterm_under_load_loses_nothing_acknowledged(around: World) -> None:
    bot = bot_of(around)
    members = [f"m-load-{n}" for n in range(1000, 1400)]
    for one in members:
        around.platforms.wecom.add_member(one, one)
    acknowledged: list[str] = []

    def writes(part: list[str]) -> None:
        for one in part:
            path, body = around.member_says(one, "帮助", one.removeprefix("m-load-") * 3)
            if bot.ask("POST", path, body).status == 200:
                acknowledged.append(one)

    line = [threading.Thread(target=writes, args=(members[part::4],)) for part in range(4)]
    for each in line:
        each.start()
    wait(lambda: len(acknowledged) > 20, 10)
    code, seconds = around.stop()
    for each in line:
        each.join()
    assert code == 0
    assert seconds < STOPS
    assert len(acknowledged) < len(members), "it was not under load any more"
    around.start().ready()
    around.advance()
    heard = {one: len(members_heard(around, one)) for one in members}
    assert [heard[one] for one in acknowledged] == [1] * len(acknowledged)


def test_an_idle_process_ends_at_once_and_no_log_holds_a_secret(around: World) -> None:
    code, seconds = around.stop()
    assert (code, seconds < STOPS) == (0, True)
    platforms = around.platforms
    tokens = [*platforms.wecom.platform.tokens, *platforms.feishu._tokens._ends]
    sync_tokens = list(platforms.wecom.platform.accounts[KF].sync_tokens)
    assert tokens
    assert around.leaks() == []
    assert [one for one in (*tokens, *sync_tokens) if one in around.logs()] == []
    assert "Traceback" not in around.logs()
