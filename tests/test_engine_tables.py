"""The engine's small tables: limits, the places of cards, cursors and the turned clock."""

from datetime import timedelta

from storage import cards, cursors, limits
from storage import clock as kept_clock
from storage.cursors import Cursor
from storage.database import Database
from storage.limits import Rate
from tests.jobs_stage import HOUR, NOW, run


def test_a_limit_lets_a_burst_through_and_then_its_rate(database: Database) -> None:
    demand = {"chat": Rate(interval=2.0, burst=3)}

    def ask(count: int, seconds: float) -> list[float]:
        real = NOW + timedelta(seconds=seconds)
        return [wait.seconds for wait in database.run_sync(lambda s: limits.admit(s, [demand] * count, real))]

    assert ask(4, 0) == [0, 0, 0, 2.0]
    assert ask(1, 1.5) == [0.5]
    assert ask(2, 2) == [0, 2.0]
    assert ask(4, 100) == [0, 0, 0, 2.0]
    database.run_sync(lambda s: limits.purge(s, NOW + timedelta(seconds=200)))
    assert ask(1, 200) == [0]


def test_a_call_refused_by_one_limit_takes_nothing_from_the_other(database: Database) -> None:
    common, own = Rate(1.0, 2), Rate(10.0, 1)
    demands = [{"all": common, "a": own}, {"all": common, "a": own}, {"all": common, "b": own}]
    waits = database.run_sync(lambda s: limits.admit(s, demands, NOW))
    assert waits == [(0, ""), (10.0, "a"), (0, "")]


def test_a_slot_knows_its_message_and_the_moment_it_was_first_sent(database: Database) -> None:
    database.run_sync(lambda s: cards.remember(s, "r1", "fs:x", "om_1", NOW))
    database.run_sync(lambda s: cards.remember(s, "r1", "fs:x", "om_1", NOW + HOUR))
    assert database.run_sync(lambda s: cards.by_slot(s, "r1")) == cards.CardPlace("r1", "fs:x", "om_1", NOW)
    database.run_sync(lambda s: cards.remember(s, "r1", "fs:y", "om_2", NOW + HOUR))
    assert database.run_sync(lambda s: cards.by_message(s, "om_1")) is None
    place = database.run_sync(lambda s: cards.by_message(s, "om_2"))
    assert place == cards.CardPlace("r1", "fs:y", "om_2", NOW + HOUR)
    assert database.run_sync(lambda s: cards.by_slots(s, ["r1", "r2"])) == {"r1": place}


def test_cursor_and_clock_are_kept(database: Database) -> None:
    assert database.run_sync(lambda s: cursors.get(s, "kf")) == Cursor()
    for cursor in (Cursor("1"), Cursor("2", caught_up=True)):
        run(database, cursors.save, "kf", cursor, NOW)
        assert database.run_sync(lambda s: cursors.get(s, "kf")) == cursor
    assert database.run_sync(kept_clock.load) == timedelta()
    for offset in (timedelta(days=400, microseconds=1), timedelta(days=500)):
        run(database, kept_clock.save, offset)
        assert database.run_sync(kept_clock.load) == offset
