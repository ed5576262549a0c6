"""The rules of the house: one TOML file, validated at start (contract.md, section 5)."""

import tomllib
from datetime import date, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError, model_validator

from handlers.measures import Clock, Duration, Rules, Wall, Zone
from handlers.measures import Span as Span  # noqa: PLC0414 - callers read it from here, beside the rules it measures

Type = Literal["bug", "improve", "custom", "consult"]
Urgency = Literal["urgent", "important", "routine"]
Priority = Literal["P0", "P1", "P2"]
Role = Literal["agent", "lead", "manager"]

MOST_MESSAGES = timedelta(days=30)
"""So long the engine knows what is worked off (bot/engine/sweeps.py): longer nothing of it can be kept."""
SourceKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
SourceLabel = Annotated[str, Field(min_length=1, max_length=40)]


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


def _sayable(consent: str) -> str:
    try:
        consent.format(version="")
    except (KeyError, ValueError, IndexError):
        raise ValueError("may use {version} only") from None
    return consent


def _worked_off(kept: Span) -> Span:
    if kept.wall > MOST_MESSAGES:
        raise ValueError(f"must be at most {MOST_MESSAGES.days}d: then what was said is deleted as a whole")
    return kept


class Person(Rules):
    """An agent or manager; `feishu` is the open_id, `wecom` the UserID, `kf` the UserID of a servicer in 微信客服."""

    name: str = Field(min_length=1)
    feishu: str = Field(min_length=1)
    wecom: str = ""
    kf: str = ""
    department: str = Field(min_length=1)
    roles: tuple[Role, ...] = Field(min_length=1)
    types: tuple[Type, ...] = ()
    capacity: int = Field(default=8, ge=1)

    @property
    def chat(self) -> str:
        """The private Feishu chat of this person."""
        return f"fs:{self.feishu}"


class Route(Rules):
    """Who takes a type or nature of request, and who is told."""

    department: str = Field(min_length=1)
    role: Role = "agent"
    approval: str = ""
    cc: tuple[str, ...] = ()


class Routing(Rules):
    """The allocation matrix (process.md A-120); the nature complaint wins over the type."""

    bug: Route
    improve: Route
    custom: Route
    consult: Route
    complaint: Route | None = None
    product: Route | None = None
    service: Route | None = None
    suggestion: Route | None = None


class Level(Rules):
    """One urgency: its label, the priority it gives and its two time limits."""

    label: str
    priority: Priority
    respond: Duration
    resolve: Duration


class Levels(Rules):
    """The three urgencies, most urgent first."""

    urgent: Level
    important: Level
    routine: Level


class Alerts(Rules):
    """When silence is told to somebody."""

    dispatch: Duration
    before: Wall


class Push(Rules):
    """How often a customer hears of progress, by priority, and within which hours."""

    P0: Duration
    P1: Duration
    P2: Duration
    hours: tuple[Clock, Clock]


class Calendar(Rules):
    """Working hours and days, on top of the packaged public-holiday calendar."""

    hours: tuple[tuple[Clock, Clock], ...]
    holidays: tuple[date, ...]
    workdays: tuple[date, ...]


class Survey(Rules):
    """The satisfaction survey: within what time, which score is low, what is asked."""

    within: Duration
    low: int = Field(ge=0, le=5)
    questions: tuple[str, ...] = Field(min_length=1)


class Visit(Rules):
    """The return visit after a solution."""

    after: Duration


class Report(Rules):
    """When reports go out by themselves."""

    weekly: str = Field(pattern=r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([01]\d|2[0-3]):[0-5]\d$")


class Kf(Rules):
    """微信客服."""

    replay: Wall


class Human(Rules):
    """How a call for a person is answered: through the bot, or by handing the 微信客服 session over."""

    mode: Literal["relay", "transfer"]
    duty: tuple[str, ...] = ()
    servicer: dict[str, str] = {}  # noqa: RUF012 - pydantic copies defaults


class Kept(Rules):
    """How much of what customers send is kept: files of one request, megabytes of one file and of all."""

    most: int = Field(ge=1)
    megabytes: int = Field(ge=1, le=20)
    total: int = Field(ge=1)


class Relay(Rules):
    """The talk between customer and agent through the bot."""

    window: Wall


class Privacy(Rules):
    """What the customer is told of his data, and how long each kind of them is kept (docs/privacy.md)."""

    version: str = Field(min_length=1, max_length=20)
    consent: Annotated[str, Field(max_length=200), AfterValidator(_sayable)]
    messages: Annotated[Wall, AfterValidator(_worked_off)]
    drafts: Wall
    attachments: Wall
    requests: Wall
    customers: Wall

    @property
    def sentence(self) -> str:
        """The sentence said once in each chat; a new version is said again."""
        return self.consent.format(version=self.version)


class Alike(Rules):
    """How much two needs must be alike before somebody is asked about it (measured in classifier/similar.py)."""

    offer: float = Field(gt=0, le=1)
    propose: float = Field(gt=0, le=1)


class Intake(Rules):
    """The guided conversation as a whole."""

    refusals: int = Field(ge=1)
    probes: int = Field(ge=0)
    remind: Wall
    lapse: Wall


RequestType = Literal["bug", "improve", "custom", "consult"]


class AskedField(Rules):
    """One of the fields to collect; `kind` names its parser in handlers/intake/answers.py."""

    key: str = Field(pattern=r"^[a-z_]+$")
    label: str
    kind: Literal["description", "customer", "part", "text", "urgency", "history"]
    ask: str
    asks: dict[RequestType, str] = Field(default_factory=dict)
    """How it is asked where the need seems to be of this type."""
    hint: str = ""
    another: str = ""
    """How it is explained when the hint did not help."""
    types: tuple[RequestType, ...] = ()
    """A part is only asked for needs of these types, at most once, and only if it was not said."""
    min_length: int = Field(default=1, ge=1)


class Answer(Rules):
    """A question that has a standing answer, in the ways people ask it."""

    ask: tuple[str, ...] = Field(min_length=1)
    say: str


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
        self._human()
        if not self.calendar.hours or any(start >= end for start, end in self.calendar.hours):
            raise ValueError("calendar.hours: each pair must be [start, end] with start before end")
        try:
            self.number.format(year=2026, month=11, serial=1)
        except (KeyError, ValueError, IndexError):
            raise ValueError("number: may use {year}, {month} and {serial} only") from None
        return self

    def _human(self) -> None:
        for name in self.human.duty:
            if not self.named(name):
                raise ValueError(f"human.duty: nobody is named {name}")
        departments = {p.department for p in self.people}
        for department in self.human.servicer.keys() - departments:
            raise ValueError(f"human.servicer: nobody is in the department {department}")
        if self.human.mode == "transfer" and not any((*self.human.servicer.values(), *(p.kf for p in self.people))):
            raise ValueError("human.mode: transfer needs a UserID in human.servicer or in kf of one of the people")
