"""Prepared statements: the same values, rows and errors as SQLAlchemy's own way, on both databases."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from sqlalchemy import Integer, bindparam, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, NoResultFound, OperationalError

from storage import cards, chats, dues, lanes, requests
from storage.chats import Chat
from storage.database import Database, Store, is_fault
from storage.prepared import Prepared, fields, numbered, one_of, prepare
from storage.store import is_passing
from storage.tables.desk import chat
from storage.tables.engine import card, limit_bucket

NOW = datetime(2026, 3, 1, 9, 30, 0, 123456, UTC)
HERE = chat.c.key == bindparam("here")
GET = prepare(select(*fields(chat, Chat)).where(HERE), Chat)
KEYS = prepare(select(chat.c.key).order_by(chat.c.key))
FULL = ["key", "nickname", "last_inbound_at", "sent", "serving", "draft"]
ADD = prepare(insert(chat), columns=FULL)
ADD_KEY = prepare(insert(chat), columns=["key"])
SET = prepare(update(chat).where(HERE), columns=["nickname"])
BUCKETS = prepare(select(limit_bucket.c.key, limit_bucket.c.arrival))
SECRET = "13800138000"  # what a person wrote: no error may quote it


def row(key: str, **columns: Any) -> dict[str, Any]:
    return {"key": key, "nickname": "", "last_inbound_at": None, "sent": 0, "serving": False, "draft": None} | columns


def test_every_type_comes_back_as_it_was_put(database: Database) -> None:
    local = NOW.astimezone(timezone(timedelta(hours=8)))
    full = row("a", nickname="王%s小明\n😀", last_inbound_at=local, sent=3, serving=True, draft=b"\x00\xff{}")

    def work(store: Store) -> tuple[Chat | None, Any, list[Any]]:
        store.execute(ADD, full)
        store.execute(prepare(insert(limit_bucket), columns=["key", "arrival"]), {"key": "k", "arrival": 0.1})
        plain = store.execute(select(*fields(chat, Chat))).one()
        return store.execute(GET, {"here": "a"}).first(), plain, store.execute(BUCKETS).all()

    found, plain, buckets = database.run_sync(work)
    assert found is not None
    assert found == Chat(*plain)
    assert (found.nickname, found.draft, found.serving, found.unreachable) == (
        full["nickname"],
        full["draft"],
        True,
        False,
    )
    assert isinstance(found.serving, bool)
    assert isinstance(found.draft, bytes)
    assert found.last_inbound_at == NOW
    assert found.last_inbound_at.tzinfo is UTC
    assert [(bucket.key, bucket.arrival) for bucket in buckets] == [("k", 0.1)]


def test_what_an_insert_leaves_out_gets_its_default(database: Database) -> None:
    def work(store: Store) -> Chat:
        store.execute(ADD_KEY, {"key": "a"})
        return store.execute(GET, {"here": "a"}).one()

    assert database.run_sync(work) == Chat("a")


def test_a_list_of_parameters_runs_the_statement_for_each(database: Database) -> None:
    def work(store: Store) -> list[str]:
        assert store.execute(ADD, [row(key, last_inbound_at=NOW) for key in "cab"]).rowcount == 3
        assert store.execute(ADD, [row("d")]).rowcount == 1
        assert store.execute(SET, [{"here": key, "nickname": key * 2} for key in "ab"]).rowcount == 2
        return [chats.open_chat(store, key).nickname for key in "abcd"]

    assert database.run_sync(work) == ["aa", "bb", "", ""]
    assert database.run_sync(lambda s: s.execute(KEYS).scalars()) == ["a", "b", "c", "d"]


def test_rows_can_be_asked_for_in_every_way(database: Database) -> None:
    def work(store: Store) -> None:
        nobody = store.execute(KEYS)
        assert (nobody.first(), nobody.scalar(), nobody.all(), nobody.scalars(), list(nobody)) == (
            None,
            None,
            [],
            [],
            [],
        )
        with pytest.raises(NoResultFound):
            nobody.one()
        with pytest.raises(NoResultFound):
            nobody.scalar_one()
        store.execute(ADD, [row("a"), row("b")])
        found = store.execute(KEYS)
        assert (found.scalar(), found.scalar_one(), found.one().key, found.scalars()) == ("a", "a", "a", ["a", "b"])
        assert [one.key for one in found] == [one.key for one in found.all()] == ["a", "b"]
        assert store.execute(SET, {"here": "nobody", "nickname": ""}).rowcount == 0
        assert store.execute(prepare(delete(chat))).rowcount == 2

    database.run_sync(work)


def test_a_list_of_a_known_length_is_compared_with(database: Database) -> None:
    def work(store: Store) -> list[str]:
        store.execute(ADD, [row(key) for key in "abc"])
        for slot in "xyz":
            cards.remember(store, slot, "here", f"m{slot}", NOW)
        query = prepare(select(card.c.slot).where(one_of(card.c.slot, 2)).order_by(card.c.slot))
        assert store.execute(query, numbered(["z", "x"])).scalars() == ["x", "z"]
        return sorted(cards.by_slots(store, ["y", "z", "nothing"]))

    assert database.run_sync(work) == ["y", "z"]


def test_a_parameter_that_is_missing_is_an_error(database: Database) -> None:
    with pytest.raises(KeyError, match="here"):
        database.run_sync(lambda s: s.execute(GET, {"key": "a"}))


def test_what_breaks_a_rule_of_the_tables_is_no_fault_and_quotes_nobody(database: Database) -> None:
    def twice(store: Store) -> None:
        store.execute(ADD, row("a", nickname=SECRET))
        store.execute(ADD, row("a", nickname=SECRET))

    def twice_in_a_list(store: Store) -> None:
        store.execute(ADD, [row("a", nickname=SECRET)] * 2)

    for work in (twice, twice_in_a_list):
        with pytest.raises(IntegrityError) as caught:
            database.run_sync(work)
        assert isinstance(caught.value.orig, sqlite3.IntegrityError | psycopg.IntegrityError)
        assert "INSERT INTO chat" in str(caught.value)
        assert SECRET not in str(caught.value)
        assert not is_fault(caught.value)
        assert not is_passing(caught.value)


def _add_keys(store: Store, keys: str) -> None:
    for key in keys:
        store.execute(ADD_KEY, {"key": key})


def test_a_savepoint_undoes_a_broken_rule_and_the_work_goes_on(database: Database) -> None:
    def work(store: Store) -> list[str]:
        store.execute(ADD_KEY, {"key": "a"})
        with pytest.raises(IntegrityError), store.savepoint():
            _add_keys(store, "ba")
        store.execute(ADD_KEY, {"key": "c"})
        return store.execute(KEYS).scalars()

    assert database.run_sync(work) == ["a", "c"]
    assert database.run_sync(lambda s: s.execute(KEYS).scalars()) == ["a", "c"]


def test_a_lane_let_go_with_a_savepoint_is_locked_again(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writer and locks no lanes")
    held = text("SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
    count = prepare(held.columns(n=Integer))

    def work(store: Store) -> list[int]:
        counts: list[int] = []
        lanes.lock(store, [("in", "a")])
        with pytest.raises(LookupError), store.savepoint():
            _lock_and_fail(store, counts, count)
        for _ in range(2):
            counts.append(store.execute(count).scalar())
            lanes.lock(store, [("in", "a"), ("in", "b")])
        return [*counts, store.execute(count).scalar()]

    assert database.run_sync(work) == [2, 1, 2, 2]


def _lock_and_fail(store: Store, counts: list[int], count: Prepared[Any]) -> None:
    lanes.lock(store, [("in", "b")])
    counts.append(store.execute(count).scalar())
    raise LookupError


def test_what_raises_leaves_nothing_behind(database: Database) -> None:
    def work(store: Store) -> None:
        store.execute(ADD_KEY, {"key": "a"})
        raise LookupError

    with pytest.raises(LookupError):
        database.run_sync(work)
    assert database.run_sync(lambda s: s.execute(KEYS).scalars()) == []


def test_a_wrong_statement_is_no_fault(database: Database) -> None:
    wrong = prepare(text("SELECT nothing FROM nowhere"))
    with pytest.raises(DBAPIError) as caught:
        database.run_sync(lambda s: s.execute(wrong))
    assert not is_fault(caught.value)


def test_a_full_disk_is_a_fault(database: Database) -> None:
    if database.dialect == "postgresql":
        pytest.skip("the server's disk is not ours to fill")
    database.run_sync(lambda s: s.connection.exec_driver_sql("PRAGMA max_page_count=1").scalar())
    with pytest.raises(OperationalError) as caught:
        database.run_sync(lambda s: s.execute(ADD, row("a", draft=b"x" * 100_000)))
    assert is_fault(caught.value)


def test_broken_connections_are_replaced_and_the_work_is_done_again(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("a file has no connections to break")
    tries = []

    def work(store: Store) -> str:
        tries.append(1)
        store.execute(ADD_KEY, {"key": "a"})
        if len(tries) == 1:  # every connection but one of the test's own: an administrator ends them all
            kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = "
            with psycopg.connect(
                database.url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
            ) as own:
                own.execute((kill + "current_database()").encode())
        return store.execute(GET, {"here": "a"}).one().key

    assert database.run_sync(work) == "a"
    assert len(tries) == 2
    assert database.run_sync(lambda s: s.execute(KEYS).scalars()) == ["a"]


def test_an_error_of_a_broken_connection_says_that_it_is_broken(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("a file has no connections to break")
    broken = prepare(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with pytest.raises(OperationalError) as caught:
        database.run_sync(lambda s: s.execute(broken))
    assert caught.value.connection_invalidated
    assert is_fault(caught.value)
    assert is_passing(caught.value)
    assert database.run_sync(lambda s: s.execute(KEYS).scalars()) == []


def test_moments_of_several_kinds_are_put_at_once(database: Database) -> None:
    def work(store: Store) -> list[dict[str, datetime]]:
        number = _request(store)
        dues.put_many(store, number, {"near": NOW, "over": NOW + timedelta(hours=1)})
        before = dues.of_request(store, number)
        dues.put_many(store, number, {"near": NOW + timedelta(hours=2)})
        dues.put_many(store, number, {})
        dues.drop(store, number, ("over", "nothing"))
        dues.drop(store, number, ())
        after = dues.of_request(store, number)
        dues.drop(store, number)
        return [before, after, dues.of_request(store, number)]

    before, after, nothing = database.run_sync(work)
    assert before == {"near": NOW, "over": NOW + timedelta(hours=1)}
    assert after == {"near": NOW + timedelta(hours=2)}
    assert nothing == {}


def _request(store: Store) -> int:
    from storage import customers

    him = customers.add(store, {"company": "甲公司"}, NOW)
    words = {"type": "x", "nature": "x", "urgency": "x", "priority": "P1", "status": "waiting", "chat": "a"}
    return requests.add(store, {"number": "1", "customer_id": him.id, "created_at": NOW, **words}).id


def test_no_index_makes_sqlite_plan_a_statement_anew_for_each_value(database: Database) -> None:
    if database.dialect == "postgresql":
        pytest.skip("PostgreSQL plans a prepared statement once")
    indexes = text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'")
    conditions = [sql.split(" WHERE ")[1] for sql in database.run_sync(lambda s: s.execute(indexes).scalars().all())]
    assert len(conditions) > 5
    # SQLite stops at the first part that a query does not imply, and no query compares the state with a parameter.
    assert all(condition.startswith("state = ") for condition in conditions), conditions
