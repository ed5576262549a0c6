"""A request that is worked on again gets a fresh time limit from then on."""

from datetime import datetime
from typing import Any

from handlers.policy import Policy
from handlers.requests import calendar
from storage.requests import Request


def fresh_limit(request: Request, now: datetime, policy: Policy) -> dict[str, Any]:
    """Return the new `resolve_by` of a reopened request."""
    return {"resolve_by": calendar.after(now, policy.level(request.urgency).resolve, policy)}
