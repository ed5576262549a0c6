"""What people do in their clients: they write, send files and press buttons; the bot hears of it by callback."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from bot.sandbox.feishu.callbacks import NOTHING_SENT, OK, PATIENCE, Courier, Delivery
from bot.sandbox.feishu.cards import elements_of, is_submit, parse_card
from bot.sandbox.feishu.errors import CardRejectedError, NotOnCardError, UnfilledError
from bot.sandbox.feishu.forms import fields_of, form_value
from bot.sandbox.feishu.messages import milliseconds
from bot.sandbox.feishu.state import BOT, CARD_LIFE, TENANT_KEY, Chat, Message, Toast, World
from bot.sandbox.feishu.view import label_of

Json = dict[str, Any]
NO_ANSWER, BAD_ANSWER, BAD_CARD = 200341, 200672, 200673
TOASTS = {"info", "success", "error", "warning"}
FILE_KINDS = {"image": "img", "file": "file", "audio": "file", "media": "file", "sticker": "file"}


@dataclass(frozen=True)
class ClickResult:
    """What a press led to.

    `error` is what the client shows (0, 200341, 200672, 200673), `refused` why the client itself sent nothing
    (expired, disabled, a required field left empty …); `status` is the HTTP status, 0 without an answer.
    """

    status: int = 0
    seconds: float = 0.0
    error: int = 0
    refused: str = ""
    toast: Toast | None = None
    body: Json | None = None
    url: str = ""

    @property
    def ok(self) -> bool:
        """The press reached the bot and was answered properly."""
        return self.status == OK and not self.error and not self.refused


def identities(open_id: str) -> dict[str, str]:
    """Give the ids under which events name a person (user_id needs a scope that the app does not have)."""
    return {"union_id": "on_" + open_id.removeprefix("ou_"), "user_id": "", "open_id": open_id}


class Crowd:
    """The people of the tenant, acting."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world = world
        self._courier = courier
        self.timezone, self.offset = "Asia/Shanghai", "+0800"

    def chat_of(self, open_id: str, chat_id: str) -> Chat:
        """Find the chat to write in, p2p by default; NotOnCardError when the person is not in it."""
        chat = self._world.chats[chat_id] if chat_id else self._world.private_chat(open_id)
        if open_id not in chat.members:
            raise NotOnCardError(f"{open_id} 不在 {chat.chat_id} 里")
        return chat

    def place(self, open_id: str, chat_id: str, reply_to: str, *, in_thread: bool) -> tuple[Chat, dict[str, str]]:
        """Chat and links of what a person writes; a reply lands in the chat of what it answers."""
        if not reply_to:
            return self.chat_of(open_id, chat_id), {}
        parent = self._world.messages[reply_to]
        return self.chat_of(open_id, parent.chat_id), self._world.answer_links(parent, in_thread=in_thread)

    def mention(self, text: str, open_ids: list[str]) -> tuple[str, list[Json]]:
        """Replace "@name" by its key; who is not named in the text is put before it (the bot) or after it."""
        mentions = []
        for number, open_id in enumerate(open_ids, 1):
            key, name = f"@_user_{number}", self._world.name_of(open_id)
            mentions.append({"key": key, "id": identities(open_id), "name": name, "tenant_key": TENANT_KEY})
            if f"@{name}" in text:
                text = text.replace(f"@{name}", key, 1)
            else:
                text = f"{key} {text}" if open_id == self._world.bot_open_id else f"{text} {key}"
        return text, mentions

    def upload(self, kind: str, content: bytes, filename: str) -> Json:
        """Store what a person sends; the content of its message. Kinds without a file carry JSON as their bytes."""
        if kind not in FILE_KINDS:
            body: Json = json.loads(content or b"{}")
            return body
        resource = self._world.keep(FILE_KINDS[kind], content, filename or f"{kind}.bin")
        if kind == "image":
            return {"image_key": resource.key}
        named = {"file_key": resource.key, "file_name": resource.filename}
        extra: dict[str, Json] = {
            "audio": {"file_key": resource.key, "duration": 2000},
            "media": named | {"duration": 2000},
        }
        return extra.get(kind, named)

    async def tell(self, message: Message) -> Delivery:
        """Deliver im.message.receive_v1 of a message."""
        envelope = self._courier.envelope("im.message.receive_v1", self._received(message))
        return await self._courier.send_event(envelope, message.message_id)

    def _received(self, message: Message) -> Json:
        sent = milliseconds(message.created)
        body: Json = {"message_id": message.message_id, "create_time": sent, "update_time": sent}
        body |= {key: getattr(message, key) for key in ("root_id", "parent_id", "thread_id") if getattr(message, key)}
        body |= {
            "chat_id": message.chat_id,
            "chat_type": self._world.chats[message.chat_id].kind,
            "message_type": message.kind,
            "content": message.content,
        }
        body |= {"mentions": message.mentions} if message.mentions else {}
        sender = {"sender_id": identities(message.sender), "sender_type": "user", "tenant_key": TENANT_KEY}
        return {"sender": sender, "message": body}

    async def press(
        self, open_id: str, message_id: str, label: str, form: Json | None, card: Json | None
    ) -> ClickResult:
        """Press a button on the current card, or on `card`, an older version still on somebody's screen."""
        message = self._shown_card(open_id, message_id)
        if message.deleted:
            return ClickResult(refused="消息已撤回")
        if self._world.now() - message.created > CARD_LIFE:
            return ClickResult(refused="卡片已过期：超过 14 天不能再操作")
        shown = card or message.body
        root, button = _button(shown, label)
        if button.get("disabled"):
            return ClickResult(refused="按钮已停用")
        try:
            action = self._action(shown, root, button, form, self._world.chats[message.chat_id])
        except UnfilledError as stopped:
            return ClickResult(refused=str(stopped))
        url = next((one.get("default_url", "") for one in button.get("behaviors", []) if one["type"] == "open_url"), "")
        if action is None:
            return ClickResult(refused="" if url else "没有回调", url=url)
        return await self._call_back(open_id, message, action, url)

    def _shown_card(self, open_id: str, message_id: str) -> Message:
        message = self._world.messages.get(message_id)
        if message is None or not self._world.visible(message_id, open_id) or message.kind != "interactive":
            raise NotOnCardError(f"{open_id} 看不到卡片 {message_id}")
        return message

    def _action(self, card: Json, root: Json, button: Json, form: Json | None, chat: Chat) -> Json | None:
        """Build the `action` of the callback; None when the button only opens a link or clears a form."""
        callback = next((one for one in button.get("behaviors", []) if one["type"] == "callback"), None)
        submits = root["tag"] == "form" and is_submit(button)
        if button.get("form_action_type") == "reset" or (callback is None and button.get("behaviors") and not submits):
            return None
        action = {"value": callback["value"] if callback else {}, "tag": "button", "timezone": self.timezone}
        if submits:
            fields = [
                field for field in fields_of(card, self._world.name_of, chat.members) if field.form == root["name"]
            ]
            return action | {"name": button["name"], "form_value": form_value(fields, form or {}, self.offset)}
        if form:
            raise NotOnCardError(f"「{label_of(button)}」不是表单的提交按钮")
        return action

    async def _call_back(self, open_id: str, message: Message, action: Json, url: str) -> ClickResult:
        event = {
            "operator": {"tenant_key": TENANT_KEY, **identities(open_id)},
            "token": "c-" + secrets.token_hex(20),
            "action": action,
            "host": "im_message",
            "context": {"open_message_id": message.message_id, "open_chat_id": message.chat_id},
        }
        delivery = await self._courier.attempt(self._courier.envelope("card.action.trigger", event, micro=True))
        error = _answer_error(delivery)
        toast = None if error else _toast(delivery.body)
        if toast:
            message.toasts.append((open_id, toast))
        if not error and "card" in delivery.body:
            error = self._redraw(message, delivery.body["card"])
        return ClickResult(delivery.status, delivery.seconds, error, "", toast, delivery.body, url)

    def _redraw(self, message: Message, card: Any) -> int:
        """Apply the card of an answer; the error the client shows if it is not a valid one."""
        try:
            text = json.dumps(card["data"], ensure_ascii=False) if card["type"] == "raw" else ""
            parse_card(text)
        except (CardRejectedError, KeyError, TypeError, ValueError):
            return BAD_CARD
        message.content = text
        message.updates += 1
        message.updated = self._world.now()
        return 0


