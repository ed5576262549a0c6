"""The commands that open a database of another age, none at all, or one that is in use: one line and what to do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from storage import schema
from storage.database import Database, Store
from tests.databases import KINDS, new_postgres, opened
from tests.test_cli import run, wrong

OLDER = "YINGXU_DATABASE_URL: 数据库结构不是最新，请先运行 yingxu db upgrade"
LOOKING = {
    "feedback": ("classifier", "feedback", "--out", "all.jsonl"),
    "import": ("import", "sheet.csv"),
    "export": ("privacy", "export", "kf:wk:wm"),
    "proofs": ("privacy", "proofs"),
}
WRITING = {
    "import": ("import", "sheet.csv", "--yes"),
    "erase": ("privacy", "erase", "kf:wk:wm", "--yes"),
    "index": ("index",),
}
SHEET = "公司,联系人,电话,需求背景,需求具体描述,紧急程度\n云杉,王芳,13800001234,月底对账,导出报表报错,常规\n"


@pytest.fixture(params=KINDS)
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database whose tables are one revision behind."""
    if request.param == "postgresql":
        with new_postgres(request.getfixturevalue("postgres_server")) as url:
            furnish(url)
            yield url
    else:
        url = f"sqlite:///{tmp_path}/data/yingxu.db"
        furnish(url)
        yield url


def furnish(url: str) -> None:
    """Make the tables as they were before the newest revision."""
    database = Database(url)
    database.start()
    try:
        database.run_sync(_all_but_the_newest)
        assert not database.is_newest()
    finally:
        database.close()


def _all_but_the_newest(store: Store) -> None:
    config = schema._config(store)
    known = ScriptDirectory.from_config(config)
    before = known.get_revision(known.get_current_head() or "").down_revision
    assert isinstance(before, str)
    command.upgrade(config, before)


def is_newest(url: str) -> bool:
    """Whether the tables are those of the code."""
    database = Database(url)
    database.start()
    try:
        return database.is_newest()
    finally:
        database.close()


@pytest.fixture(autouse=True)
def _sheet(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text(SHEET, encoding="utf-8")


def test_whoever_only_looks_at_older_tables_is_told_to_upgrade_them(older: str, tmp_path: Path) -> None:
    for words in LOOKING.values():
        assert wrong(run(tmp_path, *words, YINGXU_DATABASE_URL=older)) == OLDER, words
    assert not is_newest(older)
    assert run(tmp_path, "db", "upgrade", YINGXU_DATABASE_URL=older).returncode == 0
    assert run(tmp_path, *LOOKING["feedback"], YINGXU_DATABASE_URL=older).returncode == 0


def test_who_writes_upgrades_a_file_of_his_own_but_never_postgresql(older: str, tmp_path: Path) -> None:
    for words in WRITING.values():
        done = run(tmp_path, *words, YINGXU_DATABASE_URL=older)
        if older.startswith("postgresql"):
            assert wrong(done) == OLDER, words
        else:
            assert OLDER not in done.stderr.decode(), words
    assert is_newest(older) is older.startswith("sqlite")


@pytest.mark.parametrize("name", ["feedback", "export", "proofs"])
def test_where_there_is_no_database_a_look_says_so_and_makes_none(name: str, tmp_path: Path) -> None:
    assert wrong(run(tmp_path, *LOOKING[name])).startswith("YINGXU_DATABASE_URL: 没有数据库（")
    assert not (tmp_path / "data" / "yingxu.db").exists()


@pytest.mark.parametrize("words", WRITING.values(), ids=WRITING)
def test_who_writes_beside_a_running_bot_on_sqlite_is_told_to_stop_it(words: tuple[str, ...], tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/data/yingxu.db"):
        line = wrong(run(tmp_path, *words))
        assert wrong(run(tmp_path, "db", "upgrade")) == line
    assert line.startswith("YINGXU_DATABASE_URL: ")
    assert line.endswith("请先停止正在运行的 yingxu")
