"""The content of a received Feishu message -> words, a kept file, or something the bot cannot read."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from bot.errors import BadCallback
from bot.feishu.envelope import Unusable, parsed, rows, table, words
from handlers.messages import Attached, Content, Said, Unreadable, Value

RAW = 4000
"""Characters kept of what could not be read."""


class Heard(Value, frozen=True, kw_only=True):
    """A message's content, who is mentioned in it by name, and whether the bot is."""

    content: Content
    mentions: dict[str, str] = msgspec.field(default_factory=dict)
    to_bot: bool = False


class _Mention(Value, frozen=True, kw_only=True):
    key: str
    name: str
    open_id: str
    kind: str


def heard(message: dict[str, Any], message_id: str, bot: str) -> Heard:
    """Read one message. `bot` is the bot's open_id; "" while unknown: then a mention at the very start is the bot."""
    kind, raw = words(message.get("message_type"), 64), words(message.get("content"))
    mentions = [_mention(entry) for entry in rows(message.get("mentions"))]
    content = _object(raw)
    if kind in _WRITTEN and content:
        text, images = _WRITTEN[kind](content)
        ours = {m.key for m in mentions if m.key and _is_bot(m, bot, text)}
        others = {m.name: m.open_id for m in mentions if m.key not in ours and m.name and m.open_id}
        said = _named(text, mentions, ours)
        only_image = images and not said.replace("[图片]", "").strip()
        return Heard(
            content=_kept("image", "image", message_id, images[0]) if only_image else Said(text=said),
            mentions=others,
            to_bot=bool(ours),
        )
    if kind in _FILES and content:
        name, key, way = _FILES[kind]
        file_key = words(content.get(key), 256)
        if file_key:
            return Heard(content=_kept(name, way, message_id, file_key, words(content.get("file_name"))))
    return Heard(content=Unreadable(kind=kind or "unknown", raw=raw[:RAW]))


def _kept(kind: str, way: str, message_id: str, key: str, name: str = "") -> Attached:
    """`media` is what the resources API wants: message, key and image or file (a video is a file there)."""
    return Attached(kind=kind, media=f"{message_id}/{key}/{way}", name=name)


def _mention(entry: object) -> _Mention:
    given = table(entry)
    return _Mention(
        key=words(given.get("key"), 64),
        name=words(given.get("name"), 200),
        open_id=words(table(given, "id").get("open_id"), 128),
        kind=words(given.get("mentioned_type"), 32),
    )


def _is_bot(mention: _Mention, bot: str, text: str) -> bool:
    if bot:
        return mention.open_id == bot
    return mention.kind == "bot" or (not mention.kind and text.lstrip().startswith(mention.key))


def _named(text: str, mentions: list[_Mention], ours: set[str]) -> str:
    """Take the bot's mention out and put names where the other keys stand."""
    names = {m.key: f"@{m.name}" for m in mentions if m.key} | {"@_all": "@所有人"}
    # Longest key first: @_user_1 is the beginning of @_user_10.
    pattern = "|".join(re.escape(key) for key in sorted(names, key=len, reverse=True))
    said = re.sub(f"({pattern}) ?", lambda hit: _spoken(hit, names, ours), text)
    return said.strip() if ours else said


def _spoken(hit: re.Match[str], names: dict[str, str], ours: set[str]) -> str:
    return "" if hit[1] in ours else hit[0].replace(hit[1], names[hit[1]])


def _object(raw: str) -> dict[str, Any]:
    try:
        return table(parsed(raw.encode()))
    except (BadCallback, Unusable):
        return {}


def _text(content: dict[str, Any]) -> tuple[str, list[str]]:
    return words(content.get("text")), []


def _post(content: dict[str, Any]) -> tuple[str, list[str]]:
    """Flatten a rich text: its title and one line per paragraph, and the keys of its pictures."""
    inner = content
    if "content" not in content:  # some clients keep the language level of a sent post
        inner = next((table(value) for value in content.values() if isinstance(value, dict)), {})
    lines = [rows(line) for line in rows(inner.get("content"))]
    images = [words(table(span).get("image_key"), 256) for line in lines for span in line if _tag(span) == "img"]
    title = words(inner.get("title"))
    said = ["".join(_SPANS.get(_tag(span), _own_text)(table(span)) for span in line) for line in lines]
    return "\n".join([*([title] if title else []), *said]), [key for key in images if key]


def _tag(span: object) -> str:
    return words(table(span).get("tag"), 32)


def _own_text(span: dict[str, Any]) -> str:
    return words(span.get("text"))


def _link(span: dict[str, Any]) -> str:
    text, href = words(span.get("text")), words(span.get("href"))
    return f"{text} ({href})" if href and href != text else text


def _at(span: dict[str, Any]) -> str:
    """Say a mention as a key of `mentions`, or as a name where there is only that."""
    user, name = words(span.get("user_id"), 128), words(span.get("user_name"), 200)
    return user if user.startswith("@_") or not name else f"@{name}"


_SPANS: dict[str, Callable[[dict[str, Any]], str]] = {
    "a": _link,
    "at": _at,
    "img": lambda _: "[图片]",
    "media": lambda _: "[视频]",
    "emotion": lambda span: f"[{words(span.get('emoji_type'), 64)}]",
    "hr": lambda _: "————",
}
_WRITTEN: dict[str, Callable[[dict[str, Any]], tuple[str, list[str]]]] = {"text": _text, "post": _post}
_FILES = {  # message_type -> (kind of ours, where its key is, what the resources API calls it)
    "image": ("image", "image_key", "image"),
    "file": ("file", "file_key", "file"),
    "media": ("video", "file_key", "file"),
}
