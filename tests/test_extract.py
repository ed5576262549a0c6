"""Fields found in free messages: what must be found, and what must never be taken for a field."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.extract import extract

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday

REFERENCES = {
    "跟２０２６１０－０１１说的是同一台": "202610-011",
    "上次报的那个又来了": "earlier",
    "之前提过的批号追溯": "earlier",
    "护照报了三十一个名额": None,
    "导出报错": None,
}

NUMBERS = {
    "202611-001 怎么样了": "202611-001",
    "进度202611-012": "202611-012",
    "催办 202611-1001": "202611-1001",
    "202613-001": None,
    "13800000001": None,
    "SN202611-001-7": None,
}


@pytest.mark.parametrize(("text", "expected"), NUMBERS.items())
def test_a_request_number_is_recognised(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).number == expected


@pytest.mark.parametrize(("text", "expected"), REFERENCES.items())
def test_an_earlier_request_is_recognised_with_and_without_its_number(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).reference == expected


def test_labelled_parts_go_into_their_boxes() -> None:
    fields = extract(
        "公司:青禾商贸\n联系人:李娜\n职务:采购主管\n电话:13800000001\n行业:零售\n背景:上周换了新仓\n问题描述:入库单打印错位\n期望:恢复原样",
        now=NOW,
    )
    assert (fields.customer_name, fields.contact_name, fields.title, fields.phone, fields.industry) == (
        "青禾商贸", "李娜", "采购主管", "13800000001", "零售",
    )  # fmt: skip
    assert (fields.background, fields.description, fields.expected) == ("上周换了新仓", "入库单打印错位", "恢复原样")


def test_unlabelled_clauses_are_sorted_and_contact_lines_left_out() -> None:
    fields = extract("您好,上周我们换了新仓库,入库单打印一直错位,希望能恢复上周的版式,我电话13800000001", now=NOW)
    assert fields.background == "上周我们换了新仓库"
    assert fields.description == "入库单打印一直错位"
    assert fields.expected == "恢复上周的版式"


@pytest.mark.parametrize("text", ["必须弄好", "今天下午五点前必须好", "希望尽快恢复", "麻烦帮忙修一下"])
def test_what_everybody_wants_is_no_expected_result(text: str) -> None:
    assert extract(text, now=NOW).expected is None


def test_a_wish_alone_is_what_is_expected() -> None:
    fields = extract("希望列表能按部门筛选", now=NOW)
    assert fields.expected
    assert fields.expected in "希望列表能按部门筛选"


def test_one_message_can_fill_everything() -> None:
    fields = extract(
        "我是潍坊兴隆铸造的设备科长刘传贵,昨天夜班换了新网关以后,二车间六台点检终端全部连不上后台,班组只好拿纸记,光补录就得一个多小时。"
        "周四上午之前必须恢复。电话 138 5362 7714,跟202611-003是一回事",
        now=NOW,
    )
    assert (fields.customer_name, fields.title, fields.contact_name) == ("潍坊兴隆铸造", "设备科长", "刘传贵")
    assert (fields.phone, fields.reference, fields.number) == ("13853627714", "202611-003", "202611-003")
    assert fields.background == "昨天夜班换了新网关以后"
    assert fields.pain == "班组只好拿纸记,光补录就得一个多小时"
    assert fields.description == "二车间六台点检终端全部连不上后台"


@pytest.mark.parametrize("text", ["你好", "谢谢", "在吗?", "", "   ", "???", "好的收到"])
def test_a_greeting_states_no_field(text: str) -> None:
    fields = extract(text, now=NOW)
    assert not any(
        (fields.customer_name, fields.contact_name, fields.phone, fields.email, fields.deadline, fields.number)
    )


@given(st.text(max_size=200))
def test_any_text_is_read_and_names_are_verbatim(text: str) -> None:
    fields = extract(text, now=NOW)
    for value in (fields.customer_name, fields.contact_name, fields.industry, *fields.urgency_words):
        assert value is None or value in text
    assert fields.deadline is None or fields.deadline > NOW
    for value in (fields.background, fields.description, fields.expected, fields.pain, fields.impact):
        assert all(stretch in text for stretch in (value or "").split("，"))
