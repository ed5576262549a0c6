"""Questions with a standing answer (the policy's), found by likeness; they interrupt an intake and do not end it."""

from classifier.similar import ranked
from handlers.intake.answers import plain
from handlers.policy import Policy

_ALIKE = 0.55
_LONGEST = 24
"""Characters: whoever writes more tells something of his own."""


def find(text: str, policy: Policy) -> str:
    """Return the answer to a question of the policy, or nothing."""
    asked = plain(text)
    if len(asked) > _LONGEST:
        return ""
    known = [(plain(question), entry.say) for entry in policy.faq for question in entry.ask]
    exact = next((say for question, say in known if question == asked), "")
    if exact or not known or len(asked) < 4:  # noqa: PLR2004 - too short to be like anything
        return exact
    best = ranked(asked, [question for question, _ in known])
    return known[best[0][0]][1] if best and best[0][1] >= _ALIKE else ""
