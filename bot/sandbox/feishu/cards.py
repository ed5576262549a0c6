"""The validator of cards, JSON 2.0: what the platform would refuse is refused here, with code 230099."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot.sandbox.feishu.errors import CardRejectedError
from bot.sandbox.feishu.schema import CONTAINERS, ELEMENTS, ENUMS, INTERACTIVE, OBJECTS, REQUIRED, TYPES, Row

MAX_ELEMENTS, MAX_DEPTH, MAX_TABLES, MAX_COLUMNS, MAX_ROWS_A_PAGE = 200, 5, 5, 50, 10
MAX_BUTTON_TEXT, MAX_INPUT, MAX_PLACEHOLDER = 100, 1000, 100
PARSE, LIMIT = 200621, 11310  # "parse card json err", "element exceeds the limit"
ELEMENT_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
NO_PLACE = {"action", "note"}  # components of JSON 1.0 that 2.0 has given up

Json = dict[str, Any]


def parse_card(content: str) -> Json:
    """Read and validate the card in a message's content; CardRejectedError says what is wrong, as the platform does."""
    card = json.loads(content)
    if not isinstance(card, dict) or card.get("type") in {"template", "card"}:
        raise CardRejectedError(PARSE, "template or card entity does not exist")
    if card.get("schema") != "2.0":
        raise CardRejectedError(PARSE, "schema must be 2.0, this simulator knows no older cards")
    _check(card, "card", "card")
    if card.get("config", {}).get("update_multi", True) is not True:
        raise CardRejectedError(PARSE, "update_multi must be true")
    _check_counts(card)
    _check_places(card.get("body", {}).get("elements", []))
    return card


def elements_of(node: Any, *, tag: str = "") -> Iterator[Json]:
    """Every component below `node` in reading order, with the given tag only if there is one."""
    if isinstance(node, list):
        for child in node:
            yield from elements_of(child, tag=tag)
    elif isinstance(node, dict):
        if "tag" in node and node.get("tag") in ELEMENTS and tag in {"", node["tag"]}:
            yield node
        for key, child in node.items():
            if key not in {"chart_spec", "rows", "value", "behaviors"}:
                yield from elements_of(child, tag=tag)


def is_submit(button: Json) -> bool:
    """Whether a button sends the form it stands in, in the new or the old spelling."""
    return button.get("form_action_type") == "submit" or button.get("action_type") == "form_submit"


def _check(node: Any, kind: str, path: str) -> None:
    if not isinstance(node, dict):
        raise CardRejectedError(PARSE, f"path {path}: an object is wanted")
    if kind == "element":
        kind = str(node.get("tag", ""))
        if kind not in ELEMENTS:
            hint = "is not supported in schema V2" if kind in NO_PLACE else "is unknown"
            raise CardRejectedError(PARSE, f"path {path}: unsupported tag {kind}; tag {kind} {hint}")
    row = ELEMENTS.get(kind) or OBJECTS[kind]
    _check_own(node, kind, row, path)
    for name, value in node.items():
        _check_child(value, row[name], f"{path}.{name}")


def _check_child(value: Any, child: tuple[str, bool], path: str) -> None:
    kind, many = child
    if not kind:
        return
    if many and not isinstance(value, list):
        raise CardRejectedError(PARSE, f"path {path}: a list is wanted")
    for index, item in enumerate(value if many else [value]):
        _check(item, kind, f"{path}[{index}]" if many else path)


def _check_own(node: Json, kind: str, row: Row, path: str) -> None:
    unknown = sorted(set(node) - set(row))
    if unknown:
        raise CardRejectedError(PARSE, f"path {path}: unknown property {unknown[0]}")
    missing = [name for name in REQUIRED.get(kind, "").split() if name not in node]
    if missing:
        raise CardRejectedError(PARSE, f"path {path}: property {missing[0]} is missing")
    for name, value in node.items():
        wanted = TYPES.get((kind, name))
        if wanted and not isinstance(value, wanted):
            raise CardRejectedError(PARSE, f"path {path}.{name}: wrong type {type(value).__name__}")
        allowed = ENUMS.get((kind, name))
        if allowed and value not in allowed:
            raise CardRejectedError(PARSE, f"path {path}.{name}: {value!r} is not allowed")
    _check_limits(node, kind, path)


