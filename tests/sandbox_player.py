"""A sandbox in a thread of its own and a real browser in front of it."""

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from bot.sandbox.page import Page as SandboxPage
from bot.sandbox.serving import address, door, served
from bot.sandbox.stage import Stage

Result = TypeVar("Result")
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SECONDS = 20_000
"""Milliseconds to wait for something to be seen: the machine may be busy."""


# A Tuesday of a year without a published holiday calendar.
MORNING = datetime(2035, 5, 15, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
NIGHT = MORNING.replace(hour=22, minute=30)


class Sandbox:
    """A stage with its page; `do` runs something on its event loop."""

    def __init__(self, stage: Stage, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self.stage = stage
        self.url = url
        self._loop = loop

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def look(self, work: Callable[[], Result]) -> Result:
        async def looked() -> Result:
            return work()

        return self.do(looked())


@contextmanager
def sandbox(data_dir: Path | None = None, start: datetime = MORNING) -> Iterator[Sandbox]:
    """Open a sandbox beside the test, whose own thread belongs to the browser."""
    opened: Future[Sandbox] = Future()
    ended = threading.Event()

    async def play() -> None:
        bound = door()
        async with Stage(data_dir=data_dir, start=start) as stage:
            page = SandboxPage(stage)
            async with served(page.app, bound):
                opened.set_result(Sandbox(stage, address(bound), asyncio.get_running_loop()))
                await asyncio.to_thread(ended.wait)
                page.close()

    def run() -> None:
        try:
            asyncio.run(play())
        except BaseException as error:
            if opened.done():
                raise
            opened.set_exception(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield opened.result(60)
    finally:
        ended.set()
        thread.join(30)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the machine's own Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


class Player:
    """One person in front of the page: does what a hand does and reads what an eye reads."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def phone(self, part: str) -> Locator:
        return self.page.locator(f"[data-part={part}]")

    def chat(self, part: str) -> Locator:
        return self.phone(part).locator(".list:not([hidden])")

    def says(self, part: str, text: str) -> None:
        self.phone(part).locator(".composer textarea").fill(text)
        self.phone(part).locator(".composer .send").click()

    def reads(self, part: str, text: str) -> Locator:
        """Wait until the text stands in the open chat."""
        found = self.chat(part).get_by_text(text).last
        expect(found).to_be_visible(timeout=SECONDS)
        return found

    def taps(self, part: str, label: str) -> None:
        self.chat(part).get_by_role("button", name=label, exact=True).last.click(timeout=SECONDS)

    def plays(self, steps: int) -> None:
        """Let the tour do its next steps."""
        for _ in range(steps):
            done = self.page.locator(".dot.done").count()
            self.page.locator(".play").click(timeout=SECONDS)
            expect(self.page.locator(".dot.done")).not_to_have_count(done, timeout=SECONDS)
            expect(self.page.locator(".play:disabled")).to_have_count(0, timeout=SECONDS)
