"""A stage for the engine: platforms that remember what they were told, and the simplest possible house."""

# ruff: noqa: ARG002, ARG005 - hooks have one signature each, and this house needs little of it

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

import msgspec

from bot.clock import Clock
from bot.engine.engine import Engine
from bot.engine.hooks import Hooks
from bot.engine.rates import Rates, unlimited
from bot.platforms import Delivered, Places
from handlers.messages import Discard, Fetch, Happened, Incoming, Outgoing, Pressed, Reply, Said, Text, Toast
from storage import jobs, lanes, queues
from storage.database import Database, Store
from tests.jobs_stage import put_one

MOMENTS, SENT = "moments", "sent"
START = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
Answer = Callable[[Outgoing], Delivered | Exception | None]


@dataclass
class Call:
    """One thing a platform was asked to tell."""

    text: str
    chat: str
    places: Places
    name: str
    attempt: int
    at: datetime


@dataclass
class FakePlatform:
    """Takes everything, unless `answer` says otherwise; `delay` is how long a call takes."""

    name: Literal["wecom", "feishu"]
    calls: list[Call] = field(default_factory=list)
    answer: Answer = lambda _: None
    delay: float = 0.0
    at_once: int = 0
    most_at_once: int = 0
    in_chat: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    overlapped: bool = False

    async def deliver(
        self, outgoing: Outgoing, places: Places, idempotency: str, now: datetime, attempt: int = 1
    ) -> Delivered:
        assert isinstance(outgoing.message, Text)
        self.at_once += 1
        self.in_chat[outgoing.to] += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.overlapped |= self.in_chat[outgoing.to] > 1
        try:
            self.calls.append(Call(outgoing.message.text, outgoing.to, places, idempotency, attempt, now))
            answer = self.answer(outgoing)
            await asyncio.sleep(self.delay)
        finally:
            self.at_once -= 1
            self.in_chat[outgoing.to] -= 1
        if isinstance(answer, Exception):
            raise answer
        return answer or Delivered(message_id=f"m-{idempotency[:8]}")

    async def download(self, media: str, most: int) -> tuple[bytes, str, str]:
        raise NotImplementedError(media, most)

    async def close(self) -> None:
        """Nothing is open."""

    @property
    def texts(self) -> list[str]:
        """What it was told, in order."""
        return [call.text for call in self.calls]


class Page(msgspec.Struct):
    messages: list[dict[str, Any]]
    cursor: str
    more: bool


@dataclass
class FakeKf(FakePlatform):
    """Has one KF account whose log is `log`, two items a page; files by media id."""

    log: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[tuple[str, str]] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)
    files: dict[str, bytes | Exception] = field(default_factory=dict)
    stuck: bool = False
    listed: int = 0

    async def accounts(self) -> list[str]:
        self.listed += 1
        return ["kf1"]

    async def pull(self, open_kfid: str, token: str, cursor: str) -> Page:
        assert open_kfid == "kf1"
        self.pulls.append((token, cursor))
        await asyncio.sleep(self.delay)
        if self.troubles:
            raise self.troubles.pop()
        begin = int(cursor or 0)
        if self.stuck:
            return Page([], cursor, more=True)
        end = min(begin + 2, len(self.log))
        return Page(self.log[begin:end], str(end), more=end < len(self.log))

    async def download(self, media: str, most: int) -> tuple[bytes, str, str]:
        found = self.files[media]
        if isinstance(found, Exception):
            raise found
        return found, f"{media}.png", "image/png"


class Swept(msgspec.Struct):
    outgoing: tuple[Outgoing, ...]
    worked: int
    discards: tuple[Discard, ...] = ()


