"""Learning: every decision of a person about a suggestion becomes a labelled example (process.md A-060, A-217).

What counts, for each question (type, urgency, nature) by itself:

- **changed**: the customer stated another value than the one suggested (in his own words, by the menu, or at the
  summary), or an agent judged otherwise.
- **kept**: the customer confirmed a summary that showed the suggested value; an agent judged the same, tapped it, or
  accepted the request without changing it.
- **no decision**: what nobody was shown or asked. A customer sees no nature; a call for a person confirms nothing; what
  the classifier was unsure of, or was told to have confirmed, is not kept by silence; systems and files that bring
  requests are not people; an acceptance that only follows another request's says nothing of this one.

An agent's decision outranks a customer's, and a later one of an agent his earlier. There is one example for a question
about a request: the one that counts. Live accuracy is counted from suggestions the classifier was sure of, whether they
were shown as such or held back to be confirmed; where it says itself that it does not know, it suggested nothing.
"""

from collections.abc import Container, Iterable
from dataclasses import replace
from datetime import datetime

from handlers.requests.suggested import HEADS, Suggested, Suggestions
from storage import labels
from storage.database import Store
from storage.labels import AGENT, CUSTOMER, Label
from storage.requests import Request

BY_CUSTOMER = "customer"
"""Stands for whoever the request belongs to: an example leads to a person only through its request."""
_NOTHING = ("other", "none")
_SHOWN = ("type",)
"""What the summary shows as a suggestion; a suggested urgency stands in it as an answer."""


def registered(
    request: Request, suggestions: Suggestions, answers: Container[str], by: str, now: datetime, store: Store
) -> list[Label]:
    """Keep what was suggested for a new request, and what its customer or the agent who brought it says of that.

    `answers` are the questions that have an answer of their own; `by` is empty where nobody has confirmed anything.
    Returns what was decided.
    """
    kept = [
        _first(request, head, guess, answers, by, now)
        for head, guess in suggestions.heads.items()
        if head in HEADS and guess.value not in _NOTHING
    ]
    labels.add(store, kept)
    return [one for one in kept if one.rank]


def decided(request: Request, heads: Iterable[str], by: str, now: datetime, store: Store, *, tacitly: bool) -> set[str]:
    """Keep what an agent decides about these heads; `tacitly`: he let stand what he saw. Returns the heads decided."""
    found = {one.head: one for one in labels.of(store, request.id)}
    known = [found[head] for head in heads if head in found]
    news = [
        _by(one, getattr(request, one.head), AGENT, by, now) for one in known if not (tacitly and one.rank == AGENT)
    ]
    labels.decide(store, news)
    return {one.head for one in news}


def _first(request: Request, head: str, guess: Suggested, answers: Container[str], by: str, now: datetime) -> Label:
    value: str = getattr(request, head)
    label = Label(request.id, head, guess.value, guess.sure or guess.held)
    agent = by.startswith("fs:")
    mine = agent or by == request.chat
    if head in answers:
        # Without a confirmation the same value may be no more than the suggestion itself.
        says = mine or (not by and value != guess.value)
    else:
        says = mine and not agent and head in _SHOWN and guess.sure
    return _by(label, value, AGENT if agent else CUSTOMER, by, now) if says else label


def _by(label: Label, final: str, rank: int, by: str, now: datetime) -> Label:
    actor = by if rank == AGENT else BY_CUSTOMER
    return replace(label, final=final, kept=final == label.suggested, rank=rank, actor=actor, at=now)
