"""Hearing: what the classifier makes of a message, as values the pure conversation can use."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from classifier.extract import extract
from classifier.suggest import Guess, Suggestion
from handlers.desk import Desk
from handlers.intake.answers import level, plain, says_nothing
from handlers.intake.draft import Draft, Heard, asking
from handlers.intake.labelled import asides, history, labelled, unlabelled, without_history
from handlers.intake.repair import CHANGE, CONFIRM
from handlers.policy import Policy
from handlers.requests.suggested import Suggested, Suggestions, cautious

# The classifier's names of the profile -> ours.
_FIELDS = {
    "customer_name": "company",
    "contact_name": "contact",
    "title": "title",
    "phone": "phone",
    "email": "email",
    "industry": "industry",
    "background": "background",
    "expected": "expected",
    "pain": "pain",
    "impact": "affected",
}
_MOST = 0.7
# Questions whose answers may tell of anything; a short answer to another is that answer.
_WIDE = {"description", "customer"}
_SHORT = 16
_NUMBER = re.compile(r"[0-9０-９]{7}")
_SOONEST = timedelta(minutes=15)
_JUDGED = {"description", "urgency"}
_LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class First:
    """A first message: what was heard, and whether it states a need at all."""

    heard: Heard
    need: bool

    @property
    def stated(self) -> bool:
        """Whether it is a need by itself: the classifier takes it for one, and for its type likelier than not."""
        guess = self.heard.suggestions.heads.get("type")
        return self.need and guess is not None and guess.confidence >= _LIKELY


def hear(text: str, draft: Draft, now: datetime, desk: Desk) -> Heard:
    """Read one message of an intake; the labels are judged anew only where the message bears on them."""
    field, named = asking(draft, desk.policy), level(text, desk.policy)
    bears = (field is None or field.kind in _JUDGED) and not (named or _steers(text))
    whole = f"{draft.answers.get('description', '')}\n{text}".strip()
    suggestions = _suggestions(_suggest(whole, now, desk), desk) if bears else Suggestions()
    boxes = field is None or field.kind in _WIDE or len(text) > _SHORT
    found = fields(text, now, desk.policy, boxes=boxes)
    return Heard(text=text, level=named, fields=found, suggestions=suggestions)


def _steers(text: str) -> bool:
    """Whether it only answers 确认 or 修改 to a summary, of which nothing can be made without one."""
    return plain(text).lower() in CONFIRM | CHANGE


def hear_first(text: str, now: datetime, desk: Desk) -> First:
    """Read a message outside an intake; it is taken for small talk only when the classifier is sure."""
    suggestion = _suggest(text, now, desk)
    need = not _steers(text) and (suggestion is None or suggestion.type.value != "other")
    heard = Heard(text=text, fields=fields(text, now, desk.policy), suggestions=_suggestions(suggestion, desk))
    return First(heard, need)


def fields(text: str, now: datetime, policy: Policy | None = None, *, boxes: bool = True) -> dict[str, str]:
    """Return what the message says besides the answer it gives, by our names; labels of its own count most.

    `urgency` is a level where the policy knows the word, else the word; `boxes` as in `extract`.
    """
    if says_nothing(text):
        return {}
    # 月底 and 今晚 are those of the house's own clock.
    now = now.astimezone(policy.zone) if policy else now
    found = extract(text, now=now, boxes=boxes)
    said = {ours: value for theirs, ours in _FIELDS.items() if (value := getattr(found, theirs))}
    # Written in one go, a name may have taken the number with it.
    said |= {"company": _NUMBER.split(said["company"])[0]} if said.get("company") else {}
    said = asides(text, said.get("contact", "")) | said
    said |= {"history": history(text), "pressing": "、".join(found.urgency_words)}
    # 「一分钟以内导完」 is how long something may take, not when it must be done.
    wanted = found.deadline if found.deadline and found.deadline - now >= _SOONEST else None
    said |= {"wanted_by": wanted.isoformat()} if wanted else {}
    said["background"] = without_history(said.get("background", ""))
    # A bare wish is the need itself.
    said["expected"] = "" if len(said.get("expected", "")) > _MOST * len(text.strip()) else said.get("expected", "")
    # A phone is read, never copied: what stands under 电话 may hold more than a number.
    own = {key: value for key, value in labelled(text).items() if key not in ("phone", "email")}
    before = unlabelled(text)
    if "description" in own and describes(before, now):
        own["description"] = f"{before}\n{own['description']}"
    said |= own
    said["urgency"] = level(said.get("urgency", ""), policy) or said.get("urgency", "")
    return {key: value for key, value in said.items() if value}


def describes(text: str, now: datetime) -> bool:
    """Whether a text tells of a trouble or a wish, and not only of people, times and numbers."""
    found = extract(text, now=now)
    return bool(found.description or found.expected)


def _suggest(text: str, now: datetime, desk: Desk) -> Suggestion | None:
    return desk.classifier.suggest(text, now.astimezone(desk.policy.zone)) if desk.classifier else None


def _suggestions(suggestion: Suggestion | None, desk: Desk) -> Suggestions:
    if suggestion is None or suggestion.type.value == "other":
        return Suggestions()
    heads = {"type": suggestion.type, "urgency": suggestion.urgency, "nature": suggestion.nature}
    kept = {head: _kept(guess) for head, guess in heads.items()}
    complaint = round(suggestion.p_complaint, 3)
    made = Suggestions(heads=kept, degraded=suggestion.degraded, complaint=complaint)
    return cautious(made, desk.confirming.heads)


def _kept(guess: Guess) -> Suggested:
    return Suggested(
        value=guess.value,
        confidence=round(guess.confidence, 3),
        because=guess.because,
        sure=guess.sure,
        runner_up=guess.runner_up,
        among=guess.among,
    )
