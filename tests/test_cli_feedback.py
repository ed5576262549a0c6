"""`yingxu classifier feedback`: what people decided, without their names, beside a running bot."""

import json
from pathlib import Path

import pytest

from classifier.feedback import read_decisions
from handlers.teaching import anonymous
from storage.database import Database
from storage.labels import Judged
from tests.databases import opened
from tests.factories import LI, MONDAY, PROFILE, WANG, ZHAO, Room, a_desk
from tests.test_cli import run

NEED = "我是杭州云杉商贸的王芳，电话13800001234。订单页面希望能按部门筛选，发到 wang@yunshan.com"


def furnish(url: str) -> None:
    """Put a request decided by an agent and one of which only the customer said something into a database."""
    with opened(url) as database:
        room = Room(database, a_desk(), MONDAY)
        for chat in (WANG, ZHAO):
            room.said(chat, "你好")
            room.chats_with(chat, NEED, PROFILE, "之前正常", "3", "没有", "确认")
        number = room.requests(WANG)[0]
        room.press("接单", number.owner, room.button("接单", number.owner))


def test_the_file_can_be_trained_with_and_names_nobody(tmp_path: Path, url: str) -> None:
    furnish(url)
    done = run(tmp_path, "classifier", "feedback", "--out", "all.jsonl", YINGXU_DATABASE_URL=url)
    assert done.returncode == 0, done.stderr.decode()
    assert "已导出 2 条判定" in done.stdout.decode()
    assert "其中 1 条只判定了一部分问题" in done.stdout.decode()
    assert "已导出 2 条…" in done.stderr.decode()
    text = (tmp_path / "all.jsonl").read_text("utf-8")
    assert not any(word in text for word in ("王芳", "云杉", "13800001234", "wang@"))
    partly, row = sorted(map(json.loads, text.splitlines()), key=len)
    assert "按部门筛选" in row["text"]
    assert set(row) == {"text", "type", "urgency", "nature", "suggested", "who", "at", "sure"}
    assert row["who"].startswith("fs:")
    assert "nature" not in partly
    assert partly.keys() >= {"type", "urgency"}
    assert partly["who"].startswith("customer:")
    other, decision = sorted(read_decisions([tmp_path / "all.jsonl"]), key=lambda one: len(one.labels))
    assert decision.at.date() == MONDAY.date()
    assert set(decision.labels) == {"type", "urgency", "nature"}
    assert set(other.labels) == {"type", "urgency"}


def test_it_works_beside_a_running_bot(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/data/yingxu.db"
    (tmp_path / "data").mkdir()
    furnish(url)
    bot = Database(url)
    bot.start()
    try:
        assert run(tmp_path, "classifier", "feedback", "--out", "all.jsonl").returncode == 0
    finally:
        bot.close()
    assert (tmp_path / "all.jsonl").read_text("utf-8")


def test_where_it_cannot_be_written_one_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    furnish(f"sqlite:///{tmp_path}/data/yingxu.db")
    done = run(tmp_path, "classifier", "feedback", "--out", "nowhere/all.jsonl")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("导出报表报错，联系电话 13800001234", "导出报表报错"),
        ("王芳反馈：导出报表报错", "导出报表报错"),
        ("打 0571-88001234 或 13800001234 找我，库存数量对不上", "库存数量对不上"),
    ],
)
def test_whoever_says_it_is_left_out(said: str, left: str) -> None:
    text = anonymous(Judged(1, 1, said, "", "杭州云杉商贸", "王芳", ()))
    assert left in text
    assert "王芳" not in text
    assert "13800001234" not in text
    assert "88001234" not in text
    assert LI not in text
