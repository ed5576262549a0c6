"""Numbers of requests: one form, found by customers and by staff however they write it."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from handlers import numbering
from tests.factories import WANG, ZHOU, Room, a_room

WAYS = [
    "202611-001",
    "202611001",
    "２０２６１１－００１",
    "２０２６１１００１",
    "202611—001",
    "202611_001",
    "#202611-001",
]


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with a_room() as room:
        room.registers()
        yield room


@pytest.mark.parametrize("way", WAYS)
def test_a_customer_and_an_agent_find_a_request_however_they_write_its_number(room: Room, way: str) -> None:
    assert "202611-001" in room.said(ZHOU, f"/show {way}").to(ZHOU)
    assert "状态" in room.said(WANG, f"进度 {way}").to(WANG)
    assert "状态" in room.said(WANG, way).to(WANG)


@pytest.mark.parametrize("serial", [1, 42, 999, 1000, 123456])
@pytest.mark.parametrize("month", [1, 9, 12])
def test_every_number_that_is_given_is_read_back(month: int, serial: int) -> None:
    number = numbering.given(datetime(2031, month, 1), serial)  # noqa: DTZ001 - local by definition
    assert numbering.read(number) == numbering.alone(number) == number
    assert numbering.alone(number.replace("-", "")) == number
    assert numbering.mentioned(f"和{number}是同一个问题") == number


def test_numbers_of_different_months_and_serials_differ() -> None:
    moments = [datetime(year, month, 1) for year in (2026, 2027) for month in range(1, 13)]  # noqa: DTZ001 - local
    assert len({numbering.given(local, serial) for local in moments for serial in range(1, 1100)}) == 24 * 1099


@pytest.mark.parametrize("text", ["订单2024-0001没发货", "电话20261100123", "2026年11月", "没有编号"])
def test_other_numbers_of_a_sentence_are_no_requests(text: str) -> None:
    assert numbering.mentioned(text) == ""
