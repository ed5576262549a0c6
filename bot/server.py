"""The HTTP server: uvicorn, with our connections, our way to be stopped and a word when it listens."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from bot.connection import HEAD_SECONDS, Connection

if TYPE_CHECKING:
    from starlette.types import ASGIApp

DRAIN_SECONDS = 3
"""Requests under way have this long to be answered."""
LAST_SECONDS = 14
"""However slow its parts are, the process is gone so long after the signal: what is kept is kept (contract.md 3)."""


class Server(uvicorn.Server):
    """Serves one application; `listening` is called once requests are answered."""

    def __init__(self, application: "ASGIApp", listening: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                http=Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=HEAD_SECONDS,
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
        )
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then say so."""
        await super().startup(sockets)
        self._listening()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT; uvicorn would raise the signal again afterwards, and the process die of it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        if not self.should_exit:
            asyncio.get_running_loop().call_later(LAST_SECONDS, os._exit, 0)
        self.should_exit = True
