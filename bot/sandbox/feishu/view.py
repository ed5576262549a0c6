"""What a person sees of a message, as plain text: golden chats print it, the sandbox page shows it."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from bot.sandbox.feishu.schema import INPUTS
from bot.sandbox.feishu.state import Message

Json = dict[str, Any]
Names = Callable[[str], str]
AT = re.compile(r"<at\s+(?:user_id|ids?)\s*=\s*[\"']?([^\"'>\s]+)[\"']?\s*>.*?</at>", re.DOTALL)
PERSON = re.compile(r"<person\s+id\s*=\s*[\"']?([^\"'>\s]+)[\"']?[^>]*>.*?</person>")
STYLE = re.compile(r"</?(?:font|text_tag|b|i|u|s|link|number_tag|raw|a)\b[^>]*>")
BREAK, RULE = re.compile(r"<br\s*/?>"), re.compile(r"<hr\s*/?>")
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)]*)\)")
BOLD = re.compile(r"\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~", re.DOTALL)
ENTITIES = {"&lt;": "<", "&gt;": ">", "&#42;": "*", "&#95;": "_", "&#126;": "~", "&#91;": "[", "&#93;": "]"}
ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
FACELESS = {"image": "[图片]", "audio": "[语音]", "media": "[视频]", "sticker": "[表情]"}
MAX_TAGS = 3


def text_of(message: Message, names: Names) -> str:
    """Write the message as its reader sees it; `names` turns an open_id into a name."""
    if message.deleted:
        return "[消息已撤回]"
    body = message.body
    if message.kind == "interactive":
        return card_text(body, names)
    if message.kind == "text":
        return _plain(_mentioned(str(body.get("text", "")), message), names)
    if message.kind == "post":
        return _mentioned(_post_text(body, names), message)
    if message.kind == "file":
        return f"[文件] {body.get('file_name', '')}".rstrip()
    return FACELESS.get(message.kind, f"[{message.kind}] {json.dumps(body, ensure_ascii=False)}")


def _mentioned(text: str, message: Message) -> str:
    for mention in message.mentions:
        text = text.replace(mention["key"], "@" + mention["name"])
    return text


def _plain(text: str, names: Names) -> str:
    return STYLE.sub("", AT.sub(lambda found: _at(found[1], names), text))


def _at(ids: str, names: Names) -> str:
    return " ".join("@所有人" if one == "all" else "@" + names(one) for one in ids.split(","))


def _post_text(body: Json, names: Names) -> str:
    post = body.get("zh_cn") or body.get("en_us") or body
    lines = ["".join(_post_piece(piece, names) for piece in line) for line in post.get("content", [])]
    return "\n".join([line for line in (post.get("title", ""),) if line] + lines)


def _post_piece(piece: Json, names: Names) -> str:
    tag = piece.get("tag")
    if tag == "at":
        user = str(piece.get("user_id", ""))
        return user if user.startswith("@") else _at(user, names)
    if tag == "md":
        return markdown_text(str(piece.get("text", "")), names)
    return str(piece.get("text", "")) or {"img": "[图片]", "media": "[视频]", "hr": "———"}.get(str(tag), "")


def card_text(card: Json, names: Names) -> str:
    """Title and tags, then the body from top to bottom; inputs as 〔label〕, buttons of one group on one line."""
    header = card.get("header", {})
    tags = [_content(tag.get("text"), names) for tag in header.get("text_tag_list", [])[:MAX_TAGS]]
    title = _content(header.get("title"), names)
    head = [" ".join([f"【{title}】", *tags])] if title else []
    head += [_content(header["subtitle"], names)] if "subtitle" in header else []
    lines = _lines(card.get("body", {}).get("elements", []), names)
    grouped = groupby(lines, key=lambda line: line[0])
    body = [
        " ".join(text for _, text in group) if together else "\n".join(text for _, text in group)
        for together, group in grouped
    ]
    return "\n".join(line for line in [*head, *body] if line)


def _lines(elements: list[Json], names: Names) -> Iterator[tuple[bool, str]]:
    """Lines of the card; True marks a button, which shares its line with its neighbours."""
    for element in elements:
        tag = element["tag"]
        if tag == "button":
            off = "（停用）" if element.get("disabled") else ""
            yield True, f"[{label_of(element)}]{off}"
        elif tag in INPUTS:
            yield False, _input_text(element, names)
        elif tag in DISPLAY:
            yield False, DISPLAY[tag](element, names)
        elif tag == "column_set":
            yield from _columns(element, names)
        else:
            yield from _titled(element, names)


def _titled(element: Json, names: Names) -> Iterator[tuple[bool, str]]:
    title = _content(element.get("header", {}).get("title"), names)
    if title:
        yield False, f"▸ {title}"
    yield from _lines(element.get("elements", []), names)


def _columns(element: Json, names: Names) -> Iterator[tuple[bool, str]]:
    """Columns of one text each read as one line; others one below the other."""
    columns = [list(_lines(column.get("elements", []), names)) for column in element["columns"]]
    flat = [line for column in columns for line in column]
    if all(len(column) == 1 for column in columns) and not any(together for together, _ in flat):
        yield False, " | ".join(text for _, text in flat)
    else:
        yield from flat


def _input_text(element: Json, names: Names) -> str:
    label = _content(element.get("label"), names) or _content(element.get("text"), names)
    hint = _content(element.get("placeholder"), names)
    star = "*" if element.get("required") else ""
    options = "/".join(option_text(option, names) for option in element.get("options", []))
    initial = next((str(element[key]) for key in element if key.startswith(("initial_", "default_value"))), "")
    extras = [text for text in (hint if label else "", options, f"={initial}" if initial else "") if text]
    return f"〔{label or hint or element.get('name', '')}{star}〕" + " ".join(extras)


def option_text(option: Json, names: Names) -> str:
    """Give the text an option shows; people are offered by open_id and shown by name."""
    return _content(option.get("text"), names) or names(str(option.get("value", "")))


def label_of(button: Json) -> str:
    """Give the text on a button."""
    return str(button.get("text", {}).get("content", ""))


def _content(text: Any, names: Names) -> str:
    if not isinstance(text, dict):
        return ""
    content = str(text.get("content", ""))
    return content if text.get("tag") == "plain_text" else markdown_text(content, names)


def markdown_text(text: str, names: Names) -> str:
    """Markdown without its signs; mentions become names, escapes what they stand for."""
    text = BREAK.sub("\n", RULE.sub("———", AT.sub(lambda found: _at(found[1], names), text)))
    text = STYLE.sub("", PERSON.sub(lambda found: names(found[1]), text))
    text = LINK.sub(lambda found: f"[图片]{found[2]}" if found[1] else found[2], text)
    text = BOLD.sub(lambda found: found[1] or found[2] or found[3], text)
    for entity, sign in ENTITIES.items():
        text = text.replace(entity, sign)
    return ESCAPED.sub(r"\1", text).replace("&amp;", "&")


def _table_text(element: Json, names: Names) -> str:
    columns = element["columns"]
    lines = [" | ".join(str(column.get("display_name", column["name"])) for column in columns)]
    lines += [" | ".join(_cell(row.get(column["name"]), names) for column in columns) for row in element["rows"]]
    return "\n".join(lines)


def _cell(value: Any, names: Names) -> str:
    if isinstance(value, list):
        return " ".join(_cell(item.get("text") if isinstance(item, dict) else item, names) for item in value)
    text = "" if value is None else str(value)
    return names(text) if text.startswith("ou_") else markdown_text(text, names)


def _chart_text(element: Json, names: Names) -> str:
    title = element["chart_spec"].get("title", {})
    return f"[图表] {title.get('text', '') if isinstance(title, dict) else title}".rstrip()


DISPLAY: dict[str, Callable[[Json, Names], str]] = {
    "markdown": lambda element, names: markdown_text(element["content"], names),
    "div": lambda element, names: _content(element.get("text"), names),
    "hr": lambda *_: "———",
    "img": lambda element, names: f"[图片]{_content(element.get('alt'), names)}",
    "img_combination": lambda *_: "[图片]",
    "chart": _chart_text,
    "table": _table_text,
    "person": lambda element, names: names(str(element.get("user_id", ""))),
    "person_list": lambda element, names: " ".join(names(str(one.get("id", ""))) for one in element["persons"]),
    "overflow": lambda element, names: "[…] " + "/".join(option_text(o, names) for o in element.get("options", [])),
}
