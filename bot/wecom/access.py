"""The access token: fetched once for everybody, renewed when it is refused, left alone when that does not help."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.errors import Retry
from bot.wecom.errcodes import CREDENTIALS, failure
from bot.wecom.wire import Wire, parsed

_LIFETIME = 7200
_MARGIN = 300
"""Seconds by which a token is given up before it expires, so that it does not expire on its way."""
# A wrong secret tried too often bans the IP for an hour: while tokens do not help, so many are fetched in a minute.
_FETCHES = 3
_MINUTE = timedelta(seconds=60)
_BUSY = -1


class Access:
    """Holds one app's token. Its age is told by the clock given in, not by the machine's."""

    def __init__(self, wire: Wire, corp_id: str, secret: str, clock: Callable[[], datetime]) -> None:
        self._wire = wire
        self._credentials = {"corpid": corp_id, "corpsecret": secret}
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._expires: datetime | None = None
        self._fetches: deque[datetime] = deque(maxlen=_FETCHES)
        self._vain = False

    async def token(self) -> str:
        """Give the token, fetching it if there is none or it is old; Retry if that cannot be."""
        if not self._fresh():
            async with self._lock:
                if not self._fresh():
                    await self._fetch()
        elif self._vain:
            self._pause()
        return self._token

    async def renew(self, refused: str) -> str:
        """Replace a token that was refused; whoever comes second gets what the first one fetched."""
        async with self._lock:
            if self._token == refused:
                await self._fetch()
        return self._token

    def worked(self, token: str, accepted: bool) -> None:
        """Note whether a call with this token was let in: a new token that is refused too is fetched in vain."""
        if token == self._token:
            self._vain = not accepted

    def _fresh(self) -> bool:
        return bool(self._token) and self._expires is not None and self._clock() < self._expires

    async def _fetch(self) -> None:
        if self._vain:
            self._pause()
        self._fetches.append(self._clock())
        answer = parsed((await self._wire.exchange("GET", "gettoken", self._credentials)).body)
        code, token = answer.get("errcode", 0), answer.get("access_token")
        if code:
            self._vain = code != _BUSY
            raise failure(code)
        if not isinstance(token, str) or not token:
            raise Retry("企业微信的回答无法识别")
        self._token, self._expires = token, self._clock() + _usable(answer.get("expires_in"))

    def _pause(self) -> None:
        """Refuse to go on while all the fetches allowed in a minute have been made in it."""
        if len(self._fetches) < _FETCHES:
            return
        passed = self._clock() - self._fetches[0]
        if timedelta(0) <= passed < _MINUTE:
            raise Retry(CREDENTIALS, (_MINUTE - passed).total_seconds(), alert=True)


def _usable(expires_in: object) -> timedelta:
    seconds = expires_in if isinstance(expires_in, int) and 0 < expires_in <= _LIFETIME else _LIFETIME
    return timedelta(seconds=seconds - min(_MARGIN, seconds // 10))
