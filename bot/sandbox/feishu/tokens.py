"""tenant_access_token: two hours, the same one while thirty minutes are left, then a second valid one beside it."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.sandbox.feishu.errors import RefusedError

LIFE, KEEP = timedelta(hours=2), timedelta(minutes=30)


class Tokens:
    """The app's tokens, on domain time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ends: dict[str, datetime] = {}

    def issue(self) -> tuple[str, int]:
        """Give a token and the seconds it has left."""
        now = self._now()
        newest = next(reversed(self._ends), "")
        if not newest or self._ends[newest] - now < KEEP:
            newest = "t-" + secrets.token_hex(16)
            self._ends[newest] = now + LIFE
        return newest, int((self._ends[newest] - now).total_seconds())

    def check(self, authorization: str) -> None:
        """Refuse a call without a valid token, with the code that says why."""
        if not authorization:
            raise RefusedError(99991661, "Missing access token for authorization.")
        scheme, _, token = authorization.partition(" ")
        if scheme != "Bearer":
            raise RefusedError(99991661, "Missing access token for authorization.")
        if not token.startswith("t-"):
            raise RefusedError(99991671, "Invalid access token, the token must start with t- or u-.")
        if self._ends.get(token, self._now()) <= self._now():
            raise RefusedError(99991663, "Invalid access token for authorization. Please make a new one.")

    def revoke(self) -> None:
        """Make every token invalid at once."""
        self._ends.clear()
