"""People's decisions as labelled messages: old enough, beyond dispute, no voice louder than a twentieth."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from classifier.labels import HEADS, TYPES, BadCorpusError, Row, row_of
from classifier.taxonomy import BUILT_IN, Taxonomy

QUARANTINE, AGE = timedelta(days=7), timedelta(days=365)
"""Time in which a wrong or hostile decision can be noticed; after a year products and words have changed."""
SHARE = 0.05
"""The most that the decisions of one person may weigh beside the corpus (F56)."""
CONFIRMED = 0.5
"""A kept suggestion weighs half: the model should not learn mainly from its own words."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One message with the labels a person left on it; `suggested` are the model's, by question."""

    row: Row
    suggested: dict[str, str]
    who: str
    at: datetime

    @property
    def corrected(self) -> bool:
        """Whether the person changed anything."""
        return any(self.suggested.get(head, label) != label for head, label in self.labels.items())

    @property
    def labels(self) -> dict[str, str]:
        """What was decided, by question: perhaps not all three."""
        return {head: self.row.label(head) for head in HEADS if self.row.label(head)}


@dataclass(frozen=True, slots=True)
class Usable:
    """Weighted rows to learn from, and why others were left out, by reason."""

    rows: list[Row]
    left_out: dict[str, int]
    weights: dict[str, float]
    until: str = ""
    """When the latest of them was decided (ISO 8601): what is later, a model of these has not learnt."""

    def text(self) -> str:
        """Return one line."""
        reasons = "，".join(f"{reason} {count} 条" for reason, count in self.left_out.items() if count)
        people = "，".join(f"{who} {weight:.1f}" for who, weight in sorted(self.weights.items()))
        return f"人工判定：采用 {len(self.rows)} 条（权重：{people or '无'}）；未采用：{reasons or '无'}"


def read_decisions(
    paths: Iterable[Path], taxonomy: Taxonomy = BUILT_IN, types: tuple[str, ...] = TYPES
) -> list[Decision]:
    """Return the decisions of JSONL files about `types`; BadCorpusError names file and line of one that is none.

    `taxonomy` is the deployment's: decided while it had other types, or for a model of the four kinds, a decision
    counts for the one type it means, and is left out where there is none.
    """
    known = tuple(dict.fromkeys((*taxonomy.types, *TYPES)))
    found = [
        _decision(line, f"{path.name}:{number}", known)
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if line.strip()
    ]
    return [one for decision in found if (one := _about(decision, taxonomy, types))]


def usable(
    decisions: Sequence[Decision],
    base: Sequence[Row],
    now: datetime,
    quarantine: timedelta = QUARANTINE,
    age: timedelta = AGE,
) -> Usable:
    """Choose and weigh decisions beside a base corpus.

    Left out: younger than the quarantine, older than `age`, decided by nobody known, decided otherwise by another
    person, and repeated. A person's decisions together weigh at most `SHARE` of the corpus.
    """
    left_out: Counter[str] = Counter()
    by_text: dict[str, list[Decision]] = defaultdict(list)
    for one in sorted(decisions, key=lambda one: one.at):
        reason = _refused(one, now, quarantine, age)
        left_out[reason] += 1
        by_text[one.row.text.strip()] += [] if reason else [one]
    kept = [last for same in by_text.values() for last in _settled(same, left_out)]
    del left_out[""]
    rows = [replace(one.row, author=f"人:{one.who}", weight=1.0 if one.corrected else CONFIRMED) for one in kept]
    rows = _capped(rows, SHARE * sum(row.weight for row in base))
    until = max((one.at for one in kept), default=None)
    return Usable(rows, dict(left_out), _totals(rows), until.isoformat() if until else "")


def unlearnt(decisions: Sequence[Decision], card: Mapping[str, Any]) -> list[Row]:
    """Return what was decided after all that the model of this card has learnt: only that may judge it."""
    until = str(card.get("decided_until") or "")
    return [one.row for one in decisions if not until or one.at > datetime.fromisoformat(until)]


def _settled(same: list[Decision], left_out: Counter[str]) -> list[Decision]:
    """Return the last decision about each question of a text, or none if two people decided one otherwise."""
    disputed = any(_disputes(one, later) for at, one in enumerate(same) for later in same[at + 1 :])
    kept: list[Decision] = []
    for one in reversed([] if disputed else same):
        if not any(one.labels.keys() & later.labels.keys() for later in kept):
            kept.insert(0, one)
    left_out["有争议" if disputed else "重复"] += len(same) - len(kept)
    return kept


def _disputes(one: Decision, other: Decision) -> bool:
    both = one.labels.keys() & other.labels.keys()
    return one.who != other.who and any(one.labels[head] != other.labels[head] for head in both)


def _refused(one: Decision, now: datetime, quarantine: timedelta, age: timedelta) -> str:
    if not one.who:
        return "无人署名"
    if now - one.at < quarantine:
        return "观察期内"
    return "过旧" if now - one.at > age else ""


def _capped(rows: Sequence[Row], most: float) -> list[Row]:
    totals = _totals(rows)
    return [replace(row, weight=row.weight * min(1.0, most / totals[row.author])) for row in rows]


def _totals(rows: Sequence[Row]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for row in rows:
        totals[row.author] = totals.get(row.author, 0.0) + row.weight
    return totals


def _about(one: Decision, taxonomy: Taxonomy, types: tuple[str, ...]) -> Decision | None:
    kind = one.row.type
    if kind in types or not kind:
        return one
    meant = (taxonomy.like.get(kind, ""),) if types == TYPES else taxonomy.meant(kind, TYPES)
    if len(meant) != 1 or meant[0] not in types:
        return None
    said = one.suggested.get("type", kind)
    # What was suggested in other words counts as kept or changed just as it was.
    suggested = one.suggested | {"type": meant[0] if said == kind else said}
    return replace(one, row=replace(one.row, type=meant[0]), suggested=suggested)


def _decision(line: str, place: str, types: tuple[str, ...]) -> Decision:
    row = row_of(line, place, types, partly=True)
    try:
        data = json.loads(line)
        suggested = {str(head): str(value) for head, value in dict(data.get("suggested") or {}).items()}
        at = datetime.fromisoformat(str(data["at"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BadCorpusError(f"{place}: needs suggested, who, at ({error})") from error
    if at.tzinfo is None:
        raise BadCorpusError(f"{place}: at needs a time zone")
    if not any(row.label(head) for head in HEADS):
        raise BadCorpusError(f"{place}: needs type, urgency or nature")
    return Decision(row, suggested, str(data.get("who") or "").strip(), at)
