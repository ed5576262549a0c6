"""Serving: the socket first, then everything else; a signal ends it, and nothing acknowledged is lost by that."""

import asyncio
import contextlib
import gc
import os
import socket
import sys
from typing import TYPE_CHECKING

import structlog

from bot import logs
from bot.settings import Settings, WrongSettingError

if TYPE_CHECKING:
    from bot.app import Application

BACKLOG = 2048

log = structlog.get_logger(__name__)


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; raises WrongSettingError and PolicyError before it listens."""
    # What is loaded from here on stays: looking through it for garbage is a tenth of the start (bot/works.py ends it).
    gc.disable()
    logs.configure(settings.log_format, settings.secrets())
    settings.platforms()
    listening = bound(settings.host, settings.port)
    # From here on the kernel keeps who connects waiting while the rest is imported.
    from bot.app import build

    with contextlib.closing(listening):
        application = build(settings)
        application.open()
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(run(application, listening))
    # Threads that hang in a call to a platform must not keep the process from ending.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def bound(host: str, port: int) -> socket.socket:
    """Listen on an address; raises WrongSettingError if that cannot be."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except socket.gaierror:
        raise WrongSettingError(f"YINGXU_HOST: 不认识的地址 {host}") from None
    except OSError as error:
        raise WrongSettingError(
            f"YINGXU_HOST, YINGXU_PORT: 无法监听 {host}:{port}（{os.strerror(error.errno or 0)}）"
        ) from None
    # Accepted connections inherit it: an answer in two packets must not wait for a delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


async def run(application: "Application", listening: socket.socket) -> None:
    """Answer requests on a socket until a signal comes, then go down in order."""
    from bot.server import Server

    def announce() -> None:
        host, port = listening.getsockname()[:2]
        print(f"listening on http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)  # noqa: T201 - contract.md 2
        application.start()

    await Server(application.asgi, announce).serve([listening])
    log.info("stopping")
    await application.stop()


def _loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    try:
        import uvloop
    except ImportError:  # not made for Windows
        return None
    return uvloop.Loop
