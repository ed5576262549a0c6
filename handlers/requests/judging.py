"""Judging: a person decides type, nature and urgency; priority and time limits follow (process.md A-070)."""

from typing import Any

import msgspec

from handlers.policy import Policy
from handlers.requests import clocks
from handlers.requests.card import suggestions
from handlers.requests.suggested import HEADS
from storage.requests import Request


def judged(request: Request, values: dict[str, str], policy: Policy) -> dict[str, Any]:
    """Return the columns a judgement changes: of type, nature and urgency those in `values`.

    What the classifier suggested for them is no longer shown as a suggestion. The time limits run from the
    registration: judging late gives nobody more time.
    """
    kept = suggestions(request)
    heads = {head: guess for head, guess in kept.heads.items() if head not in values}
    now = {head: getattr(request, head) for head in HEADS} | values
    columns: dict[str, Any] = {**values, "suggestion": msgspec.json.encode(msgspec.structs.replace(kept, heads=heads))}
    columns["priority"] = policy.level(now["urgency"]).priority
    if now["type"] in policy.labels:  # else it stays where it was brought while the policy still named its type
        columns["department"] = policy.route(now["type"], now["nature"]).department
    if now["urgency"] != request.urgency:
        columns |= clocks.limits(request.created_at, now["urgency"], policy)
    return columns
