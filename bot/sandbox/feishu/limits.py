"""The platform's rate limits, in real time: they are its own and know nothing of a test clock."""

import math
import time
from collections import defaultdict, deque

from bot.sandbox.feishu.errors import RefusedError

API_PER_SECOND, API_PER_MINUTE, CHAT_PER_SECOND = 50, 1000, 5


class Limits:
    """Sliding windows: 50/s and 1000/min for an API, 5/s for a chat, a person or a message."""

    def __init__(self, *, enabled: bool) -> None:
        self.enabled = enabled
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def api(self, name: str) -> None:
        """Count a call of an API; HTTP 429 with code 99991400 and the gateway's headers when there are too many."""
        wait = self._wait(name, ((1.0, API_PER_SECOND), (60.0, API_PER_MINUTE)))
        if wait:
            headers = {"x-ogw-ratelimit-limit": str(API_PER_SECOND), "x-ogw-ratelimit-reset": str(math.ceil(wait))}
            raise RefusedError(99991400, "request trigger frequency limit", http=429, headers=headers)

    def chat(self, name: str) -> None:
        """Count a message to a chat, or an update of a message; HTTP 400 with code 230020 beyond 5 a second."""
        if self._wait(name, ((1.0, CHAT_PER_SECOND),)):
            raise RefusedError(230020, "This operation triggers the frequency limit.")

    def _wait(self, name: str, windows: tuple[tuple[float, int], ...]) -> float:
        """Seconds until the call would pass; 0 counts it. A refused call does not count."""
        if not self.enabled:
            return 0.0
        calls, now = self._calls[name], time.monotonic()
        while calls and now - calls[0] >= windows[-1][0]:
            calls.popleft()
        waits = [calls[-most] + span - now for span, most in windows if len(calls) >= most]
        wait = max([0.0, *waits])
        if not wait:
            calls.append(now)
        return wait
