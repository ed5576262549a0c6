"""A room to test in: the handlers on a real SQLite file, people who talk and press, and a clock that obeys.

Everything has a default, so that a test names only what it is about.
"""

import atexit
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import count
from tempfile import mkdtemp
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from classifier.suggest import Classifier
from handlers import attachments, dispatch, policy
from handlers.desk import Desk
from handlers.messages import (
    Attached,
    Button,
    Card,
    Content,
    Discard,
    Fetch,
    Form,
    Happened,
    Incoming,
    Outgoing,
    Pressed,
    Reply,
    Said,
    Text,
    Toast,
    Unreadable,
)
from handlers.policy import Policy
from storage import cards, chats, dues, events, links, requests
from storage.chats import Chat
from storage.database import Database, Store
from storage.events import Event
from storage.links import Link
from storage.requests import Request
from storage.tables.types import metadata

T = TypeVar("T")

SHANGHAI = ZoneInfo("Asia/Shanghai")
WANG, ZHAO = "kf:wk:wm_wang", "kf:wk:wm_zhao"
LI, CHEN, ZHOU = "ou_li", "ou_chen", "ou_zhou"
NEED = "我们系统导出订单报表一直报错，客户在等"
PROFILE = "杭州云杉商贸，王芳，13800001234"
_numbers = count(1)
Rows = dict[str, list[tuple[Any, ...]]]
_free: list[Database] = []


