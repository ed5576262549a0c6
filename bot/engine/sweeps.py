"""Sweeps: what falls due by now is acted on, and the accounts nobody called for are pulled."""

from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog

from bot.engine import owners
from bot.engine.shared import PULLS, Shared, encoder, promises, put, repeat
from storage import jobs, lanes, leases, limits, queues
from storage.database import Store
from storage.jobs import New
from storage.lasting import DONE

PERIOD = timedelta(minutes=10)
"""Between pulls of all accounts without a callback (contract.md section 7)."""
LOOK = 1.0
"""Longest seconds without looking: nobody rings for a moment that was promised."""
TAKEOVER = 5.0
PURGE = 3600.0
PURGED = 1000
"""Jobs forgotten at once; the next look forgets the next."""
TIME = "time"
"""The bell of the clock; not a queue."""

log = structlog.get_logger(__name__)


class Sweeper:
    """Looks at least once a second."""

    def __init__(self, shared: Shared, *, pulling: bool) -> None:
        self._shared = shared
        self._pulling = pulling
        self._bell = shared.wake.bell(TIME)
        self._taken_over = self._purged = 0.0
        self._started = False
        self.next_pull = datetime.min.replace(tzinfo=UTC)

    async def run(self) -> None:
        """Work until the engine stops."""
        await repeat(self._step, self._bell, self._shared.stopping)

    def owes(self, store: Store, now: datetime, pull: datetime | None) -> bool:
        """Whether something due by `now` is not done yet; `pull` is what `pull_moment` returned before."""
        hooks = self._shared.hooks
        moments = (hooks.next_moment(store), hooks.upkeep(store), queues.next_later(store), pull)
        return any(moment is not None and moment <= now for moment in moments)

    def pull_moment(self) -> datetime | None:
        """Return when the accounts are pulled next."""
        return self.next_pull if self._pulling else None

    async def _step(self) -> float:
        await self._look_after()
        shared = self._shared
        shared.clock.adopt(await shared.run(self._enter))
        worked, next_moment = await shared.run(self._sweep)
        if worked:
            return 0
        if next_moment is None:
            return LOOK
        return min(LOOK, max(0.001, (next_moment - shared.clock.now()).total_seconds()))

    def _enter(self, store: Store) -> tuple[timedelta, set[str]]:
        """Let jobs join their lines whose moment has come; look whether another process turned the clock."""
        return self._shared.clock.load(store), lanes.enter(store, self._shared.clock.now())

    def _sweep(self, store: Store) -> tuple[tuple[int, datetime | None], set[str]]:
        shared, now = self._shared, self._shared.clock.now()
        swept = shared.hooks.sweep(now, store, shared.desk)
        queued = put(store, promises(swept.outgoing, swept.discards), now)
        found = (shared.hooks.next_moment(store), shared.hooks.upkeep(store), queues.next_later(store))
        return (swept.worked, min((moment for moment in found if moment), default=None)), queued

    async def _pull(self) -> None:
        """Ask for all accounts: at the start, and in each ten minutes once, however many processes there are."""
        now = self._shared.clock.now()
        if not self._pulling or now < self.next_pull:
            return
        slot = int(now.timestamp() // PERIOD.total_seconds())
        name = slot if self._started else self._shared.owner
        job = New(PULLS, "kf", f"accounts:{name}", encoder.encode({"kind": "kf_accounts", "open_kfid": ""}))
        await self._shared.run(lambda store: (jobs.put_many(store, [job], now), {PULLS}))
        self._started = True
        self.next_pull = datetime.fromtimestamp((slot + 1) * PERIOD.total_seconds(), UTC)

    async def _look_after(self) -> None:
        """Pull what nobody called for, take over from the dead, and forget what is long over."""
        await self._pull()
        if monotonic() - self._taken_over >= TAKEOVER or not self._taken_over:
            self._taken_over = monotonic()
            taken = await self._shared.run(self._take_over)
            if taken:
                log.warning("leases taken over", jobs=taken)
        if monotonic() - self._purged >= PURGE or not self._purged:
            more = await self._shared.database.run(self._purge)
            self._purged = 0.0 if more else monotonic()

    def _take_over(self, store: Store) -> tuple[int, set[str]]:
        held = leases.owners(store) - {self._shared.owner}
        # SQLite has one process: whoever else holds a lease is the one before us.
        gone = held if store.dialect == "sqlite" else {owner for owner in held if owners.is_gone(owner)}
        taken = leases.takeover(store, self._shared.clock.real(), gone)
        platforms = self._shared.platforms
        return taken, {*platforms, *map(queues.fetching, platforms)} if taken else set()

    def _purge(self, store: Store) -> bool:
        """Forget some of what is long over; returns whether there may be more."""
        limits.purge(store, self._shared.clock.real())
        return jobs.purge(store, self._shared.clock.now() - DONE, PURGED) == PURGED
