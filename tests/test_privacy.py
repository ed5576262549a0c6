"""Masks: what others than the assignee and managers see of phones, e-mails and identity numbers."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.privacy import hinted, masked
from handlers.requests import card
from tests.factories import a_request, rules

MASKED = {
    "13800000001": "138****0001",
    "电话13800000001。": "电话138****0001。",
    "138 0000 0001": "138****0001",
    "138-0000-0001": "138****0001",
    "13800000001和13900000002": "138****0001和139****0002",
    "13800000001,13900000002": "138****0001,139****0002",
    "+8613800000001": "+86138****0001",
    "8613800000001": "86138****0001",
    "+86 138 0000 0001": "+86 138****0001",
    "008613800000001": "0086138****0001",
    "１３８００００００１１": "１３８****００１１",
    "邮箱chenjing@example.com请回复": "邮箱c***@example.com请回复",
    "Chen.Jing+oa@mail.example.com.cn": "C***@mail.example.com.cn",
    "110101199001011234": "110101********1234",
    "11010119900101123X": "110101********123X",
    "021-51880000": "021-****0000",
    "0571-87650000转8021": "0571-****0000转8021",
    "(0571)87650000": "(0571)****0000",
    "+85251234567": "+852****4567",
    "+852 5123 4567": "+852****4567",
    "+65 8123 4567": "+65****4567",
}
LEFT = [
    "202611-001",
    "2026-11-23 10:00",
    "订单号 20261123000001",
    "版本 1.38.0000",
    "共 12345 条",
    "5 4 5",
    "@all",
    "a@b",
    "",
]


@pytest.mark.parametrize("text", MASKED)
def test_personal_numbers_are_masked(text: str) -> None:
    assert masked(text) == MASKED[text]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("1381234", "1381234"),
        ("138123456789", "138****6789（12 位）"),
        ("138 1234 567", "138****4 567（10 位）"),
        ("电话12345678901了", "电话123****8901（11 位）了"),
    ],
)
def test_a_mistyped_number_is_known_again_by_whoever_typed_it(typed: str, shown: str) -> None:
    assert hinted(typed) == shown


@pytest.mark.parametrize("text", LEFT)
def test_other_numbers_stay_as_they_are(text: str) -> None:
    assert masked(text) == text


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text("的 ，。abc\n", max_size=8), st.text("，。的", max_size=8)
)
def test_no_mobile_survives_whatever_stands_around_it(phone: str, before: str, after: str) -> None:
    assert phone not in masked(f"{before}{phone}{after}")


@given(st.text(max_size=200))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@given(st.integers(0, 30))
def test_a_phone_cut_by_the_end_of_a_title_is_masked_all_the_same(where: int) -> None:
    request = a_request(description="字" * where + "13800001234" + "字" * 30)
    for shown in (card.line(request, rules()), dict(card.assignment(request, rules()).facts)["需求描述"]):
        assert not re.search("[0-9]{7}", shown.replace("202611-001", ""))


def test_a_card_masks_the_phone_wherever_the_customer_wrote_it() -> None:
    said = "请打 13800001234 或 a.b@example.com"
    texts = ("background", "description", "impact", "history", "note", "company", "contact")
    request = a_request(phone="13800001234", email="a.b@example.com", **dict.fromkeys(texts, said))
    for text in (card.assignment(request, rules()).as_text(), card.notice(request, rules(), "抄送").as_text()):
        assert "13800001234" not in text
        assert "a.b@example.com" not in text
        assert "138****1234" in text


def test_show_of_the_assignee_has_the_phone_in_full() -> None:
    assert ("联系方式", "13800001234") in card.facts(a_request(), rules(), plain=True)


@pytest.mark.parametrize("text", ["1-" * 20000, "a" * 40000, "@" * 40000, "a@" * 20000, "0" * 40000, "a.a" * 15000])
def test_masking_is_quick_whatever_people_paste(text: str) -> None:
    start = time.process_time()
    masked(text)
    hinted(text)
    assert time.process_time() - start < 0.5