@dataclass
class House:
    """Echoes what is said, and says to the chat `app:boss` what `remind` put down."""

    handled: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    poisoned: list[str] = field(default_factory=list)
    attachments: dict[int, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    broken: Callable[[str], bool] = lambda _: False
    to: Callable[[str], str] = lambda chat: chat
    reply: Callable[[str, str], dict[str, Any]] = lambda chat, text: {}

    def handle(self, incoming: Incoming, store: Store, desk: Any) -> Reply:
        match incoming.content:
            case Pressed(action=action):
                return Reply(toast=Toast(text=f"pressed {action}", kind="warning"))
            case Said(text=text) if text.startswith("fetch "):
                return Reply(fetches=(Fetch(chat=incoming.chat, media=text.split()[1], attachment=7),))
            case Said(text=text) if text == "release":
                self.closed.clear()
                lanes.release(store, incoming.chat, incoming.at, incoming.platform)
                return Reply()
            case Said(text=text):
                said = say(self.to(incoming.chat), f"re {text}", f"re {incoming.id}", **self.reply(incoming.chat, text))
                put_one(store, "trace", incoming.chat, incoming.id, b"", now=incoming.at)
                if self.broken(text):
                    raise LookupError(f"cannot take {text}")
                self.handled.append(text)
                return Reply(outgoing=(said,))
            case Happened():
                return Reply()
        raise AssertionError(incoming)

    def sweep(self, now: datetime, store: Store, desk: Any) -> Swept:
        due = jobs.take(store, MOMENTS, now, 10)
        for one in due:
            jobs.finish(store, one, now)
        told = tuple(say("app:boss", f"due {one.due_at:%d %H:%M}", f"due {one.due_at}") for one in due)
        return Swept(told, len(due))

    def next_moment(self, store: Store) -> datetime | None:
        return queues.next_due(store, [MOMENTS], START - timedelta(days=999))

    def poison(self, incoming: Incoming, store: Store, desk: Any) -> Sequence[Outgoing]:
        assert isinstance(incoming.content, Said)
        self.poisoned.append(incoming.content.text)
        return [say("app:boss", f"poison {incoming.content.text}", f"poison {incoming.id}")]

    def undeliverable(
        self, outgoing: Outgoing, reason: str, store: Store, desk: Any, now: datetime
    ) -> Sequence[Outgoing]:
        self.problems.append((outgoing.key, reason))
        return [say("fs:team", f"undelivered {reason}", f"undelivered {outgoing.key} {reason}")]

    def hooks(self) -> Hooks:
        return Hooks(
            handle=self.handle,
            sweep=self.sweep,
            next_moment=self.next_moment,
            poison=self.poison,
            undeliverable=self.undeliverable,
            window=lambda outgoing, store, now: "window" if outgoing.to in self.closed else "",
            delivered=delivered,
            save=lambda attachment, content, name, kind: f"files/{name}",
            fetched=self.fetched,
            lost=lambda attachment, reason, store, desk: [say("app:boss", f"lost: {reason}", f"lost {attachment}")],
            read_kf=read_kf,
        )

    def fetched(self, attachment: int, path: str, name: str, size: int, store: Store, desk: Any) -> Sequence[Outgoing]:
        self.attachments[attachment] = path
        return [say("app:boss", f"got {name}", f"got {attachment}")]


def delivered(outgoing: Outgoing, sent: int, store: Store, now: datetime) -> None:
    """Write down what was sent, in the transaction that records it."""
    row = uuid4().hex
    put_one(store, SENT, row, row, msgspec.json.encode((outgoing.key, sent)), now=now)


def sent(database: Database) -> list[tuple[str, int]]:
    """Return the keys of what was sent, and in how many messages."""
    rows = database.run_sync(lambda store: jobs.take(store, SENT, START + timedelta(days=9999), 1000))
    return [msgspec.json.decode(row.payload, type=tuple[str, int]) for row in rows]


def say(chat: str, text: str, key: str, **more: Any) -> Outgoing:
    return Outgoing(to=chat, message=Text(text=text), key=key, **more)


def read_kf(item: dict[str, Any], account: str, now: datetime) -> Incoming | None:
    if item.get("broken"):
        raise KeyError("external_userid")
    return said(f"kf:{account}:{item['who']}", item["text"], item["at"])


def said(chat: str, text: str, at: datetime, key: str = "") -> Incoming:
    return Incoming(id=key or f"{chat}/{text}", chat=chat, sender=chat, at=at, content=Said(text=text))


def receive(database: Database, *incoming: Incoming) -> None:
    """Put as the callback routes put."""
    for one in incoming:
        payload = msgspec.json.encode(one)
        database.run_sync(lambda s, o=one, p=payload: put_one(s, "in", o.chat, o.id, p, now=o.at))  # type: ignore[misc]  # mypy knows no defaults of a lambda


def promise(database: Database, *outgoing: Outgoing, now: datetime) -> None:
    for one in outgoing:
        payload = msgspec.json.encode(one)
        database.run_sync(
            lambda s, o=one, p=payload: put_one(s, o.platform, o.to, o.key, p, now=now, tag=o.supersedes)  # type: ignore[misc]  # as above
        )


def remind(database: Database, *moments: datetime) -> None:
    """Put moments down at which there is something to say."""

    def work(store: Store) -> None:
        for moment in moments:
            put_one(store, MOMENTS, f"{moment}", f"{moment}", b"", now=moment)

    database.run_sync(work)


def turned_clock() -> Clock:
    """Return a test clock that shows START."""
    clock = Clock(turnable=True)
    clock.step_to(START)
    return clock


@asynccontextmanager
async def running(
    database: Database, house: House, *platforms: FakePlatform, clock: Clock | None = None, rates: Rates = unlimited
) -> AsyncIterator[Engine]:
    engine = Engine(database, clock or turned_clock(), None, {p.name: p for p in platforms}, house.hooks(), rates=rates)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop(5)


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that happens in another task."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.005)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
