"""Pulls: reading on in a KF account until there is nothing new, each page kept in one transaction (wecom.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

import msgspec
import structlog

from bot.engine.faults import described
from bot.engine.shared import IN, PULLS, Shared, encoder
from bot.errors import Refused, Retry
from bot.platforms import Platform
from handlers.messages import Incoming
from storage import cursors, jobs, leases
from storage.cursors import Cursor
from storage.database import Store
from storage.jobs import Job, New

PAGES = 200
"""At most in one go: an account that always has more would never end."""
TOKEN = timedelta(minutes=10)
"""How long the token of a callback is good; without one WeCom allows few calls."""

log = structlog.get_logger(__name__)
_decoder = msgspec.json.Decoder(dict[str, Any])


class Page(Protocol):
    """One answer of kf/sync_msg."""

    @property
    def messages(self) -> Sequence[dict[str, Any]]:
        """The items, oldest first."""

    @property
    def cursor(self) -> str:
        """Where to read on."""

    @property
    def more(self) -> bool:
        """Whether there is more at once."""


class KfPlatform(Protocol):
    """A platform that has KF accounts to pull."""

    async def accounts(self) -> list[str]:
        """List the accounts."""

    async def pull(self, open_kfid: str, token: str, cursor: str) -> Page:
        """Get one page."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One pull: the job it is, the account, the token it may use, and how old an unanswered message may be."""

    job: Job
    account: str
    token: str
    token_at: datetime
    replay: timedelta

    def token_by(self, now: datetime) -> str:
        """Return the token while it is good."""
        return self.token if now - self.token_at < TOKEN else ""


def reader(platform: Platform) -> KfPlatform:
    """Return the platform as one with KF accounts; raises Refused if it has none."""
    if not hasattr(platform, "pull"):
        raise Refused(f"{platform.name} has no KF accounts")
    return cast("KfPlatform", platform)


def request(open_kfid: str, dedup: str, task: dict[str, Any]) -> New:
    """Make the job that pulls one account, with the token of a callback if there was one."""
    payload = {"kind": "kf_pull", "open_kfid": open_kfid, "token": task.get("token", "")}
    if "token_at" in task:
        payload["token_at"] = task["token_at"]
    return New(PULLS, f"kf:{open_kfid}", dedup, encoder.encode(payload))


async def pull(shared: Shared, platform: KfPlatform, job: Job, task: dict[str, Any], replay: timedelta) -> None:
    """Read an account to its end. Raises what the platform raises; the pages kept until then stay kept."""
    reading, at = await shared.database.run(lambda store: _begin(store, shared.clock.now(), job, task, replay))
    for number in range(1, PAGES + 1):
        page = await platform.pull(reading.account, reading.token_by(shared.clock.now()), at.cursor)
        stuck = page.more and page.cursor == at.cursor
        if stuck or (page.more and number == PAGES):
            log.error("account has no end", account=reading.account, pages=number, stuck=stuck)
        at = await _keep(shared, reading, page, at, last=stuck or not page.more)
        if stuck or not page.more:
            return
    raise Retry("more pages than one pull takes")


def _begin(store: Store, now: datetime, job: Job, task: dict[str, Any], replay: timedelta) -> tuple[Reading, Cursor]:
    """Do the work of the signals that wait behind this one too, with the newest token."""
    signals = [task, *(_decoder.decode(payload) for payload in jobs.absorb(store, job, now))]
    newest = next((signal for signal in reversed(signals) if signal.get("token")), task)
    told = newest.get("token_at")
    token_at = datetime.fromisoformat(told) if told else now
    return Reading(job, task["open_kfid"], newest.get("token", ""), token_at, replay), cursors.get(
        store, task["open_kfid"]
    )


async def _keep(shared: Shared, reading: Reading, page: Page, at: Cursor, *, last: bool) -> Cursor:
    """Keep what a page brought and where it ended, all or nothing."""
    now = shared.clock.now()
    found = [one for item in page.messages if (one := _read(shared, item, reading.account, now))]
    # A first ever pull shows three days of history: what is old there was answered by people, or is forgotten.
    old = [one for one in found if not at.caught_up and now - one.at > reading.replay]
    new = [New(IN, one.chat, one.id, encoder.encode(one)) for one in found if one not in old]
    ended = Cursor(page.cursor, at.caught_up or last)

    def work(store: Store) -> tuple[bool, set[str]]:
        if not leases.is_mine(store, reading.job):
            return False, set()
        for one in old:
            jobs.keep(store, New(IN, one.chat, one.id, encoder.encode(one)), now, "replayed")
        jobs.put_many(store, new, now)
        cursors.save(store, reading.account, ended, now)
        if last:
            jobs.finish(store, reading.job, now)
        return True, {IN} if new else set()

    if not await shared.run(work):
        raise Retry("taken over")
    return ended


def _read(shared: Shared, item: dict[str, Any], account: str, now: datetime) -> Incoming | None:
    try:
        return shared.hooks.read_kf(item, account, now)
    except Exception as error:  # noqa: BLE001 - any fault of the reader
        # One item that breaks the reader must not keep back all that follow it in the account.
        log.error(  # noqa: TRY400 - faults.py says why
            "item unreadable", account=account, msgid=str(item.get("msgid", ""))[:64], **described(error)
        )
        return None
