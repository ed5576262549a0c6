"""Texts that people read stand in handlers/wording, where `yingxu wording` prints them; elsewhere only what is read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HANDLERS = Path(__file__).parent.parent / "handlers"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
READ = {
    "faq.py": "characters that say nothing of what is asked",
    "intake/answers.py": "words for levels, and patterns put together of parts",
    "intake/conversation.py": "words that submit",
    "intake/labelled.py": "labels that people write, and patterns put together of parts",
    "intake/repair.py": "words that confirm, deny, correct and name a field",
    "intake/resuming.py": "words about an intake that lies open",
    "numbering.py": "a pattern that others are made of",
    "phrases.py": "patterns that others are made of",
    "policy.py": "the ending that labels of types may have or lack",
    "requests/scores.py": "how scores are said",
    "teaching.py": "what stands for a name in an example to learn from",
    "verdicts.py": "patterns put together of parts",
    "width.py": "characters and the simple ones they stand for",
    "words.py": "the table of patterns of what a customer may type",
}
"""Modules with vocabulary of people's own, and what it is; patterns given to `re` are left out everywhere."""


def texts(source: str) -> Iterator[str]:
    """Every Chinese string of a module that is no docstring and no pattern."""
    tree = ast.parse(source)
    ours = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings, of attributes too
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "re":
            ours |= {id(part) for argument in node.args for part in ast.walk(argument)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in ours:
            yield from filter(CHINESE.search, [node.value])


MODULES = {
    path.relative_to(HANDLERS).as_posix(): path
    for path in sorted(HANDLERS.rglob("*.py"))
    if "wording" not in path.parts
}


@pytest.mark.parametrize("module", [name for name in MODULES if name not in READ])
def test_a_module_says_nothing_of_its_own(module: str) -> None:
    assert list(texts(MODULES[module].read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("module", READ)
def test_a_module_that_is_left_out_has_a_reason_to_be(module: str) -> None:
    assert list(texts(MODULES[module].read_text(encoding="utf-8")))


def test_a_sentence_outside_is_found_and_a_pattern_is_not() -> None:
    source = '"""说明。"""\nimport re\nA = re.compile(r"确认|好的")\nB = "请稍候。"\n"""为什么。"""\nC = f"共 {A} 个"\n'
    assert list(texts(source)) == ["请稍候。", "共 ", " 个"]
