"""Bodies of requests: read whole, within a limit of bytes and one of seconds."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.errors import BadCallback

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

LIMIT = 1 << 20
"""Most bytes of a body (contract.md, section 4)."""
SECONDS = 10
"""Longest wait for a body from its first byte to its last."""
LINGER_LIMIT, LINGER_SECONDS = 4 * LIMIT, 1
"""How much of a body that is too large is read and thrown away, and for how long, before it is refused."""

WHOLE = "yingxu.whole"
"""Set in the scope once all of the body is here (bot/connection.py): then there is nothing to wait for."""

TOO_LARGE, TOO_SLOW, CUT = "too_large", "too_slow", "cut"


async def read(scope: "Scope", receive: "Receive", limit: int = LIMIT) -> bytes:
    """Read the body of a request; raises BadCallback with the reason TOO_LARGE, TOO_SLOW or CUT."""
    heads = dict(scope["headers"])
    declared = heads.get(b"content-length", b"0")
    if not declared.isdigit() or int(declared[:20]) > limit:
        if b"expect" not in heads:  # who asks first has sent nothing yet, and is not to be told to go on
            await _linger(receive)
        raise BadCallback(TOO_LARGE)
    if WHOLE in scope:
        return await _joined(receive, limit)
    try:
        async with asyncio.timeout(SECONDS):
            return await _joined(receive, limit)
    except TimeoutError:
        raise BadCallback(TOO_SLOW) from None


async def _joined(receive: "Receive", limit: int) -> bytes:
    body, more = b"", True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise BadCallback(CUT)
        # Appending to what is empty copies nothing, and the whole body is nearly always in the first event.
        body, more = body + event.get("body", b""), event.get("more_body", False)
        if len(body) > limit:
            if more:
                await _linger(receive)
            raise BadCallback(TOO_LARGE)
    return body


async def _linger(receive: "Receive") -> None:
    # A connection closed on bytes nobody read is reset, and the client loses the answer (RFC 9112, 9.6).
    left = LINGER_LIMIT
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while left > 0:
                event = await receive()
                if not event.get("more_body", False):
                    return
                left -= len(event.get("body", b""))
