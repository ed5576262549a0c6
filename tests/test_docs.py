"""What the documents promise is there: settings, make targets, commands, files they point to."""

import re
from inspect import signature
from pathlib import Path

import pytest

from bot.cli import yingxu
from bot.settings import FeishuSettings, Settings, WeComSettings
from handlers import dispatch
from handlers.commands.table import COMMANDS, find
from storage import jobs

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", ["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CHANGELOG.md"])
def test_files_that_a_document_points_to_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_paths_in_the_architecture_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:bot|handlers|classifier|storage)/[\w./]*)`", text)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_make_targets_that_the_readme_names_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"make ([a-z]+)", README + CHINESE))
    assert {"run", "test"} <= named <= targets


def test_every_setting_is_explained_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = [f"YINGXU_{name.upper()}" for name in Settings.model_fields if name not in ("wecom", "feishu")]
    names += [f"YINGXU_WECOM__{name.upper()}" for name in WeComSettings.model_fields]
    names += [f"YINGXU_FEISHU__{name.upper()}" for name in FeishuSettings.model_fields]
    assert [name for name in names if name not in example] == []


def test_commands_that_the_readme_names_exist() -> None:
    named = set(re.findall(r"yingxu ([a-z]+)", README))
    assert named
    assert named <= set(yingxu.commands)


def test_slash_commands_that_a_document_names_exist() -> None:
    documents = [ROOT / "README.md", ROOT / "README.zh-CN.md", *(ROOT / "docs").glob("*.md")]
    named = {
        (path.name, name)
        for path in documents
        for name in re.findall(r"`/([A-Za-z]+|[\u4e00-\u9fff]+)(?=[`\s])", path.read_text(encoding="utf-8"))
        if name not in {"healthz", "readyz", "metrics"}  # what is asked by HTTP
    }
    assert named
    assert {(path, name) for path, name in named if find(name) is None} == set()


def test_functions_in_the_picture_of_the_architecture_exist_and_take_what_it_says() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawn = re.findall(r"\bdispatch\.(\w+)\(([\w, ]+)\)", text)
    assert {name for name, _ in drawn} == {"handle", "sweep"}
    for name, arguments in drawn:
        assert list(signature(getattr(dispatch, name)).parameters) == arguments.split(", ")
    assert [name for name in re.findall(r" jobs\.(\w+)", text) if not hasattr(jobs, name)] == []


def test_every_slash_command_has_a_usage_and_a_summary() -> None:
    for command in COMMANDS:
        assert command.usage.startswith(f"/{command.name}")
        assert command.summary
        assert command.alias
