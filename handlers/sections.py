"""The sections of the policy file, one class each; handlers/policy.py puts them together."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from handlers.measures import Clock, Duration, Rules, Span, Wall
from storage.lasting import DONE

Kind = Literal["bug", "improve", "custom", "consult"]
Priority = Literal["P0", "P1", "P2"]
Role = Literal["agent", "lead", "manager"]

SourceKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
SourceLabel = Annotated[str, Field(min_length=1, max_length=40)]
TypeKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
# No longer than the columns they are kept in (storage/tables/desk.py): PostgreSQL refuses the request otherwise.
Name = Annotated[str, Field(min_length=1, max_length=100)]
OpenId = Annotated[str, Field(min_length=1, max_length=100)]
UserId = Annotated[str, Field(max_length=64)]
Department = Annotated[str, Field(min_length=1, max_length=60)]


def _sayable(consent: str) -> str:
    try:
        consent.format(version="")
    except (KeyError, ValueError, IndexError):
        raise ValueError("may use {version} only") from None
    return consent


def _worked_off(kept: Span) -> Span:
    if kept.wall > DONE:
        raise ValueError(f"must be at most {DONE.days}d: then what was said is deleted as a whole")
    return kept


class NeedType(Rules):
    """One type of need: its key, what people call it, and which of the four kinds it is like (process.md A-061, A-C2).

    `like` is used in three places: it chooses the questions asked in the intake; it gives the nature where the words
    give none; and it maps the answer of a model that knows only the four kinds to this type.
    """

    key: TypeKey
    label: str = Field(min_length=1, max_length=20)
    like: Kind


class Person(Rules):
    """An agent or manager; `feishu` is the open_id, `wecom` the UserID, `kf` the UserID of a servicer in 微信客服."""

    name: Name
    feishu: OpenId
    wecom: UserId = ""
    kf: UserId = ""
    department: Department
    roles: tuple[Role, ...] = Field(min_length=1)
    types: tuple[str, ...] = ()
    capacity: int = Field(default=8, ge=1)

    @property
    def chat(self) -> str:
        """The private Feishu chat of this person."""
        return f"fs:{self.feishu}"


class Route(Rules):
    """Who takes a type or nature of request, and who is told."""

    department: Department
    role: Role = "agent"
    approval: str = ""
    cc: tuple[str, ...] = ()


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
    """The satisfaction survey: which score is low, what is asked."""

    within: Duration
    """Without effect yet (contract.md section 5 names it): a survey is sent as soon as the hours allow."""
    low: int = Field(ge=0, le=5)
    questions: tuple[str, ...] = Field(min_length=1)


class Visit(Rules):
    """The return visit after a solution; without effect yet (contract.md section 5 names it)."""

    after: Duration


class Report(Rules):
    """When reports go out by themselves; without effect yet (contract.md section 5 names it)."""

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
    """How much two needs must be alike before somebody is asked about it (measured in classifier/similar.py).

    `silent`: how long the customer of a merged request may object once the one kept was accepted (A-171).
    """

    offer: float = Field(gt=0, le=1)
    propose: float = Field(gt=0, le=1)
    silent: Duration


class Post(Rules):
    """Who holds a role in a department."""

    department: Department
    role: Role


class Complaint(Rules):
    """Who gets a copy of what may be a complaint, and from which probability on (classifier.md section 4)."""

    copied_from: float = Field(gt=0, le=1)
    to: Post


class Learning(Rules):
    """From which decisions of people it is counted how often they keep what is suggested (A-217).

    `audit` is the share of sure suggestions that are shown to be confirmed all the same.
    """

    last: int = Field(ge=1, le=10_000)
    within: Wall
    least: int = Field(ge=1)
    audit: float = Field(ge=0, le=1)


class Confirm(Rules):
    """The shares of suggestions kept below which people confirm each, and from which on they need not any more."""

    below: float = Field(ge=0, le=1)
    above: float = Field(ge=0, le=1)


class Intake(Rules):
    """The guided conversation as a whole."""

    refusals: int = Field(ge=1)
    probes: int = Field(ge=0)
    remind: Wall
    lapse: Wall


class AskedField(Rules):
    """One of the fields to collect; `kind` names its parser in handlers/intake/answers.py."""

    key: str = Field(pattern=r"^[a-z_]+$")
    label: str
    kind: Literal["description", "customer", "part", "text", "urgency", "history"]
    ask: str
    asks: dict[str, str] = Field(default_factory=dict)
    """How it is asked where the need seems to be of this type, or of a type that is like this kind."""
    hint: str = ""
    another: str = ""
    """How it is explained when the hint did not help."""
    types: tuple[str, ...] = ()
    """A part is only asked for needs of these types or kinds, at most once, and only if it was not said."""
    min_length: int = Field(default=1, ge=1)


class Answer(Rules):
    """A question that has a standing answer, in the ways people ask it."""

    ask: tuple[str, ...] = Field(min_length=1)
    say: str
