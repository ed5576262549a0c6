"""Calls to WeCom: JSON in, JSON out, one renewal of a refused token, errors as bot/errors.py names them."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from bot.errors import Retry
from bot.wecom.access import Access
from bot.wecom.connection import Answer
from bot.wecom.errcodes import STALE_TOKEN
from bot.wecom.wire import BYTES, JSON, SECONDS, Wire, deadline, parsed

if TYPE_CHECKING:
    from bot.settings import WeComSettings


class Api:
    """One app's calls, over kept connections."""

    def __init__(self, settings: "WeComSettings", clock: Callable[[], datetime]) -> None:
        self._wire = Wire(settings.api_base)
        self._access = Access(self._wire, settings.corp_id, settings.secret.get_secret_value(), clock)

    async def call(self, path: str, payload: dict[str, Any]) -> dict[str, Any]:
        """POST `payload` as JSON; the answer has an int `errcode`, which the caller judges. Raises Retry."""
        # Raw UTF-8: WeCom refuses \uXXXX (40033).
        return (await self.request("POST", path, body=msgspec.json.encode(payload)))[1]

    async def request(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        *,
        body: bytes = b"",
        kind: str = JSON,
        file_of: int = 0,
        seconds: float = SECONDS,
    ) -> tuple[Answer, dict[str, Any]]:
        """Make one call with the token.

        With `file_of`, the most bytes of it, an answer may be a file instead of JSON: its errcode is 0.
        """
        try:
            async with deadline(seconds):
                return await self._twice(method, path, query or {}, body, kind, file_of)
        except TimeoutError:
            pass
        raise Retry("企业微信没有及时响应")

    async def _twice(
        self, method: str, path: str, query: dict[str, str], body: bytes, kind: str, file_of: int
    ) -> tuple[Answer, dict[str, Any]]:
        token = await self._access.token()
        answer, said = await self._once(method, path, query | {"access_token": token.text}, body, kind, file_of)
        if said["errcode"] in STALE_TOKEN:
            token = await self._access.renew(token)
            answer, said = await self._once(method, path, query | {"access_token": token.text}, body, kind, file_of)
            if said["errcode"] in STALE_TOKEN:
                self._access.useless(token)
        return answer, said

    async def _once(
        self, method: str, path: str, query: dict[str, str], body: bytes, kind: str, file_of: int
    ) -> tuple[Answer, dict[str, Any]]:
        answer = await self._wire.exchange(method, path, query, body=body, kind=kind, cap=file_of or BYTES)
        if file_of and "content-disposition" in answer.headers:
            return answer, {"errcode": 0}
        said = parsed(answer.body)
        if "errcode" not in said:
            raise Retry("企业微信的回答无法识别")
        return answer, said

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()
