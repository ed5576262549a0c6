"""The in-tray: callbacks that arrive together are made durable together, each for itself."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from storage import jobs, lanes
from storage.database import Database, Store, is_fault

DURABLE_SECONDS = 4.5
"""WeCom cuts the connection after 5 s, and Feishu repeats after 3 s: whoever waits longer waits in vain."""
_MOST = 64
"""Callbacks in one piece of work: nothing else can be written meanwhile."""


class Unavailable(Exception):  # noqa: N818 - named for what is wrong
    """Nothing can be saved at the moment; the platform will send it again."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The jobs of one callback, and who waits for them."""

    new: list[jobs.New]
    now: datetime
    kept: "asyncio.Future[int]"


@dataclass(slots=True)
class Tray:
    """Collects the callbacks of one round of the event loop and hands them to the database's thread together."""

    database: Database
    _sheets: list[Sheet] = field(default_factory=list)
    _writing: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def put(self, new: list[jobs.New], now: datetime) -> int:
        """Put jobs, all or none; return how many were new once that is durable, or raise Unavailable."""
        loop = asyncio.get_running_loop()
        if not self._sheets:
            loop.call_soon(self._empty)
        sheet = Sheet(new, now, loop.create_future())
        self._sheets.append(sheet)
        return await sheet.kept

    def _empty(self) -> None:
        sheets, self._sheets = self._sheets, []
        for first in range(0, len(sheets), _MOST):
            task = asyncio.create_task(self._keep(sheets[first : first + _MOST]))
            self._writing.add(task)  # the loop itself holds tasks only weakly
            task.add_done_callback(self._writing.discard)

    async def _keep(self, sheets: list[Sheet]) -> None:
        """Keep all and tell everybody; in `_apart` what was told already stays told."""
        try:
            async with asyncio.timeout(DURABLE_SECONDS):
                try:
                    _tell(sheets, await self._written(sheets))
                except Exception as error:
                    if len(sheets) == 1 or is_fault(error):
                        raise
                    await self._apart(sheets)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits, whatever it was
            _refuse(sheets, error)

    async def _apart(self, sheets: list[Sheet]) -> None:
        """Keep one after the other: what is wrong with one is nobody else's fault."""
        for sheet in sheets:
            try:
                _tell([sheet], await self._written([sheet]))
            except Exception as error:  # noqa: BLE001 - as above
                _refuse([sheet], error)

    async def _written(self, sheets: list[Sheet]) -> list[int]:
        def work(store: Store) -> list[int]:
            # All at once and sorted: two processes with the same chats must not wait for each other.
            lanes.lock(store, [(one.queue, one.lane) for sheet in sheets for one in sheet.new])
            return [jobs.put_many(store, sheet.new, sheet.now) for sheet in sheets]

        return await self.database.run(work)


def _tell(sheets: list[Sheet], counts: Iterable[int]) -> None:
    for sheet, count in zip(sheets, counts, strict=True):
        if not sheet.kept.done():  # whoever waited was cancelled
            sheet.kept.set_result(count)


def _refuse(sheets: list[Sheet], error: Exception) -> None:
    for sheet in sheets:
        if not sheet.kept.done():
            sheet.kept.set_exception(_understood(error))


def _understood(error: Exception) -> Exception:
    if isinstance(error, TimeoutError):
        return Unavailable("the database is too slow")
    return Unavailable(type(error).__name__) if is_fault(error) else error
