"""Types of need of one's own: what a model makes of them, trained for them or not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from classifier.evaluate import answers
from classifier.feedback import read_decisions
from classifier.labels import TYPES, Row, read_rows
from classifier.model import load
from classifier.suggest import PACKAGED, Classifier
from classifier.taxonomy import BUILT_IN, Taxonomy
from classifier.train import train

CORPUS = sorted((PACKAGED.parent / "corpus").glob("*.jsonl"))
HOSPITAL = Taxonomy({"repair": "bug", "access": "consult"})
TWO_REPAIRS = Taxonomy({"device": "bug", "network": "bug", "access": "consult"})
BROKEN = "门诊打印机卡纸，报错 E05，排队的人很多"
POLICY = """
[[types]]
key = "repair"
label = "设备报修"
like = "bug"
[[types]]
key = "access"
label = "权限申请"
like = "consult"
[[people]]
name = "李工"
feishu = "ou_li"
department = "信息科"
roles = ["agent", "manager"]
types = ["repair"]
[routing]
repair = { department = "信息科" }
access = { department = "信息科" }
"""


def run(home: Path, *args: str, group: str = "classifier") -> "subprocess.CompletedProcess[str]":
    environment = {key: value for key, value in os.environ.items() if not key.startswith("YINGXU_")}
    command = [sys.executable, "-m", "bot", group, *args]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False, timeout=100)


def own_rows(every: int, start: int = 0) -> str:
    """Return packaged messages as a hospital would label them."""
    own = {"bug": "repair", "improve": "access", "custom": "access", "consult": "access", "other": "other"}
    lines = [line for path in CORPUS for line in path.read_text("utf-8").splitlines()]
    rows = [json.loads(line) for line in lines[start::every]]
    return "\n".join(json.dumps(row | {"type": own[row["type"]]}, ensure_ascii=False) for row in rows) + "\n"


def test_one_type_like_a_kind_is_what_the_packaged_model_means_by_it() -> None:
    plain, own = Classifier.load().suggest(BROKEN), Classifier.load(taxonomy=HOSPITAL).suggest(BROKEN)
    assert (plain.type.value, own.type.value) == ("bug", "repair")
    assert own.type.sure
    assert own.type.because == plain.type.because
    assert (own.urgency, own.nature, own.p_request) == (plain.urgency, plain.nature, plain.p_request)


def test_of_several_types_like_a_kind_none_is_sure_and_all_are_named() -> None:
    guess = Classifier.load(taxonomy=TWO_REPAIRS).suggest(BROKEN).type
    assert (guess.value, guess.sure, guess.among) == ("device", False, ("device", "network"))


def test_a_kind_that_nothing_here_is_like_makes_the_next_best_an_unsure_suggestion() -> None:
    text = "能不能给订单列表加一个按部门筛选的功能，现在一页页翻太慢了"
    assert Classifier.load().suggest(text).type.value == "improve"
    guess = Classifier.load(taxonomy=HOSPITAL).suggest(text).type
    assert guess.value in HOSPITAL.like
    assert not guess.sure


def test_small_talk_is_small_talk_whatever_needs_are_called() -> None:
    said = Classifier.load(taxonomy=TWO_REPAIRS).suggest("谢谢，辛苦了")
    assert (said.type.value, said.urgency.value) == ("other", "none")


def test_the_built_in_types_cost_no_translation() -> None:
    assert BUILT_IN.meaning(TYPES) == {}


def test_figures_of_own_rows_can_be_had_of_a_model_that_knows_only_the_kinds() -> None:
    rows = [Row("1", BROKEN, "repair", "urgent", "product", "", "")]
    (said,) = answers(load(PACKAGED), rows, HOSPITAL)
    assert said["type"].labels == ("repair", "access", "other")
    assert said["type"].ranked()[0][0] == "repair"


def test_decisions_of_other_days_count_for_the_one_type_they_mean(tmp_path: Path) -> None:
    at = {"who": "fs:ou_li", "at": "2026-11-01T10:00:00+08:00", "urgency": "routine", "nature": "product"}
    path = tmp_path / "decisions.jsonl"
    texts = {"导出报错": "bug", "想要新报表": "improve", "开个账号": "access"}
    path.write_text(
        "\n".join(json.dumps({"text": text, "type": type_, **at}) for text, type_ in texts.items()), "utf-8"
    )
    own = {one.row.text: one.row.type for one in read_decisions([path], HOSPITAL, HOSPITAL.types)}
    assert own == {"导出报错": "repair", "开个账号": "access"}, "nothing here is like an improvement"
    kinds = {one.row.text: one.row.type for one in read_decisions([path], HOSPITAL)}
    assert kinds == {"导出报错": "bug", "想要新报表": "improve", "开个账号": "consult"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a hospital: its policy, a little corpus, and the model trained of it."""
    home = tmp_path_factory.mktemp("hospital")
    (home / "policy.toml").write_text(POLICY, "utf-8")
    (home / "own.jsonl").write_text(own_rows(every=12), "utf-8")
    (home / "judge.jsonl").write_text(own_rows(every=40, start=5), "utf-8")
    trained = run(home, "train", "own.jsonl", "--policy", "policy.toml")
    assert trained.returncode == 0, trained.stderr
    assert "repair" in trained.stdout
    return home


