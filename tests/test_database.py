"""The database: work in groups and savepoints, upgrades, one process to a file, a full disk and crashes."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import queues
from storage.database import Database, InUse, Store
from tests.jobs_stage import NOW, drained, put_one, putting, run


def test_one_piece_of_work_that_fails_undoes_itself_alone(database: Database) -> None:
    def bad(store: Store) -> None:
        put_one(store, "wecom", "a", "bad", b"", now=NOW)
        raise LookupError("as meant")

    async def group() -> list[object]:
        good = [database.run(putting(f"{n}")) for n in range(30)]
        return await asyncio.gather(*good[:15], database.run(bad), *good[15:], return_exceptions=True)

    results = asyncio.run(group())
    assert isinstance(results.pop(15), LookupError)
    assert results == [True] * 30
    assert sorted(drained(database), key=int) == [str(n) for n in range(30)]


def test_a_savepoint_undoes_its_block_and_keeps_the_rest(database: Database) -> None:
    def work(store: Store) -> None:
        put_one(store, "wecom", "a", "before", b"", now=NOW)
        with pytest.raises(LookupError):
            inside(store)
        put_one(store, "wecom", "c", "after", b"", now=NOW)

    def inside(store: Store) -> None:
        with store.savepoint():
            put_one(store, "wecom", "b", "inside", b"", now=NOW)
            raise LookupError("as meant")

    database.run_sync(work)
    assert drained(database) == ["before", "after"]


def test_a_wrong_statement_in_a_block_is_the_fault_of_the_block(database: Database) -> None:
    def work(store: Store) -> None:
        with pytest.raises(Exception, match="nowhere"), store.savepoint():
            store.execute(text("SELECT * FROM nowhere"))
        put_one(store, "wecom", "a", "after", b"", now=NOW)

    database.run_sync(work)
    assert drained(database) == ["after"]


def test_the_tables_are_those_of_the_code_after_an_upgrade(url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from storage.tables import metadata

    database = Database(url)
    database.start()
    try:
        assert not database.is_newest()
        database.upgrade()
        database.upgrade()
        assert database.is_newest()
        differences = database.run_sync(lambda s: compare_metadata(MigrationContext.configure(s.connection), metadata))
        assert differences == []
    finally:
        database.close()


def test_a_second_process_is_refused_the_same_file(tmp_path: Path) -> None:
    first, second = (Database(f"sqlite:///{tmp_path}/one.db") for _ in range(2))
    first.start()
    with pytest.raises(InUse, match="PostgreSQL"):
        second.start()
    first.upgrade()
    reader = Database(f"sqlite:///{tmp_path}/one.db", reader=True)
    reader.start()
    assert reader.run_sync(queues.depth) == {}
    with pytest.raises(Exception, match="readonly"):
        reader.run_sync(lambda s: put_one(s, "in", "a", "1", b"", now=NOW))
    reader.close()
    first.close()
    again = Database(f"sqlite:///{tmp_path}/one.db")
    again.start()
    again.close()


def test_a_full_disk_fails_everybody_in_the_group_and_nothing_is_half_kept(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/full.db")
    database.start()
    database.upgrade()
    database.run_sync(lambda s: s.connection.exec_driver_sql("PRAGMA max_page_count=1").scalar())
    big = b"x" * 100_000

    async def group() -> list[object]:
        small = [database.run(putting(f"{n}", big)) for n in range(10)]
        return await asyncio.gather(*small, return_exceptions=True)

    results = asyncio.run(group())
    assert all(isinstance(result, Exception) for result in results), results
    database.run_sync(lambda s: s.connection.exec_driver_sql("PRAGMA max_page_count=100000").scalar())
    assert asyncio.run(group()) == [True] * 10
    database.close()


def test_the_file_is_opened_so_that_a_crash_loses_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/safe.db")
    database.start()
    pragmas = {
        name: run(database, lambda s, pragma: s.connection.exec_driver_sql(f"PRAGMA {pragma}").scalar(), name)
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    database.close()
    with sqlite3.connect(tmp_path / "safe.db") as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()
