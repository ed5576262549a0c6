"""Measures: how the rules write lengths of time, times of day and zones."""

import re
from datetime import time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict


class Span(BaseModel):
    """A length of time: wall-clock, or business days of the calendar."""

    model_config = ConfigDict(frozen=True)
    wall: timedelta = timedelta()
    business_days: int = 0


class Rules(BaseModel):
    """One table of the file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _span(value: object) -> object:
    match = re.fullmatch(r"(\d{1,5})(m|h|d|bd)", value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"must be a duration like 30m, 2h, 3d or 1bd, not {value!r}")
    amount, unit = int(match[1]), match[2]
    if not amount:
        raise ValueError("must be longer than nothing")
    if unit == "bd":
        return Span(business_days=amount)
    return Span(wall=amount * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[unit])


def _clock_time(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    raise ValueError(f"must be a time of day like 09:00, not {value!r}")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name!r}") from None
    return name


def _wall_clock(span: Span) -> Span:
    if span.business_days:
        raise ValueError(f"must be a duration like 30m, 2h or 3d, not {span.business_days}bd")
    return span


Duration = Annotated[Span, BeforeValidator(_span)]
Wall = Annotated[Duration, AfterValidator(_wall_clock)]
Clock = Annotated[time, BeforeValidator(_clock_time)]
Zone = Annotated[str, AfterValidator(_known_zone)]
