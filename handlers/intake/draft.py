"""A draft: the answers so far. Where the conversation stands is computed from it, never stored (architecture C7)."""

import re
from datetime import datetime
from functools import lru_cache

import msgspec

from handlers.messages import Value
from handlers.policy import Policy
from handlers.requests.suggested import Suggestions
from handlers.sections import AskedField
from handlers.wording import customer
from storage.profile import PROFILE

# A need that is put as a wish says what is hoped for.
_WISH = re.compile(
    r"希望|期望|想要?|能不能|能否|可不可以|可以|最好|要是|建议|支持|增加|添加|加[个上一]|改[成为]|做[成个]"
    r"|实现|自动|对接|需要|要能|麻烦"
)


class Draft(Value, frozen=True, kw_only=True):
    """What one customer has said in one intake."""

    started: datetime
    """When the intake began."""
    answers: dict[str, str] = msgspec.field(default_factory=dict)
    """His answers by the key of the field, as he typed them."""
    suggestions: Suggestions = msgspec.field(default_factory=Suggestions)
    """What the classifier suggests for the need."""
    revising: str = ""
    """The key of the field he chose to change; empty if none."""
    refusals: int = 0
    """How many answers in a row did not fit."""
    probed: int = 0
    """How often he was asked to say a vague need more exactly."""
    past: tuple[tuple[str, str], ...] = ()
    """Numbers and titles of his earlier requests, the most similar first."""
    asked: tuple[str, ...] = ()
    """The keys of the parts that were asked for; each is asked once."""
    recalled: bool = False
    """The profile is the one known from earlier, and he has not confirmed it yet."""
    last: str = ""
    """The key of the answer given last."""
    steps: "tuple[Draft, ...]" = ()
    """The draft as it was before each of the last answers, oldest first: 上一步 goes back to them."""
    choosing: bool = False
    """He was offered the list of fields to change one."""
    offers: bool = False
    """He was asked whether this is one of his open requests."""
    rest: tuple[str, ...] = ()
    """Further needs of the same message, registered after this one."""
    beside: str = ""
    """The number of the request that the need before this one, in the same message, became."""
    settled: bool = False
    """It was looked up whether this is one of his open requests; that is done once."""

    def having(self, **answers: str) -> "Draft":
        """Return the draft with more answers; what was being revised is settled and refusals are forgotten."""
        return msgspec.structs.replace(self, answers=self.answers | answers, revising="", refusals=0)

    def without(self, *keys: str) -> "Draft":
        """Return the draft without these answers."""
        kept = {key: value for key, value in self.answers.items() if key not in keys}
        return msgspec.structs.replace(self, answers=kept, refusals=0)

    @property
    def type(self) -> str:
        """What the need is: as the customer says, else as the classifier suggests, else nothing."""
        guess = self.suggestions.heads.get("type")
        return self.answers.get("type") or (guess.value if guess else "")


@lru_cache(maxsize=16)
def read(kept: bytes) -> Draft:
    """Read a draft as a chat keeps it: once, however many places ask within one turn."""
    return msgspec.json.decode(kept, type=Draft)


class Heard(Value, frozen=True, kw_only=True):
    """What a message was understood to say, computed outside so that the conversation stays pure.

    `level` is the urgency that the whole message names; `fields` are extracted values by key (the profile,
    `background`, `expected`); `suggestions` judge the description together with this message.
    """

    text: str
    level: str = ""
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    suggestions: Suggestions = msgspec.field(default_factory=Suggestions)


def asking(draft: Draft, policy: Policy) -> AskedField | None:
    """Return the field being asked for: the one under revision, else the first without an answer, else None."""
    if draft.revising:
        key = "customer" if draft.revising in PROFILE else draft.revising
        return next((field for field in policy.fields if key in (field.key, field.kind)), None)
    return next((field for field in policy.fields if not answered(field, draft)), None)


def answered(field: AskedField, draft: Draft) -> bool:
    """Whether a field has its answer, or needs none."""
    if field.kind == "customer":
        return not lacking(draft.answers) and not draft.recalled
    if field.kind == "part":
        said = field.key in draft.answers or field.key in draft.asked
        return said or draft.type not in field.types or _WISH.search(draft.answers.get("description", "")) is not None
    return field.key in draft.answers


def lacking(answers: dict[str, str]) -> list[str]:
    """Name what the profile cannot be without: somebody's name and a way to reach him."""
    names = [] if answers.get("company") or answers.get("contact") else [customer.LACKING["who"]]
    return names + ([] if answers.get("phone") or answers.get("email") else [customer.LACKING["reach"]])


def wanting(answers: dict[str, str]) -> list[str]:
    """Name what to ask for: what is lacking, and while asking how a person of a known company is called."""
    short = lacking(answers)
    nameless = answers.get("company") and not answers.get("contact")
    return [customer.LACKING["name"], *short] if short and nameless else short


def profile_line(answers: dict[str, str]) -> str:
    """Put the profile into one line."""
    known = {key: answers[key] for key in PROFILE if answers.get(key)}
    if known.get("title", "") in known.get("contact", ""):
        known.pop("title", "")  # 孙经理 says it already
    return "，".join(known.values())
