"""Faults on demand: refused, broken, hanging and cut answers, before or after the call took effect."""

from collections import deque
from dataclasses import dataclass

ANY_ENDPOINT = "*"


@dataclass(frozen=True)
class Fault:
    """One faulty answer; `after` means that the call takes effect first and the caller cannot know."""

    errcode: int | None = None
    http: int | None = None
    html: bool = False
    hang: float = 0
    reset: bool = False
    after: bool = False

    @property
    def only_slow(self) -> bool:
        """Tell whether the fault is nothing but a delay (seconds of real time)."""
        return self.errcode is None and self.http is None and not self.html and not self.reset


class Faults:
    """Faults waiting per endpoint, each for a number of calls, first in first out."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[tuple[Fault, int]]] = {}

    def inject(self, endpoint: str, fault: Fault, times: int) -> None:
        """Answer the next `times` calls of `endpoint` ("*" = any) with `fault`."""
        self._waiting.setdefault(endpoint, deque()).append((fault, times))

    def clear(self) -> None:
        """Forget every fault that is still waiting."""
        self._waiting.clear()

    def next(self, endpoint: str) -> Fault | None:
        """Return the fault due for this call, None when it shall go well."""
        queue = self._waiting.get(endpoint) or self._waiting.get(ANY_ENDPOINT)
        if not queue:
            return None
        fault, times = queue.popleft()
        if times > 1:
            queue.appendleft((fault, times - 1))
        return fault
