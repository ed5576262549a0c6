"""The engine on both databases: what came in is worked once and in order, what was promised is told, moments come."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import pytest

from bot.clock import Backwards, Clock
from bot.engine import delivery, owners
from bot.engine.engine import Engine
from bot.engine.hooks import Hooks
from bot.engine.rates import rates
from bot.engine.shared import PULLS
from bot.errors import Hold, Refused, Retry
from bot.platforms import Delivered
from handlers.messages import Discard, Incoming, Outgoing, Pressed, Reply, Toast
from storage import cards, cursors, erasures, jobs, leases, queues, resends
from storage.database import Database, Store
from storage.jobs import Job
from tests.databases import opened
from tests.engine_stage import (
    START,
    FakeKf,
    FakePlatform,
    House,
    minutes,
    promise,
    receive,
    remind,
    running,
    said,
    say,
    sent,
    turned_clock,
    until,
)

DAY = timedelta(days=1)


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
            await database.run(lambda s: jobs.put(s, "in", "fs:a", "p1", msgspec.json.encode(pressed[1]), now=START))
            engine.wake("in")
            return first, await waiting, await engine.wait_for("unknown", 0.1)

    first, second, unknown = asyncio.run(play())
    assert first == Toast(text="pressed 0", kind="warning")
    assert second == Toast(text="pressed 1", kind="warning")
    assert unknown is None


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


def test_the_clock_is_turned_through_every_moment_in_order(database: Database) -> None:
    wecom = FakePlatform("wecom")
    house = House()
    remind(database, *(START + n * DAY for n in (3, 1, 2)))
    later = say("app:boss", "later", "later", not_before=START + 1.5 * DAY)

    async def play() -> None:
        async with running(database, house, wecom) as engine:
            payload = msgspec.json.encode(later)
            due = later.not_before
            await database.run(lambda s: jobs.put(s, "wecom", "app:boss", "later", payload, now=START, due_at=due))
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


def kf_item(text: str, age: timedelta = timedelta(), who: str = "u") -> dict[str, Any]:
    return {"who": who, "text": text, "at": START - age}


def signal(database: Database, token: str, key: str) -> None:
    task = {"kind": "kf_pull", "open_kfid": "kf1", "token": token, "token_at": START.isoformat()}
    database.run_sync(lambda s: jobs.put(s, PULLS, "kf:kf1", key, msgspec.json.encode(task), now=START))


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


def test_files_are_fetched_and_a_lost_one_is_told(database: Database) -> None:
    wecom = FakeKf("wecom", files={"good": b"png"})
    house = House()

    async def play(media: str) -> None:
        async with running(database, house, wecom) as engine:
            receive(database, said("app:a", f"fetch {media}", START))
            await engine.settle()

    asyncio.run(play("good"))
    assert house.attachments == {7: "files/good.png"}
    assert wecom.texts == ["got good.png"]


def test_a_file_that_has_expired_is_lost_and_somebody_hears_of_it(database: Database) -> None:
    wecom = FakeKf("wecom", files={"gone": Refused("expired")})

    async def play() -> None:
        async with running(database, House(), wecom) as engine:
            receive(database, said("app:a", "fetch gone", START))
            await engine.settle()

    asyncio.run(play())
    assert wecom.texts == ["lost: expired"]


def test_a_file_that_arrives_after_its_sender_was_erased_is_deleted_and_shown_to_nobody(database: Database) -> None:
    thrown: list[str] = []

    class Meanwhile(FakeKf):
        async def download(self, media: str, most: int) -> tuple[bytes, str, str]:
            await database.run(lambda store: erasures.drop_told(store, ["app:a"], "erased:x", START))
            return await super().download(media, most)

    class Tidy(House):
        def hooks(self) -> Hooks:
            return replace(super().hooks(), discard=thrown.append)

    wecom, house = Meanwhile("wecom", files={"late": b"png"}), Tidy()

    async def play() -> None:
        async with running(database, house, wecom) as engine:
            receive(database, said("app:a", "fetch late", START))
            await engine.settle()

    asyncio.run(play())
    assert thrown == ["files/late.png"]
    assert house.attachments == {}


def test_a_discarded_file_is_deleted_once(database: Database) -> None:
    thrown: list[str] = []

    class Tidy(House):
        def hooks(self) -> Hooks:
            reply = Reply(fetches=(Discard(path="files/0/1.png"),))
            return replace(super().hooks(), discard=thrown.append, handle=lambda *_: reply)

    async def play() -> None:
        async with running(database, Tidy(), FakeKf("wecom")) as engine:
            receive(database, said("app:a", "first", START))
            receive(database, said("app:a", "again", START))
            await engine.settle()

    asyncio.run(play())
    assert thrown == ["files/0/1.png"]


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
                            return jobs.put(store, "in", i.chat, i.id, p, now=START)

                        await (one if c % 2 else other).run(put)
                        (first if c % 2 else second).wake("in")
                return await first.settle() + await second.settle()

        assert asyncio.run(play()) == 0
    assert order == {f"app:{c}": [f"re app:{c}/{n}" for n in range(words)] for c in range(chats)}
    assert all(platform.calls for platform in platforms)
    assert all(house.handled for house in houses)
    assert sum(len(house.handled) for house in houses) >= chats * words


def test_an_owner_that_runs_is_not_gone_and_one_of_another_host_may_run() -> None:
    name = owners.name()
    host, _, started, token = name.split("|")
    assert not owners.is_gone(name)
    assert owners.is_gone(f"{host}|999999|{started}|{token}")
    assert owners.is_gone(name.replace(f"|{started}|", "|1|"))
    assert not owners.is_gone(f"elsewhere/x|999999|{started}|{token}")
    assert not owners.is_gone("nonsense")


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
