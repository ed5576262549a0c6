"""Words: jieba's own, one by one, found faster; and what adversarial text may cost."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import words
from classifier.extract import extract
from classifier.features import REFERENCE
from classifier.labels import read_rows
from classifier.speed import ADVERSARIAL, measure
from classifier.suggest import PACKAGED, Classifier

DATA = PACKAGED.parent
MOST = 0.3
"""Seconds; the goal is 0.2 on a free core, and tests share theirs."""


def theirs(text: str) -> list[str]:
    return [word for word in words.prepare().lcut(text) if not word.isspace()]


def test_the_words_of_the_whole_corpus_are_those_of_jieba() -> None:
    paths: list[Path] = [path for name in ("corpus", "frozen", "traps") for path in (DATA / name).glob("*.jsonl")]
    for row in read_rows(paths):
        text = words.normalise(words.fold(row.text))
        assert words.cut(text) == theirs(text)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=40))
def test_the_words_of_any_han_text_are_those_of_jieba(text: str) -> None:
    assert words.cut(text) == theirs(text)


@given(st.text(max_size=80))
def test_the_words_of_any_text_are_those_of_jieba(text: str) -> None:
    assert words.cut(text) == theirs(text)


@pytest.mark.parametrize("kind", ADVERSARIAL)
def test_adversarial_text_is_judged_in_time(kind: str) -> None:
    classifier = Classifier.load()
    began = time.process_time()
    classifier.suggest(ADVERSARIAL[kind], REFERENCE)
    extract(ADVERSARIAL[kind], now=REFERENCE)
    assert time.process_time() - began < MOST


def test_the_table_of_speed_names_every_kind_of_text() -> None:
    shown = measure(Classifier.load(), ["导出报错", "谢谢"] * 60, time.process_time).text()
    assert all(f"| {kind} |" in shown for kind in ("suggestion with reasons", "fields", "both", "goal", *ADVERSARIAL))