def buttons_of(card: Json) -> list[tuple[Json, Json]]:
    """Every button with the root element it stands in."""
    roots = card.get("body", {}).get("elements", [])
    return [(root, button) for root in roots for button in elements_of(root, tag="button")]


def _button(card: Json, label: str) -> tuple[Json, Json]:
    found = [pair for pair in buttons_of(card) if label_of(pair[1]).strip() == label.strip()]
    live = [pair for pair in found if not pair[1].get("disabled")] or found
    if len(live) != 1:
        known = "、".join(label_of(button) for _, button in buttons_of(card))
        raise NotOnCardError(f"「{label}」对应 {len(live)} 个按钮；卡片上有：{known}")
    return live[0]


def _answer_error(delivery: Delivery) -> int:
    if delivery.status == 0 or delivery.seconds > PATIENCE:
        return NO_ANSWER
    if delivery.status != OK:
        return BAD_ANSWER
    try:
        body = json.loads(delivery.raw or b"{}")
    except ValueError:
        return BAD_ANSWER
    toast = body.get("toast", {}) if isinstance(body, dict) else None
    proper = isinstance(toast, dict) and (not toast or (toast.get("type", "info") in TOASTS))
    return 0 if proper else BAD_ANSWER


def _toast(body: Json) -> Toast | None:
    toast = body.get("toast")
    if not toast:
        return None
    content = toast.get("content") or toast.get("i18n", {}).get("zh_cn", "")
    return Toast(toast.get("type", "info"), content)


__all__ = ["BOT", "NOTHING_SENT", "ClickResult", "Crowd", "buttons_of", "identities"]
