"""The calendar: business days, working hours and the hours in which customers may be written to (contract.md 5)."""

from datetime import date, datetime, time, timedelta

import chinese_calendar

from handlers.measures import Span
from handlers.policy import Policy

_FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Public holidays of China that fall on the same dates every year (全国年节及纪念日放假办法, as of 2025)."""
_SATURDAY = 5


def after(moment: datetime, span: Span, policy: Policy) -> datetime:
    """Return the moment one span later; business days count from the next working moment (UTC in, UTC out)."""
    if not span.business_days:
        return moment + span.wall
    local = _working_from(moment.astimezone(policy.zone), policy)
    for _ in range(span.business_days):
        local = local.replace(tzinfo=None) + timedelta(days=1)
        while not is_workday(local.date(), policy):
            local += timedelta(days=1)
        local = local.replace(tzinfo=policy.zone)
    return local.astimezone(moment.tzinfo)


def within(moment: datetime, hours: tuple[time, time], policy: Policy) -> datetime:
    """Return the moment itself if customers may be written to then, else the next moment they may."""
    local = moment.astimezone(policy.zone)
    first, last = hours
    if local.time() < first:
        return local.replace(hour=first.hour, minute=first.minute, second=0, microsecond=0).astimezone(moment.tzinfo)
    if local.time() >= last:
        tomorrow = local.date() + timedelta(days=1)
        return datetime.combine(tomorrow, first, policy.zone).astimezone(moment.tzinfo)
    return moment


def is_workday(day: date, policy: Policy) -> bool:
    """Whether people work that day: the policy's own days, then the public calendar.

    For a year it does not know yet: Monday to Friday, but for the holidays of fixed dates.
    """
    if day in policy.calendar.workdays:
        return True
    if day in policy.calendar.holidays:
        return False
    if not is_known(day):
        return day.weekday() < _SATURDAY and (day.month, day.day) not in _FIXED
    return bool(chinese_calendar.is_workday(day))


def is_known(day: date) -> bool:
    """Whether the public-holiday calendar covers the year."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def _working_from(local: datetime, policy: Policy) -> datetime:
    """Return the first working moment at or after a local time."""
    while True:
        if is_workday(local.date(), policy):
            for start, end in policy.calendar.hours:
                if local.time() < start:
                    return local.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0)
                if local.time() < end:
                    return local
        local = datetime.combine(local.date() + timedelta(days=1), time(), policy.zone)
