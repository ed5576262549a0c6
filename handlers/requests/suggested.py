"""Suggested: what the classifier makes of a request, as it is kept with the request."""

from collections.abc import Collection
from hashlib import blake2b

import msgspec

from handlers.messages import Value
from handlers.wording import terms

HEADS = tuple(terms.HEADS)
"""What is suggested, and decided by people, each question by itself."""


class Suggested(Value, frozen=True, kw_only=True):
    """What the classifier suggested for one label, kept with the request.

    `held`: the classifier was sure, but people change so many of these suggestions that somebody is to confirm each
    (A-217); `sure` is False then. `among` are all the types of the house it may be, where the model knows only what
    they are like.
    """

    value: str
    confidence: float
    because: tuple[str, ...] = ()
    sure: bool = True
    runner_up: str = ""
    held: bool = False
    among: tuple[str, ...] = ()
    stated: bool = False
    """Somebody named another value himself: it stands in the request, and this beside it."""


class Suggestions(Value, frozen=True, kw_only=True):
    """The suggestions of one request by head: type, nature, urgency; `complaint` is how likely it is one, 0 to 1."""

    heads: dict[str, Suggested] = msgspec.field(default_factory=dict)
    degraded: str = ""
    complaint: float = 0.0


def cautious(suggestions: Suggestions, heads: Collection[str]) -> Suggestions:
    """Hold back what would be pre-filled for these heads: somebody is asked instead (process.md A-217)."""
    held = {
        head: msgspec.structs.replace(guess, sure=False, held=True)
        for head, guess in suggestions.heads.items()
        if head in heads and guess.sure
    }
    return msgspec.structs.replace(suggestions, heads=suggestions.heads | held) if held else suggestions


def beside(stated: str, guess: Suggested | None) -> dict[str, Suggested]:
    """Return what stands beside the urgency that a customer named himself: another one the classifier would suggest.

    It lowers and raises nothing by itself: a person sees both and decides (classifier.md section 4).
    """
    if not stated or guess is None or guess.value in {stated, "none"}:
        return {}
    return {"urgency": msgspec.structs.replace(guess, stated=True, runner_up="")}


def to_decide(head: str, guess: Suggested, *, audit: bool) -> bool:
    """Whether the card asks for a tap: the classifier is unsure, somebody stated something else, or it is audited.

    The nature only where people are to confirm it (A-217) or to audit: what depends on it can wait for 改判.
    """
    return guess.stated or audit or (not guess.sure and (head != "nature" or guess.held))


def audited(number: str, head: str, guess: Suggested, share: float) -> bool:
    """Whether a suggestion the classifier is sure of is shown to be confirmed all the same: always the same ones.

    Chosen by the number alone, so that what is learnt from them is like all that comes in (classifier.md section 4).
    """
    if not guess.sure or guess.stated:
        return False
    drawn = blake2b(f"audit:{head}:{number}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn) < share * 2**64
