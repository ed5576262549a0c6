"""A shadow run: candidate and serving model read the same messages, and what each would suggest otherwise is counted.

It informs people before a promotion (classifier.md section 4). There are no true labels here: a change may be for the
better. Only where very many sure suggestions change does it hold the candidate up, until a person has looked.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from classifier.labels import HEADS
from classifier.suggest import Classifier, Guess

FEWEST = 20
"""With fewer sure suggestions about a question a share of them says nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One suggestion that would be another, with the message it is about."""

    head: str
    text: str
    before: Guess
    after: Guess


@dataclass(frozen=True, slots=True)
class Tally:
    """About one question: suggestions that change; sure ones before and after; sure ones from before that change."""

    changed: int
    sure: int
    sure_after: int
    sure_changed: int

    @property
    def share(self) -> float:
        """The share of the sure suggestions that change, 0 to 1."""
        return self.sure_changed / self.sure if self.sure else 0.0


@dataclass(frozen=True, slots=True)
class Shadow:
    """How many messages were read, what came of each question, and every change: sure ones first."""

    messages: int
    tallies: dict[str, Tally]
    changes: list[Change]

    def record(self) -> dict[str, Any]:
        """Return the counts, without anybody's words."""
        return {"messages": self.messages, "heads": {head: asdict(one) for head, one in self.tallies.items()}}

    def too_many(self, most: float) -> dict[str, Tally]:
        """Return the questions of which more than this share of the sure suggestions change."""
        return {head: one for head, one in self.tallies.items() if one.sure >= FEWEST and one.share > most}


def compare(serving: Classifier, candidate: Classifier, texts: Iterable[str]) -> Shadow:
    """Let both read every text; dates in it are read without a clock, the same for both."""
    pairs = [(text, _guesses(serving, text), _guesses(candidate, text)) for text in texts]
    tallies, changes = {}, []
    for head in HEADS:
        both = [(text, before[head], after[head]) for text, before, after in pairs]
        changed = [Change(head, *one) for one in both if one[1].value != one[2].value]
        changes += sorted(changed, key=lambda one: not one.before.sure)
        tallies[head] = Tally(
            changed=len(changed),
            sure=sum(before.sure for _, before, _ in both),
            sure_after=sum(after.sure for _, _, after in both),
            sure_changed=sum(one.before.sure for one in changed),
        )
    return Shadow(len(pairs), tallies, changes)


def _guesses(classifier: Classifier, text: str) -> dict[str, Guess]:
    said = classifier.suggest(text)
    return {"type": said.type, "urgency": said.urgency, "nature": said.nature}
