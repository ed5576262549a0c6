"""The clock: the only place that reads the time, and in tests the only place that turns it."""

from datetime import UTC, datetime, timedelta

from storage import clock
from storage.store import Store


class Backwards(ValueError):  # noqa: N818 - named for what was asked
    """Time does not go back."""


class Clock:
    """Real time plus an offset. The offset is nothing unless the clock is `turnable` (the test clock)."""

    def __init__(self, *, turnable: bool = False) -> None:
        self.turnable = turnable
        self.offset = timedelta()

    def real(self) -> datetime:
        """Return the time of the machine, for leases and limits, which concern machines."""
        return datetime.now(UTC)  # noqa: TID251 - this is the place

    def now(self) -> datetime:
        """Return the time in which the house works."""
        return self.real() + self.offset

    def step_to(self, moment: datetime) -> None:
        """Turn the clock to `moment` and let it run on; raises Backwards if that is past."""
        ahead = moment - self.real()
        if ahead < self.offset:
            raise Backwards(f"the clock already shows {self.now().isoformat()}")
        self.offset = ahead

    def load(self, store: Store) -> timedelta:
        """Return the kept offset, for `adopt`."""
        return clock.load(store) if self.turnable else timedelta()

    def adopt(self, kept: timedelta) -> None:
        """Follow another process, or the one before us, that turned the clock further."""
        self.offset = max(self.offset, kept)

    def save(self, store: Store) -> None:
        """Keep the offset for the next start."""
        clock.save(store, self.offset)
