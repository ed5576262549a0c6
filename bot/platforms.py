"""What the engine asks of a platform: one promise in, one result out."""

from datetime import datetime
from typing import Literal, Protocol

from handlers.messages import Outgoing, Value


class Places(Value, frozen=True):
    """Where a promise goes, looked up before the call; empty: no such place."""

    slot_message: str = ""
    """The message that holds the slot and is young enough to be updated in place."""
    slot_sent_at: datetime | None = None
    thread_message: str = ""
    """The message to answer under."""
    thread_chat: str = ""


class Delivered(Value, frozen=True):
    """What the platform took: its message id, and how many messages it counts as."""

    message_id: str
    sent: int = 1


class Platform(Protocol):
    """One of the two platforms, as the engine sees it. Errors are those of bot/errors.py and no others."""

    @property
    def name(self) -> Literal["wecom", "feishu"]:
        """The queue it works."""

    async def deliver(
        self, outgoing: Outgoing, places: Places, idempotency: str, now: datetime, attempt: int = 1
    ) -> Delivered:
        """Send or update; the same `idempotency` (at most 32 of [0-9a-z-]) is the same message.

        Attempts count from 1: what is a fault at first may be the echo of a success later.
        """

    async def download(self, media: str, most: int) -> tuple[bytes, str, str]:
        """Fetch a file people sent: content, file name, content type; Refused(TOO_LARGE) beyond `most` bytes."""

    async def close(self) -> None:
        """Let go of connections."""
