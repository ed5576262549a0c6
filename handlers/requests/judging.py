"""Judging: a person decides type, nature and urgency; priority and time limits follow (process.md A-070)."""

from typing import Any

import msgspec

from handlers.policy import Policy
from handlers.requests import assignment, clocks
from handlers.requests.card import suggestions
from storage.requests import Request


def judged(request: Request, values: dict[str, str], policy: Policy) -> dict[str, Any]:
    """Return the columns a judgement changes; what the classifier suggested is no longer shown as a suggestion.

    The time limits run from the registration: judging late gives nobody more time.
    """
    level = policy.level(values["urgency"])
    left = msgspec.structs.replace(suggestions(request), heads={})
    columns: dict[str, Any] = {**values, "priority": level.priority, "suggestion": msgspec.json.encode(left)}
    columns["department"] = assignment.route(values["type"], values["nature"], policy).department
    if values["urgency"] != request.urgency:
        columns |= clocks.limits(request.created_at, values["urgency"], policy)
    return columns
