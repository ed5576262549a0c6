"""The packaged corpus: no two minds, no copies, no templates, nothing of the judges; and what a model may remember."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from classifier import floor
from classifier.agreement import agreement
from classifier.corpus import Findings, check
from classifier.labels import HEADS, Row, read_rows
from classifier.model import load
from classifier.suggest import PACKAGED
from classifier.train import folds
from classifier.vectors import Vectoriser, char_terms, read, word_terms

DATA = PACKAGED.parent
MISSED = {
    *("intent status", "intent human", "intent thanks", "intent chitchat"),
    *("style elder", "style email", "style list", "style log", "style typo", "style misleading"),
}
"""What there is too little of in the packaged corpus, so that nobody believes otherwise."""


def rows_of(name: str) -> list[Row]:
    return read_rows(sorted((DATA / name).glob("*.jsonl")))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return rows_of("corpus")


@pytest.fixture(scope="module")
def findings(rows: list[Row]) -> Findings:
    return check(rows, [*rows_of("frozen"), *rows_of("traps")])


def test_the_packaged_corpus_is_sound_and_shares_nothing_with_what_judges_it(findings: Findings) -> None:
    assert findings.sound
    assert findings.pairs == []


def test_there_is_enough_of_everything(findings: Findings) -> None:
    assert [count.what for count in findings.counts if not count.met] == []
    assert "MISSED" not in findings.text()


def test_what_there_is_too_little_of_is_named(rows: list[Row]) -> None:
    assert "MISSED" in check(rows[:100], []).text()


def test_every_row_has_a_licence_an_author_a_style_and_small_talk_an_intent(rows: list[Row]) -> None:
    for row in (*rows, *rows_of("frozen")):
        assert row.licence == "MIT"
        assert row.author
        assert row.style
        assert bool(row.intent) == (not row.asked)


def test_a_copy_a_conflict_a_leak_and_a_template_are_found(rows: list[Row]) -> None:
    first = next(row for row in rows if len(row.text) > 30 and row.type == "bug")
    copy = replace(first, id="copy", text=first.text + "!", author="z")
    conflict = replace(first, id="conflict", type="improve")
    assert [pair.conflict for pair in check([*rows, copy, conflict]).pairs] == [(), ("type",), ("type",)]
    assert len(check(rows, [copy]).leaks) == 1
    assert not check(rows, [copy]).sound
    many = [
        replace(first, id=str(n), text=f"请帮我们看一下这个{chr(0x4E00 + 97 * n) * 9}") for n in range(len(rows) // 50)
    ]
    assert any("请帮我们看一" in run for run, _ in check([*rows, *many]).templates)


def test_the_packaged_model_learnt_from_the_packaged_corpus(rows: list[Row]) -> None:
    lines = sorted(f"{row.text}\t{row.type}\t{row.urgency}\t{row.nature}\t{row.weight}" for row in rows)
    assert load(PACKAGED).card["corpus_sha256"] == hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_nobody_is_judged_by_a_model_that_has_read_him(rows: list[Row]) -> None:
    splits = list(folds(rows))
    assert len(splits) == len({row.author for row in rows})
    for learnt, held in splits:
        assert not {rows[i].author for i in learnt} & {rows[i].author for i in held}
        assert {rows[i].type for i in learnt} == set(HEADS["type"])


def test_a_second_person_labels_the_messages_alike(rows: list[Row]) -> None:
    found = agreement([*rows, *rows_of("frozen")], sorted((DATA / "second").glob("*.jsonl")))
    assert [one.head for one in found] == list(HEADS)
    assert all(one.count >= 200 and one.kappa >= 0.9 for one in found)


def test_agreement_by_chance_alone_is_no_agreement(rows: list[Row], tmp_path: Path) -> None:
    requests = [row for row in rows if row.asked][:100]
    lines = [json.dumps({"id": row.id, "type": "bug", "urgency": "routine", "nature": "product"}) for row in requests]
    (tmp_path / "lazy.jsonl").write_text("\n".join(lines), "utf-8")
    assert all(abs(one.kappa) < 1e-6 for one in agreement(requests, [tmp_path / "lazy.jsonl"]))


# --- the privacy floor ------------------------------------------------------------------------------------------------


def _vocabulary(texts: list[tuple[str, str]]) -> set[str]:
    vectoriser = Vectoriser.learn([read(text) for text, _ in texts], [author for _, author in texts])
    return {*vectoriser.words.index, *vectoriser.chars.index}


def test_a_rare_word_of_one_author_is_not_remembered() -> None:
    known = _vocabulary([("蒸汽流量积算仪坏了", "a"), ("蒸汽流量积算仪停了", "a"), ("打印机坏了", "b")])
    assert "蒸汽" not in known
    assert "坏" in known
    assert "蒸汽" in _vocabulary([("蒸汽停了", "a"), ("蒸汽坏了", "b")])


def test_long_numbers_and_names_are_never_remembered() -> None:
    said = "订单号998877665544打不开,陆知遥或者小严处理"
    known = _vocabulary([(said, author) for author in ("a", "b")] * 4)
    assert not {term for term in known if "0000" in term or "知遥" in term or "陆知" in term or "小严" in term}
    assert "打不开" in known or "打不" in known


def test_a_learnt_vocabulary_is_above_the_floor(rows: list[Row]) -> None:
    readings = [read(row.text) for row in rows]
    vocabulary = Vectoriser.learn(readings, [row.author for row in rows])
    for index, terms in ((vocabulary.words.index, word_terms), (vocabulary.chars.index, char_terms)):
        seen: dict[str, tuple[set[str], int]] = {}
        for row, reading in zip(rows, readings, strict=True):
            for term in set(terms(reading)) & index.keys():
                authors, count = seen.get(term, (set(), 0))
                seen[term] = ({*authors, row.author}, count + 1)
        assert all(len(authors) >= floor.AUTHORS or count >= floor.ROWS for authors, count in seen.values())
    packaged = load(PACKAGED).vectoriser
    assert not [term for term in (*packaged.words.index, *packaged.chars.index) if "0000" in term]
