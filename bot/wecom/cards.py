"""Messages as WeCom payloads: pure, one list of bodies per message, without receivers.

Two dialects: KF (customers: text and menus) and app (members: text and button cards). Nothing is ever cut: what does
not fit a richer form is said in words, and words are split. Limits are WeCom's (kf/send_msg, message/send), in bytes
unless they say characters.
"""

import re
from typing import Any

import msgspec

from bot.wecom.keys import LIMIT as KEY
from bot.wecom.keys import key_of
from bot.wecom.text import sendable, size, split
from handlers.messages import Button, Card, Message, Text

Body = dict[str, Any]

TEXT = 2048
MENU_HEAD = 1024
MENU_ITEMS = 10
MENU_LABEL = 128
CARD_BUTTONS = 6
# What a card shows without cutting, in characters: the platform takes more and hides it.
CARD_TITLE = 36
CARD_WORDS = 160
CARD_FACTS = 6
CARD_FACT_NAME = 5
CARD_FACT = 30
CARD_BUTTON = 10

_CHOOSE = "请选择："
_LINK = re.compile(r"<(?=/?a\b)", re.IGNORECASE)
_PRIMARY, _ORDINARY = 1, 2
"""Styles of a card button: blue on white, and plain."""


def for_kf(message: Message) -> list[Body]:
    """Render for a customer: text, with a menu under it where the buttons fit one."""
    buttons = buttons_of(message)
    if not buttons or not _fits_menu(buttons):
        return texts(message.as_text())
    words = sendable(_without_buttons(message).as_text())
    if size(words) <= MENU_HEAD:
        return [_menu(words, buttons)]
    return [*texts(words), _menu(_CHOOSE, buttons)]


def for_app(message: Message, task_id: str) -> list[Body]:
    """Render for a member: one card with buttons if everything on it can be seen, else text with a numbered menu."""
    card = _button_card(message, task_id) if isinstance(message, Text | Card) else None
    # In app messages <a href> is a link: from a person's mouth it stays what was typed.
    return [card] if card else texts(_LINK.sub("＜", message.as_text()))


def media(kind: str, media_id: str) -> Body:
    """Render an uploaded image or file."""
    return {"msgtype": kind, kind: {"media_id": media_id}}


def texts(words: str) -> list[Body]:
    """Render words, in as many pieces as they need."""
    return [{"msgtype": "text", "text": {"content": piece}} for piece in split(sendable(words), TEXT)]


def buttons_of(message: Message) -> tuple[Button, ...]:
    """Give the buttons of a message that may have some."""
    return message.buttons if isinstance(message, Text | Card) else ()


def _without_buttons(message: Message) -> Message:
    return msgspec.structs.replace(message, buttons=()) if isinstance(message, Text | Card) else message


# --- KF menus ---------------------------------------------------------------------------------------------------------


def _fits_menu(buttons: tuple[Button, ...]) -> bool:
    return len(buttons) <= MENU_ITEMS and all(0 < size(b.label) <= MENU_LABEL and _fits_key(b) for b in buttons)


def _fits_key(button: Button) -> bool:
    return size(key_of(button)) <= KEY


def _menu(head: str, buttons: tuple[Button, ...]) -> Body:
    items = [{"type": "click", "click": {"id": key_of(b), "content": sendable(b.label)}} for b in buttons]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": head, "list": items}}


# --- app cards --------------------------------------------------------------------------------------------------------


def _button_card(message: Text | Card, task_id: str) -> Body | None:
    """Make a button_interaction card; None if it has no buttons or something on it would not be seen."""
    buttons = message.buttons
    if not 0 < len({key_of(b) for b in buttons}) == len(buttons) <= CARD_BUTTONS:
        return None
    if not all(0 < len(b.label) <= CARD_BUTTON and _fits_key(b) for b in buttons):
        return None
    title, words, facts = _parts(message)
    if not 0 < len(title) <= CARD_TITLE or len(words) > CARD_WORDS or not _fits_facts(facts):
        return None
    card: Body = {"card_type": "button_interaction", "main_title": {"title": sendable(title)}, "task_id": task_id}
    if words:
        card["sub_title_text"] = sendable(words)
    if facts:
        card["horizontal_content_list"] = [{"keyname": sendable(n), "value": sendable(v)} for n, v in facts]
    card["button_list"] = [_button(b) for b in buttons]
    return {"msgtype": "template_card", "template_card": card}


def _parts(message: Text | Card) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    if isinstance(message, Card):
        return message.title, message.body, message.facts
    title, _, words = message.text.partition("\n")
    return title, words.strip("\n"), ()


def _fits_facts(facts: tuple[tuple[str, str], ...]) -> bool:
    return len(facts) <= CARD_FACTS and all(
        0 < len(name) <= CARD_FACT_NAME and len(value) <= CARD_FACT for name, value in facts
    )


def _button(button: Button) -> Body:
    style = _PRIMARY if button.primary else _ORDINARY
    return {"type": 0, "text": sendable(button.label), "style": style, "key": key_of(button)}
