"""What the engine is told about the house: plain functions, so that it knows neither handlers nor wording."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from handlers.messages import Discard, Incoming, Outgoing, Reply
from storage.database import Store

# The desk is handed through untouched; Any, because the engine looks at nothing in it.
Desk = Any


class Swept(Protocol):
    """What came of one sweep."""

    @property
    def outgoing(self) -> Sequence[Outgoing]:
        """Messages to send."""

    @property
    def discards(self) -> Sequence[Discard]:
        """Files to delete, because nothing refers to them any more."""

    @property
    def worked(self) -> int:
        """How many due moments were handled; 0: nothing was due."""


def _nothing(*_: Any) -> tuple[Outgoing, ...]:
    return ()


def _free(*_: Any) -> str:
    return ""


def _never(*_: Any) -> datetime | None:
    return None


def _any_size(*_: Any) -> int:
    return 1 << 62


def _no_account(*_: Any) -> Incoming | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """All but `save`, `discard` and `read_kf` run inside the transaction that records their result."""

    handle: Callable[[Incoming, Store, Desk], Reply]
    """Answer one thing that somebody did."""
    sweep: Callable[[datetime, Store, Desk], Swept]
    """Act on what is due by a moment; called again until nothing was due."""
    next_moment: Callable[[Store], datetime | None]
    """When something falls due next."""
    upkeep: Callable[[Store], datetime | None] = _never
    """When the next cleaning up is due, for which nobody waits (the nightly purge).

    A test that turns the clock over many nights does not stop at each of them: one purge at the end does the same.
    """
    poison: Callable[[Incoming, Store, Desk], Sequence[Outgoing]] = _nothing
    """The handlers failed again and again on this: tell a person what was written."""
    window: Callable[[Outgoing, Store, datetime], str] = _free
    """Why a message cannot be sent before the customer writes again; empty if it can be sent now."""
    postponed: Callable[[Outgoing, Store, Desk, datetime], datetime | None] = _never
    """Until when a message has to wait because of the hour; None if it need not."""
    undeliverable: Callable[[Outgoing, str, Store, Desk, datetime], Sequence[Outgoing]] = _nothing
    """A message was set aside or given up, for this reason: whom to tell of that."""
    delivered: Callable[[Outgoing, int, Store, datetime], Sequence[Outgoing] | None] = _nothing
    """A message was sent, as so many messages of the platform."""
    room: Callable[[int, Store, Desk], int] = _any_size
    """How many bytes an attachment may have; 0 or less if none are kept any more."""
    save: Callable[[int, bytes, str, str], str] = _free
    """Keep the bytes of an attachment (id, content, name, content type); returns its path. Runs in a thread."""
    discard: Callable[[str], object] = _nothing
    """Delete a file by its path; it may be gone already. Runs in a thread."""
    fetched: Callable[[int, str, str, int, Store, Desk], Sequence[Outgoing]] = _nothing
    """The bytes of an attachment are kept (id, path, name, how many)."""
    lost: Callable[[int, str, Store, Desk], Sequence[Outgoing]] = _nothing
    """The bytes of an attachment will never come, for this reason."""
    read_kf: Callable[[dict[str, Any], str, datetime], Incoming | None] = _no_account
    """Read one item of a KF page."""
