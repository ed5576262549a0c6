"""The message API: send, reply, update, edit, recall, fetch and urge, each with the checks the platform documents."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.feishu.contents import check_content
from bot.sandbox.feishu.errors import RefusedError
from bot.sandbox.feishu.state import BOT, CARD_LIFE, TENANT_KEY, Chat, Message, World
from bot.sandbox.feishu.view import card_text

Json = dict[str, Any]
UUID_LIFE, MAX_UUID, MAX_EDITS = timedelta(hours=1), 50, 20
ID_TYPES = {"open_id": "ou_", "chat_id": "oc_"}
LATER_ID_TYPES = {"user_id", "union_id", "email"}


def create(world: World, query: Mapping[str, str], body: Json, size: int) -> Json:
    """POST /im/v1/messages."""
    chat = _receiver(world, query.get("receive_id_type", ""), str(body.get("receive_id", "")))
    return _send(world, chat, body, size, {})


def reply(world: World, message_id: str, body: Json, size: int) -> Json:
    """POST /im/v1/messages/:message_id/reply."""
    parent = _living(world, message_id)
    chat = world.chats[parent.chat_id]
    return _send(world, chat, body, size, world.answer_links(parent, in_thread=body.get("reply_in_thread") is True))


def _receiver(world: World, id_type: str, receive_id: str) -> Chat:
    if id_type in LATER_ID_TYPES:
        raise RefusedError(230034, f"The receive_id is invalid, this simulator knows no {id_type}.")
    if id_type not in ID_TYPES:
        raise RefusedError(99992402, "field validation failed: receive_id_type is required")
    if not receive_id.startswith(ID_TYPES[id_type]):
        raise RefusedError(230034, "The receive_id is invalid.")
    if id_type == "chat_id":
        chat = world.chats.get(receive_id)
        if chat is None:
            raise RefusedError(230002, "The bot can not be outside the group.")
        return chat
    if receive_id not in world.people:
        raise RefusedError(99992351, f"not a valid {{open_id}} Invalid ids: [{receive_id}]")
    return world.private_chat(receive_id)


def _send(world: World, chat: Chat, body: Json, size: int, links: dict[str, str]) -> Json:
    uuid = body.get("uuid") or ""
    if not isinstance(uuid, str) or len(uuid) > MAX_UUID:
        raise RefusedError(230001, "Your request contains an invalid request parameter, ext=uuid is too long.")
    world.limits.chat(chat.chat_id)
    known, at = world.uuids.get(uuid, ("", world.now()))
    if known and world.now() - at < UUID_LIFE:
        return described(world, world.messages[known])
    if chat.kind == "p2p" and chat.members[0] in world.unreachable:
        raise RefusedError(230013, "The bot has no availability to this user.")
    content = check_content(world, chat, body.get("msg_type"), body.get("content"), size)
    message = world.post(chat.chat_id, BOT, str(body["msg_type"]), content, **links)
    if uuid:
        world.uuids[uuid] = (message.message_id, world.now())
    return described(world, message)


def update_card(world: World, message_id: str, body: Json, size: int) -> Json:
    """PATCH /im/v1/messages/:message_id, cards only."""
    message = _own(world, message_id)
    if message.kind != "interactive":
        raise RefusedError(230001, "Your request contains an invalid request parameter, ext=message is not a card.")
    if world.now() - message.created > CARD_LIFE:
        raise RefusedError(230031, "The message is out of the update period.")
    world.limits.chat(message_id)
    message.content = check_content(world, world.chats[message.chat_id], "interactive", body.get("content"), size)
    _touch(world, message)
    return {}


def edit(world: World, message_id: str, body: Json, size: int) -> Json:
    """PUT /im/v1/messages/:message_id, text and post only."""
    message, kind = _own(world, message_id), body.get("msg_type")
    if kind not in {"text", "post"} or message.kind not in {"text", "post"}:
        raise RefusedError(230054, "This message type does not support edit.")
    if message.updates >= MAX_EDITS:
        raise RefusedError(230072, "The message has reached the number of times it can be edited.")
    message.content = check_content(world, world.chats[message.chat_id], kind, body.get("content"), size)
    message.kind = str(kind)
    _touch(world, message)
    return described(world, message)


def _touch(world: World, message: Message) -> None:
    message.updates += 1
    message.updated = world.now()


def recall(world: World, message_id: str) -> Json:
    """DELETE /im/v1/messages/:message_id."""
    _own(world, message_id).deleted = True
    return {}


def fetch(world: World, message_id: str) -> Json:
    """GET /im/v1/messages/:message_id."""
    message = world.messages.get(message_id)
    if message is None:
        raise _unknown(message_id)
    return {"items": [described(world, message)]}


def urge(world: World, message_id: str, query: Mapping[str, str], body: Json) -> Json:
    """PATCH /im/v1/messages/:message_id/urgent_app; people outside the chat come back as invalid."""
    message, wanted = _own(world, message_id), body.get("user_id_list")
    if query.get("user_id_type") != "open_id" or not isinstance(wanted, list) or not wanted:
        raise RefusedError(99992402, "field validation failed: user_id_type, user_id_list")
    inside = [open_id for open_id in wanted if open_id in world.chats[message.chat_id].members]
    world.urgent += [(message_id, open_id) for open_id in inside]
    return {"invalid_user_id_list": [open_id for open_id in wanted if open_id not in inside]}


def react(world: World, message_id: str, body: Json) -> Json:
    """POST /im/v1/messages/:message_id/reactions."""
    _living(world, message_id)
    emoji = body.get("reaction_type", {}).get("emoji_type")
    if not emoji:
        raise RefusedError(231001, "reaction type is invalid.")
    return {"reaction_id": secrets.token_hex(16), "reaction_type": {"emoji_type": emoji}}


def _living(world: World, message_id: str) -> Message:
    message = world.messages.get(message_id)
    if message is None:
        raise _unknown(message_id)
    if message.deleted:
        raise RefusedError(230011, "The message was withdrawn.")
    return message


def _own(world: World, message_id: str) -> Message:
    message = _living(world, message_id)
    if message.sender != BOT:
        raise RefusedError(230012, "The bot is not the sender of this message.")
    return message


def _unknown(message_id: str) -> RefusedError:
    return RefusedError(99992354, f"The request you send is not a valid {{message_id}}. Invalid ids: [{message_id}]")


def described(world: World, message: Message) -> Json:
    """Describe a message as the API tells it."""
    by_bot = message.sender == BOT
    sender = {
        "id": world.app_id if by_bot else message.sender,
        "id_type": "app_id" if by_bot else "open_id",
        "sender_type": "app" if by_bot else "user",
        "tenant_key": TENANT_KEY,
    }
    links = {key: getattr(message, key) for key in ("root_id", "parent_id", "thread_id") if getattr(message, key)}
    return links | {
        "message_id": message.message_id,
        "msg_type": message.kind,
        "create_time": milliseconds(message.created),
        "update_time": milliseconds(message.updated),
        "deleted": message.deleted,
        "updated": message.updates > 0,
        "chat_id": message.chat_id,
        "sender": sender,
        "body": {"content": _stored_content(world, message)},
        "mentions": [mention | {"id": mention["id"]["open_id"], "id_type": "open_id"} for mention in message.mentions],
    }


def _stored_content(world: World, message: Message) -> str:
    """Cards come back flattened, never as they were sent."""
    if message.kind != "interactive":
        return message.content
    card = message.body
    title = card.get("header", {}).get("title", {}).get("content", "")
    lines = [[{"tag": "text", "text": line}] for line in card_text(card, world.name_of).splitlines()]
    return json.dumps({"title": title, "elements": lines}, ensure_ascii=False)


def milliseconds(at: datetime) -> str:
    """create_time of im events and of the message API."""
    return str(int(at.timestamp() * 1000))
