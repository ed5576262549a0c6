"""Bodies of requests: read whole, but never more than is allowed and never longer than is decent."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from bot.errors import BadCallback

LIMIT = 1 << 20
"""Most bytes of a body (contract.md, section 4)."""
SECONDS = 10
"""Longest wait for a body from its first byte to its last."""

TOO_LARGE, TOO_SLOW, CUT = "too_large", "too_slow", "cut"


async def read(request: Request, limit: int = LIMIT) -> bytes:
    """Read the body of a request; BadCallback with one of the three reasons above if it cannot be had."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared[:20]) > limit:
        raise BadCallback(TOO_LARGE)
    try:
        async with asyncio.timeout(SECONDS):
            return await _joined(request, limit)
    except TimeoutError:
        raise BadCallback(TOO_SLOW) from None
    except ClientDisconnect:
        raise BadCallback(CUT) from None


async def _joined(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BadCallback(TOO_LARGE)
    return bytes(body)
