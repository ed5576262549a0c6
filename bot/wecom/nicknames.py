"""Nicknames: what customers call themselves in WeChat, asked for once; nothing waits long for them."""

import asyncio
from collections.abc import Collection
from time import monotonic

import structlog

from bot.errors import DeliveryError
from bot.wecom.api import Api
from bot.wecom.errcodes import check

AT_ONCE = 100
SECONDS = 2.0
REST = 600.0
"""After a refusal nobody is asked for so long: a nickname is a comfort, a customer's words are not."""
KNOWN = 100_000

log = structlog.get_logger(__name__)


class Nicknames:
    """Remembers in memory whom it has asked about; an unknown nickname is an empty one."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: dict[str, str] = {}
        self._rest_until = 0.0

    async def of(self, customers: Collection[str]) -> dict[str, str]:
        """Return the nicknames of these customers (external_userid), asking for the new ones. Raises nothing."""
        new = [one for one in dict.fromkeys(customers) if one not in self._known][:AT_ONCE]
        if new and monotonic() >= self._rest_until:
            await self._ask(new)
        return {one: name for one in customers if (name := self._known.get(one))}

    async def _ask(self, new: list[str]) -> None:
        if len(self._known) > KNOWN:
            self._known.clear()
        try:
            async with asyncio.timeout(SECONDS):
                body = {"external_userid_list": new, "need_enter_session_context": 0}
                answer = check(await self._api.call("kf/customer/batchget", body))
        except (DeliveryError, TimeoutError) as error:
            log.info("nicknames not told", reason=str(error))
            self._rest_until = monotonic() + REST
            return
        listed = answer.get("customer_list")
        rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
        told = {str(row.get("external_userid", "")): str(row.get("nickname") or "")[:100] for row in rows}
        self._known |= {one: told.get(one, "") for one in new}
