"""FeishuSimulator: the Feishu open platform with its people, for the sandbox page, for golden chats and for torture."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sandbox.feishu.callbacks import CHALLENGE_PATIENCE, NOTHING_SENT, Courier, Delivery
from bot.sandbox.feishu.faults import Fault
from bot.sandbox.feishu.forms import described, fields_of
from bot.sandbox.feishu.limits import Limits
from bot.sandbox.feishu.longconn import LongConnections
from bot.sandbox.feishu.people import ClickResult, Crowd, buttons_of
from bot.sandbox.feishu.server import Platform
from bot.sandbox.feishu.state import Chat, Message, Resource, Toast, World
from bot.sandbox.feishu.tokens import Tokens
from bot.sandbox.feishu.view import label_of, text_of

Json = dict[str, Any]


@dataclass(frozen=True)
class SeenMessage:
    """A message as one person sees it now; `sender` is "bot" or an open_id, `updated` counts updates."""

    id: int
    message_id: str
    chat_id: str
    at: datetime
    sender: str
    kind: str
    text: str
    card: Json | None
    content: Json
    updated: int
    updated_at: datetime
    deleted: bool
    root_id: str
    parent_id: str
    thread_id: str
    toasts: tuple[Toast, ...]


class FeishuSimulator:
    """One tenant with one app. Runs on one event loop; `app` is served by the caller, who then sets `api_base`."""

    def __init__(
        self,
        *,
        app_id: str = "cli_sandbox",
        app_secret: str = "sandbox-app-secret",  # noqa: S107 - opens nothing but this simulator
        encrypt_key: str = "sandbox-encrypt-key",
        verification_token: str = "sandbox-verification-token",  # noqa: S107 - as above
        callback_url: str,
        now: Callable[[], datetime],
        mode: str = "webhook",
        rate_limits: bool = True,
    ) -> None:
        self.app_id, self.app_secret = app_id, app_secret
        self.encrypt_key, self.verification_token = encrypt_key, verification_token
        self.callback_url, self.mode, self.api_base = callback_url, mode, ""
        self.limits = Limits(enabled=rate_limits)
        self.world = World(now, app_id, self.limits)
        self.long_connections = LongConnections(app_id, app_secret)
        self.every_group_message = True
        self.faults: list[Fault] = []
        self.calls: list[str] = []
        self._tokens = Tokens(now)
        self._courier = Courier(self, self.world, self.long_connections)
        self._crowd = Crowd(self.world, self._courier)
        self.app = Platform(
            self.world,
            self._tokens,
            self.long_connections,
            self.faults,
            (app_id, app_secret),
            lambda: self.api_base,
            self.calls,
        ).app()

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables that connect a bot to this simulator."""
        values = {
            "APP_ID": self.app_id,
            "APP_SECRET": self.app_secret,
            "ENCRYPT_KEY": self.encrypt_key,
            "VERIFICATION_TOKEN": self.verification_token,
            "API_BASE": self.api_base,
            "MODE": self.mode,
        }
        return {f"YINGXU_FEISHU__{name}": value for name, value in values.items()}

    @property
    def unreachable_people(self) -> set[str]:
        """People to whom the bot is not visible: sending to them is refused with 230013."""
        return self.world.unreachable

    def add_person(self, open_id: str, name: str) -> None:
        """Let a person exist."""
        self.world.people[open_id] = name
        self.world.private_chat(open_id)

    def add_group(self, chat_id: str, name: str, open_ids: Sequence[str]) -> None:
        """Let a group exist with these people and the bot in it; an existing one gets new members."""
        self.world.chats[chat_id] = Chat(chat_id, "group", name, tuple(open_ids))

    def private_chat_id(self, open_id: str) -> str:
        """Give the chat_id of a person's private chat with the bot."""
        return self.world.private_chat(open_id).chat_id

    async def says(
        self,
        open_id: str,
        text: str,
        *,
        chat_id: str = "",
        mention_bot: bool = False,
        reply_to: str = "",
        mentions: Sequence[str] = (),
        in_thread: bool = False,
    ) -> Delivery:
        """Let a person write; without a mention a group message goes unheard if `every_group_message` is off."""
        chat, links = self._crowd.place(open_id, chat_id, reply_to, in_thread=in_thread)
        wanted = [*([self.world.bot_open_id] if mention_bot else []), *mentions]
        text, entries = self._crowd.mention(text, wanted)
        message = self.world.post(chat.chat_id, open_id, "text", {"text": text}, mentions=entries, **links)
        if chat.kind == "group" and not mention_bot and not self.every_group_message:
            return NOTHING_SENT
        return await self._crowd.tell(message)

    async def sends(
        self,
        open_id: str,
        kind: str,
        content: bytes,
        filename: str = "",
        reply_to: str = "",
        *,
        chat_id: str = "",
    ) -> Delivery:
        """Let a person send an image, file, audio or media; for other kinds `content` is the JSON of the message."""
        chat, links = self._crowd.place(open_id, chat_id, reply_to, in_thread=False)
        body = self._crowd.upload(kind, content, filename)
        return await self._crowd.tell(self.world.post(chat.chat_id, open_id, kind, body, **links))

    async def clicks(
        self, open_id: str, message_id: str, label: str, form: Json | None = None, *, card: Json | None = None
    ) -> ClickResult:
        """Let a person press the button with that label; NotOnCardError for what is not there to see.

        `form` is keyed by label, placeholder, name or the text just before an input, options are given by shown text;
        `card` is an older version of the card that is still on the person's screen.
        """
        return await self._crowd.press(open_id, message_id, label, form, card)

    async def verify_url(self) -> bool:
        """Check the callback address as the console does: the challenge must come back within a second."""
        challenge = {"challenge": "ajls384kdjx98XX", "token": self.verification_token, "type": "url_verification"}
        delivery = await self._courier.attempt(challenge, CHALLENGE_PATIENCE)
        return delivery.ok and delivery.body == {"challenge": challenge["challenge"]}

    async def push(self, event_type: str, event: Json) -> Delivery:
        """Deliver any event, such as im.message.message_read_v1 or application.bot.menu_v6."""
        return await self._courier.send_event(self._courier.envelope(event_type, event))

    async def repeat(self, delivery: Delivery, *, new_event_id: bool = False) -> Delivery:
        """Deliver an event again as the platform does in special cases: same message_id, perhaps another event_id."""
        envelope: Json = json.loads(json.dumps(delivery.event))
        if new_event_id:
            envelope["header"]["event_id"] = self._courier.envelope("", {})["header"]["event_id"]
        return await self._courier.send_event(envelope, delivery.message_id)

    async def redeliver(self, *, at_once: bool = False) -> list[Delivery]:
        """Repeat failed events that are due on the domain clock: 15 s, 5 min, 1 h, 6 h after the failure before."""
        return await self._courier.redeliver(at_once=at_once)

    @property
    def undelivered(self) -> int:
        """Failed events that will be repeated."""
        return len(self._courier.undelivered)

    def encrypt_event(self, event: Json) -> tuple[dict[str, str], bytes]:
        """Headers and body of a callback with this envelope, encrypted and signed, for other senders."""
        return self._courier.encrypted(event)

    def envelope(self, event_type: str, event: Json) -> Json:
        """Make a version 2.0 envelope with a new event id, at domain time."""
        return self._courier.envelope(event_type, event)

    def seen_by(self, open_id: str) -> list[SeenMessage]:
        """List what a person sees in the private chat and in groups, oldest first, cards in their current version."""
        chats = {chat.chat_id for chat in self.world.chats.values() if open_id in chat.members}
        return [self._seen(one, open_id) for one in self.world.messages.values() if one.chat_id in chats]

    def _seen(self, message: Message, open_id: str) -> SeenMessage:
        return SeenMessage(
            id=message.seq,
            message_id=message.message_id,
            chat_id=message.chat_id,
            at=message.created,
            sender=message.sender,
            kind=message.kind,
            text=text_of(message, self.world.name_of),
            card=message.body if message.kind == "interactive" else None,
            content=message.body,
            updated=message.updates,
            updated_at=message.updated,
            deleted=message.deleted,
            root_id=message.root_id,
            parent_id=message.parent_id,
            thread_id=message.thread_id,
            toasts=tuple(toast for who, toast in message.toasts if who == open_id),
        )

    def card_buttons(self, message_id: str) -> list[str]:
        """List the labels of the buttons that can be pressed on the current card."""
        pairs = buttons_of(self.world.messages[message_id].body)
        return [label_of(button) for _, button in pairs if not button.get("disabled")]

    def card_inputs(self, message_id: str) -> list[Json]:
        """List the inputs of the card: name, label, placeholder, kind, options (as shown), required, form."""
        message = self.world.messages[message_id]
        members = self.world.chats[message.chat_id].members
        return [described(field) for field in fields_of(message.body, self.world.name_of, members)]

    def resource(self, key: str) -> Resource:
        """Give the bytes behind an image_key or file_key."""
        return self.world.resources[key]

    def inject(
        self,
        endpoint_prefix: str,
        *,
        times: int = 1,
        code: int | None = None,
        http: int | None = None,
        html: bool = False,
        hang: float = 0.0,
        reset: bool = False,
        after: bool = False,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Spoil the next calls whose path (or "METHOD path") starts so; `after`: they take effect before they fail."""
        self.faults.append(Fault(endpoint_prefix, times, code, http, html, hang, reset, after, headers or {}))

    def revoke_token(self) -> None:
        """Make every token invalid: calls answer 99991663 until a new one is fetched."""
        self._tokens.revoke()

    async def close(self) -> None:
        """Close the session and the long connections."""
        await self.long_connections.drop()
        await self._courier.close()
