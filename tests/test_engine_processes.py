"""The engine among processes: who dies, stops or is overtaken loses nothing, and several share the work."""

import asyncio
from datetime import timedelta
from time import monotonic

import msgspec

from bot.clock import Clock
from bot.engine import owners
from bot.engine.engine import Engine
from handlers.messages import Incoming, Outgoing
from storage import jobs, leases, resends
from storage.database import Database, Store
from tests.databases import opened
from tests.engine_stage import (
    DAY,
    START,
    FakePlatform,
    House,
    minutes,
    promise,
    running,
    said,
    say,
    sent,
    turned_clock,
    until,
)
from tests.jobs_stage import put_one


def test_a_crash_between_sending_and_recording_sends_again_under_the_same_name(database: Database) -> None:
    """The process dies after the platform took it: the next one repeats it, and the platform knows the name."""
    wecom = FakePlatform("wecom")
    promise(database, say("app:a", "once", "1"), now=START)
    clock = turned_clock()
    dead = owners.name().replace(f"|{owners.name().split('|')[1]}|", "|999999|")
    (crashed,) = database.run_sync(lambda s: jobs.lease(s, "wecom", START, 1, dead, clock.real() + minutes(1)))

    async def play() -> int:
        async with running(database, House(), wecom, clock=clock) as engine:
            return await engine.settle()

    assert asyncio.run(play()) == 0
    assert [(call.name, call.attempt) for call in wecom.calls] == [(resends.mark("1"), 2)]
    assert not database.run_sync(lambda s: jobs.finish(s, crashed, START))


def test_a_lease_of_somebody_who_may_live_elsewhere_is_only_taken_when_it_ends(postgres_server: str) -> None:
    from tests.databases import new_postgres

    wecom = FakePlatform("wecom")
    with new_postgres(postgres_server) as url, opened(url) as database:
        promise(database, say("app:a", "once", "1"), now=START)
        clock = turned_clock()
        until = clock.real() + timedelta(seconds=3)
        database.run_sync(lambda s: jobs.lease(s, "wecom", START, 1, "elsewhere/1|1|1|x", until))

        async def play() -> int:
            async with running(database, House(), wecom, clock=clock) as engine:
                early = await engine.settle(1)
                assert not wecom.calls
                return early + await engine.settle(15)

        assert asyncio.run(play()) == 1
        assert wecom.texts == ["once"]


def test_a_result_that_comes_after_a_takeover_is_not_recorded(database: Database) -> None:
    wecom, house = FakePlatform("wecom", delay=0.3), House()
    promise(database, say("app:a", "slow", "1"), now=START)

    async def play() -> dict[tuple[str, str], int]:
        async with running(database, house, wecom) as engine:
            await until(lambda: wecom.calls)
            clock = Clock()
            await database.run(lambda s: leases.takeover(s, clock.real() + DAY))
            await engine.settle()
            return engine.counters

    assert asyncio.run(play()) == {("wecom", "overtaken"): 1, ("wecom", "delivered"): 1}
    assert sent(database) == [("1", 1)]


def test_stopping_lets_a_send_end_and_gives_the_rest_back(database: Database) -> None:
    quick, slow = FakePlatform("wecom", delay=0.2), FakePlatform("feishu", delay=30)
    promise(database, say("app:a", "ends", "1"), say("fs:a", "stays", "2"), now=START)
    house = House()

    async def play() -> float:
        engine = Engine(database, turned_clock(), None, {"wecom": quick, "feishu": slow}, house.hooks())
        await engine.start()
        await until(lambda: quick.calls and slow.calls)
        begin = monotonic()
        await engine.stop(1)
        return monotonic() - begin

    assert asyncio.run(play()) < 3
    assert sent(database) == [("1", 1)]
    assert database.run_sync(leases.owners) == set()
    assert [j.dedup for j in database.run_sync(lambda s: jobs.take(s, "feishu", START + DAY, 9))] == ["2"]


def test_an_owner_that_runs_is_not_gone_and_one_of_another_host_may_run() -> None:
    name = owners.name()
    host, _, started, token = name.split("|")
    assert not owners.is_gone(name)
    assert owners.is_gone(f"{host}|999999|{started}|{token}")
    assert owners.is_gone(name.replace(f"|{started}|", "|1|"))
    assert not owners.is_gone(f"elsewhere/x|999999|{started}|{token}")
    assert not owners.is_gone("nonsense")


def test_two_processes_on_one_postgres_share_the_work_and_keep_every_chat_in_order(postgres_server: str) -> None:
    from tests.databases import new_postgres

    chats, words = 12, 12
    platforms = [FakePlatform("wecom", delay=0.003), FakePlatform("wecom", delay=0.003)]
    order: dict[str, list[str]] = {}

    def note(out: Outgoing) -> None:
        order.setdefault(out.to, []).append(out.key)

    for platform in platforms:
        platform.answer = note
    houses = [House(), House()]
    with new_postgres(postgres_server) as url, opened(url) as one, opened(url) as other:

        async def play() -> int:
            async with (
                running(one, houses[0], platforms[0]) as first,
                running(other, houses[1], platforms[1]) as second,
            ):
                for n in range(words):
                    for c in range(chats):
                        incoming = said(f"app:{c}", f"{n}", START)
                        payload = msgspec.json.encode(incoming)

                        def put(store: Store, i: Incoming = incoming, p: bytes = payload) -> bool:
                            return put_one(store, "in", i.chat, i.id, p, now=START)

                        await (one if c % 2 else other).run(put)
                        (first if c % 2 else second).wake("in")
                return await first.settle() + await second.settle()

        assert asyncio.run(play()) == 0
    assert order == {f"app:{c}": [f"re app:{c}/{n}" for n in range(words)] for c in range(chats)}
    assert all(platform.calls for platform in platforms)
    assert all(house.handled for house in houses)
    assert sum(len(house.handled) for house in houses) >= chats * words
