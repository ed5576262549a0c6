"""The sandbox: product, platforms and page in one command."""

import asyncio
import contextlib
import logging
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from bot import logs
from bot.sandbox import memory
from bot.sandbox.console import Console
from bot.sandbox.page import Page
from bot.sandbox.serving import PortTakenError, address, door, served
from bot.sandbox.stage import Stage
from bot.settings import WrongSettingError

PORT = 8080
KEEP_SECONDS = 5
"""A kept sandbox writes down what the platforms remember that often, and when it stops."""
_LOG = "yingxu.log"

_BANNER = """
  应需沙盘已启动

    打开  {address}

  左边是客户（微信客服），中间是处理人（飞书），右边是主管（飞书），上方的时钟可以快进。
  第一次来，跟着页面上方的「导览」走一遍：每一步都可以自己做，也可以点「替我做」。

  数据和日志：{data}
  停止：Ctrl-C
"""
_TEMPORARY = "{data}（停止后删除；用 --data-dir 目录 保留，下次接着玩）"


def run(port: int | None = None, data_dir: Path | None = None, *, terminal: bool = False) -> None:
    """Play until Ctrl-C, in the terminal until the end of input; raises WrongSettingError if `port` is taken."""
    with contextlib.ExitStack() as stack:
        bound = stack.enter_context(_entrance(port))
        folder = data_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yingxu-sandbox-")))
        folder.mkdir(parents=True, exist_ok=True)
        logs.configure()
        log = stack.enter_context((folder / _LOG).open("a", encoding="utf-8"))
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(log)
        where = str(folder) if data_dir else _TEMPORARY.format(data=folder)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_play(bound, folder, where, terminal=terminal))
        logging.getLogger().handlers.clear()


def _entrance(port: int | None) -> socket.socket:
    """Bind the page's port; only a port that was asked for must be free."""
    try:
        return door(PORT if port is None else port)
    except PortTakenError as error:
        if port is None:
            return door()
        raise WrongSettingError(f"--port: {error}") from None


async def _play(bound: socket.socket, folder: Path, where: str, *, terminal: bool) -> None:
    async with Stage(data_dir=folder) as stage, _page(stage, bound), _kept(stage):
        print(_BANNER.format(address=address(bound), data=where), flush=True)  # noqa: T201 - the one thing it says
        if terminal:
            await Console(stage, sys.stdin, sys.stdout).run()
        else:
            await _signalled()
    print("  沙盘已停止。")  # noqa: T201 - as above


@contextlib.asynccontextmanager
async def _page(stage: Stage, bound: socket.socket) -> AsyncIterator[None]:
    page = Page(stage)
    async with served(page.app, bound):
        try:
            yield
        finally:
            page.close()


@contextlib.asynccontextmanager
async def _kept(stage: Stage) -> AsyncIterator[None]:
    """Write down now and then what the platforms remember: a sandbox may also be killed."""
    task = asyncio.create_task(_keep(stage))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep(stage: Stage) -> None:
    known = memory.revision(stage.wecom, stage.feishu)
    while True:
        await asyncio.sleep(KEEP_SECONDS)
        now = memory.revision(stage.wecom, stage.feishu)
        if now != known:
            known = now
            stage.keep()


async def _signalled() -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(number, stop.set)
    await stop.wait()
