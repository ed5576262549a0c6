"""The in-tray: what arrives together is kept together, and what is wrong with one concerns no other."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from bot import tray
from bot.tray import Tray, Unavailable
from storage.database import Database, Store
from storage.jobs import New

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
T = TypeVar("T")


class Counting(Database):
    """A real database that counts the pieces of work it is given."""

    pieces = 0

    async def run(self, work: Callable[[Store], T]) -> T:
        """Count, then run."""
        self.pieces += 1
        return await super().run(work)


def new(dedup: str, payload: bytes = b"x") -> list[New]:
    """Make the jobs of one callback."""
    return [New("in", f"app:{dedup}", dedup, payload)]


def used(folder: Path, work: Callable[[Tray, Counting], Awaitable[T]]) -> T:
    """Run `work` with a tray over a new database."""
    database = Counting(f"sqlite:///{folder / 'tray.db'}")
    database.start()
    try:
        database.upgrade()

        async def run() -> T:
            return await work(Tray(database), database)

        return asyncio.run(run())
    finally:
        database.close()


def kept(folder: Path) -> list[str]:
    """Return what is in the database."""
    database = sqlite3.connect(folder / "tray.db")
    try:
        return [dedup for (dedup,) in database.execute("SELECT dedup FROM job ORDER BY id")]
    finally:
        database.close()


def test_what_arrives_together_is_one_piece_of_work_and_repeats_are_told_apart(tmp_path: Path) -> None:
    async def work(filled: Tray, database: Counting) -> tuple[list[int], int]:
        counts = await asyncio.gather(*(filled.put(new(name), NOW) for name in ("a", "b", "a", "c")))
        return counts, database.pieces

    assert used(tmp_path, work) == ([1, 1, 0, 1], 1)
    assert kept(tmp_path) == ["a", "b", "c"]


def test_more_than_may_stand_in_one_piece_of_work_are_several(tmp_path: Path) -> None:
    async def work(filled: Tray, database: Counting) -> tuple[int, int]:
        return sum(await asyncio.gather(*(filled.put(new(str(n)), NOW) for n in range(150)))), database.pieces

    assert used(tmp_path, work) == (150, 3)


def test_one_that_cannot_be_kept_fails_alone(tmp_path: Path) -> None:
    async def work(filled: Tray, _: Counting) -> list[object]:
        bad = [New("in", "app:bad", "bad", None)]  # type: ignore[arg-type]  # what the table refuses
        putting = (filled.put(one, NOW) for one in (new("a"), bad, new("c")))
        return [*await asyncio.gather(*putting, return_exceptions=True)]

    first, bad, last = used(tmp_path, work)
    assert (first, last) == (1, 1)
    assert isinstance(bad, Exception)
    assert not isinstance(bad, Unavailable)
    assert kept(tmp_path) == ["a", "c"]


def test_everybody_is_told_when_the_database_is_too_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tray, "DURABLE_SECONDS", 0.2)

    async def work(filled: Tray, _: Counting) -> list[object]:
        other = sqlite3.connect(tmp_path / "tray.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        told = await asyncio.gather(*(filled.put(new(name), NOW) for name in "ab"), return_exceptions=True)
        other.execute("ROLLBACK")
        other.close()
        return [*told, await filled.put(new("c"), NOW)]

    *refused, after = used(tmp_path, work)
    assert [type(one) for one in refused] == [Unavailable, Unavailable]
    assert after == 1


def test_whoever_no_longer_waits_hinders_nobody(tmp_path: Path) -> None:
    async def work(filled: Tray, _: Counting) -> int:
        gone = asyncio.ensure_future(filled.put(new("gone"), NOW))
        stays = asyncio.ensure_future(filled.put(new("stays"), NOW))
        await asyncio.sleep(0)
        gone.cancel()
        return await stays

    assert used(tmp_path, work) == 1
    assert kept(tmp_path) == ["gone", "stays"]
