"""The engine's sending: what was promised is told, tried again, held or given up, and kept below the limits."""

import asyncio
from collections import Counter
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest

from bot.engine import delivery
from bot.engine.rates import rates
from bot.errors import Hold, Refused, Retry
from bot.platforms import Delivered
from storage import cards, jobs
from storage.database import Database
from storage.jobs import Job
from storage.limits import Rate
from tests.engine_stage import (
    DAY,
    START,
    FakePlatform,
    House,
    minutes,
    promise,
    receive,
    running,
    said,
    say,
    turned_clock,
)


def test_a_send_is_tried_again_under_the_same_name_and_its_chat_waits(database: Database) -> None:
    troubles = [Retry("busy"), Retry("slow", after=0.01), RuntimeError("our fault")]
    wecom = FakePlatform("wecom", answer=lambda out: troubles.pop() if out.key == "1" and troubles else None)
    promise(database, say("app:a", "first", "1"), say("app:a", "second", "2"), say("app:b", "other", "3"), now=START)

    async def play() -> tuple[int, int, dict[tuple[str, str], int]]:
        async with running(database, House(), wecom) as engine:
            waiting = await engine.settle()
            return waiting, await engine.advance(START + minutes(10)), engine.counters

    waiting, left, counters = asyncio.run(play())
    assert (waiting > 0, left) == (True, 0)
    assert sorted(wecom.texts[:2]) == ["first", "other"]
    assert wecom.texts[2:] == ["first", "first", "first", "second"]
    assert len({call.name for call in wecom.calls if call.text == "first"}) == 1
    assert [call.attempt for call in wecom.calls if call.text == "first"] == [1, 2, 3, 3]
    assert counters == {("wecom", "delivered"): 3, ("wecom", "retry"): 2}


def test_a_long_wait_that_was_told_is_kept_by_the_clock_of_the_house(database: Database) -> None:
    troubles: list[Exception] = [Retry("limit", after=60.0)]
    wecom = FakePlatform("wecom", answer=lambda _: troubles.pop() if troubles else None)
    promise(database, say("app:a", "first", "1"), now=START)

    async def play() -> tuple[int, int]:
        async with running(database, House(), wecom) as engine:
            return await engine.advance(START + timedelta(seconds=55)), await engine.advance(START + minutes(2))

    assert asyncio.run(play()) == (1, 0)
    assert [call.at >= START + minutes(1) for call in wecom.calls] == [False, True]


def test_a_platform_that_is_down_for_hours_loses_nothing_and_for_a_day_a_person_hears_of_it(database: Database) -> None:
    wecom, feishu = FakePlatform("wecom", answer=lambda _: Retry("down")), FakePlatform("feishu")
    house, clock = House(), turned_clock()
    promise(database, say("app:a", "first", "1"), now=START)
    (tried,) = database.run_sync(lambda s: jobs.lease(s, "wecom", START, 1, "before", START))
    database.run_sync(lambda s: jobs.retry(s, tried, START, START, "down"))
    clock.step_to(START + timedelta(hours=22))

    async def play() -> tuple[int, list[Any]]:
        async with running(database, house, wecom, feishu, clock=clock) as engine:
            held = await engine.advance(START + timedelta(hours=23))
            problems = list(house.problems)
            await engine.advance(START + timedelta(hours=25))
            return held, problems

    assert asyncio.run(play()) == (1, [])
    assert house.problems == [("1", "down")]
    assert feishu.texts == ["undelivered down"]
    assert len(wecom.calls) > 10


def test_one_message_that_never_works_while_others_do_is_given_up_after_twenty_tries() -> None:
    job = Job(1, "wecom", "a", "1", "", b"", 20, START, START, START, "me")
    assert not delivery.hopeless(job, START + minutes(60), None)
    assert not delivery.hopeless(job, START + minutes(60), START - minutes(1))
    assert delivery.hopeless(job, START + minutes(60), START + minutes(1))
    assert delivery.hopeless(job, START + DAY, None)


def test_waits_grow_to_five_minutes_and_are_spread() -> None:
    waits = [delivery.pause(30, Retry("busy")) for _ in range(200)]
    assert max(waits) <= minutes(5)
    assert max(waits) - min(waits) > minutes(4)
    assert all(delivery.pause(1, Retry("busy")) <= timedelta(seconds=2) for _ in range(50))
    assert timedelta(seconds=60) <= delivery.pause(1, Retry("busy", after=60)) <= timedelta(seconds=61)


def test_what_is_held_waits_for_the_next_word_and_what_is_refused_is_told_to_a_person(database: Database) -> None:
    answers: dict[str, Exception] = {"1": Hold("window"), "2": Refused("gone", alert=True)}
    wecom = FakePlatform("wecom", answer=lambda out: answers.pop(out.key, None))
    feishu, house = FakePlatform("feishu"), House()
    promise(database, *(say("app:a", name, name) for name in "123"), now=START)

    async def play() -> tuple[int, int]:
        async with running(database, house, wecom, feishu) as engine:
            held = await engine.settle()
            receive(database, said("app:a", "release", START))
            return held, await engine.settle()

    assert asyncio.run(play()) == (1, 0)
    assert wecom.texts == ["1", "2", "3", "1"]
    assert house.problems == [("1", "window"), ("2", "gone")]
    assert sorted(feishu.texts) == ["undelivered gone", "undelivered window"]