def shanghai(text: str) -> datetime:
    """Read `2026-11-23 10:00` as people in Shanghai mean it."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


MONDAY = shanghai("2026-11-23 10:00")


@cache
def classifier() -> Classifier:
    """Load the classifier once for all tests."""
    return Classifier.load()


def raw_rules() -> dict[str, Any]:
    """Return the packaged rules as they stand in the file."""
    return tomllib.loads(files("handlers").joinpath("policy.toml").read_text(encoding="utf-8"))


def rules(**own: Any) -> Policy:
    """Return the packaged rules with keys of one's own, merged as a file of one's own would be."""
    return policy.parse(policy.merged(raw_rules(), own))


def person(name: str = "小周", feishu: str = "", **own: Any) -> dict[str, Any]:
    """Return one person as the policy file writes them."""
    return {"name": name, "feishu": feishu or f"ou_{name}", "department": "研发部", "roles": ["agent"]} | own


def a_desk(**own: Any) -> Desk:
    """Return a desk with the packaged rules, but for these keys."""
    return Desk(rules(**own), classifier())


def an_incoming(content: Content | str = "你好", chat: str = WANG, at: datetime = MONDAY, **own: Any) -> Incoming:
    """Return one deed of somebody."""
    said = Said(text=content) if isinstance(content, str) else content
    own = {"id": f"m{next(_numbers)}", "sender": chat} | own
    return Incoming(chat=chat, at=at, content=said, **own)


def a_request(**own: Any) -> Request:
    """Return a request that is nobody's row."""
    empty = dict.fromkeys(Request.__dataclass_fields__)
    words = dict.fromkeys(
        ("title", "email", "industry", "impact", "note", "source", "expected", "pain", "reporter"), ""
    )
    values: dict[str, Any] = (
        empty
        | words
        | {"id": 1, "number": "202611-001", "version": 1, "status": "waiting", "chat": WANG, "customer_id": 1}
        | {"company": "杭州云杉商贸", "contact": "王芳", "phone": "13800001234"}
        | {"background": "昨天升级之后", "description": NEED, "history": "无", "reopened": 0}
        | {"type": "bug", "nature": "product", "urgency": "urgent", "priority": "P0"}
        | {"department": "研发部", "owner": LI, "created_at": MONDAY}
        | {"respond_by": MONDAY + timedelta(hours=2), "resolve_by": MONDAY + timedelta(hours=24)}
        | own
    )
    return Request(**values)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one deed: what each chat is told, and the toast."""

    outgoing: tuple[Outgoing, ...]
    fetches: tuple[Fetch | Discard, ...] = ()
    toast: Toast | None = None

    def to(self, chat: str) -> str:
        """Return all that one chat is told, in words."""
        return "\n\n".join(o.message.as_text() for o in self.outgoing if o.to == _chat(chat))

    @property
    def customer(self) -> str:
        """Return all that customers are told, in words."""
        return "\n\n".join(o.message.as_text() for o in self.outgoing if o.platform == "wecom")

    @property
    def staff(self) -> str:
        """Return all that Feishu is told, in words."""
        return "\n\n".join(o.message.as_text() for o in self.outgoing if o.platform == "feishu")


class Room:
    """The handlers on a real database; `now` moves five seconds with every deed."""

    def __init__(self, database: Database, desk: Desk, now: datetime) -> None:
        self.database = database
        self.desk = desk
        self.now = now
        self.told: list[Outgoing] = []

    # --- deeds ---

    def said(self, chat: str, text: str, **own: Any) -> Heard:
        """Let somebody type something: a chat key, or the open_id of a person in the private Feishu chat."""
        return self.does(chat, Said(text=text), **own)

    def chats_with(self, chat: str, *texts: str) -> Heard:
        """Let somebody type several things; return what came of the last."""
        return [self.said(chat, text) for text in texts][-1]

    def does(self, chat: str, content: Content, **own: Any) -> Heard:
        """Let somebody do something."""
        self.now += timedelta(seconds=5)
        incoming = an_incoming(content, _chat(chat), self.now, **own)
        return self._heard(self.run(lambda store: dispatch.handle(incoming, store, self.desk)))

    def press(self, label: str, who: str = LI, on: Button | None = None, **values: str) -> Heard:
        """Let a person press the newest button with this label that stands in his chat, or an older one: `on`."""
        button = on or self.button(label, who)
        return self.does(who, _pressed(button, values))

    def fill(self, label: str, who: str = LI, **values: str) -> Heard:
        """Let a person press a button that brings a form, fill that in and submit it."""
        self.press(label, who)
        return self.press("提交", who, None, **values)

    def answers(self, text: str, who: str = LI, number: str = "202611-001", content: Content | None = None) -> Heard:
        """Let a person answer in the thread of the card of a request."""
        thread = self.thread(number, who)
        return self.does(who, content or Said(text=text), thread=thread)

    def sends(self, chat: str, kind: str = "image", media: str = "MEDIA", **own: str) -> Heard:
        """Let somebody send something other than words."""
        return self.does(chat, Attached(kind=kind, media=media, **own))

    def sends_unreadable(self, chat: str, kind: str = "voice") -> Heard:
        """Let somebody send a kind of message that nobody can read."""
        return self.does(chat, Unreadable(kind=kind))

    def happens(self, chat: str, kind: str, **data: str) -> Heard:
        """Let the platform tell something."""
        return self.does(chat, Happened(kind=kind, data=data))

    def fetched(self, heard: Heard, path: str = "files/1.png") -> tuple[Outgoing, ...]:
        """Let the bytes of what was sent arrive."""
        fetch = next(one for one in heard.fetches if isinstance(one, Fetch))
        return self.run(lambda store: attachments.fetched(fetch.attachment, path, "1.png", 100, store, self.desk))

    def sweep_until(self, moment: datetime) -> Heard:
        """Let time pass, waking at each moment that something falls due."""
        told: tuple[Outgoing, ...] = ()
        while (due := self.run(dispatch.next_moment)) is not None and due <= moment:
            self.now = max(self.now, due)
            told += self.sweep().outgoing
        self.now = max(self.now, moment)
        return Heard(told)

    def sweep(self) -> Heard:
        """Act once on all that is due by now, as after a downtime."""
        told: tuple[Outgoing, ...] = ()
        while (swept := self.run(lambda store: dispatch.sweep(self.now, store, self.desk))).worked:
            told += swept.outgoing
        self.told += told
        return Heard(told)

    # --- stories ---

    def registers(self, chat: str = WANG, need: str = NEED, profile: str = PROFILE, level: str = "1") -> str:
        """Let a customer go through the whole intake; return the number of the request."""
        usual = (chat, need, profile, level) == (WANG, NEED, PROFILE, "1")
        if usual and not self.told and self.now == MONDAY and self.desk.policy == rules():
            rows, told, self.now = _registered()
            self.told = list(told)
            self.run(lambda store: _fill(store, rows))
            return "202611-001"
        self.chats_with(chat, need, profile, "昨天升级之后", level, "没有", "确认")
        return self.newest(chat).number

    def delivers(self, chat: str = WANG, who: str = LI) -> str:
        """Let a customer register and the assignee deliver; return the number."""
        number = self.registers(chat)
        self.press("接单", who)
        self.fill("提交验收", who, content="已修复")
        return number

    # --- what is so ---

    def button(self, label: str, who: str = LI) -> Button:
        """Return the newest button with this label in somebody's chat, of cards not replaced since."""
        seen: set[str] = set()
        for told in reversed(self.told):
            if told.to != _chat(who) or (told.slot and told.slot in seen):
                continue
            seen |= {told.slot} if told.slot else set()
            for button in buttons_of(told):
                if button.label == label:
                    return button
        raise KeyError(label)

    def labels(self, who: str = LI) -> list[str]:
        """Return the labels on the newest card of somebody."""
        newest = next(t for t in reversed(self.told) if t.to == _chat(who) and isinstance(t.message, Card))
        return [button.label for button in buttons_of(newest)]

    def newest(self, chat: str = WANG) -> Request:
        """Return the newest request of a chat."""
        return self.requests(chat)[0]

    def requests(self, chat: str = WANG) -> list[Request]:
        """Return the requests of a chat, newest first."""
        return self.run(lambda store: requests.of_chats(store, [chat]))

    def request(self, number: str = "202611-001") -> Request:
        """Return one request."""
        found = self.run(lambda store: requests.by_number(store, number))
        assert found
        return found

    def events(self, number: str = "202611-001") -> list[Event]:
        """Return what happened to a request."""
        return self.run(lambda store: events.of_request(store, self._id(store, number)))

    def links(self, request: Request) -> list[Link]:
        """Return what a request is tied to."""
        return [link for link in self.run(lambda store: links.of(store, request.id)) if link.request_id == request.id]

    def dues(self, number: str = "202611-001") -> dict[str, datetime]:
        """Return what is promised for a request."""
        return self.run(lambda store: dues.of_request(store, self._id(store, number)))

    def chat(self, key: str = WANG) -> Chat:
        """Return a chat."""
        return self.run(lambda store: chats.open_chat(store, key))

    def thread(self, number: str, who: str) -> str:
        """Return the message id of the card of a request in somebody's chat, as if it had just been sent."""
        slot = f"request:{self.request(number).id}:{who}"
        self.run(lambda store: cards.remember(store, slot, _chat(who), f"om_{slot}", self.now))
        return f"om_{slot}"

    def picture(self) -> dict[str, Any]:
        """Return every row that a refused deed must leave alone."""
        return self.run(
            lambda store: {
                table: [tuple(row) for row in store.connection.exec_driver_sql(f"SELECT * FROM {table}")]  # noqa: S608 - names below
                for table in ("request", "event", "due", "customer", "attachment")
            }
        )

    def run(self, work: Callable[[Store], T]) -> T:
        """Run something in a transaction."""
        return self.database.run_sync(work)

    def _id(self, store: Store, number: str) -> int:
        found = requests.by_number(store, number)
        assert found
        return found.id

    def _heard(self, reply: Reply) -> Heard:
        self.told += reply.outgoing
        return Heard(reply.outgoing, reply.fetches, reply.toast)


