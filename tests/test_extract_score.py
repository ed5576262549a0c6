"""How well fields are found in the annotated messages, and that nothing an author typed can break the finding."""

import json
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.extract import Fields, extract
from classifier.extract.score import DENSE, RULES, TAUGHT, TUNED, Figures, Message, read_messages, score, table

SETS = Path(str(files("classifier") / "data" / "fields"))
EVERY = read_messages(sorted(SETS.glob("*.jsonl")))
UNREAD = [message for message in EVERY if message.author not in TUNED]
MISLEADING = [message for message in UNREAD if message.author in DENSE]
HELD_OUT = [message for message in UNREAD if message.author not in DENSE]
NOW = HELD_OUT[0].at
WIDE = {code: code + 0xFEE0 for code in range(ord("0"), ord("9") + 1)}

# A little under what is reached on the messages that nobody who wrote rules has read.
FLOORS = {
    "company": 0.82, "contact": 0.88, "title": 0.85, "phone": 0.93, "email": 0.97, "industry": 0.69, "background": 0.49,
    "description": 0.74, "expected": 0.67, "pain": 0.74, "impact": 0.6, "urgency_words": 0.85, "deadline": 0.94,
    "reference": 0.77,
}  # fmt: skip


def found(text: str, now: datetime) -> Fields:
    return extract(text, now=now)


@pytest.fixture(scope="module")
def figures() -> dict[str, Figures]:
    return score(HELD_OUT, found)


def test_the_sets_hold_at_least_three_hundred_messages_by_different_hands() -> None:
    assert len(EVERY) >= 700
    assert len({message.author for message in EVERY}) >= 8
    assert len({message.text for message in EVERY}) == len(EVERY)


@pytest.mark.parametrize(("field", "floor"), FLOORS.items())
def test_each_field_is_found_as_well_as_it_was_in_messages_never_read(
    figures: dict[str, Figures], field: str, floor: float
) -> None:
    assert figures[field].f1 >= floor


def test_a_wrong_phone_or_address_is_rare(figures: dict[str, Figures]) -> None:
    assert figures["phone"].precision >= 0.92
    assert figures["email"].precision >= 0.97


def test_a_wrong_phone_or_address_is_rare_where_nearly_every_message_misleads() -> None:
    misled = score(MISLEADING, found)
    assert misled["phone"].precision >= 0.95
    assert misled["email"].precision >= 0.97
    assert min(misled["phone"].f1, misled["email"].f1) >= 0.96


def test_the_tagger_has_learnt_from_its_authors_only() -> None:
    learnt = json.loads((files("classifier") / "data" / "tagger.json").read_text("utf-8"))
    assert learnt["authors"] == sorted(TAUGHT)


def test_nothing_that_is_found_was_not_said() -> None:
    for message in HELD_OUT:
        fields = found(message.text, message.at)
        for value in (fields.customer_name, fields.contact_name, fields.title, fields.industry, *fields.urgency_words):
            assert value is None or value in message.text


def test_digits_of_any_width_say_the_same() -> None:
    for message in HELD_OUT:
        plain, wide = found(message.text, message.at), found(message.text.translate(WIDE), message.at)
        assert (wide.phone, wide.deadline, wide.reference) == (plain.phone, plain.deadline, plain.reference)


@given(st.text(max_size=300))
def test_no_text_breaks_the_finding(text: str) -> None:
    assert isinstance(found(text, NOW), Fields)


@pytest.mark.parametrize(
    "piece",
    [
        "我是",
        "找我",
        "联系电话",
        "有限公司",
        "我们宏达物流",
        "我是张三,",
        "一二三 ",
        "如果明天",
        "希望",
        "叫我王",
        "1-",
    ],
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    text = piece * (2_000 // len(piece))
    found("热身", NOW)
    begun = process_time()
    found(text, NOW)
    assert process_time() - begun < 0.8  # 200 ms on a quiet machine


def message(gold: dict[str, object], text: str = "我是陈静,周五前要,电话13800000001") -> Message:
    return Message(text, NOW, "z", gold)


def test_a_right_value_counts_once_and_a_wrong_one_twice() -> None:
    right = score([message({"phone": "13800000001"})], found)["phone"]
    wrong = score([message({"phone": "13800000002"})], found)["phone"]
    unasked = score([message({})], found)["phone"]
    assert right == Figures(right=1)
    assert wrong == Figures(wrong=1, missed=1)
    assert unasked == Figures(wrong=1)
    assert (right + wrong).f1 == pytest.approx(0.5)


def test_names_may_differ_in_blanks_and_stretches_in_a_few_characters() -> None:
    assert RULES["company"]("蓝天 幼儿园", "蓝天幼儿园", "").right
    assert not RULES["company"]("蓝天幼儿园", "幼儿园", "").right
    assert RULES["description"]("入库单打印错位", "入库单打印一直错位", "").right
    assert not RULES["description"]("入库单打印错位", "今天下雨", "").right


def test_spans_match_by_half_of_the_longer_one() -> None:
    text = "今天下班前要,很急"
    assert RULES["urgency_words"](["今天下班前", "很急"], ["今天下班前要", "急"], text) == Figures(right=2)
    assert RULES["urgency_words"](["今天下班前"], ["今天"], text) == Figures(wrong=1, missed=1)


def test_the_table_shows_both_halves_and_every_field() -> None:
    sets = read_messages([SETS / "hand_e.jsonl"])[:5]
    unread = [replace(message, author="x") for message in sets]
    lines = table([*sets, *unread], found).splitlines()
    assert "调校(e)" in lines[0]
    assert "留出(x)" in lines[0]
    assert [line.split()[0] for line in lines[1:]] == list(RULES)
