"""Load: a burst of callbacks, and conversations in which everybody waits for the answer before going on."""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from dataclasses import dataclass, field
from statistics import quantiles
from time import perf_counter
from typing import Any

from tests.bench import wire
from tests.bench.letters import Chat
from tests.bench.servers import Server
from tests.bench.wire import Line

LINES = 32
"""Connections, and chats at one time."""
OK = 200
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Result:
    """Events a second, milliseconds of the middle one and of the slowest hundredth, CPU of the server per event."""

    rate: float
    p50: float
    p99: float
    micros: float


def both(one: Result, other: Result) -> Result:
    """Put two results of equally many events together."""
    return Result(
        rate=2 / (1 / one.rate + 1 / other.rate),
        p50=(one.p50 + other.p50) / 2,
        p99=max(one.p99, other.p99),
        micros=(one.micros + other.micros) / 2,
    )


@dataclass(slots=True)
class Platform:
    """The sink's ears: who waits for an answer, and how many members were written to."""

    seats: dict[str, "Seat"] = field(default_factory=dict)
    heard: int = 0

    def hear(self, name: str) -> None:
        """Note a message to somebody."""
        self.heard += name.startswith("member")
        if seat := self.seats.get(name):
            seat.answered()


async def burst(server: Server, requests: list[bytes]) -> Result:
    """Send all requests over the connections as fast as they are answered; RuntimeError unless with 200."""
    left = iter(requests)
    clock = _Clock(server)
    lines = [await wire.line(server.port) for _ in range(LINES)]
    askers = [_Asker(line, left, clock) for line in lines]
    clock.start()
    await _all(asker.run() for asker in askers)
    clock.stop()
    for line in lines:
        line.close()
    return clock.result(len(requests))


async def talk(server: Server, chats: list[Chat], platform: Platform) -> Result:
    """Lead all conversations, so many at one time; the time of a turn ends when its answer is at the platform."""
    left = iter(chats)
    clock = _Clock(server)
    lines = [await wire.line(server.port) for _ in range(LINES)]
    seats = [Seat(line, left, clock, platform) for line in lines]
    clock.start()
    await _all(seat.run() for seat in seats)
    clock.stop()
    for line in lines:
        line.close()
    return clock.result(sum(len(chat.requests) for chat in chats))


class _Clock:
    """Measures one load."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._begin = self._end = self._cpu = 0.0
        self.seconds: list[float] = []

    def start(self) -> None:
        self._cpu, self._begin = self._server.cpu(), perf_counter()

    def stop(self) -> None:
        self._end, self._cpu = perf_counter(), self._server.cpu() - self._cpu

    def result(self, events: int) -> Result:
        cuts = quantiles(self.seconds, n=100)
        return Result(
            rate=events / (self._end - self._begin),
            p50=cuts[49] * 1e3,
            p99=cuts[98] * 1e3,
            micros=self._cpu / events * 1e6,
        )


class _Asker:
    """One connection of a burst."""

    def __init__(self, line: Line, left: Iterator[bytes], clock: _Clock) -> None:
        self._line, self._left, self._clock = line, left, clock
        self._at = 0.0
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        self._next()
        await self._done

    def _next(self) -> None:
        request = next(self._left, None)
        if request is None:
            self._done.set_result(None)
            return
        self._at = perf_counter()
        self._line.ask(request, self._answered)

    def _answered(self, status: int) -> None:
        self._clock.seconds.append(perf_counter() - self._at)
        if status == OK:
            self._next()
        else:
            self._done.set_exception(RuntimeError(f"answered {status}"))


class Seat:
    """One chat at a time: the next word is said when the last was acknowledged and answered."""

    def __init__(self, line: Line, left: Iterator[Chat], clock: _Clock, platform: Platform) -> None:
        self._line, self._left, self._clock, self._platform = line, left, clock, platform
        self._name, self._at, self._missing = "", 0.0, 0
        self._words: Iterator[bytes] = iter(())
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Lead conversations until there are none left."""
        self._next()
        await self._done

    def answered(self) -> None:
        """Note that the answer is at the platform."""
        self._clock.seconds.append(perf_counter() - self._at)
        self._part()

    def _acknowledged(self, status: int) -> None:
        if status == OK:
            self._part()
        else:
            self._done.set_exception(RuntimeError(f"answered {status}"))

    def _part(self) -> None:
        self._missing -= 1
        if not self._missing:
            self._next()

    def _next(self) -> None:
        word = next(self._words, None) or self._sit_down()
        if word is None:
            self._done.set_result(None)
            return
        self._missing, self._at = 2, perf_counter()
        self._line.ask(word, self._acknowledged)

    def _sit_down(self) -> bytes | None:
        self._platform.seats.pop(self._name, None)
        chat = next(self._left, None)
        if chat is None:
            return None
        self._name, self._words = chat.name, iter(chat.requests)
        self._platform.seats[chat.name] = self
        return next(self._words)


async def _all(running: Iterable[Coroutine[Any, Any, None]]) -> None:
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*running)
