"""Patterns that are looked for only where they can be: nothing that matches is passed over."""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.extract import fields
from classifier.labels import read_rows
from classifier.sought import Sought, necessary
from classifier.suggest import PACKAGED
from classifier.words import fold


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("(?:我们|咱)是公司", "公"),
        ("抬头(?:是|为){0,2}[^,]{2,8}", "抬"),
        (r"1[3-9]\d{9}|区号", "1区"),
        (r"(?=[真大])(?:真名|大名)叫?", "真名"),
        (r"姓(?P<first>[\u4e00-\u9fff])(?P=first)", "姓"),
        (r"\(\S{2,6}\)x?", r"\("),
        ("(?:公司)?.{2,8}", None),
        ("[^a]|b", None),
    ],
)
def test_what_a_pattern_cannot_do_without(pattern: str, needed: str | None) -> None:
    assert necessary(pattern) == needed


def test_no_message_of_the_corpus_is_passed_over() -> None:
    assert fields.__name__ in sys.modules
    rows = read_rows(path for name in ("corpus", "frozen") for path in (PACKAGED.parent / name).glob("*.jsonl"))
    texts = [fold(row.text) for row in rows]
    found = patterns()
    assert len(found) > 30
    for sought in found:
        assert not [text for text in texts if sought.pattern.search(text) and not sought.search(text)]


@given(st.text(alphabet="我们公司是的在(1-9)电话,:「姓王 ab@\n", max_size=12))
def test_no_text_made_up_is_passed_over(text: str) -> None:
    for sought in patterns():
        assert [match.span() for match in sought.finditer(text)] == spans(sought.pattern, text)


def patterns() -> list[Sought]:
    """Every such pattern of the extraction, alone or in a tuple."""
    modules = [module for name, module in sys.modules.items() if name.startswith("classifier.")]
    values = [value for module in modules for value in vars(module).values()]
    values += [one for value in values if isinstance(value, tuple) for one in value]
    return [value for value in values if isinstance(value, Sought)]


def spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text)]
