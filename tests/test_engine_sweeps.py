"""The engine's moments: they come in order as the clock is turned, and what was missed is swept at once."""

import asyncio
from typing import Any

import msgspec
import pytest

from bot.clock import Backwards, Clock
from storage.database import Database
from tests.engine_stage import DAY, START, FakePlatform, House, minutes, remind, running, say, turned_clock
from tests.jobs_stage import put_one


def test_the_clock_is_turned_through_every_moment_in_order(database: Database) -> None:
    wecom = FakePlatform("wecom")
    house = House()
    remind(database, *(START + n * DAY for n in (3, 1, 2)))
    later = say("app:boss", "later", "later", not_before=START + 1.5 * DAY)

    async def play() -> None:
        async with running(database, house, wecom) as engine:
            payload = msgspec.json.encode(later)
            due = later.not_before
            await database.run(lambda s: put_one(s, "wecom", "app:boss", "later", payload, now=START, due_at=due))
            await engine.advance(START + 2.5 * DAY)
            assert wecom.texts == ["due 05 09:00", "later", "due 06 09:00"]
            await engine.advance(START + 10 * DAY)

    asyncio.run(play())
    assert wecom.texts[-1] == "due 07 09:00"
    moments = [START + n * DAY for n in (1, 1.5, 2, 3)]
    for call, moment in zip(wecom.calls, moments, strict=True):
        assert moment <= call.at < moment + minutes(1)


def test_after_real_time_asleep_what_was_missed_is_swept_at_once(database: Database) -> None:
    wecom, house = FakePlatform("wecom"), House()
    remind(database, START - DAY, START - 2 * DAY)

    async def play() -> int:
        async with running(database, house, wecom) as engine:
            return await engine.settle()

    assert asyncio.run(play()) == 0
    assert len(wecom.calls) == 2


def test_the_turned_clock_outlives_the_process_and_never_goes_back(database: Database) -> None:
    async def play(clock: Clock, *, to: Any) -> None:
        async with running(database, House(), clock=clock) as engine:
            await engine.advance(to)

    asyncio.run(play(turned_clock(), to=START + 5 * DAY))
    again = Clock(turnable=True)
    asyncio.run(play(again, to=START))
    assert again.now() >= START + 5 * DAY
    with pytest.raises(Backwards):
        again.step_to(START)
