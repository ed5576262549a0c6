"""Menus: what a chat of plain text was last offered, so that its number or label works as the answer."""

from collections.abc import Sequence

import msgspec

from handlers.messages import Outgoing, Text
from storage import chats
from storage.database import Store


def offered(outgoing: Sequence[Outgoing]) -> dict[str, bytes | None]:
    """Return the menu each chat of WeCom is offered now; None where an answer offers none, and ends the last one."""
    menus: dict[str, bytes | None] = {}
    for promise in outgoing:
        buttons = promise.message.buttons if isinstance(promise.message, Text) else ()
        if promise.platform == "wecom" and (buttons or promise.key.startswith("reply:")):
            menus[promise.to] = msgspec.json.encode(buttons) if buttons else None
    return menus


def remember(outgoing: Sequence[Outgoing], store: Store) -> None:
    """Keep the menus that were offered."""
    for chat, menu in offered(outgoing).items():
        chats.open_chat(store, chat)
        chats.change(store, chat, menu=menu)
