"""What the classifier says of lines of text: the JSONL of `yingxu classifier predict` (contract.md, section 2)."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.clock import Clock
from classifier.extract import extract
from classifier.suggest import Classifier
from classifier.taxonomy import Taxonomy
from handlers.policy import Policy
from handlers.showing import levels
from handlers.wording import terms

FIELDS = (
    "customer_name",
    "contact_name",
    "phone",
    "email",
    "industry",
    "background",
    "description",
    "expected",
    "title",
    "pain",
    "impact",
    "reference",
)


@dataclass(frozen=True, slots=True)
class Predictor:
    """A loaded classifier, and the moment from which words like 明早 are counted."""

    classifier: Classifier
    now: datetime
    words: dict[str, str]

    @classmethod
    def load(cls, model: Path, policy: Policy) -> "Predictor":
        """Load a model directory as the house would use it; a damaged one leaves only the rules."""
        classifier = Classifier.load(model, Taxonomy(policy.like))
        return cls(classifier, Clock().real().astimezone(policy.zone), words(policy))

    @property
    def degraded(self) -> str:
        """Why only rules answer, or nothing."""
        return self.classifier.degraded

    def lines(self, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
        """Judge each line that is not blank; what is no JSON object with a text is taken for text."""
        for number, raw in enumerate(lines, 1):
            line = raw.decode("utf-8", "replace").removeprefix("\ufeff").strip()
            if line:
                yield self.judged(*_read(line, str(number)))

    def texts(self, texts: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Judge texts as they are, whatever they look like."""
        for number, text in enumerate(texts, 1):
            yield self.judged(str(number), text)

    def judged(self, identity: Any, text: str) -> dict[str, Any]:
        """Return all that the classifier says of one text."""
        said, found = self.classifier.suggest(text), extract(text, now=self.now)
        guesses = {"type": said.type, "urgency": said.urgency, "nature": said.nature}
        fields = {name: getattr(found, name) or None for name in FIELDS}
        return (
            {"id": identity}
            | {head: guess.value for head, guess in guesses.items()}
            | {f"{head}_conf": round(guess.confidence, 4) for head, guess in guesses.items()}
            | ({"type_among": list(said.type.among)} if said.type.among else {})
            | {"p_urgent": round(said.p_urgent, 4)}
            | {"because": list(dict.fromkeys(word for guess in guesses.values() for word in guess.because))}
            | {"fields": fields | {"urgency_words": list(found.urgency_words), "deadline": _moment(found.deadline)}}
        )

    def told(self, line: dict[str, Any]) -> str:
        """Return what was judged as a short table for people."""
        return _told(line, self.words)


def words(policy: Policy) -> dict[str, str]:
    """Return what people call the labels, types as the policy does."""
    return terms.KINDS | terms.NATURES | terms.NO_NEED | levels(policy) | policy.labels


def _told(line: dict[str, Any], words: dict[str, str]) -> str:
    rows = [f"{line['id']}"]
    heads = terms.HEADS.items()
    rows += [f"  {name}  {words.get(line[head], line[head])}  {line[f'{head}_conf']:.0%}" for head, name in heads]
    rows.append(f"  依据  {'；'.join(line['because']) or '无'}")
    rows += [f"  {name}  {_flat(value)}" for name, value in line["fields"].items() if value]
    return "\n".join(rows)


def _flat(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else " ".join(str(value).split())


def _moment(deadline: datetime | None) -> str | None:
    return deadline.isoformat() if deadline else None


def _read(line: str, number: str) -> tuple[Any, str]:
    if line.startswith("{"):
        try:
            given = json.loads(line)
        except (ValueError, RecursionError):
            return number, line
        if isinstance(given.get("text"), str):
            return given.get("id", number), given["text"]
    return number, line
