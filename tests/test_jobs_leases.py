"""The job table: leases are kept by who has them, and taken over from who is gone."""

from storage import jobs, leases
from storage.database import Database
from tests.jobs_stage import HOUR, NOW, SECOND, lease, names, put


def test_who_was_overtaken_changes_nothing(database: Database) -> None:
    put(database, "1", "2")
    (slow,) = lease(database, owner="slow", until=NOW)
    assert database.run_sync(lambda s: leases.takeover(s, NOW + SECOND)) == 1
    (quick,) = lease(database, owner="quick")
    assert quick.dedup == "1"
    assert quick.attempts == 2
    for change in (
        lambda s: jobs.finish(s, slow, NOW),
        lambda s: jobs.retry(s, slow, NOW, NOW, ""),
        lambda s: jobs.hold(s, slow, ""),
        lambda s: jobs.bury(s, slow, NOW, ""),
        lambda s: leases.is_mine(s, slow),
    ):
        assert not database.run_sync(change)
    assert lease(database) == []
    assert database.run_sync(lambda s: leases.is_mine(s, quick))
    assert database.run_sync(lambda s: jobs.finish(s, quick, NOW))
    assert not database.run_sync(lambda s: jobs.finish(s, quick, NOW))


def test_a_renewed_lease_is_not_taken_over_and_a_gone_owner_is_at_once(database: Database) -> None:
    put(database, "1")
    (job,) = lease(database, until=NOW)
    database.run_sync(lambda s: leases.renew(s, [job.id], "me", NOW + HOUR))
    assert database.run_sync(lambda s: leases.takeover(s, NOW + SECOND)) == 0
    assert database.run_sync(leases.owners) == {"me"}
    assert database.run_sync(lambda s: leases.takeover(s, NOW, {"me"})) == 1
    assert names(lease(database, owner="other")) == ["1"]


def test_who_stops_gives_back_only_his_own(database: Database) -> None:
    put(database, "1")
    lease(database, owner="stays")
    put(database, "2", lane="b")
    lease(database, owner="goes")
    assert database.run_sync(lambda s: leases.give_back(s, "goes")) == 1
    assert names(lease(database)) == ["2"]
