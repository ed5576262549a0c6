"""The rules of the house: one TOML file, validated at start (contract.md, section 5)."""

import tomllib
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, model_validator

from handlers.measures import Rules, Zone
from handlers.sections import (
    Alerts,
    Alike,
    Answer,
    AskedField,
    Calendar,
    Confirm,
    Human,
    Intake,
    Kept,
    Kf,
    Learning,
    Level,
    Levels,
    Person,
    Privacy,
    Push,
    Relay,
    Report,
    Routing,
    SourceKey,
    SourceLabel,
    Survey,
    Visit,
)


class PolicyError(Exception):
    """The policy file says something that cannot be meant; the message is one line naming the key."""


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


class Policy(Rules):
    """Everything a manager may change without a programmer."""

    timezone: Zone
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
    alike: Alike
    learning: Learning
    confirm: Confirm
    human: Human
    attachments: Kept
    intake: Intake
    privacy: Privacy
    sources: dict[SourceKey, SourceLabel]
    fields: tuple[AskedField, ...] = Field(min_length=1)
    faq: tuple[Answer, ...] = ()

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

    def source(self, said: str) -> str:
        """Return the key of a source given by key or label, or nothing."""
        by_label = {label: key for key, label in self.sources.items()}
        return said if said in self.sources else by_label.get(said, "")

    @model_validator(mode="after")
    def _consistent(self) -> "Policy":
        for what, seen in (
            ("people: two people are named", [p.name for p in self.people]),
            ("people: two people have the Feishu id", [p.feishu for p in self.people]),
            ("people: two people have the WeCom id", [p.wecom.lower() for p in self.people if p.wecom]),
            ("fields: two fields have the key", [f.key for f in self.fields]),
            ("sources: two sources have the label", list(self.sources.values())),
        ):
            twice = {item for item in seen if seen.count(item) > 1}
            if twice:
                raise ValueError(f"{what} {', '.join(sorted(twice))}")
        if not any(field.key == "description" for field in self.fields):
            raise ValueError("fields: one field must have the key description, which a request cannot be without")
        if self.push.hours[0] >= self.push.hours[1]:
            raise ValueError("push.hours: the first time must be before the second")
        if self.intake.remind.wall >= self.intake.lapse.wall:
            raise ValueError("intake.remind: must be shorter than intake.lapse")
        if self.attachments.total < self.attachments.megabytes:
            raise ValueError("attachments.total: must not be less than attachments.megabytes")
        self._learnt()
        self._human()
        if not self.calendar.hours or any(start >= end for start, end in self.calendar.hours):
            raise ValueError("calendar.hours: each pair must be [start, end] with start before end")
        try:
            self.number.format(year=2026, month=11, serial=1)
        except (KeyError, ValueError, IndexError):
            raise ValueError("number: may use {year}, {month} and {serial} only") from None
        return self

    def _learnt(self) -> None:
        if self.learning.least > self.learning.last:
            raise ValueError("learning.least: must not be more than learning.last")
        if self.confirm.above < self.confirm.below:
            raise ValueError("confirm.above: must not be less than confirm.below")

    def _human(self) -> None:
        for name in self.human.duty:
            if not self.named(name):
                raise ValueError(f"human.duty: nobody is named {name}")
        departments = {p.department for p in self.people}
        for department in self.human.servicer.keys() - departments:
            raise ValueError(f"human.servicer: nobody is in the department {department}")
        if self.human.mode == "transfer" and not any((*self.human.servicer.values(), *(p.kf for p in self.people))):
            raise ValueError("human.mode: transfer needs a UserID in human.servicer or in kf of one of the people")