def _check_limits(node: Json, kind: str, path: str) -> None:
    values = [option.get("value") for option in node.get("options", []) if isinstance(option, dict)]
    label, placeholder = node.get("text"), node.get("placeholder")
    broken = {
        "element_id is malformed": not ELEMENT_ID.fullmatch(str(node.get("element_id") or "a")),
        "button text is longer than 100": kind == "button" and _length(label) > MAX_BUTTON_TEXT,
        "placeholder is longer than 100": _length(placeholder) > MAX_PLACEHOLDER,
        "max_length must be 1 to 1000": kind == "input" and not 1 <= _number(node, "max_length", 1) <= MAX_INPUT,
        "option values repeat": len(set(values)) != len(values),
        "page_size must be 1 to 10": kind == "table" and not 1 <= _number(node, "page_size", 1) <= MAX_ROWS_A_PAGE,
        "more than 50 columns": kind == "table" and len(node["columns"]) > MAX_COLUMNS,
        "a callback needs a value": kind == "behavior" and node["type"] == "callback" and "value" not in node,
    }
    for reason, is_broken in broken.items():
        if is_broken:
            raise CardRejectedError(PARSE, f"path {path}: {reason}")


def _length(text: Any) -> int:
    return len(text["content"]) if isinstance(text, dict) and isinstance(text.get("content"), str) else 0


def _number(node: Json, name: str, default: int) -> int:
    value = node.get(name, default)
    return value if isinstance(value, int) else 0


def _check_counts(card: Json) -> None:
    count = sum(1 for _ in _tagged(card))
    if count > MAX_ELEMENTS:
        raise CardRejectedError(LIMIT, f"element exceeds the limit, {count} of {MAX_ELEMENTS}")
    if sum(1 for _ in elements_of(card, tag="table")) > MAX_TABLES:
        raise CardRejectedError(LIMIT, "card table number over limit")
    for key in ("name", "element_id"):
        nodes = [node for node in _tagged(card) if node.get(key)]
        repeated = [value for value, times in Counter(node[key] for node in nodes).items() if times > 1]
        if repeated:
            raise CardRejectedError(PARSE, f"{key} {repeated[0]} is not unique")


def _tagged(node: Any) -> Iterator[Json]:
    """Components and text elements: all that counts towards the 200."""
    if isinstance(node, list):
        for child in node:
            yield from _tagged(child)
    elif isinstance(node, dict):
        if "tag" in node:
            yield node
        for key, child in node.items():
            if key not in {"chart_spec", "rows", "value"}:
                yield from _tagged(child)


def _check_places(roots: list[Json]) -> None:
    for element in roots:
        if element["tag"] == "form":
            _check_form(element)
        _check_inside(element, 1)
        if element["tag"] != "form" and any(is_submit(button) for button in elements_of(element, tag="button")):
            raise CardRejectedError(PARSE, "a submit button must stand in a form")


def _check_inside(element: Json, depth: int) -> None:
    if depth > MAX_DEPTH and element["tag"] in CONTAINERS:
        raise CardRejectedError(PARSE, f"containers are nested deeper than {MAX_DEPTH}")
    children = [
        *element.get("elements", []),
        *(c for col in element.get("columns", []) for c in col.get("elements", [])),
    ]
    for child in children:
        if child["tag"] in {"form", "table"}:
            raise CardRejectedError(PARSE, f"{child['tag']} must be at the root of the card")
        _check_inside(child, depth + 1)


def _check_form(form: Json) -> None:
    inside = [element for element in elements_of(form["elements"]) if element["tag"] in INTERACTIVE]
    for element in inside:
        if not element.get("name"):
            raise CardRejectedError(PARSE, f"{element['tag']} in form {form['name']} has no name")
    if not any(element["tag"] == "button" and is_submit(element) for element in inside):
        raise CardRejectedError(PARSE, f"form {form['name']} has no submit button")
