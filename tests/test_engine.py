"""The engine on both databases: what came in is worked once and in order, and a press gets its answer."""

import asyncio
from datetime import timedelta
from pathlib import Path
from time import monotonic

import msgspec

from handlers.messages import Incoming, Pressed, Toast
from storage import jobs
from storage.database import Database
from tests.databases import opened
from tests.engine_stage import DAY, START, FakePlatform, House, promise, receive, running, said, say, sent, until
from tests.jobs_stage import put_one


def test_what_is_said_is_answered_once_and_in_order_in_every_chat(database: Database) -> None:
    wecom, house = FakePlatform("wecom", delay=0.002), House()

    async def play() -> int:
        async with running(database, house, wecom) as engine:
            for n in range(10):
                receive(database, *(said(f"app:{who}", f"{n}", START) for who in "abcde"))
                engine.wake("in")
            receive(database, *(said(f"app:{who}", "3", START) for who in "abcde"))
            return await engine.settle()

    assert asyncio.run(play()) == 0
    for who in "abcde":
        assert [call.text for call in wecom.calls if call.chat == f"app:{who}"] == [f"re {n}" for n in range(10)]
    assert not wecom.overlapped
    assert len(house.handled) == 50
    assert len(sent(database)) == 50


def test_many_chats_are_told_at_once_and_none_waits_for_the_other_platform(database: Database) -> None:
    wecom, feishu = FakePlatform("wecom"), FakePlatform("feishu", delay=0.5)
    promise(database, *(say(f"fs:{n}", "hello", f"f{n}") for n in range(40)), now=START)

    async def play() -> float:
        async with running(database, House(), wecom, feishu) as engine:
            await until(lambda: feishu.at_once == 32)
            begin = monotonic()
            receive(database, said("app:a", "quick", START))
            engine.wake("in")
            await until(lambda: wecom.calls)
            taken = monotonic() - begin
            await engine.settle()
            return taken

    assert asyncio.run(play()) < 0.45
    assert feishu.most_at_once == 32
    assert len(feishu.calls) == 40


def test_a_handler_that_fails_undoes_its_turn_and_a_person_gets_the_words_in_the_end(database: Database) -> None:
    wecom, house = FakePlatform("wecom"), House(broken=lambda text: text == "bad")
    receive(database, said("app:a", "bad", START), said("app:a", "after", START), said("app:b", "other", START))

    async def play() -> list[list[str]]:
        seen = []
        async with running(database, house, wecom) as engine:
            for seconds in (0, 6, 40, 170):
                await engine.advance(START + timedelta(seconds=seconds))
                seen.append(list(wecom.texts))
            return seen

    now, first, second, last = asyncio.run(play())
    assert now == first == second == ["re other"]
    assert sorted(last) == ["poison bad", "re after", "re other"]
    assert house.poisoned == ["bad"]
    traces = database.run_sync(lambda s: [job.dedup for job in jobs.take(s, "trace", START + DAY, 10)])
    assert sorted(traces) == ["app:a/after", "app:b/other"]


def test_a_press_is_answered_with_what_the_handler_decided(database: Database) -> None:
    async def play() -> tuple[Toast | None, ...]:
        async with running(database, House()) as engine:
            pressed = [
                Incoming(id=f"p{n}", chat="fs:a", sender="a", at=START, content=Pressed(action=f"{n}"))
                for n in range(2)
            ]
            receive(database, pressed[0])
            engine.wake("in")
            first = await engine.wait_for("p0", 2)
            waiting = asyncio.create_task(engine.wait_for("p1", 2))
            await asyncio.sleep(0.02)
            await database.run(lambda s: put_one(s, "in", "fs:a", "p1", msgspec.json.encode(pressed[1]), now=START))
            engine.wake("in")
            return first, await waiting, await engine.wait_for("unknown", 0.1)

    first, second, unknown = asyncio.run(play())
    assert first == Toast(text="pressed 0", kind="warning")
    assert second == Toast(text="pressed 1", kind="warning")
    assert unknown is None


def test_an_idle_engine_hardly_works(tmp_path: Path) -> None:
    from time import process_time

    with opened(f"sqlite:///{tmp_path}/idle.db") as database:

        async def play() -> float:
            async with running(database, House(), FakePlatform("wecom"), FakePlatform("feishu")) as engine:
                await engine.settle()
                begin = process_time()
                await asyncio.sleep(3)
                return (process_time() - begin) / 3

        assert asyncio.run(play()) < 0.03
