"""The job table: what is put once, lanes in order, what waits and what is over, on both databases."""

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime

import pytest

from storage import jobs, lanes, queues
from storage.database import Database, Store
from storage.jobs import Job, New
from tests.jobs_stage import HOUR, NOW, SECOND, drained, lease, names, put, put_one, run


def test_what_was_put_before_is_not_put_again(database: Database) -> None:
    put(database, "1")
    assert not database.run_sync(lambda s: put_one(s, "wecom", "other", "1", b"", now=NOW))
    assert database.run_sync(lambda s: put_one(s, "feishu", "a", "1", b"", now=NOW))
    assert drained(database) == ["1"]
    assert not database.run_sync(lambda s: put_one(s, "wecom", "a", "1", b"", now=NOW))


def test_two_who_put_the_same_at_once_put_it_once(database: Database) -> None:
    async def both() -> list[bool]:
        work = [database.run(lambda s: put_one(s, "in", "a", "same", b"", now=NOW)) for _ in range(20)]
        return await asyncio.gather(*work)

    assert sorted(asyncio.run(both())) == [False] * 19 + [True]


def test_only_the_oldest_of_a_lane_is_leased_and_lanes_do_not_wait_for_each_other(database: Database) -> None:
    put(database, "a1", "a2", "a3")
    put(database, "b1", "b2", lane="b")
    first = lease(database)
    assert names(first) == ["a1", "b1"]
    assert lease(database) == []
    assert database.run_sync(lambda s: jobs.finish(s, first[0], NOW))
    assert names(lease(database)) == ["a2"]


def test_a_job_that_failed_keeps_its_place_and_its_lane_waits(database: Database) -> None:
    put(database, "1", "2")
    (failed,) = lease(database)
    assert database.run_sync(lambda s: jobs.retry(s, failed, NOW, NOW + 5 * SECOND, "busy"))
    assert lease(database) == []
    assert database.run_sync(lambda s: queues.next_due(s, ["wecom"], NOW)) == NOW + 5 * SECOND
    (again,) = lease(database, now=NOW + 5 * SECOND)
    assert (again.dedup, again.attempts, again.tried_at) == ("1", 2, NOW)


@pytest.mark.parametrize(
    "end",
    [
        lambda s, j: jobs.bury(s, j, NOW, "no"),
        lambda s, j: jobs.hold(s, j, "window"),
        lambda s, j: jobs.finish(s, j, NOW),
    ],
)
def test_whatever_ends_or_holds_a_job_lets_its_lane_go_on(
    database: Database, end: Callable[[Store, Job], bool]
) -> None:
    put(database, "1", "2")
    (first,) = lease(database)
    assert database.run_sync(lambda s: end(s, first))
    assert names(lease(database)) == ["2"]


def test_a_job_for_later_does_not_stand_in_the_way(database: Database) -> None:
    put(database, "tomorrow", due_at=NOW + 24 * HOUR)
    put(database, "now")
    assert drained(database) == ["now"]
    assert database.run_sync(lambda s: lanes.enter(s, NOW + HOUR)) == set()
    assert database.run_sync(lambda s: lanes.enter(s, NOW + 24 * HOUR)) == {"wecom"}
    assert drained(database, NOW + 24 * HOUR) == ["tomorrow"]


def test_what_waits_behind_a_leased_job_can_be_done_with_it(database: Database) -> None:
    put(database, "1", "2", "3")
    (first,) = lease(database)
    assert database.run_sync(lambda s: jobs.absorb(s, first, NOW)) == [b"2", b"3"]
    put(database, "4")
    database.run_sync(lambda s: jobs.finish(s, first, NOW))
    assert drained(database) == ["4"]


def test_depth_counts_what_is_unfinished_and_since_when(database: Database) -> None:
    put(database, "1", "2", "3")
    put(database, "later", due_at=NOW + HOUR)
    (first,) = lease(database)
    database.run_sync(lambda s: jobs.hold(s, first, "window"))
    found = database.run_sync(queues.depth)
    assert found == {"wecom": queues.Depth(waiting=2, held=1, later=1, oldest=NOW)}
    assert database.run_sync(queues.pending) == 3
    assert not database.run_sync(lambda s: queues.idle(s, "wecom", NOW))
    assert database.run_sync(lambda s: queues.idle(s, "wecom", NOW, ["a"]))
    drained(database)
    assert database.run_sync(lambda s: queues.idle(s, "wecom", NOW))
    assert database.run_sync(lambda s: queues.outcome(s, "wecom", "2")) == ""
    assert database.run_sync(lambda s: queues.outcome(s, "wecom", "later")) is None


def test_what_is_kept_without_work_is_known_and_never_worked(database: Database) -> None:
    database.run_sync(lambda s: jobs.keep(s, New("wecom", "a", "old", b""), NOW, "replayed"))
    assert lease(database) == []
    assert database.run_sync(lambda s: queues.outcome(s, "wecom", "old")) == "replayed"
    assert not database.run_sync(lambda s: put_one(s, "wecom", "a", "old", b"", now=NOW))


def test_only_what_is_long_over_is_purged(database: Database) -> None:
    put(database, "1", "2")
    (first,) = lease(database)
    database.run_sync(lambda s: jobs.finish(s, first, NOW))
    assert database.run_sync(lambda s: jobs.purge(s, NOW)) == 0
    assert database.run_sync(lambda s: jobs.purge(s, NOW + SECOND)) == 1
    assert drained(database) == ["2"]


def test_a_lane_never_has_two_heads_whatever_happens_at_once(database: Database) -> None:
    """Many threads put, lease, finish, hold, release and cancel in few lanes; order within what is told must hold."""
    told: dict[str, list[int]] = {"a": [], "b": []}
    told_lock = threading.Lock()
    left = 4

    def putter(lane: str, half: int) -> None:
        both = (lane, *sorted({"a", "b"} - {lane}))
        for n in range(half, 60, 2):
            run(database, jobs.put_many, [New("wecom", one, f"{one}{n}", b"") for one in both], NOW)

    def worker() -> None:
        quiet = 0
        while quiet < 20:
            leased = lease(database, owner=threading.current_thread().name)
            quiet = 0 if leased else quiet + 1
            for job in leased:
                with told_lock:
                    told[job.lane].append(job.id)
                assert run(database, jobs.finish, job, NOW)
            if not leased:
                threading.Event().wait(0.01)

    threads = [threading.Thread(target=putter, args=(lane, half)) for lane in "ab" for half in (0, 1)]
    threads += [threading.Thread(target=worker) for _ in range(left)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ids in told.values():
        assert len(ids) == 60
        assert ids == sorted(ids)


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="without a time zone"):
        database.run_sync(lambda s: put_one(s, "in", "a", "1", b"", now=datetime(2026, 1, 1)))  # noqa: DTZ001 - the point
