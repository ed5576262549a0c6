"""The labels of the three questions, and one labelled message."""

import json
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

TYPES = ("bug", "improve", "custom", "consult", "other")
URGENCIES = ("urgent", "important", "routine")
NATURES = ("product", "service", "complaint", "suggestion")
UNTYPED = "-"
"""The type of a request that says nothing about the types asked for, only about urgency and nature."""
HEADS: dict[str, tuple[str, ...]] = {"type": TYPES, "urgency": URGENCIES, "nature": NATURES}
"""Question to its labels; urgency and nature are asked of requests only and are `none` for `other`."""


def heads_of(types: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return question to labels where the types are a deployment's own; urgency and nature are the same everywhere."""
    return {**HEADS, "type": types}


class BadCorpusError(ValueError):
    """A row of a corpus file that cannot be used; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled message; `rule`, `head` for trap tests only; `weight` is 1 but for people's decisions.

    What people decided may leave a question open: its label is empty then.
    """

    id: str
    text: str
    type: str
    urgency: str
    nature: str
    author: str
    style: str
    intent: str = ""
    licence: str = ""
    rule: str = ""
    head: str = ""
    weight: float = 1.0

    def label(self, head: str) -> str:
        """Return the label of one question."""
        return str(getattr(self, head))

    @property
    def asked(self) -> bool:
        """Whether it is a request, so that urgency and nature are asked."""
        return self.type != "other"

    def answers(self, head: str, types: Container[str]) -> bool:
        """Whether it says anything about a question, where these are the types; people may have left one open."""
        return self.type in types if head == "type" else self.asked and self.label(head) != ""


def read_rows(paths: Iterable[Path], types: tuple[str, ...] = TYPES) -> list[Row]:
    """Rows of JSONL files in the order given, or BadCorpusError. Every label is checked against the guide."""
    return [
        row_of(line, f"{path.name}:{number}", types)
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if line.strip()
    ]


def untyped(rows: Iterable[Row]) -> list[Row]:
    """Return rows labelled with other types as what they are in any: small talk, or urgency and nature of a request."""
    return [replace(row, type=UNTYPED) if row.asked else row for row in rows]


def row_of(line: str, place: str, types: tuple[str, ...] = TYPES, *, partly: bool = False) -> Row:
    """Return the row of one line, or BadCorpusError naming the place; `partly`: a question may have no label."""
    try:
        data = (dict.fromkeys(HEADS, "") if partly else {}) | dict(json.loads(line))
        row = Row(
            id=str(data.get("id", place)),
            text=str(data["text"]),
            type=data["type"],
            urgency=data["urgency"],
            nature=data["nature"],
            author=str(data.get("author", "")),
            style=str(data.get("style", "")),
            intent=str(data.get("intent", "")),
            licence=str(data.get("licence", "")),
            rule=str(data.get("rule", "")),
            head=str(data.get("head", "")),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadCorpusError(f"{place}: needs id, text, type, urgency, nature ({error})") from error
    for head, labels in heads_of(types).items():
        allowed = labels if head == "type" or row.asked else ("none",)
        if row.label(head) not in allowed and not (partly and row.label(head) == ""):
            raise BadCorpusError(f"{place}: {head} is {row.label(head)!r}, allowed: {', '.join(allowed)}")
    return row
