"""Serving an ASGI application on this machine, in the running event loop."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"
GRACE = 1
"""Seconds that open connections have at the end; a page that listens for news never closes its own."""


class PortTakenError(Exception):
    """The wanted port is in use."""


def door(port: int = 0) -> socket.socket:
    """Bind a port of the loopback interface, any free one for 0; raises PortTakenError."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted connections inherit it; asyncio sets it only on sockets it made itself, and an answer in two packets
    # then waits 40 ms for the other side's delayed acknowledgement.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        bound.bind((LOOPBACK, port))
    except OSError as error:
        bound.close()
        raise PortTakenError(f"端口 {port} 无法使用：{error.strerror}") from None
    return bound


def address(bound: socket.socket) -> str:
    """Return the URL of what is served behind the door."""
    return f"http://{LOOPBACK}:{bound.getsockname()[1]}"


@asynccontextmanager
async def served(app: ASGIApp, bound: socket.socket) -> AsyncIterator[None]:
    """Serve behind the door until the block ends; RuntimeError if the application does not start.

    Several servers share the loop and the signals belong to whoever started us, so this is uvicorn's start and end
    without its loop between them, which only watches for signals.
    """
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[bound])
    if server.should_exit:
        raise RuntimeError("the application did not start, see the log")
    try:
        yield
    finally:
        await server.shutdown(sockets=[bound])
