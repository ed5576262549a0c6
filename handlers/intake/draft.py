"""A draft: the answers so far. Where the conversation stands is computed from it, never stored (architecture C7)."""

from datetime import datetime

import msgspec

from handlers.messages import Value
from handlers.policy import AskedField, Policy
from handlers.requests.card import Suggestions

PROFILE = ("company", "contact", "title", "phone", "email", "industry")
PROFILE_LABELS = {
    "company": "公司",
    "contact": "联系人",
    "title": "职务",
    "phone": "电话",
    "email": "邮箱",
    "industry": "行业",
}


class Draft(Value, frozen=True, kw_only=True):
    """What one customer has said in one intake, by key; values as typed.

    `past` are the numbers and titles of his earlier requests; `refusals` counts answers that did not fit in a row;
    `revising` is the field he chose to change at the summary.
    """

    started: datetime
    answers: dict[str, str] = msgspec.field(default_factory=dict)
    suggestions: Suggestions = msgspec.field(default_factory=Suggestions)
    revising: str = ""
    refusals: int = 0
    probed: int = 0
    past: tuple[tuple[str, str], ...] = ()

    def having(self, **answers: str) -> "Draft":
        """Return the draft with more answers; what was being revised is settled and refusals are forgotten."""
        return msgspec.structs.replace(self, answers=self.answers | answers, revising="", refusals=0)


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
    for field in policy.fields:
        if field.key == draft.revising or (not draft.revising and not answered(field, draft)):
            return field
    return None


def answered(field: AskedField, draft: Draft) -> bool:
    """Whether a field has its answer."""
    if field.kind == "customer":
        return not lacking(draft.answers)
    return field.key in draft.answers


def lacking(answers: dict[str, str]) -> list[str]:
    """Name what the profile cannot be without: somebody's name and a way to reach him."""
    names = [] if answers.get("company") or answers.get("contact") else ["公司名称或您的称呼"]
    return names + ([] if answers.get("phone") or answers.get("email") else ["联系电话"])


def wanting(answers: dict[str, str]) -> list[str]:
    """Name what to ask for: what is lacking, and while asking how a person of a known company is called."""
    short = lacking(answers)
    return ["您的称呼", *short] if short and answers.get("company") and not answers.get("contact") else short


def profile_line(answers: dict[str, str]) -> str:
    """Put the profile into one line."""
    known = {key: answers[key] for key in PROFILE if answers.get(key)}
    if known.get("title", "") in known.get("contact", ""):
        known.pop("title", "")  # 孙经理 says it already
    return "，".join(known.values())
