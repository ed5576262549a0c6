"""The job table: what is held, released, superseded by its tag or told again."""

from storage import jobs, lanes, leases, resends
from storage.database import Database
from tests.jobs_stage import HOUR, NOW, drained, lease, put, run


def test_what_was_held_comes_back_in_its_old_order_before_newer_words(database: Database) -> None:
    put(database, "1", "2")
    for job in [*lease(database), *lease(database)]:
        run(database, jobs.hold, job, "window")
    (second,) = lease(database)
    database.run_sync(lambda s: jobs.hold(s, second, "window"))
    put(database, "3")
    assert database.run_sync(lambda s: lanes.release(s, "a", NOW, "wecom")) == 2
    assert database.run_sync(lambda s: lanes.release(s, "a", NOW, "wecom")) == 0
    assert drained(database) == ["1", "2", "3"]


def test_what_is_released_while_another_is_being_told_waits_for_it(database: Database) -> None:
    put(database, "1")
    (first,) = lease(database)
    database.run_sync(lambda s: jobs.hold(s, first, "window"))
    put(database, "2")
    (second,) = lease(database)
    database.run_sync(lambda s: lanes.release(s, "a", NOW, "wecom"))
    assert lease(database) == []
    database.run_sync(lambda s: jobs.finish(s, second, NOW))
    (released,) = lease(database)
    # The second attempt: parts of the first may have arrived, and the platform refuses those as repeats.
    assert (released.dedup, released.attempts) == ("1", 2)


def test_of_waiting_promises_with_one_tag_only_the_newest_is_told(database: Database) -> None:
    put(database, "1", "2", tag="card")
    put(database, "other", tag="else")
    put(database, "3", tag="card")
    put(database, "elsewhere", tag="card", lane="b")
    assert sorted(drained(database)) == ["3", "elsewhere", "other"]


def test_a_tag_cancels_what_is_held_and_what_is_for_later_but_not_what_is_on_its_way(database: Database) -> None:
    put(database, "held", tag="card")
    (held,) = lease(database)
    database.run_sync(lambda s: jobs.hold(s, held, "window"))
    put(database, "away", tag="card")
    (away,) = lease(database)
    put(database, "later", tag="card", due_at=NOW + HOUR)
    put(database, "newest", tag="card")
    assert database.run_sync(lambda s: lanes.release(s, "a", NOW, "wecom")) == 0
    assert database.run_sync(lambda s: lanes.enter(s, NOW + HOUR)) == set()
    assert database.run_sync(lambda s: jobs.finish(s, away, NOW))
    assert drained(database) == ["newest"]


def test_cancelling_by_tag_leaves_the_lane_a_head(database: Database) -> None:
    put(database, "1", tag="card")
    put(database, "2")
    assert database.run_sync(lambda s: lanes.cancel_tagged(s, "wecom", "a", "card", NOW)) == 1
    assert drained(database) == ["2"]


def test_what_the_platform_failed_later_is_told_again_once_under_a_new_name(database: Database) -> None:
    put(database, "told", "after")
    (told,) = lease(database)
    name = resends.mark(told.dedup)
    database.run_sync(lambda s: jobs.finish(s, told, NOW, name))
    assert not database.run_sync(lambda s: resends.resend(s, "a", "0" * 32, NOW))
    assert database.run_sync(lambda s: resends.resend(s, "a", name[:16] + "x" * 14 + "-2", NOW))
    (after,) = lease(database)
    database.run_sync(lambda s: jobs.finish(s, after, NOW))
    (again,) = lease(database)
    assert again.payload == b"told"
    assert resends.mark(again.dedup) != name
    database.run_sync(lambda s: jobs.finish(s, again, NOW))
    assert not database.run_sync(lambda s: resends.resend(s, "a", resends.mark(again.dedup), NOW))


def test_a_failure_that_comes_before_the_sending_is_written_down_is_not_lost(database: Database) -> None:
    put(database, "told", "after")
    (told,) = lease(database)
    assert database.run_sync(lambda s: resends.resend(s, "a", resends.mark(told.dedup), NOW))
    assert not database.run_sync(lambda s: leases.is_mine(s, told))
    (again,) = lease(database)
    assert again.payload == b"told"
    assert resends.mark(again.dedup) != resends.mark(told.dedup)
    database.run_sync(lambda s: jobs.finish(s, again, NOW))
    assert drained(database) == ["after"]
