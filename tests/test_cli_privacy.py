"""`yingxu privacy` as an operator meets it: export, a dry run, deletion, proofs, and beside a running bot."""

from pathlib import Path

import pytest

from storage.database import Database
from tests.databases import opened
from tests.factories import MONDAY, WANG, Room, a_desk
from tests.test_cli import run, wrong


def furnish(url: str) -> str:
    """Put one customer with one request and one file into a database; return its number."""
    with opened(url) as database:
        room = Room(database, a_desk(), MONDAY)
        room.said(WANG, "你好")
        number = room.registers()
        room.fetched(room.sends(WANG), "files/0/1.png")
        return number


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data" / "files" / "0").mkdir(parents=True)
    (tmp_path / "data" / "files" / "0" / "1.png").write_bytes(b"picture")
    return tmp_path


def test_export_delete_and_prove(folder: Path, url: str) -> None:
    number = furnish(url)
    where = {"YINGXU_DATABASE_URL": url}
    exported = run(folder, "privacy", "export", number, "--out", "his.txt", **where)
    assert exported.returncode == 0, exported.stderr.decode()
    text = (folder / "his.txt").read_text("utf-8")
    assert all(one in text for one in ("杭州云杉商贸", "王芳", "13800001234", number))

    tried = run(folder, "privacy", "erase", WANG, **where).stdout.decode()
    assert "需求 1 条" in tried
    assert "--yes" in tried
    assert "王芳" in run(folder, "privacy", "export", WANG, **where).stdout.decode()

    done = run(folder, "privacy", "erase", WANG, "--yes", **where)
    assert done.returncode == 0, done.stderr.decode()
    line = done.stdout.decode()
    assert "由管理员执行" in line
    assert "requests=1" in line
    assert not (folder / "data" / "files" / "0" / "1.png").exists()
    assert run(folder, "privacy", "proofs", **where).stdout.decode() == line
    assert run(folder, "privacy", "proofs", "--chat", WANG, **where).stdout.decode() == line
    assert "没有删除记录" in run(folder, "privacy", "proofs", "--chat", "kf:wk:other", **where).stdout.decode()
    assert "王芳" not in run(folder, "privacy", "export", WANG, **where).stdout.decode()


def test_whom_nobody_knows_is_wrong_usage(folder: Path) -> None:
    furnish(f"sqlite:///{folder}/data/yingxu.db")
    for command in ("export", "erase"):
        done = run(folder, "privacy", command, "kf:wk:nobody")
        assert done.returncode == 2
        assert "没有这个会话或编号" in done.stderr.decode()


def test_beside_a_running_bot_on_sqlite_one_may_look_and_is_told_to_stop_it_before_deleting(folder: Path) -> None:
    url = f"sqlite:///{folder}/data/yingxu.db"
    number = furnish(url)
    bot = Database(url)
    bot.start()
    try:
        assert "王芳" in run(folder, "privacy", "export", number).stdout.decode()
        assert "先停止" in wrong(run(folder, "privacy", "erase", number, "--yes"))
    finally:
        bot.close()
