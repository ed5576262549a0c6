"""The record: the columns of a request that follow from what was said, whoever brought it (process.md A-029)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from handlers.policy import Policy
from handlers.requests import assignment
from handlers.requests.suggested import Suggestions, beside
from storage.database import Store
from storage.profile import PROFILE

PARTS = ("description", "expected", "pain", "impact", "history")
# Which nature a type has when nothing in the words says otherwise (process.md A-C2).
_NATURE = {"bug": "product", "improve": "product", "custom": "product", "consult": "service"}


def columns(answers: Mapping[str, str], suggestions: Suggestions, store: Store, policy: Policy) -> dict[str, Any]:
    """Return who asks, what for, how it is judged and who takes it; what people said counts more than a suggestion."""
    heads = {head: guess for head, guess in suggestions.heads.items() if head not in answers}
    # A draft may be older than the policy: what it names is kept as the type that took its place.
    type_ = policy.present(answers.get("type") or (heads["type"].value if "type" in heads else ""))
    nature = (
        heads["nature"].value if "nature" in heads and heads["nature"].value != "none" else _NATURE[policy.like[type_]]
    )
    kept = heads | beside(answers.get("urgency", ""), suggestions.heads.get("urgency"))
    guessed = heads["urgency"].value if "urgency" in heads and heads["urgency"].value != "none" else "routine"
    return {key: answers.get(key, "") for key in (*PROFILE, *PARTS)} | {
        "background": "\n".join(filter(None, (answers.get("background", ""), *_more(answers, policy)))),
        "impact": "\n".join(_once(answers.get("impact", ""), answers.get("affected", ""))),
        "wanted_by": _moment(answers.get("wanted_by", ""), policy),
        "suggestion": msgspec.json.encode(msgspec.structs.replace(suggestions, heads=kept)),
        "type": type_,
        "nature": nature,
        "urgency": answers.get("urgency", guessed),
        "department": policy.route(type_, nature).department,
        "owner": assignment.choose(type_, nature, store, policy).feishu,
    }


def _once(*texts: str) -> list[str]:
    """Return the texts that are not part of one before."""
    kept: list[str] = []
    for text in texts:
        if text and not any(text in before for before in kept):
            kept.append(text)
    return kept


def _more(answers: Mapping[str, str], policy: Policy) -> list[str]:
    """Return the answers to fields of the house's own: the agent reads them with the background."""
    own = [f for f in policy.fields if f.kind == "text" and f.key != "background" and answers.get(f.key)]
    return [f"{field.label}：{answers[field.key]}" for field in own]


def _moment(iso: str, policy: Policy) -> datetime | None:
    """Read a moment as the draft keeps it; one without a zone is meant in the policy's."""
    moment = datetime.fromisoformat(iso) if iso else None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=policy.zone)
