"""`yingxu classifier` as people call it: predict, card, check, evaluate with its page, promote, rollback."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli_classifier import classifier
from classifier import picture, releases, study
from classifier.evaluate import answers, report
from classifier.labels import HEADS, read_rows
from classifier.model import load, save
from classifier.study import Line
from classifier.suggest import PACKAGED

DATA = PACKAGED.parent


def run(home: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    environment = {key: value for key, value in os.environ.items() if not key.startswith("YINGXU_")}
    command = [sys.executable, "-m", "bot", "classifier", *args]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False, timeout=100)


@pytest.mark.parametrize("command", ["card", "check", "study", "speed", "rollback"])
def test_every_command_of_the_classifier_has_help(command: str) -> None:
    done = CliRunner().invoke(classifier, [command, "--help"])
    assert done.exit_code == 0
    assert done.output.startswith("Usage: classifier " + command)


def test_a_sentence_is_judged_from_the_command_line_as_text_and_as_jsonl(tmp_path: Path) -> None:
    said = ("--text", "系统登录报错，所有门店都无法收银，马上处理！")
    told = run(tmp_path, "predict", *said, "--as", "text").stdout
    assert "类型  问题修复" in told
    assert "紧急程度  紧急" in told
    assert json.loads(run(tmp_path, "predict", *said).stdout)["type"] == "bug"


def test_the_card_names_version_corpus_thresholds_and_figures(tmp_path: Path) -> None:
    done = run(tmp_path, "card")
    shown = json.loads(done.stdout.partition("\n")[2])
    assert {"version", "corpus_size", "authors", "thresholds", "macro_f1"} <= shown.keys()
    assert run(tmp_path, "rollback").returncode == 1


def test_a_corpus_of_two_minds_fails_the_check(tmp_path: Path) -> None:
    row = {"text": "扫码枪怎么都连不上收银机", "type": "bug", "urgency": "important", "nature": "product"}
    lines = [json.dumps(row), json.dumps(row | {"type": "improve"})]
    (tmp_path / "own.jsonl").write_text("\n".join(lines), "utf-8")
    done = run(tmp_path, "check", "own.jsonl")
    assert done.returncode == 1
    assert "conflict in type" in done.stdout


def test_a_model_is_judged_compared_drawn_promoted_and_taken_back(tmp_path: Path) -> None:
    lines = [line for path in sorted((DATA / "corpus").glob("*.jsonl")) for line in path.read_text("utf-8").split("\n")]
    (tmp_path / "little.jsonl").write_text("\n".join(lines[::12]), "utf-8")
    trained = run(tmp_path, "train", "little.jsonl")
    assert trained.returncode == 0, trained.stderr
    assert re.search(r"^1/\d+ 逐个作者检验$", trained.stderr, re.MULTILINE)
    candidate = "data/models/candidate"
    judged = run(tmp_path, "evaluate", "--model", candidate, "--against", str(PACKAGED), "--report", "page.html")
    assert "worse" in judged.stdout
    assert "traps by rule" in judged.stdout
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.count("<svg") == 2 * len(HEADS)
    assert "http" not in page
    refused = run(tmp_path, "promote")
    assert refused.returncode == 1
    assert "候选模型变差：类型 macro F1" in refused.stderr
    forced = run(tmp_path, "promote", "--force")
    assert forced.returncode == 0, forced.stderr
    assert "现用" in refused.stderr
    back = run(tmp_path, "rollback")
    assert (back.returncode, "自带的模型" in back.stdout) == (0, True)


def test_the_page_draws_the_learning_curve_when_asked() -> None:
    rows = read_rows(sorted((DATA / "frozen").glob("*.jsonl")))[:80]
    model = load(PACKAGED)
    lines = [Line("50%", dict.fromkeys(HEADS, 0.7), 100), Line("100%", dict.fromkeys(HEADS, 0.9), 200)]
    page = picture.page(report(rows, answers(model, rows), model.thresholds), "模型 <x>", lines)
    assert page.count("<polyline") == len(HEADS)
    assert "模型 &lt;x&gt;" in page


def test_every_feature_belongs_to_one_family_of_the_ablation() -> None:
    from classifier import features

    families = [names for name, names in study.FAMILIES.items() if name != "all telling words"]
    held = [name for names in families for name in names]
    assert set(features.names()) <= set(held)
    assert len(held) == len(set(held))


def test_leaving_out_the_telling_words_costs_and_more_messages_help() -> None:
    rows = read_rows(sorted((DATA / "corpus").glob("*.jsonl")))[::8]
    lines = {line.name: line for line in study.curve(rows, lambda *_: None)}
    assert lines["100.0%"].size > 6 * lines["12.5%"].size
    assert sum(lines["100.0%"].macro_f1.values()) > sum(lines["12.5%"].macro_f1.values())
    assert "| 100.0% |" in study.table(list(lines.values()), "share")


def candidate_of(home: Path, **card: str) -> str:
    """Save the packaged model under a version of its own."""
    model = load(PACKAGED)
    save(replace(model, card=model.card | card), home / "data" / "models" / "candidate", {})
    return "data/models/candidate"


def weak(home: Path) -> None:
    """Let a model serve that seldom says urgent."""
    model = load(PACKAGED)
    bias = model.bias.copy()
    bias[5] -= 1
    save(replace(model, bias=bias, card=model.card | {"version": "weak"}), home / "weak", {})
    releases.promote(home / "weak", home / "data" / "models")


def test_a_candidate_that_is_better_nowhere_is_refused_and_one_that_is_better_serves(tmp_path: Path) -> None:
    candidate_of(tmp_path, version="again")
    refused = run(tmp_path, "promote")
    assert refused.returncode == 1
    assert "候选模型没有变好：各项得分与现用模型相同" in refused.stderr
    assert "--force" in refused.stderr
    assert not (tmp_path / "data" / "models" / "again").exists()
    weak(tmp_path)
    better = run(tmp_path, "promote")
    assert better.returncode == 0, better.stderr
    assert "data/models/again" in better.stdout
    assert run(tmp_path, "promote").returncode == 1
    assert run(tmp_path, "promote", "--force").returncode == 0