@contextmanager
def a_room(now: datetime = MONDAY, desk: Desk | None = None, **own: Any) -> Iterator[Room]:
    """Open a room with the packaged rules, but for these keys; its database is empty, and used again afterwards."""
    database = _free.pop() if _free else _new_database()
    database.run_sync(lambda store: _fill(store, {}))
    try:
        yield Room(database, desk or a_desk(**own), now)
    finally:
        _free.append(database)


def buttons_of(told: Outgoing) -> tuple[Button, ...]:
    """Return what can be pressed on a message."""
    match told.message:
        case Text(buttons=buttons) | Card(buttons=buttons):
            return buttons
        case Form(submit=submit):
            return (submit,)
    return ()


def pressed(button: Button, **changed: Any) -> Pressed:
    """Return the press of a button, perhaps forged."""
    return msgspec.structs.replace(_pressed(button, {}), **changed)


def _pressed(button: Button, values: dict[str, str]) -> Pressed:
    return Pressed(
        action=button.action, subject=button.subject, version=button.version, label=button.label, values=values
    )


def _chat(who: str) -> str:
    return f"fs:{who}" if who.startswith(("ou_", "oc_")) else who


@cache
def _registered() -> tuple[Rows, list[Outgoing], datetime]:
    """Play the usual beginning once for all tests."""
    with a_room() as room:
        room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "1", "没有", "确认")
        return room.run(_rows), room.told, room.now


def _new_database() -> Database:
    database = Database(f"sqlite:///{mkdtemp()}/room.db")
    database.start()
    database.upgrade()
    atexit.register(database.close)
    return database


def _rows(store: Store) -> Rows:
    """Return what stands in every table."""
    read = store.connection.exec_driver_sql
    return {table.name: [tuple(row) for row in read(f"SELECT * FROM {table.name}")] for table in metadata.sorted_tables}  # noqa: S608 - names of ours


def _fill(store: Store, rows: Rows) -> None:
    """Let these rows, and no others, stand in the tables."""
    run = store.connection.exec_driver_sql
    for table in reversed(metadata.sorted_tables):
        run(f"DELETE FROM {table.name}")  # noqa: S608 - names of ours
    for table in metadata.sorted_tables:
        for row in rows.get(table.name, ()):
            run(f"INSERT INTO {table.name} VALUES ({','.join('?' * len(row))})", row)  # noqa: S608 - as above
