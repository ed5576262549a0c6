"""The calendar: business days of China, hours in which customers may be written to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.measures import Span
from handlers.requests import calendar
from tests.factories import SHANGHAI, rules, shanghai

RULES = rules()
LUNCH = rules(calendar={"hours": [["09:00", "12:00"], ["13:30", "18:00"]]})
OWN = rules(calendar={"holidays": [date(2026, 11, 24)], "workdays": [date(2026, 11, 28)]})
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive

# From when, how many business days -> when (Shanghai).
BUSINESS_DAYS = {
    ("2026-11-23 10:00", 1): "2026-11-24 10:00",
    ("2026-11-27 10:00", 1): "2026-11-30 10:00",  # over a weekend
    ("2026-11-27 19:00", 1): "2026-12-01 09:00",  # after hours: from the next working moment, Monday 09:00
    ("2026-11-28 12:00", 1): "2026-12-01 09:00",  # on a Saturday
    ("2026-11-23 06:00", 1): "2026-11-24 09:00",  # before hours: from 09:00
    ("2026-09-30 10:00", 1): "2026-10-08 10:00",  # over the National Day week
    ("2026-10-09 10:00", 1): "2026-10-10 10:00",  # 调休: that Saturday is worked
    ("2026-02-13 10:00", 1): "2026-02-14 10:00",  # 调休 before the Spring Festival
    ("2026-02-14 10:00", 1): "2026-02-24 10:00",  # and the holiday itself
    ("2026-11-23 10:00", 5): "2026-11-30 10:00",
}


@pytest.mark.parametrize(("start", "end"), BUSINESS_DAYS.items())
def test_business_days_follow_the_public_calendar(start: tuple[str, int], end: str) -> None:
    moment, days = start
    assert calendar.after(shanghai(moment), Span(business_days=days), RULES) == shanghai(end)


def test_wall_clock_runs_through_nights_and_holidays() -> None:
    assert calendar.after(shanghai("2026-09-30 20:00"), Span(wall=timedelta(hours=24)), RULES) == shanghai(
        "2026-10-01 20:00"
    )


def test_lunch_is_no_working_time() -> None:
    day = Span(business_days=1)
    assert calendar.after(shanghai("2026-11-23 12:30"), day, LUNCH) == shanghai("2026-11-24 13:30")


def test_ones_own_holidays_and_workdays_come_before_the_public_ones() -> None:
    day = Span(business_days=1)
    assert calendar.after(shanghai("2026-11-23 10:00"), day, OWN) == shanghai("2026-11-25 10:00")
    assert calendar.after(shanghai("2026-11-27 10:00"), day, OWN) == shanghai("2026-11-28 10:00")


def test_beyond_the_known_calendar_monday_to_friday_is_assumed() -> None:
    assert not calendar.is_known(date(2040, 10, 1))
    assert calendar.is_workday(date(2040, 10, 8), RULES), "a Monday"
    assert not calendar.is_workday(date(2040, 10, 6), RULES), "a Saturday"
    assert calendar.after(shanghai("2040-09-21 10:00"), Span(business_days=1), RULES) == shanghai("2040-09-24 10:00")


@pytest.mark.parametrize(
    ("start", "end"),
    {
        "2040-12-31 10:00": "2041-01-02 10:00",
        "2041-04-30 10:00": "2041-05-03 10:00",
        "2040-09-28 10:00": "2040-10-04 10:00",
    }.items(),
)
def test_holidays_of_fixed_dates_are_kept_in_a_year_nobody_knows_yet(start: str, end: str) -> None:
    assert not calendar.is_known(shanghai(end).date())
    assert calendar.after(shanghai(start), Span(business_days=1), RULES) == shanghai(end)


def test_a_working_day_of_ones_own_comes_before_a_holiday_of_a_fixed_date() -> None:
    own = rules(calendar={"workdays": [date(2041, 1, 1)]})
    assert calendar.after(shanghai("2040-12-31 10:00"), Span(business_days=1), own) == shanghai("2041-01-01 10:00")


@pytest.mark.parametrize(
    ("moment", "then"),
    {
        "2026-11-23 08:59": "2026-11-23 09:00",
        "2026-11-23 09:00": "2026-11-23 09:00",
        "2026-11-23 20:59": "2026-11-23 20:59",
        "2026-11-23 21:00": "2026-11-24 09:00",
        "2026-11-23 23:59": "2026-11-24 09:00",
        "2026-11-24 00:00": "2026-11-24 09:00",
        "2026-12-31 22:00": "2027-01-01 09:00",
    }.items(),
)
def test_customers_are_written_to_between_nine_and_nine(moment: str, then: str) -> None:
    assert calendar.within(shanghai(moment), RULES.push.hours, RULES) == shanghai(then)


@given(MOMENTS)
def test_a_moment_moved_into_the_hours_is_in_the_hours_and_never_earlier(moment: datetime) -> None:
    moved = calendar.within(moment, RULES.push.hours, RULES)
    first, last = RULES.push.hours
    assert first <= moved.astimezone(SHANGHAI).time() < last
    assert timedelta() <= moved - moment <= timedelta(hours=12)
    assert calendar.within(moved, RULES.push.hours, RULES) == moved


@given(MOMENTS, st.integers(1, 10))
def test_business_days_end_in_working_time_and_later_starts_end_later(moment: datetime, days: int) -> None:
    end = calendar.after(moment, Span(business_days=days), RULES)
    local = end.astimezone(SHANGHAI)
    assert calendar.is_workday(local.date(), RULES)
    assert local.hour in range(9, 18)
    assert end >= moment + timedelta(hours=9)
    assert end <= calendar.after(moment + timedelta(hours=7), Span(business_days=days), RULES)
    assert end <= calendar.after(moment, Span(business_days=days + 1), RULES)


@given(MOMENTS)
def test_a_zone_with_summer_time_keeps_the_hour_of_the_wall(moment: datetime) -> None:
    berlin = rules(timezone="Europe/Berlin")
    end = calendar.after(moment, Span(business_days=1), berlin)
    assert end.astimezone(berlin.zone).hour in range(9, 18)
