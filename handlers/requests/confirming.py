"""Confirmation mode: where people change too many suggestions of one kind they are asked instead (process.md A-217).

The mode of a head is one word in the memo `confirm`, changed under its lock by the decision that crosses a line, so
that each change is told once, however many processes there are. Every sweep reads it again (at least once a second in
every process): no turn of a conversation does.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.requests.suggested import HEADS
from storage import labels, memos
from storage.database import Store
from storage.labels import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.policy import Policy

_MEMO = "confirm"


_NONE = Kept(0, 0)


@dataclass(frozen=True, slots=True)
class Mode:
    """Whether people confirm every suggestion of one head, since when, and the share kept that decided it."""

    on: bool = False
    since: datetime | None = None
    kept: Kept = _NONE


@dataclass(frozen=True, slots=True)
class Switch:
    """A mode that began or ended just now."""

    head: str
    mode: Mode


@dataclass(slots=True, eq=False)
class Confirming:
    """The heads in confirmation mode, as this process read them last: never older than its last sweep."""

    heads: frozenset[str] = field(default_factory=frozenset)

    def refresh(self, store: Store) -> None:
        """Read the modes again: another process may have changed them."""
        self.heads = frozenset(head for head, mode in modes(store).items() if mode.on)


def modes(store: Store) -> dict[str, Mode]:
    """Return the mode of every head that ever had another than the usual one."""
    return _read(memos.get(store, _MEMO))


def kept(head: str, now: datetime, store: Store, policy: "Policy") -> Kept:
    """Count the latest decisions about suggestions of a head, as the rules say how many and how old."""
    rules = policy.learning
    return labels.latest(store, head, now - rules.within.wall, rules.last)


def review(heads: "Iterable[str]", now: datetime, store: Store, policy: "Policy") -> tuple[Switch, ...]:
    """Begin or end the mode of heads about which something was just decided; few decisions change nothing."""
    asked = [head for head in HEADS if head in heads]
    if not asked:
        return ()
    known = modes(store)
    crossed = [head for head in asked if _crosses(head, known, now, store, policy)]
    if not crossed:
        return ()
    memos.first(store, _MEMO, b"{}")
    known = _read(memos.hold(store, _MEMO))  # whoever was faster has told it
    news = [
        Switch(head, Mode(on=not known.get(head, Mode()).on, since=now, kept=kept(head, now, store, policy)))
        for head in crossed
        if _crosses(head, known, now, store, policy)
    ]
    known |= {one.head: one.mode for one in news}
    memos.put(store, _MEMO, _written(known))
    return tuple(news)


def _crosses(head: str, known: dict[str, Mode], now: datetime, store: Store, policy: "Policy") -> bool:
    found = kept(head, now, store, policy)
    if found.decisions < policy.learning.least:
        return False
    if known.get(head, Mode()).on:
        return found.share >= policy.confirm.above
    return found.share < policy.confirm.below


def _read(memo: bytes | None) -> dict[str, Mode]:
    return {
        head: Mode(one["on"], datetime.fromisoformat(one["since"]), Kept(one["decisions"], one["kept"]))
        for head, one in json.loads(memo or b"{}").items()
    }


def _written(known: dict[str, Mode]) -> bytes:
    rows = {
        head: {"on": mode.on, "since": mode.since.isoformat(), "decisions": mode.kept.decisions, "kept": mode.kept.kept}
        for head, mode in known.items()
        if mode.since
    }
    return json.dumps(rows).encode()
