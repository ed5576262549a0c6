"""The layers are kept by a tool, and the tool bites: a planted violation of each contract fails, naming the line."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "handlers", "classifier", "storage")

PLANTED = [
    ("storage/upsert.py", "import handlers.policy", "bot -> handlers -> classifier, storage"),
    ("classifier/words.py", "import storage.database", "bot -> handlers -> classifier, storage"),
    ("handlers/words.py", "import bot.clock", "bot -> handlers -> classifier, storage"),
    ("handlers/intake/answers.py", "import classifier.suggest", "the guided conversation is pure"),
    ("handlers/showing.py", "import storage.requests", "the guided conversation is pure"),
    ("handlers/intake/labelled.py", "import classifier.words", "the guided conversation is pure"),
    ("handlers/intake/nudges.py", "import handlers.window", "the guided conversation is pure"),
    ("handlers/words.py", "import sqlalchemy", "SQL stays in storage"),
    ("bot/app.py", "import wechatpy", "wechatpy stays behind the WeCom edge"),
    ("handlers/words.py", "import jieba", "segmentation and training stay in the classifier"),
    ("handlers/words.py", "import fastapi", "the web stays in the bot"),
]


@pytest.mark.parametrize(("file", "line", "contract"), PLANTED, ids=[f"{line} in {file}" for file, line, _ in PLANTED])
def test_a_planted_violation_is_found(tmp_path: Path, file: str, line: str, contract: str) -> None:
    copied(tmp_path)
    planted = tmp_path / file
    planted.write_text(f"{line}\n{planted.read_text(encoding='utf-8')}", encoding="utf-8")
    answer = lint(tmp_path)
    assert answer.returncode == 1, answer.stdout
    assert f"{contract} BROKEN" in answer.stdout


def test_the_layers_are_kept(tmp_path: Path) -> None:
    copied(tmp_path)
    answer = lint(tmp_path)
    assert answer.returncode == 0, answer.stdout


def copied(folder: Path) -> None:
    """Copy the code without its data."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("data", "static", "__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the tool as `make check` does."""
    tool = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONUTF8": "1"}
    return subprocess.run(
        [tool, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
