"""Starting and stopping: what is refused at the start, what a restart keeps, and what a kill cannot take."""

import signal
import sqlite3
import time
from pathlib import Path

from tests.databases import new_postgres
from tests.serving import free_port, from_member, kept, serve
from tests.test_cli import run
from tests.test_settings import FEISHU, WECOM


def test_the_clock_is_kept_over_a_restart_and_turned_in_the_zone_of_the_house(tmp_path: Path) -> None:
    first = serve(tmp_path, YINGXU_TEST_CLOCK="1")
    first.ready()
    before = first.ask("GET", "/test/clock").json()["now"]
    turned = first.post("/test/clock", b'{"advance": 2}').json()["now"]
    assert turned > before
    assert first.stop(signal.SIGINT) == 0
    second = serve(tmp_path, YINGXU_TEST_CLOCK="1")
    assert second.ask("GET", "/test/clock").json()["now"] > turned
    assert second.stop() == 0


def test_without_the_test_clock_its_routes_do_not_exist(tmp_path: Path) -> None:
    started = serve(tmp_path)
    assert started.ask("GET", "/test/clock").status == 404
    assert started.post("/test/clock", b'{"advance": 0}').status == 404
    assert started.stop() == 0


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    started = serve(tmp_path)
    ids = [str(88000 + n) for n in range(20)]
    for msgid in ids:
        assert started.post(*from_member("你好", f"m{msgid}", msgid)).status == 200
    assert started.stop(signal.SIGKILL) == -signal.SIGKILL
    assert all(kept(tmp_path, f"wecom:{msgid}") for msgid in ids)
    again = serve(tmp_path)
    again.ready()
    end = time.monotonic() + 20
    while not all(kept(tmp_path, f"wecom:{msgid}") == "done" for msgid in ids):
        assert time.monotonic() < end, again.log()
        time.sleep(0.1)
    assert again.stop() == 0


def test_postgresql_has_to_be_upgraded_first(tmp_path: Path, postgres_server: str) -> None:
    with new_postgres(postgres_server) as url:
        settings = {**WECOM, **FEISHU, "YINGXU_DATABASE_URL": url, "YINGXU_PORT": str(free_port())}
        refused = run(tmp_path, "serve", **settings)
        assert (refused.returncode, refused.stdout) == (2, b"")
        assert refused.stderr.decode() == "YINGXU_DATABASE_URL: 数据库结构不是最新，请先运行 yingxu db upgrade\n"
        assert run(tmp_path, "db", "upgrade", YINGXU_DATABASE_URL=url).returncode == 0
        started = serve(tmp_path, YINGXU_DATABASE_URL=url)
        started.ready()
        assert started.post(*from_member("你好")).status == 200
        assert started.stop() == 0


def test_a_second_server_on_the_same_file_refuses_to_start(tmp_path: Path) -> None:
    started = serve(tmp_path)
    second = run(tmp_path, "serve", **WECOM, **FEISHU, YINGXU_PORT=str(free_port()))
    assert (second.returncode, second.stdout) == (2, b"")
    assert second.stderr.decode().startswith("YINGXU_DATABASE_URL: ")
    assert len(second.stderr.splitlines()) == 1
    taken = run(tmp_path, "serve", **WECOM, **FEISHU, YINGXU_PORT=str(started.port))
    assert taken.returncode == 2
    assert taken.stderr.decode().startswith("YINGXU_HOST, YINGXU_PORT: 无法监听")
    assert started.stop() == 0


def test_while_the_database_is_locked_callbacks_are_to_be_repeated(tmp_path: Path) -> None:
    started = serve(tmp_path)
    started.ready()
    database = sqlite3.connect(tmp_path / "data" / "yingxu.db", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    start = time.monotonic()
    path, body = from_member("你好", msgid="99001")
    assert started.post(path, body).status == 503
    assert time.monotonic() - start < 6
    assert started.ask("GET", "/healthz").status == 200
    assert started.ask("GET", "/readyz").status == 503
    database.execute("ROLLBACK")
    database.close()
    assert started.post(path, body).status == 200
    assert kept(tmp_path, "wecom:99001")
    assert started.stop() == 0
