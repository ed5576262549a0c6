"""`yingxu classifier promote` lets both models read what customers wrote last, and shows what would change."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from classifier import releases
from classifier.labels import read_rows
from classifier.model import load, save
from classifier.suggest import PACKAGED
from storage.database import Store
from tests.databases import opened
from tests.factories import MONDAY, Room, a_desk
from tests.learning_stage import opens
from tests.test_classifier_command import candidate_of, run

URGENT = [
    row.text
    for path in (PACKAGED.parent / "frozen").glob("*.jsonl")
    for row in read_rows([path])
    if row.urgency == "urgent"
]
OURS = "我是杭州云杉商贸的王芳，电话13800001234，收银系统全部打不开了，客户在排队，马上处理"


def serves_one_that_never_says_urgent(home: Path) -> None:
    model = load(PACKAGED)
    bias = model.bias.copy()
    bias[5] -= 5
    save(replace(model, bias=bias, card=model.card | {"version": "calm"}), home / "calm", {})
    releases.promote(home / "calm", home / "data" / "models")


def asked_for(home: Path, *texts: str, url: str = "") -> None:
    """Put requests with these words into the database of the deployment."""
    (home / "data").mkdir(exist_ok=True)
    with opened(url or f"sqlite:///{home}/data/yingxu.db") as database:
        room = Room(database, a_desk(), MONDAY)

        def work(store: Store) -> None:
            for text in texts:
                opens(store, room.desk, room.now, description=text, company="杭州云杉商贸")

        room.run(work)


def counted(said: str, head: str) -> list[int]:
    """Return the figures of one line of the table."""
    (line,) = re.findall(rf"^{head} +(\d+) +(\d+) → (\d+) +(\d+)（", said, re.MULTILINE)
    return [int(figure) for figure in line]


def test_people_see_what_would_change_before_it_does_and_the_counts_stay_with_the_model(tmp_path: Path) -> None:
    candidate_of(tmp_path, version="again")
    serves_one_that_never_says_urgent(tmp_path)
    asked_for(tmp_path, OURS, "发票抬头怎么改", "希望列表能按部门筛选")
    done = run(tmp_path, "promote")
    assert done.returncode == 0, done.stderr
    assert "影子对比：最近 3 条需求" in done.stdout
    assert counted(done.stdout, "紧急程度")[0] == 1
    assert counted(done.stdout, "类型")[0] == 0
    (line,) = [line for line in done.stdout.splitlines() if "收银系统" in line]
    assert re.match(r"紧急程度 +(重要|常规) \d+%(（不确定）)? → 紧急 \d+%", line)
    assert not any(word in done.stdout for word in ("王芳", "13800001234", "云杉"))
    record = json.loads((tmp_path / "data" / "models" / "again" / "release.json").read_text("utf-8"))
    assert record["before"] == "calm"
    assert record["shadow"]["messages"] == 3
    assert record["shadow"]["heads"]["urgency"]["changed"] == 1
    assert "收银" not in json.dumps(record, ensure_ascii=False)
    assert '"promoted"' in run(tmp_path, "card").stdout


def test_where_very_many_sure_suggestions_change_somebody_looks_first(tmp_path: Path) -> None:
    candidate_of(tmp_path, version="again")
    serves_one_that_never_says_urgent(tmp_path)
    asked_for(tmp_path, *URGENT[:60])
    refused = run(tmp_path, "promote")
    _, sure, _, changed = counted(refused.stdout, "紧急程度")
    assert sure >= 20
    assert changed > 0.25 * sure
    assert refused.returncode == 1
    assert f"影子对比：紧急程度有把握的建议 {sure} 条中 {changed} 条会变" in refused.stderr
    assert run(tmp_path, "promote", "--changed", "100").returncode == 0


def test_a_forced_promotion_keeps_what_was_said_against_it(tmp_path: Path) -> None:
    candidate_of(tmp_path, version="again")
    assert run(tmp_path, "promote", "--force", "--shadow", "0").returncode == 0
    (reason,) = releases.record_of(tmp_path / "data" / "models" / "again")["forced_against"]
    assert "没有变好" in reason


WITHOUT = "没有做影子对比：YINGXU_DATABASE_URL: 没有数据库"


@pytest.mark.parametrize(("options", "said"), [((), WITHOUT), (("--shadow", "0"), "")])
def test_without_a_database_or_by_wish_it_goes_without(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    candidate_of(tmp_path, version="again")
    serves_one_that_never_says_urgent(tmp_path)
    done = run(tmp_path, "promote", *options)
    assert done.returncode == 0, done.stderr
    assert "【影子对比" not in done.stdout
    assert said in done.stderr
    assert ("影子对比" in done.stderr) is bool(said)


def test_only_the_newest_requests_are_read_and_none_that_was_deleted(tmp_path: Path) -> None:
    candidate_of(tmp_path, version="again")
    serves_one_that_never_says_urgent(tmp_path)
    asked_for(tmp_path, *URGENT[:5], "（客户资料已删除）", "发票抬头怎么改")
    assert "最近 1 条需求" in run(tmp_path, "promote", "--shadow", "2").stdout
