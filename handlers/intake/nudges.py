"""Nudges: when a silent customer is reminded of an open intake, and how he is greeted with it later. Pure.

One reminder after `intake.remind`, within the hours of `push.hours` and the send window; after `intake.lapse` the
intake counts as a saved draft (peers.md B2 rows 5 and 9).
"""

from datetime import datetime

from handlers.intake.draft import Draft, answered
from handlers.messages import Button, Outgoing, Text
from handlers.policy import Policy
from handlers.privacy import masked
from handlers.requests import calendar
from handlers.showing import excerpt
from handlers.wording import customer

TAG = "nudge"
NEED = 30
"""Longest quotation of a need in a reminder or greeting, in characters."""

RESUME = Button(label=customer.RESUME, action="resume", primary=True)
LATER = Button(label=customer.LATER, action="later")
CANCEL = Button(label=customer.CANCEL, action="discard")
RESTART = Button(label=customer.RESTART, action="restart")
PERSON = Button(label=customer.PERSON, action="person")


def moment(now: datetime, policy: Policy) -> datetime:
    """Return when somebody silent since now is to be reminded: never at an hour when nobody may be written to."""
    return calendar.within(now + policy.intake.remind.wall, policy.push.hours, policy)


def reminder(draft: Draft, to: str, now: datetime, policy: Policy) -> Outgoing:
    """Return the one reminder; `to` is the chat key."""
    said = customer.REMIND.format(missing=missing(draft, policy))
    return Outgoing(
        to=to,
        message=Text(text=said, buttons=(RESUME, LATER, CANCEL)),
        key=f"{TAG}:{to}:{now.isoformat()}",
        supersedes=TAG,
        unasked=True,
        fleeting=True,
    )


def lapsed(draft: Draft, heard_at: datetime | None, now: datetime, policy: Policy) -> bool:
    """Whether an intake has lain so long that it counts as a saved draft; the clock starts at the last word."""
    return now - (heard_at or draft.started) >= policy.intake.lapse.wall


def welcome(draft: Draft, policy: Policy, said: str = customer.HALF_DONE) -> Text:
    """Greet somebody who comes back with what he left half done; `said` is another sentence for another occasion."""
    said = said.format(need=need(draft), missing=missing(draft, policy))
    return Text(text=said, buttons=(RESUME, RESTART, PERSON))


def need(draft: Draft) -> str:
    """Return the first words of what a draft is about."""
    said = draft.answers.get("description") or draft.answers.get("description_vague") or customer.NO_NEED_YET
    return excerpt(masked(said).replace("\n", " "), NEED)


def missing(draft: Draft, policy: Policy) -> str:
    """Name what is still to be said, in one line."""
    open_ = [field.label for field in policy.fields if not answered(field, draft)]
    return "、".join(open_) or customer.YOUR_CONFIRMATION
