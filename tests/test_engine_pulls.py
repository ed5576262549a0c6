"""The engine's pulls: the log of a KF account is read from its cursor, once for many signals, and again on failure."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec

from bot.engine.shared import PULLS
from bot.errors import Retry
from storage import cursors, queues
from storage.database import Database
from tests.engine_stage import START, FakeKf, House, minutes, running, turned_clock, until
from tests.jobs_stage import put_one


def kf_item(text: str, age: timedelta = timedelta(), who: str = "u") -> dict[str, Any]:
    return {"who": who, "text": text, "at": START - age}


def signal(database: Database, token: str, key: str) -> None:
    task = {"kind": "kf_pull", "open_kfid": "kf1", "token": token, "token_at": START.isoformat()}
    database.run_sync(lambda s: put_one(s, PULLS, "kf:kf1", key, msgspec.json.encode(task), now=START))


def test_the_first_pull_keeps_old_messages_and_answers_the_new_ones(database: Database) -> None:
    wecom = FakeKf("wecom", log=[kf_item("old", minutes(60)), kf_item("older", minutes(90)), kf_item("new")])
    wecom.log.insert(1, {"broken": True})

    async def play() -> None:
        async with running(database, House(), wecom) as engine:
            await engine.settle()
            assert wecom.texts == ["re new"]
            wecom.log += [kf_item("late", minutes(60)), kf_item("next")]
            await engine.advance(START + minutes(11))

    asyncio.run(play())
    assert wecom.texts == ["re new", "re late", "re next"]
    assert database.run_sync(lambda s: queues.outcome(s, "in", "kf:kf1:u/old")) == "replayed"
    assert database.run_sync(lambda s: cursors.get(s, "kf1")) == cursors.Cursor("6", caught_up=True)


def test_signals_that_wait_are_one_pull_with_the_newest_token(database: Database) -> None:
    wecom = FakeKf("wecom", delay=0.1)

    async def play() -> None:
        async with running(database, House(), wecom) as engine:
            await engine.settle()
            wecom.pulls.clear()
            signal(database, "t0", "0")
            engine.wake(PULLS)
            await until(lambda: wecom.pulls)
            wecom.log.append(kf_item("hello"))
            for n in range(1, 6):
                signal(database, f"t{n}", f"{n}")
            await engine.settle()

    asyncio.run(play())
    assert [token for token, _ in wecom.pulls] == ["t0", "t5"]
    assert wecom.texts == ["re hello"]


def test_a_token_that_is_too_old_is_not_used(database: Database) -> None:
    wecom = FakeKf("wecom")
    signal(database, "old", "0")

    async def play() -> None:
        clock = turned_clock()
        clock.step_to(START + minutes(11))
        async with running(database, House(), wecom, clock=clock) as engine:
            await engine.settle()

    asyncio.run(play())
    assert "old" not in [token for token, _ in wecom.pulls]


def test_a_pull_that_fails_repeats_by_itself(database: Database) -> None:
    wecom = FakeKf("wecom", log=[kf_item("hello")], troubles=[Retry("busy"), ValueError("html")])

    async def play() -> None:
        async with running(database, House(), wecom) as engine:
            await engine.advance(START + minutes(5))

    asyncio.run(play())
    assert wecom.texts == ["re hello"]


def test_a_cursor_that_does_not_advance_ends_the_pull(database: Database) -> None:
    wecom = FakeKf("wecom", stuck=True)

    async def play() -> None:
        async with running(database, House(), wecom) as engine:
            await engine.settle()

    asyncio.run(play())
    assert len(wecom.pulls) == 1


def test_accounts_are_pulled_every_ten_minutes_and_a_long_advance_pulls_once_on_the_way(database: Database) -> None:
    wecom = FakeKf("wecom")

    async def play() -> list[int]:
        async with running(database, House(), wecom) as engine:
            counts = []
            for target in (0, 5, 11, 21, 21 + 60 * 24 * 30):
                await engine.advance(START + minutes(target))
                counts.append(wecom.listed)
            return counts

    start, *rest = asyncio.run(play())
    steps = [after - before for before, after in pairwise([start, *rest])]
    assert start == 1
    assert steps[0] <= 1
    assert steps[1:3] == [1, 1]
    assert 1 <= steps[3] <= 2
