"""Feishu as the engine sees it: one promise in, one result out."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, assert_never

from bot.errors import DeliveryError, Refused, Retry
from bot.feishu import media as files
from bot.feishu.api import FeishuApi
from bot.feishu.cards import Payload, render, render_upload
from bot.feishu.refusals import Gone, NoThreads
from bot.platforms import Delivered, Places
from handlers.messages import Card, Chart, File, Form, Image, Message, Outgoing, Text
from storage.lasting import CARD

if TYPE_CHECKING:
    from bot.feishu.sdk import Answer, Sdk
    from bot.settings import FeishuSettings

ASK_AGAIN = 10.0
"""Seconds (real time) between two tries to learn the bot's own open_id."""


class FeishuPlatform:
    """Sends, updates and downloads for one app. `data_dir` is where Image.path and File.path begin."""

    name: Literal["feishu"] = "feishu"

    def __init__(self, settings: "FeishuSettings", data_dir: Path, clock: Callable[[], datetime]) -> None:
        self._api = FeishuApi(settings, clock)
        self._data_dir = data_dir
        self._bot_open_id = ""
        self._asking: asyncio.Task[None] | None = None
        self._ask_after = 0.0

    async def prepare(self) -> None:
        """Load the SDK and learn who the bot is; to be awaited once it listens. Raises nothing for a dead network."""
        await self._api.prepare()
        await self._learn()

    async def deliver(
        self,
        outgoing: Outgoing,
        places: Places,
        idempotency: str,
        now: datetime,
        attempt: int = 1,  # noqa: ARG002 - part of the protocol; here the uuid makes every attempt the same message
    ) -> Delivered:
        """Update the card that holds the slot, else answer under the thread's message, else send to the chat.

        `idempotency` becomes the uuid: Feishu sends the same uuid once in an hour, so a retry cannot double.
        """
        payloads = await self._rendered(outgoing.message)
        if payloads[0].msg_type == "interactive" and _updatable(places, now):
            try:
                await self._patch(places.slot_message, payloads[0])
                return Delivered(message_id=places.slot_message)
            except Gone:
                pass  # recalled, or older than we thought: a new card takes its place
        first = ""
        for number, payload in enumerate(payloads, 1):
            uuid = idempotency if number == 1 else f"{idempotency}-{number}"
            message_id = await self._send(outgoing.to, places.thread_message, payload, uuid)
            first = first or message_id
        return Delivered(message_id=first, sent=len(payloads))

    async def download(self, media: str, most: int = files.LARGEST) -> tuple[bytes, str, str]:
        """Fetch a file people sent: content, file name, content type; Refused beyond `most` bytes."""
        return await files.download(self._api, media, most)

    async def close(self) -> None:
        """Let go of connections and threads."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
        self._api.close()

    def bot_open_id(self) -> str:
        """Return the bot's own open_id, "" while unknown; asking for it starts by itself in the background."""
        if not self._bot_open_id and time.monotonic() >= self._ask_after:
            self._ask_after = time.monotonic() + ASK_AGAIN
            self._asking = asyncio.get_running_loop().create_task(self._learn())
        return self._bot_open_id

    async def _learn(self) -> None:
        try:
            self._bot_open_id = await self._api.bot_open_id()
        except DeliveryError:
            self._bot_open_id = ""  # asked again at the next message that wants to know

    async def _rendered(self, message: Message) -> tuple[Payload, ...]:
        match message:
            case Image() | File():
                return (await self._uploaded(message),)
            case Text() | Card() | Form() | Chart():
                return render(message)
            case _:
                assert_never(message)

    async def _uploaded(self, message: Image | File) -> Payload:
        """Upload; what is no picture to Feishu, or too large for one, goes as a file."""
        made = message.content if isinstance(message, File) else b""
        content = made or await files.stored(self._data_dir, message.path)
        name = message.name or PurePosixPath(message.path).name
        suffix = PurePosixPath(message.path).suffix.lower()
        if isinstance(message, Image) and suffix in files.PICTURES and len(content) <= files.IMAGE_SIZE:
            try:
                return render_upload(await files.image_key(self._api, content, name), as_file=False)
            except Refused:
                pass  # no picture, whatever its name says: as a file it still reaches whoever works on it
        return render_upload(await files.file_key(self._api, content, name), as_file=True)

    async def _send(self, chat: str, thread: str, payload: Payload, uuid: str) -> str:
        if thread:
            try:
                return await self._reply(thread, payload, uuid)
            except Gone:
                pass  # nothing to answer under any more: say it in the chat
        to = _recipient(chat)

        def create(sdk: "Sdk", token: str) -> "Answer":
            return sdk.create(token, to, payload.msg_type, payload.content, uuid)

        return _message_id(await self._api.ask(create))

    async def _reply(self, thread: str, payload: Payload, uuid: str) -> str:
        """Answer in the message's thread; where threads are not to be had, as a quotation."""

        def reply(threaded: bool) -> Callable[["Sdk", str], "Answer"]:
            return lambda sdk, token: sdk.reply(token, thread, payload.msg_type, payload.content, uuid, threaded)

        try:
            return _message_id(await self._api.ask(reply(threaded=True)))
        except NoThreads:
            return _message_id(await self._api.ask(reply(threaded=False)))

    async def _patch(self, message_id: str, payload: Payload) -> None:
        await self._api.ask(lambda sdk, token: sdk.patch(token, message_id, payload.content))


def _updatable(places: Places, now: datetime) -> bool:
    if not places.slot_message:
        return False
    return places.slot_sent_at is None or now - places.slot_sent_at < CARD


def _recipient(chat: str) -> tuple[str, str]:
    """(receive_id_type, receive_id) of a chat key: ou_ is a person, oc_ a chat."""
    receiver = chat.removeprefix("fs:")
    kind = _RECEIVERS.get(receiver[:3])
    if kind is None or receiver == chat:
        raise Refused("收件人标识无法识别")
    return kind, receiver


def _message_id(body: dict[str, Any]) -> str:
    data = body.get("data")
    message_id = data.get("message_id") if isinstance(data, dict) else None
    if not isinstance(message_id, str) or not message_id:
        raise Retry("飞书答复无法理解")
    return message_id


_RECEIVERS = {"ou_": "open_id", "oc_": "chat_id"}