def test_a_closed_window_holds_without_a_call_and_only_the_newest_of_a_tag_is_kept(database: Database) -> None:
    wecom, feishu, house = FakePlatform("wecom"), FakePlatform("feishu"), House(closed={"app:a"})
    promise(database, say("app:a", "old state", "1", supersedes="state"), say("app:a", "words", "2"), now=START)

    async def play() -> tuple[int, int]:
        async with running(database, house, wecom, feishu) as engine:
            await engine.settle()
            promise(database, say("app:a", "new state", "3", supersedes="state"), now=START)
            held = await engine.settle()
            receive(database, said("app:a", "release", START))
            return held, await engine.settle()

    assert asyncio.run(play()) == (2, 0)
    assert wecom.texts == ["words", "new state"]


def test_a_card_is_updated_in_place_while_it_is_young_and_answered_under(database: Database) -> None:
    feishu = FakePlatform("feishu", answer=lambda out: Delivered(message_id="om_1") if out.key == "1" else None)

    async def play() -> None:
        async with running(database, House(), feishu) as engine:
            for day, key, more in (
                (0, "1", {"slot": "r1"}),
                (1, "2", {"thread": "r1"}),
                (13, "3", {"slot": "r1"}),
                (15, "4", {"slot": "other"}),
            ):
                await engine.advance(START + day * DAY)
                promise(database, say("fs:a", key, key, **more), now=START)
                await engine.settle()
            database.run_sync(lambda s: cards.remember(s, "r2", "fs:a", "om_9", START))
            promise(database, say("fs:a", "5", "5", slot="r2"), now=START)
            await engine.settle()

    asyncio.run(play())
    places = {call.text: call.places for call in feishu.calls}
    assert places["1"].slot_message == ""
    assert (places["2"].thread_message, places["2"].thread_chat) == ("om_1", "fs:a")
    assert places["3"].slot_message == "om_1"
    assert places["5"].slot_message == ""
    fresh = database.run_sync(lambda s: cards.by_slot(s, "r2"))
    assert fresh is not None
    assert fresh.message_id != "om_9"


def test_limits_hold_back_one_chat_and_not_the_others(database: Database) -> None:
    feishu = FakePlatform("feishu")
    promise(database, *(say("fs:a", f"{n}", f"{n}") for n in range(4)), say("fs:b", "other", "b"), now=START)

    async def play() -> int:
        async with running(database, House(), feishu, rates=rates) as engine:
            return await engine.settle()

    begin = monotonic()
    assert asyncio.run(play()) == 0
    assert monotonic() - begin >= 0.6
    assert [text for text in feishu.texts if text != "other"] == ["0", "1", "2", "3"]
    assert feishu.texts.index("other") < 3


def test_a_limit_of_all_chats_together_is_waited_for_and_not_asked_again_for_each(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    wecom, looks = FakePlatform("wecom"), Counter[str]()
    promise(database, *(say(f"kf:wk:{n}", f"{n}", f"{n}") for n in range(200)), now=START)
    take = jobs.take

    def counted(*given: Any, **named: Any) -> list[Job]:
        looks["taken"] += 1
        return take(*given, **named)

    monkeypatch.setattr(jobs, "take", counted)

    async def play() -> int:
        limit = {"all": Rate(interval=0.005, burst=40)}
        async with running(database, House(), wecom, rates=lambda _: limit) as engine:
            return await engine.settle(20)

    begin = monotonic()
    assert asyncio.run(play()) == 0
    assert monotonic() - begin >= 160 * 0.005
    assert sorted(map(int, wecom.texts)) == list(range(200))
    assert looks["taken"] < 60


def test_the_barrier_does_not_wait_for_a_limit_of_minutes(database: Database) -> None:
    wecom = FakePlatform("wecom")
    promise(database, *(say("app:a", f"{n}", f"{n}") for n in range(200)), now=START)

    def slow(chat: str) -> Any:
        return {chat: rates("app:a")["app:a:minute"].__class__(interval=60.0, burst=2)}

    async def play() -> int:
        async with running(database, House(), wecom, rates=slow) as engine:
            return await engine.settle(20)

    begin = monotonic()
    assert asyncio.run(play()) == 198
    assert monotonic() - begin < 10


def test_the_rates_stay_below_what_the_platforms_allow() -> None:
    def most(chat: str, bucket: str, seconds: float) -> float:
        rate = rates(chat)[bucket]
        return rate.burst + seconds / rate.interval

    assert most("app:x", "app:x:minute", 60) <= 30
    assert most("app:x", "app:x:hour", 3600) <= 1000
    assert most("kf:x:y", "wecom", 60) < 10_000
    assert most("fs:x", "fs:x:second", 1) <= 5
    assert most("fs:x", "feishu:second", 1) < 50
    assert most("fs:x", "feishu:minute", 60) < 1000
