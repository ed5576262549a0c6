"""Importing: what would become of the rows of a sheet, and making it so in batches (process.md A-023, A-031)."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from bot.engine.shared import promises, put
from bot.sheets import Row, Sheet
from handlers.desk import Desk
from handlers.intake import form, proxy
from handlers.messages import Outgoing
from handlers.wording import staff
from storage import erasures, requests
from storage.database import Database, Store

BATCH = 50
"""Requests in one transaction: enough to be quick, few enough that a bot on the same database does not wait."""
SOURCE = BY = "import"


@dataclass(frozen=True, slots=True)
class Judged:
    """One row: what it can be registered as, or what is wrong with it by field."""

    row: Row
    fit: proxy.Fit | None = None
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of a file by what would become of them; `known` and `twice` name the number, and the earlier row."""

    good: tuple[Judged, ...]
    bad: tuple[Judged, ...]
    known: tuple[tuple[Row, str], ...]
    twice: tuple[tuple[Row, int], ...]


def judged(sheet: Sheet, now: datetime, desk: Desk, source: str = SOURCE) -> Iterator[Judged]:
    """Check the rows one after the other; rows that name no source come from `source`."""
    for row in sheet.rows:
        try:
            yield Judged(row, proxy.read(form.Form(**row.values), now, desk, source=source, origin=_name(row)))
        except form.Unfit as unfit:
            yield Judged(row, problems=unfit.problems)


def known(store: Store, rows: Iterable[Judged]) -> dict[str, str]:
    """Return the numbers of what was registered before, by origin."""
    origins = {one.fit.origin for one in rows if one.fit}
    found = {origin: requests.by_origin(store, origin) for origin in sorted(origins)}
    return {origin: request.number for origin, request in found.items() if request}


def erased(store: Store, rows: Iterable[Judged]) -> frozenset[str]:
    """Return the origins under which something was registered and deleted since: that must not come back."""
    return frozenset(one.fit.origin for one in rows if one.fit and erasures.is_spent(store, one.fit.origin))


def plan(rows: Iterable[Judged], numbers: Mapping[str, str], gone: Container[str] = ()) -> Plan:
    """Sort the rows by what would become of them; `gone` are the origins of what was deleted."""
    good, bad, before, twice = [], [], [], []
    seen: dict[str, int] = {}
    for one in rows:
        if one.fit is None:
            bad.append(one)
        elif one.fit.origin in gone:
            bad.append(Judged(one.row, problems={"origin": staff.ORIGIN_ERASED}))
        elif one.fit.origin in numbers:
            before.append((one.row, numbers[one.fit.origin]))
        elif one.fit.origin in seen:
            twice.append((one.row, seen[one.fit.origin]))
        else:
            seen[one.fit.origin] = one.row.number
            good.append(one)
    return Plan(tuple(good), tuple(bad), tuple(before), tuple(twice))


def batches(good: Sequence[Judged]) -> list[Sequence[Judged]]:
    """Cut the rows into what is registered together."""
    return [good[first : first + BATCH] for first in range(0, len(good), BATCH)]


def register(batch: Sequence[Judged], now: datetime, database: Database, desk: Desk) -> list[proxy.Entered]:
    """Register some rows, all or none; the assignees get their cards, customers are told nothing."""
    fits = [one.fit for one in batch if one.fit]

    def work(store: Store) -> list[proxy.Entered]:
        proxy.claim(store, fits)
        # What was deleted while the file was looked at is left out.
        there = [fit for fit in fits if not erasures.is_spent(store, fit.origin)]
        entered = [proxy.enter(fit, now, store, desk, by=BY, quiet=True) for fit in there]
        told: list[Outgoing] = [one for each in entered for one in each.outgoing]
        put(store, promises(told), now)
        return entered

    return database.run_sync(work)


def _name(row: Row) -> str:
    """Name a row that has no name of its own by what it says: the same row of another copy of the file is known."""
    said = "\0".join(f"{key}={row.values[key]}" for key in sorted(row.values))
    return f"row:{blake2b(said.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"
