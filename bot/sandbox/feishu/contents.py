"""What may stand in a message that the bot sends: kinds, sizes, keys that exist, words that may not pass."""

import json
import re
from typing import Any

from bot.sandbox.feishu.cards import elements_of, parse_card
from bot.sandbox.feishu.errors import CardRejectedError, RefusedError
from bot.sandbox.feishu.state import Chat, World

KB = 1024
SIZES = {"text": 150 * KB, "interactive": 30 * KB, "post": 30 * KB}
KINDS = frozenset(
    ("text", "post", "image", "file", "audio", "media", "sticker", "interactive", "share_chat", "share_user", "system")
)
KEYS = {"image": "image_key", "file": "file_key", "audio": "file_key", "media": "file_key"}
PERSONAL = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|[\w.+-]+@[\w-]+\.[\w.]+")
AT_ALL = re.compile(r"<at\s+(?:user_id|ids?)\s*=\s*[\"']?all")


def check_content(world: World, chat: Chat, kind: Any, content: Any, size: int) -> str:
    """Return the content if the platform takes it as a message of that kind; `size` is the request body's, in bytes."""
    if kind not in KINDS:
        raise RefusedError(230001, "Your request contains an invalid request parameter, ext=invalid msg_type.")
    if size > SIZES.get(kind, SIZES["text"]):
        raise RefusedError(230025, "The length of the message content reaches its limit.")
    body = _parsed(content)
    if kind == "interactive":
        _check_card(world, chat, content)
    elif kind in KEYS and body.get(KEYS[kind]) not in world.resources:
        raise RefusedError(230001, f"Your request contains an invalid request parameter, ext=invalid {KEYS[kind]}.")
    elif kind == "text" and not isinstance(body.get("text"), str):
        raise RefusedError(230001, "Your request contains an invalid request parameter, ext=text is missing.")
    elif kind == "post":
        _check_post(body)
    _check_words(world, content)
    return str(content)


def _parsed(content: Any) -> dict[str, Any]:
    try:
        body = json.loads(content) if isinstance(content, str) else None
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RefusedError(
            230001, "Your request contains an invalid request parameter, ext=content is not a string in json format."
        )
    return body


def _check_card(world: World, chat: Chat, content: str) -> None:
    card = parse_card(content)
    for image in elements_of(card, tag="img"):
        if image["img_key"] not in world.resources:
            raise CardRejectedError(11246, f"image_key {image['img_key']} is invalid")
    if chat.kind == "group" and not world.at_all_allowed and AT_ALL.search(content.replace('\\"', '"')):
        raise CardRejectedError(11248, "the owner of the group does not allow to mention everyone")


def _check_post(body: dict[str, Any]) -> None:
    languages = [value for key, value in body.items() if key in {"zh_cn", "en_us", "ja_jp", "zh_hk", "zh_tw"}]
    lines = [line for post in languages for line in post.get("content", [])]
    if not languages or not all(isinstance(line, list) for line in lines):
        raise RefusedError(230001, "Your request contains an invalid request parameter, ext=invalid post content.")


def _check_words(world: World, content: str) -> None:
    if any(word in content for word in world.sensitive_words):
        raise RefusedError(230022, "The content of the message contains sensitive information.")
    if world.dlp and PERSONAL.search(content):
        raise RefusedError(230028, "The message failed the DLP audit.")
