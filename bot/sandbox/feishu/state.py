"""What the simulated tenant holds: people, chats, messages and files, all in memory."""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.feishu.limits import Limits

CARD_LIFE = timedelta(days=14)
TENANT_KEY = "2ca1d211f64f6438"
BOT = "bot"


@dataclass(frozen=True)
class Toast:
    """The short note that a client shows after a click."""

    type: str
    content: str


@dataclass(frozen=True)
class Resource:
    """Uploaded bytes, by the bot or by a person."""

    key: str
    content: bytes
    filename: str


@dataclass(frozen=True)
class Chat:
    """A private chat (p2p) with one person, or a group; the bot is in all of them."""

    chat_id: str
    kind: str
    name: str
    members: tuple[str, ...]


@dataclass
class Message:
    """One message and its current version; `sender` is "bot" or a person's open_id."""

    seq: int
    message_id: str
    chat_id: str
    sender: str
    kind: str
    content: str
    created: datetime
    updated: datetime
    mentions: list[dict[str, Any]] = field(default_factory=list)
    root_id: str = ""
    parent_id: str = ""
    thread_id: str = ""
    updates: int = 0
    deleted: bool = False
    toasts: list[tuple[str, Toast]] = field(default_factory=list)

    @property
    def body(self) -> dict[str, Any]:
        """The content, parsed."""
        parsed: dict[str, Any] = json.loads(self.content)
        return parsed


@dataclass
class World:
    """The tenant. The switches below the tables are for tests that want a stricter or a less friendly platform."""

    now: Callable[[], datetime]
    app_id: str
    limits: Limits
    bot_open_id: str = "ou_bot00000000000000000000000000001"
    people: dict[str, str] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    uuids: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    unreachable: set[str] = field(default_factory=set)
    sensitive_words: set[str] = field(default_factory=set)
    dlp: bool = False
    at_all_allowed: bool = False
    urgent: list[tuple[str, str]] = field(default_factory=list)

    def private_chat(self, open_id: str) -> Chat:
        """Find or open the p2p chat of a person with the bot; the same id for the same person, in every run."""
        chat_id = "oc_" + hashlib.sha256(open_id.encode()).hexdigest()[:32]
        return self.chats.setdefault(chat_id, Chat(chat_id, "p2p", self.name_of(open_id), (open_id,)))

    def name_of(self, open_id: str) -> str:
        """Give the name to show; people the tenant does not know look as they do in a client."""
        return "机器人" if open_id == self.bot_open_id else self.people.get(open_id, "未知用户")

    def post(self, chat_id: str, sender: str, kind: str, content: dict[str, Any] | str, **links: Any) -> Message:
        """Put a message into a chat. Ids are random: a bot that kept yesterday's ids must not take new ones for old."""
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        message_id, now = "om_" + secrets.token_hex(16), self.now()
        message = Message(len(self.messages) + 1, message_id, chat_id, sender, kind, text, now, now, **links)
        self.messages[message_id] = message
        return message

    def answer_links(self, parent: Message, *, in_thread: bool) -> dict[str, str]:
        """root, parent and thread of a reply; a reply inside a thread stays in it."""
        if in_thread and not parent.thread_id:
            parent.thread_id = "omt_" + secrets.token_hex(8)
        root = parent.root_id or parent.message_id
        return {"root_id": root, "parent_id": parent.message_id, "thread_id": parent.thread_id}

    def keep(self, prefix: str, content: bytes, filename: str) -> Resource:
        """Store bytes under a new key such as img_v3_… or file_v3_…."""
        resource = Resource(f"{prefix}_v3_{secrets.token_hex(16)}", content, filename)
        self.resources[resource.key] = resource
        return resource

    def visible(self, message_id: str, open_id: str) -> bool:
        """Whether the person can see the message."""
        message = self.messages.get(message_id)
        return message is not None and open_id in self.chats[message.chat_id].members
