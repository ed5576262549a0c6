"""The HTTP session that lark_oapi is given in place of the module `requests`.

The SDK opens a new connection for every call, follows redirects with the request's body, waits 30 s for each byte and
reads answers of any size. This session stays open and has a deadline, a size limit and no redirects.
"""

import time
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple

import requests
import requests.adapters
import urllib3.exceptions

from bot.feishu.limits import CALL, MEDIA, Limit, TooLarge, Unanswered

CONNECT, SILENCE = 3.05, 5.0
"""Seconds for the connection, and between two pieces of an answer."""


class Received(NamedTuple):
    """An answer, read to its end; header names in Title-Case, as the SDK looks them up."""

    status_code: int
    headers: dict[str, str]
    content: bytes


class Wire:
    """Quacks like the module `requests` as far as lark_oapi uses it. Safe to share between threads."""

    def __init__(self, threads: int) -> None:
        self._closed = False
        self._session = requests.Session()
        adapter = requests.adapters.HTTPAdapter(pool_connections=2, pool_maxsize=threads, max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.auth = _as_given
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def request(self, method: str, url: str, **given: Any) -> Received:
        """Ask and read the whole answer within the limits; Unanswered or TooLarge if there is none."""
        limit = MEDIA if "/resources/" in url else CALL
        until = time.monotonic() + limit.seconds
        given.update(timeout=(CONNECT, SILENCE), allow_redirects=False, stream=True)
        try:
            with self._session.request(method, url, **given) as response:
                content = self._read(response, limit, until)
                return Received(response.status_code, {k.title(): v for k, v in response.headers.items()}, content)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            # The original says the address and sometimes more: only its kind goes on.
            raise Unanswered(_KINDS.get(type(error), "网络故障")) from None

    def _read(self, response: requests.Response, limit: Limit, until: float) -> bytes:
        """Read piece by piece: a server that sends a byte a second must not hold a thread for ever."""
        pieces, size = [], 0
        while piece := response.raw.read1(65536, decode_content=True):
            size += len(piece)
            if size > limit.size:
                raise TooLarge
            if time.monotonic() > until or self._closed:
                raise Unanswered("答复超时")
            pieces.append(piece)
        told = response.headers.get("Content-Length", "")
        if told.isdecimal() and "Content-Encoding" not in response.headers and int(told) != size:
            raise Unanswered("答复不完整")
        return b"".join(pieces)

    def post(self, url: str, **given: Any) -> Received:
        """Ask with POST (the long connection's discovery)."""
        return self.request("POST", url, **given)

    def close(self) -> None:
        """Close the kept connections; answers under way are given up at their next piece, so that we can end."""
        self._closed = True
        self._session.close()


def _as_given(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from putting a password out of ~/.netrc over our token."""
    return request


_KINDS: dict[type[BaseException], str] = {
    requests.ConnectTimeout: "连接超时",
    requests.ReadTimeout: "答复超时",
    urllib3.exceptions.ReadTimeoutError: "答复超时",
    requests.exceptions.SSLError: "证书校验失败",
}
