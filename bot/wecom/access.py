"""The access token: fetched once for everybody, renewed when it is refused, left alone when that does not help."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """One answer of gettoken. WeCom may give the same text again: that is another answer, so `is` decides."""

    text: str
    expires: datetime


class Access:
    """Holds one app's token. Its age is told by the clock given in, not by the machine's."""

    def __init__(self, wire: Wire, corp_id: str, secret: str, clock: Callable[[], datetime]) -> None:
        self._wire = wire
        self._credentials = {"corpid": corp_id, "corpsecret": secret}
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: Token | None = None
        self._fetches: deque[datetime] = deque(maxlen=_FETCHES)
        self._vain: datetime | None = None

    async def token(self) -> Token:
        """Give the token, fetching it if there is none or it is old; Retry if that cannot be."""
        token = self._token
        if token is None or self._clock() >= token.expires:
            return await self.renew(token)
        return token

    async def renew(self, old: Token | None) -> Token:
        """Replace a token that is old or was refused; whoever comes second gets what the first one fetched."""
        async with self._lock:
            if self._token is None or self._token is old:
                self._token = await self._fetch()
            return self._token

    def useless(self, token: Token) -> None:
        """Note that a renewed token was refused too: the fault is elsewhere, and fetching is in vain for a while."""
        if token is self._token:
            self._vain = self._clock()

    async def _fetch(self) -> Token:
        now = self._clock()
        if self._vain is not None and now - self._vain < _MINUTE:
            self._pause(now)
        self._fetches.append(now)
        answer = parsed((await self._wire.exchange("GET", "gettoken", self._credentials)).body)
        code, token = answer.get("errcode", 0), answer.get("access_token")
        if code:
            self._vain = now if code != _BUSY else self._vain
            raise failure(code)
        if not isinstance(token, str) or not token:
            raise Retry("企业微信的回答无法识别")
        return Token(token, now + _usable(answer.get("expires_in")))

    def _pause(self, now: datetime) -> None:
        """Refuse to go on while all the fetches allowed in a minute have been made in it."""
        if len(self._fetches) < _FETCHES:
            return
        passed = now - self._fetches[0]
        if passed < _MINUTE:
            raise Retry(CREDENTIALS, (_MINUTE - passed).total_seconds(), alert=True)


def _usable(expires_in: object) -> timedelta:
    seconds = expires_in if isinstance(expires_in, int) and 0 < expires_in <= _LIFETIME else _LIFETIME
    return timedelta(seconds=seconds - min(_MARGIN, seconds // 10))