def test_a_model_of_own_types_knows_them_and_nothing_else(home: Path) -> None:
    model = load(home / "data" / "models" / "candidate")
    assert model.heads["type"] == ("repair", "access", "other")
    guess = Classifier.load(home / "data" / "models" / "candidate", HOSPITAL).suggest(BROKEN).type
    assert (guess.value, guess.among) == ("repair", ())
    assert guess.because


def test_own_types_are_learnt_from_own_messages_and_urgency_from_the_packaged_too(home: Path, tmp_path: Path) -> None:
    base = read_rows(CORPUS)[6::12]
    own = home / "own.jsonl"
    trained = train([own], tmp_path / "model", lambda *_: None, types=HOSPITAL.types, base=base)
    mine = read_rows([own], HOSPITAL.types)
    model = load(tmp_path / "model")
    assert model.card["labels"]["type"]["repair"] == sum(row.type == "repair" for row in mine)
    urgent = sum(row.urgency == "urgent" for row in (*mine, *base))
    assert (
        model.card["labels"]["urgency"]["urgent"] == urgent == trained.report.heads["urgency"].classes["urgent"].count
    )
    assert trained.report.heads["type"].classes.keys() == set(HOSPITAL.types)
    assert sum(one.count for one in trained.report.heads["type"].classes.values()) < len(mine) + len(base)


def test_where_the_policy_has_other_types_the_model_is_refused_and_the_rules_answer_in_those(home: Path) -> None:
    degraded = Classifier.load(home / "data" / "models" / "candidate", TWO_REPAIRS)
    assert "模型的类型 repair 不在规则的 types 里" in degraded.degraded
    assert degraded.suggest(BROKEN).type.among == ("device", "network")
    assert not degraded.suggest(BROKEN).type.sure


def test_a_model_of_own_types_is_judged_promoted_and_predicts(home: Path) -> None:
    policy, candidate = ("--policy", "policy.toml"), ("--model", "data/models/candidate")
    judged = run(home, "evaluate", "judge.jsonl", *candidate, "--against", str(PACKAGED), *policy)
    assert judged.returncode == 0, judged.stderr
    assert "theirs" in judged.stdout
    assert "access" in judged.stdout
    assert "不是一套" in run(home, "evaluate", *candidate).stderr, "the packaged messages have other types"
    refused = run(home, "promote", *policy)
    assert (refused.returncode, "--data" in refused.stderr) == (1, True)
    done = run(home, "promote", "--data", "judge.jsonl", "--force", *policy)
    assert done.returncode == 0, done.stderr
    said = run(home, "predict", "--text", BROKEN, *policy)
    assert json.loads(said.stdout)["type"] == "repair"
    assert "设备报修" in run(home, "predict", "--text", BROKEN, "--as", "text", *policy).stdout
    stranger = run(home, "predict", "--text", BROKEN)
    assert "模型的类型 repair、access 不在规则的 types 里" in stranger.stderr
    assert json.loads(stranger.stdout)["type"] == "bug", "the rules answer"
    assert "模型的类型 repair、access 不在规则的 types 里" in run(home, group="doctor").stdout


def test_a_row_with_a_type_that_the_policy_does_not_name_is_refused_with_its_place(home: Path) -> None:
    done = run(home, "train", str(CORPUS[0]), "--policy", "policy.toml")
    assert done.returncode == 2
    assert "allowed: repair, access, other" in done.stderr


def test_the_packaged_corpus_is_read_by_the_built_in_types_whatever_the_policy(home: Path) -> None:
    done = run(home, "check", "--policy", "policy.toml")
    assert "allowed" not in done.stderr
    assert read_rows(CORPUS[:1])
