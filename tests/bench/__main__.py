"""Runs the bench: interleaved rounds of every server, then the table; a full run also writes docs/benchmarks.md."""

import argparse
import asyncio
import os
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import uvloop

from tests.bench import letters, report, servers
from tests.bench.figures import Figures
from tests.bench.letters import Chat
from tests.bench.load import Platform, Result, both, burst, talk
from tests.bench.wire import Sink
from tests.waiting import until

WARM = 20
"""Conversations or requests before each measurement, so that nothing is measured that happens once."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    rounds: int
    requests: int
    acknowledged: int
    signals: int
    answers: int
    chats: int
    echoes: int
    idle: float


FULL = Size(rounds=7, requests=20_000, acknowledged=1_000, signals=5_000, answers=400, chats=200, echoes=150, idle=20.0)
QUICK = Size(rounds=1, requests=5_000, acknowledged=1_000, signals=2_000, answers=300, chats=120, echoes=60, idle=3.0)
# The product's own limits let some 6,000 messages a start go out to WeCom without a pause; all of a round stays below.


async def measure(size: Size) -> Figures:
    """Measure all servers in rounds, so that each meets the machine in the same moods."""
    figures, platform = Figures(others=os.getloadavg()[0]), Platform()
    sink = await asyncio.get_running_loop().create_server(partial(Sink, platform.hear), "127.0.0.1", 0)
    port = int(sink.sockets[0].getsockname()[1])
    say("installing the peer (once)")
    figures.peer = await asyncio.to_thread(servers.install_peers)
    if not figures.peer:
        say("the peer cannot be installed here: its recorded figure is used")
    for number in range(1, size.rounds + 1):
        say(f"round {number} of {size.rounds}")
        await _bare(size, figures)
        await _product(size, figures, platform, port, last=number == size.rounds)
    sink.close()
    return figures


async def _bare(size: Size, figures: Figures) -> None:
    requests = letters.needs(size.requests)
    async with servers.bare() as server:
        await burst(server, requests[:1000])
        figures.bare.append(await burst(server, requests))
    say(f"  bare server: {figures.bare[-1].rate:,.0f} callbacks/s")


async def _product(size: Size, figures: Figures, platform: Platform, port: int, *, last: bool) -> None:
    chats = letters.intakes(size.chats)
    needs, signals = letters.needs(size.acknowledged), letters.signals(size.signals)
    async with servers.product(port) as server, AsyncExitStack() as stack:
        figures.listened.append(server.listened)
        figures.ready.append(server.ready)
        figures.megabytes.append(server.megabytes())
        say(f"  product: listens after {server.listened:.2f} s, ready after {server.ready:.2f} s")
        if last:
            figures.idle = await _idle(server, size.idle)
            say(f"  product: idle, {figures.idle:.2f} % of a core")
        # None of them is registered: cards, of which Feishu takes five a second, would still be on their way.
        await talk(server, [Chat(one.name, one.requests[:-1]) for one in letters.intakes(WARM)], platform)
        peer = await stack.enter_async_context(servers.echo(port)) if figures.peer else None
        await _answers(server, peer, size, figures, platform)
        await stack.aclose()
        figures.turns.append(await talk(server, chats, platform))
        say(f"  product: {figures.turns[-1].rate:,.0f} turns of whole intakes/s, p50 {figures.turns[-1].p50:.1f} ms")
        figures.signals.append(await burst(server, signals))
        say(f"  product: {figures.signals[-1].rate:,.0f} signals of 微信客服/s acknowledged")
        await _needs(server, needs, figures, platform)
        figures.busy_megabytes.append(server.megabytes())


async def _answers(
    server: servers.Server, peer: servers.Server | None, size: Size, figures: Figures, platform: Platform
) -> None:
    """Measure the answers within intakes, between two halves of the peer's echoes: machines change their mood.

    The need before them and the confirmation after them are not counted. The first answer is in words of one's own,
    the others choose from what is offered.
    """
    chats = letters.intakes(size.answers)
    await talk(server, [Chat(one.name, one.requests[:1]) for one in chats], platform)
    before = await _echoes(peer, size, platform) if peer else None
    figures.told.append(await talk(server, [Chat(one.name, one.requests[1:2]) for one in chats], platform))
    figures.chosen.append(await talk(server, [Chat(one.name, one.requests[2:-1]) for one in chats], platform))
    say(f"  product: {figures.chosen[-1].rate:,.0f} durable turns/s, p50 {figures.chosen[-1].p50:.1f} ms")
    say(f"  product: {figures.told[-1].rate:,.0f} turns in words of their own/s, p50 {figures.told[-1].p50:.1f} ms")
    if peer and before:
        figures.echoes.append(both(before, await _echoes(peer, size, platform)))
        say(f"  NoneBot2: {figures.echoes[-1].rate:,.0f} echoes/s, p50 {figures.echoes[-1].p50:.1f} ms")
    await talk(server, [Chat(one.name, one.requests[-1:]) for one in chats], platform)


async def _echoes(peer: servers.Server, size: Size, platform: Platform) -> Result:
    await talk(peer, letters.echoes(WARM), platform)
    return await talk(peer, letters.echoes(size.echoes // 2), platform)


async def _needs(server: servers.Server, needs: list[bytes], figures: Figures, platform: Platform) -> None:
    heard, begin = platform.heard, perf_counter()
    figures.needs.append(await burst(server, needs))
    figures.done_by_then.append((platform.heard - heard) / len(needs))
    say(f"  product: {figures.needs[-1].rate:,.0f} messages/s acknowledged, {figures.done_by_then[-1]:.0%} answered")
    await until(lambda: platform.heard - heard >= len(needs), 300)
    figures.drained.append(len(needs) / (perf_counter() - begin))
    say(f"  product: all of them answered, {figures.drained[-1]:,.0f}/s")


async def _idle(server: servers.Server, seconds: float) -> float:
    """Return the percentage of a core used while nothing happens."""
    await asyncio.sleep(min(seconds, 5.0))
    before = server.cpu()
    await asyncio.sleep(seconds)
    return (server.cpu() - before) / seconds * 100


def say(line: str) -> None:
    """Tell how far it is."""
    print(line, flush=True)  # noqa: T201 - a command's output


def main() -> None:
    """Measure, print, and write down what a full run found."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, nothing is written")
    quick = parser.parse_args().quick
    figures = uvloop.run(measure(QUICK if quick else FULL))
    table = report.table(figures)
    say(f"\n{table}")
    if not quick:
        report.write(table, figures)


if __name__ == "__main__":
    main()
