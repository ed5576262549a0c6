"""Showing: how values are written for people: long texts cut, moments in the zone of the house, levels by name."""

from collections.abc import Mapping
from datetime import datetime

from handlers.policy import Policy
from handlers.wording import terms

EXCERPT = 300
"""Characters of a long text on a card."""


def excerpt(text: str, length: int = EXCERPT) -> str:
    """Cut a text for a card; the whole is shown by /show."""
    return text if len(text) <= length else text[: length - 1] + "…"


def clock(moment: datetime | None, policy: Policy) -> str:
    """Show a moment in the policy's time zone."""
    return f"{moment.astimezone(policy.zone):%Y-%m-%d %H:%M}" if moment else ""


def levels(policy: Policy) -> dict[str, str]:
    """Return the labels of the urgencies."""
    return {key: policy.level(key).label for key in ("urgent", "important", "routine")}


def scores(given: Mapping[str, int]) -> str:
    """Put the scores of a survey into one line."""
    return "，".join(terms.SCORE.format(name=name, count=score) for name, score in given.items())
