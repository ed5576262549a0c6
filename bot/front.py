"""The front: the busiest routes straight from ASGI; everything else from FastAPI, which is made when it is needed.

FastAPI costs a callback a seventh of its time and the start a fifth of a second (measured), and gives neither anything.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bot.asgi import JSON, Answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

Table = Mapping[str, Mapping[str, "ASGIApp"]]
"""Paths, and for each its methods."""

_ALIVE = Answer(body=b'{"status":"ok"}', kind=JSON)


class Front:
    """The product as an ASGI application. `busy` is answered here; `make` makes what answers the rest."""

    def __init__(self, busy: Table, make: "Callable[[], ASGIApp]") -> None:
        self._busy = busy
        self._make = make
        self._made: asyncio.Future[ASGIApp] | None = None

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Hand a request to whom it is for."""
        methods = self._busy.get(scope["path"]) if scope["type"] == "http" else None
        if methods is None:
            await (await self._rest())(scope, receive, send)
        elif chosen := methods.get(scope["method"]):
            await chosen(scope, receive, send)
        else:
            await Answer(405, allow=", ".join(methods).encode()).give(send)

    async def _rest(self) -> "ASGIApp":
        if self._made is None:
            self._made = asyncio.ensure_future(asyncio.to_thread(self._make))
            self._made.add_done_callback(self._forget_failure)
        # Shielded: whoever asked first may leave before it is made, and others wait for the same.
        return await asyncio.shield(self._made)

    def _forget_failure(self, made: "asyncio.Future[ASGIApp]") -> None:
        if made.cancelled() or made.exception():
            self._made = None  # the next request tries again


async def alive(_: "Scope", __: "Receive", send: "Send") -> None:
    """GET /healthz: 200 for as long as the process listens."""
    await _ALIVE.give(send)
