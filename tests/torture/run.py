"""One run of the torture: a burst, kills at random instants of it, and what is left when it is over."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.bench.servers import free_port
from tests.torture.house import House
from tests.torture.town import CHANNELS, SAID, Customer, Town
from tests.torture.verdict import Check, checks
from tests.waiting import until

STALLED = 90.0
"""Seconds without any progress after which what is missing counts as lost."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen; the same seed kills at the same points of progress."""

    messages: int
    kills: int
    seed: int
    database_url: str = ""
    servers: int = 1


@dataclass(slots=True)
class Story:
    """What happened."""

    kills: list[str] = field(default_factory=list)
    seconds: float = 0.0
    repeats: int = 0
    absorbed: dict[str, int] = field(default_factory=dict)
    exits: list[int] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether anything is."""
        return any(check.wrong for check in self.checks) or any(self.exits)


async def torture(plan: Plan, say: Callable[[str], None]) -> Story:
    """Carry out a plan."""
    story = Story()
    with TemporaryDirectory(prefix="yingxu-torture-") as name, ExitStack() as stack:
        folder = Path(name)
        ports = [free_port() for _ in range(plan.servers)]
        town = Town(ports, max(CHANNELS, plan.messages // len(SAID)))
        async with town.open():
            url = plan.database_url or f"sqlite:///{folder / 'yingxu.db'}"
            houses = [_house(port, folder, url, town) for port in ports]
            for house in houses:
                stack.callback(house.end)
            if plan.database_url:
                houses[0].upgrade()
            for house in houses:
                house.start()
            for house in houses:
                say(f"server ready after {await house.ready():.1f} s")
            patterns = [await _in_peace(town, customer) for customer in town.customers[:CHANNELS]]
            begin = monotonic()
            await _burst(plan, town, houses, story, say)
            story.seconds = monotonic() - begin
            story.exits = [await house.stop() for house in houses]
            story.checks = checks(town, url, patterns)
            story.repeats, story.absorbed = town.repeats, town.absorbed()
            if story.wrong:
                say("\n".join(house.tail() for house in houses))
    return story


def _house(port: int, folder: Path, url: str, town: Town) -> House:
    own = folder / str(port)
    own.mkdir()
    policy = own / "policy.toml"
    policy.write_text(town.policy, encoding="utf-8")
    ours = {"YINGXU_DATABASE_URL": url, "YINGXU_POLICY": str(policy)}
    return House(port, own, town.wecom.settings | town.feishu.settings | ours)


async def _in_peace(town: Town, customer: Customer) -> list[str]:
    """Let a customer talk in peace; returns the answers, which everybody else of his channel must get too."""
    for number, text in enumerate(SAID, 1):
        await town.says(customer, text)
        await until(partial(_has_heard, town, customer, number), 60)
    return town.heard(customer)


def _has_heard(town: Town, customer: Customer, number: int) -> bool:
    return len(town.heard(customer)) >= number


def _is_so_far(town: Town, point: float) -> bool:
    return town.accepted + town.answers >= point


async def _burst(plan: Plan, town: Town, houses: Sequence[House], story: Story, say: Callable[[str], None]) -> None:
    talking = asyncio.create_task(town.burst(but=CHANNELS))
    killing = asyncio.create_task(_kill(plan, town, houses, story, say))
    await _until_done(town, talking, killing)
    killing.cancel()
    await asyncio.gather(killing, return_exceptions=True)
    async with asyncio.timeout(STALLED):
        await talking
        for house in houses:
            await house.ready()
        await houses[0].drained()


async def _kill(plan: Plan, town: Town, houses: Sequence[House], story: Story, say: Callable[[str], None]) -> None:
    """Kill when so much was acknowledged and answered, and a moment later; servers in turn."""
    chance = random.Random(plan.seed)
    whole = 2 * len(SAID) * len(town.customers)
    for number in range(plan.kills):
        point = (number + chance.uniform(0.1, 0.9)) * whole / plan.kills
        await until(partial(_is_so_far, town, point))
        await asyncio.sleep(chance.uniform(0, 0.15))
        accepted, answers = town.accepted, town.answers
        await asyncio.to_thread(houses[number % len(houses)].kill)
        story.kills.append(f"{accepted}/{answers}")
        say(f"kill {number + 1} of {plan.kills}: {accepted} acknowledged, {answers} answered")


async def _until_done(town: Town, talking: "asyncio.Task[None]", killing: "asyncio.Task[None]") -> None:
    """Wait until everything is answered, or nothing moves any more."""
    wanted = len(SAID) * len(town.customers)
    last, since = -1, monotonic()
    while monotonic() - since < STALLED:
        progress = town.accepted + town.answers
        if progress != last:
            last, since = progress, monotonic()
        if town.answers >= wanted and talking.done() and killing.done():
            return
        for task in (talking, killing):
            if task.done():
                task.result()
        await asyncio.sleep(0.1)
