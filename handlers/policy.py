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
    Complaint,
    Confirm,
    Human,
    Intake,
    Kept,
    Kf,
    Learning,
    Level,
    Levels,
    NeedType,
    Person,
    Privacy,
    Push,
    Relay,
    Report,
    Route,
    SourceKey,
    SourceLabel,
    Survey,
    Visit,
)
from handlers.wording.terms import KINDS, NATURES

_TAKEN = (*NATURES, "urgent", "important", "routine", "other", "none")
"""Words that mean something else in routing, in lists, or where the classifier sees no request."""


class PolicyError(Exception):
    """The policy file says something that cannot be meant; the message is one line naming the key."""


def load(path: Path | None = None) -> "Policy":
    """Read the policy at `path` over the packaged one, key by key; raises PolicyError with one clear line."""
    packaged = tomllib.loads(files("handlers").joinpath("policy.toml").read_text(encoding="utf-8"))
    return parse(packaged if path is None else merged(packaged, _read(path)))


def parse(data: dict[str, Any]) -> "Policy":
    """Validate rules already read from TOML; raises PolicyError."""
    try:
        return _for_types(Policy.model_validate(data))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "policy"
        raise PolicyError(f"{where}: {_reason(first)}") from None


def merged(packaged: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Lay one's own keys over the packaged ones; tables are merged, everything else is replaced.

    Who has other types of need has no use for what the packaged file says of those that he has not.
    """
    both = _laid(packaged, own)
    mine = own.get("types")
    if isinstance(mine, list) and isinstance(both.get("routing"), dict):
        named = {str(one.get("key")) for one in mine if isinstance(one, dict)} | own.get("routing", {}).keys()
        both["routing"] = {key: line for key, line in both["routing"].items() if key in named or key not in KINDS}
    return both


def _laid(packaged: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    both = {**packaged, **own}
    for key in packaged.keys() & own.keys():
        # A line of the routing table is one decision: half of the packaged line under half of one's own means nothing.
        if isinstance(packaged[key], dict) and isinstance(own[key], dict) and "department" not in own[key]:
            both[key] = _laid(packaged[key], own[key])
    return both


def _for_types(policy: "Policy") -> "Policy":
    """Let questions that name a kind be asked for every type like it; one that names the type itself counts more."""
    like = policy.like
    fields = tuple(
        field.model_copy(
            update={
                "types": tuple(key for key, kind in like.items() if {key, kind} & set(field.types)),
                "asks": {
                    key: said for key, kind in like.items() if (said := field.asks.get(key) or field.asks.get(kind))
                },
            }
        )
        for field in policy.fields
    )
    return policy.model_copy(update={"fields": fields})


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


def _bare(label: str) -> str:
    """Return the label of a type as it is compared: 权限 类, 权限类 and 权限 are the same."""
    return "".join(filter(str.isalnum, label)).casefold().removesuffix("类")


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
    people: tuple[Person, ...] = Field(min_length=1)
    types: tuple[NeedType, ...] = Field(min_length=1)
    routing: dict[str, Route]
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
    complaint: Complaint
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

    @cached_property
    def urgencies(self) -> tuple[str, ...]:
        """What the urgencies are called, the most urgent first."""
        return self.urgency.urgent.label, self.urgency.important.label, self.urgency.routine.label

    def source(self, said: str) -> str:
        """Return the key of a source given by key or label, or nothing."""
        by_label = {label: key for key, label in self.sources.items()}
        return said if said in self.sources else by_label.get(said, "")

    @cached_property
    def labels(self) -> dict[str, str]:
        """What the types of need are called, by key."""
        return {one.key: one.label for one in self.types}

    @cached_property
    def like(self) -> dict[str, str]:
        """The kind that each type of need is like, by key: what the classifier is told of them."""
        return {one.key: one.like for one in self.types}

    def typed(self, said: str) -> str:
        """Return the key of a type given by key or label, with or without 类 at its end; or nothing."""
        return said if said in self.labels else self._named.get(_bare(said), "")

    @cached_property
    def _named(self) -> dict[str, str]:
        return {_bare(label): key for key, label in self.labels.items()}

    def label(self, type_: str) -> str:
        """Return what a type is called: one of before, that the policy names no more, is still shown."""
        return self.labels.get(type_) or KINDS.get(type_, type_)

    def present(self, type_: str) -> str:
        """Return the type, or what stands in for one that the policy does not name: one like it, else for advice."""
        alike = (key for kind in (type_, "consult") for key in self.like if self.like[key] == kind)
        return type_ if type_ in self.like else next(alike, self.types[0].key)

    def route(self, type_: str, nature: str) -> Route:
        """Return the line of the matrix (process.md A-120): a nature of its own line (complaint) wins over the type."""
        return self.routing.get(nature) or self.routing[self.present(type_)]

    @model_validator(mode="after")
    def _consistent(self) -> "Policy":
        for what, seen in (
            ("people: two people are named", [p.name for p in self.people]),
            ("people: two people have the Feishu id", [p.feishu for p in self.people]),
            ("people: two people have the WeCom id", [p.wecom.lower() for p in self.people if p.wecom]),
            ("fields: two fields have the key", [f.key for f in self.fields]),
            ("sources: two sources have the label", list(self.sources.values())),
            ("types: two types have the key", [one.key for one in self.types]),
            ("types: two types have the label", [_bare(one.label) for one in self.types]),
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
        self._typed()
        self._learnt()
        self._human()
        if not self.calendar.hours or any(start >= end for start, end in self.calendar.hours):
            raise ValueError("calendar.hours: each pair must be [start, end] with start before end")
        return self

    def _typed(self) -> None:
        for place, own in enumerate(self.types):
            if own.key in _TAKEN or (own.key in KINDS and own.key != own.like):
                raise ValueError(f"types.{place}.key: {own.key} means something else already")
            if own.label in {
                level.label for level in (self.urgency.urgent, self.urgency.important, self.urgency.routine)
            }:
                raise ValueError(f"types.{place}.label: {own.label} is an urgency already")
        for key in sorted(self.routing.keys() - self.labels.keys() - set(NATURES)):
            raise ValueError(f"routing.{key}: unknown key, neither one of types nor a nature")
        for key in sorted(self.labels.keys() - self.routing.keys()):
            raise ValueError(f"routing.{key}: missing, nobody takes this type")
        named = [
            (f"people.{at}.types.{n}", key) for at, one in enumerate(self.people) for n, key in enumerate(one.types)
        ]
        # What is asked may be asked for a kind: of every type that is like it.
        for at, one in enumerate(self.fields):
            named += [(f"fields.{at}.types.{n}", key) for n, key in enumerate(one.types) if key not in KINDS]
            named += [(f"fields.{at}.asks.{key}", key) for key in one.asks if key not in KINDS]
        for where, key in named:
            if key not in self.labels:
                raise ValueError(f"{where}: no type has the key {key}")

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
