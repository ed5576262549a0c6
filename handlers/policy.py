"""The rules of the house: one TOML file, validated at start (contract.md, section 5)."""

import re
import tomllib
from datetime import date, time, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

Type = Literal["bug", "improve", "custom", "consult"]
Urgency = Literal["urgent", "important", "routine"]
Priority = Literal["P0", "P1", "P2"]
Role = Literal["agent", "lead", "manager"]


class PolicyError(Exception):
    """The policy file says something that cannot be meant; the message is one line naming the key."""


class Span(BaseModel):
    """A length of time: wall-clock, or business days of the calendar."""

    model_config = ConfigDict(frozen=True)
    wall: timedelta = timedelta()
    business_days: int = 0


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def load(path: Path | None = None) -> "Policy":
    """Read the policy at `path` over the packaged one, key by key; raises PolicyError with one clear line."""
    packaged = tomllib.loads(files("handlers").joinpath("policy.toml").read_text(encoding="utf-8"))
    return parse(packaged if path is None else merged(packaged, _read(path)))


def parse(data: dict[str, Any]) -> "Policy":
    """Validate rules already read from TOML; raises PolicyError."""
    try:
        return Policy.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "policy"
        raise PolicyError(f"{where}: {_reason(first)}") from None


def merged(packaged: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Lay one's own keys over the packaged ones; tables are merged, everything else is replaced."""
    both = {**packaged, **own}
    for key in packaged.keys() & own.keys():
        # A line of the routing table is one decision: half of the packaged line under half of one's own means nothing.
        if isinstance(packaged[key], dict) and isinstance(own[key], dict) and "department" not in own[key]:
            both[key] = merged(packaged[key], own[key])
    return both


def _read(path: Path) -> dict[str, Any]:
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PolicyError(f"{path}: the policy file does not exist") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise PolicyError(f"{path}: {error}") from None
    if not own.get("people"):
        raise PolicyError("people: the file must name at least one person ([[people]])")
    return own


def _reason(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "unknown key"
    expected = error.get("ctx", {}).get("expected")
    if expected:
        return f"must be {expected}, not {error['input']!r}"
    return str(error["msg"]).removeprefix("Value error, ")


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


class Person(_Rules):
    """An agent or manager; `feishu` is the open_id, `wecom` the UserID."""

    name: str = Field(min_length=1)
    feishu: str = Field(min_length=1)
    wecom: str = ""
    department: str = Field(min_length=1)
    roles: tuple[Role, ...] = Field(min_length=1)
    types: tuple[Type, ...] = ()
    capacity: int = Field(default=8, ge=1)

    @property
    def chat(self) -> str:
        """The private Feishu chat of this person."""
        return f"fs:{self.feishu}"


class Route(_Rules):
    """Who takes a type or nature of request, and who is told."""

    department: str = Field(min_length=1)
    role: Role = "agent"
    approval: str = ""
    cc: tuple[str, ...] = ()


class Routing(_Rules):
    """The allocation matrix (process.md A-120); the nature complaint wins over the type."""

    bug: Route
    improve: Route
    custom: Route
    consult: Route
    complaint: Route | None = None
    product: Route | None = None
    service: Route | None = None
    suggestion: Route | None = None


class Level(_Rules):
    """One urgency: its label, the priority it gives and its two time limits."""

    label: str
    priority: Priority
    respond: Duration
    resolve: Duration


class Levels(_Rules):
    """The three urgencies, most urgent first."""

    urgent: Level
    important: Level
    routine: Level


class Alerts(_Rules):
    """When silence is told to somebody."""

    dispatch: Duration
    before: Wall


class Push(_Rules):
    """How often a customer hears of progress, by priority, and within which hours."""

    P0: Duration
    P1: Duration
    P2: Duration
    hours: tuple[Clock, Clock]


class Calendar(_Rules):
    """Working hours and days, on top of the packaged public-holiday calendar."""

    hours: tuple[tuple[Clock, Clock], ...]
    holidays: tuple[date, ...]
    workdays: tuple[date, ...]


class Survey(_Rules):
    """The satisfaction survey: within what time, which score is low, what is asked."""

    within: Duration
    low: int = Field(ge=0, le=5)
    questions: tuple[str, ...] = Field(min_length=1)


class Visit(_Rules):
    """The return visit after a solution."""

    after: Duration


class Report(_Rules):
    """When reports go out by themselves."""

    weekly: str = Field(pattern=r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([01]\d|2[0-3]):[0-5]\d$")


class Kf(_Rules):
    """微信客服."""

    replay: Wall


class Relay(_Rules):
    """The talk between customer and agent through the bot."""

    window: Wall


class Intake(_Rules):
    """The guided conversation as a whole."""

    refusals: int = Field(ge=1)


class AskedField(_Rules):
    """One of the fields to collect; `kind` names its parser in handlers/intake/answers.py."""

    key: str = Field(pattern=r"^[a-z_]+$")
    label: str
    kind: Literal["description", "customer", "text", "urgency", "history"]
    ask: str
    hint: str = ""
    min_length: int = Field(default=1, ge=1)


class Policy(_Rules):
    """Everything a manager may change without a programmer."""

    timezone: Annotated[str, AfterValidator(_known_zone)]
    number: str
    people: tuple[Person, ...] = Field(min_length=1)
    routing: Routing
    urgency: Levels
    alerts: Alerts
    push: Push
    calendar: Calendar
    survey: Survey
    visit: Visit
    report: Report
    kf: Kf
    relay: Relay
    intake: Intake
    fields: tuple[AskedField, ...] = Field(min_length=1)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone people live in."""
        return ZoneInfo(self.timezone)

    def person(self, feishu: str) -> Person | None:
        """Find the person with this open_id."""
        return next((p for p in self.people if p.feishu == feishu), None)

    def member(self, wecom: str) -> Person | None:
        """Find the person with this WeCom UserID."""
        return next((p for p in self.people if p.wecom and p.wecom.lower() == wecom.lower()), None)

    def named(self, name: str) -> Person | None:
        """Find the person with this name."""
        return next((p for p in self.people if p.name == name), None)

    def level(self, urgency: str) -> Level:
        """Return the rules of one urgency."""
        found: Level = getattr(self.urgency, urgency)
        return found

    @model_validator(mode="after")
    def _consistent(self) -> "Policy":
        for what, seen in (
            ("people: two people are named", [p.name for p in self.people]),
            ("people: two people have the Feishu id", [p.feishu for p in self.people]),
            ("people: two people have the WeCom id", [p.wecom.lower() for p in self.people if p.wecom]),
            ("fields: two fields have the key", [f.key for f in self.fields]),
        ):
            twice = {item for item in seen if seen.count(item) > 1}
            if twice:
                raise ValueError(f"{what} {', '.join(sorted(twice))}")
        if not any(field.key == "description" for field in self.fields):
            raise ValueError("fields: one field must have the key description, which a request cannot be without")
        if self.push.hours[0] >= self.push.hours[1]:
            raise ValueError("push.hours: the first time must be before the second")
        if not self.calendar.hours or any(start >= end for start, end in self.calendar.hours):
            raise ValueError("calendar.hours: each pair must be [start, end] with start before end")
        try:
            self.number.format(year=2026, month=11, serial=1)
        except (KeyError, ValueError, IndexError):
            raise ValueError("number: may use {year}, {month} and {serial} only") from None
        return self
