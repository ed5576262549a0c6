"""A neutral message -> what Feishu sends: msg_type and content (cards are JSON 2.0). Pure; every limit has a name.

What people wrote stands only in `plain_text` elements, where nothing is a mention, a link or a format. Card elements
and their properties are those of the JSON 2.0 pages: an unknown property is an error there.
"""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, assert_never

from bot.feishu.text import cut, plain, unmarked
from handlers.messages import Button, Card, Chart, Form, Input, Text, Tone

CARD_BYTES, TEXT_BYTES = 28 * 1024, 140 * 1024
"""Of the 30 KB and 150 KB a request may have, less room for its other fields and what style adds."""
ROWS = 16
"""Facts that get a row each (7 elements of 200); more follow as lines of one text."""
TITLE, SUMMARY, BUTTON, PLACEHOLDER, INPUT = 120, 80, 100, 100, 1000
"""Characters: header, line in the chat list, and the documented limits of button text, placeholder and input."""
_CAPS = (None, 4000, 2000, 1000, 500, 250, 120, 60)
"""Characters left of each text, tried in turn until the card fits."""
TEMPLATES: dict[Tone, str] = {"urgent": "red", "warning": "orange", "good": "green", "plain": "blue"}

Element = dict[str, Any]
Body = Callable[[int | None], list[Element]]
"""The elements of a card with each text cut to so many characters."""


class Payload(NamedTuple):
    """One platform message: its msg_type and content (a JSON string)."""

    msg_type: str
    content: str


def render(message: Text | Card | Form | Chart) -> tuple[Payload, ...]:
    """Render a message; only a very long text takes more than one platform message."""
    match message:
        case Text(buttons=()):
            return tuple(Payload("text", _json({"text": part})) for part in _parts(unmarked(message.text)))
        case Text():
            return (_card("", "plain", message.text, lambda cap: [*_words(message.text, cap), *_row(message.buttons)]),)
        case Card():
            return (_card(message.title, message.tone, message.body, lambda cap: _card_body(message, cap)),)
        case Form():
            return (_card(message.title, "plain", message.body, lambda cap: _form_body(message, cap)),)
        case Chart():
            return (_card(message.title, "plain", "", lambda cap: _chart_body(message, cap)),)
        case _:
            assert_never(message)


def render_upload(key: str, as_file: bool) -> Payload:
    """Render a picture or file that has been uploaded under `key`."""
    return Payload("file", _json({"file_key": key})) if as_file else Payload("image", _json({"image_key": key}))


def _card(title: str, tone: Tone, summary: str, body: Body) -> Payload:
    """Build the card with texts cut just as far as its size asks for."""
    content = ""
    for cap in _CAPS:
        card: Element = {
            "schema": "2.0",
            "config": {"update_multi": True, "summary": {"content": cut(plain(title or summary), SUMMARY)}},
            **({"header": {"title": _plain(title, TITLE), "template": TEMPLATES[tone]}} if title else {}),
            "body": {"elements": body(cap)},
        }
        content = _json(card)
        if _size(content) <= CARD_BYTES:
            break
    return Payload("interactive", content)


def _card_body(card: Card, cap: int | None) -> list[Element]:
    rows = [_fact(name, value, cap) for name, value in card.facts[:ROWS]]
    rest = "\n".join(f"{name}：{value}" for name, value in card.facts[ROWS:])
    return [*_words(card.body, cap), *rows, *_words(rest, cap), *_row(card.buttons)]


def _form_body(form: Form, cap: int | None) -> list[Element]:
    """Put every input under its label into one form with one submit button."""
    names = {given.name for given in form.inputs}
    submit = _button(form.submit) | {
        "name": "submit" if "submit" not in names else "submit_button",
        "type": "primary",
        "form_action_type": "submit",
    }
    inputs = [element for given in form.inputs for element in _INPUTS[given.kind](given)]
    return [*_words(form.body, cap), {"tag": "form", "name": "form", "elements": [*inputs, submit]}]


def _chart_body(chart: Chart, cap: int | None) -> list[Element]:
    """Draw the points with VChart; without any there is nothing to draw but a sentence."""
    if not chart.points:
        return _words("暂无数据", cap)
    unit = f"（{plain(chart.unit)}）" if chart.unit else ""
    values = [
        {"label": cut(plain(label), cap or PLACEHOLDER), "value": value if math.isfinite(value) else 0}
        for label, value in chart.points
    ]
    spec = {"type": chart.kind, "title": {"text": cut(plain(chart.title), TITLE) + unit}, "data": {"values": values}}
    return [{"tag": "chart", "aspect_ratio": "16:9", "chart_spec": spec | _CHARTS[chart.kind]}]


def _fact(name: str, value: str, cap: int | None) -> Element:
    """One row: the name in grey, the value beside it."""
    columns = [(1, _div(name, cap, "grey")), (3, _div(value, cap))]
    return {
        "tag": "column_set",
        "flex_mode": "none",
        "horizontal_spacing": "8px",
        "columns": [
            {"tag": "column", "width": "weighted", "weight": weight, "elements": [element]}
            for weight, element in columns
        ],
    }


def _row(buttons: Sequence[Button]) -> list[Element]:
    """Buttons side by side, going on in the next line where the screen ends."""
    columns = [{"tag": "column", "width": "auto", "elements": [_button(button)]} for button in buttons]
    flow = {"tag": "column_set", "flex_mode": "flow", "horizontal_spacing": "8px", "columns": columns}
    return [flow] if columns else []


def _button(button: Button) -> Element:
    """Make a button that sends back what events.py reads: an object, as the platform's own SDK fails on strings."""
    value = {"a": button.action, "s": button.subject, "v": button.version, "l": button.label}
    return {
        "tag": "button",
        "type": "primary" if button.primary else "default",
        "text": _plain(button.label, BUTTON),
        "behaviors": [{"type": "callback", "value": value}],
    }


def _text_input(given: Input) -> list[Element]:
    element = _field(given, "input", "请输入") | {
        "label": _plain(given.label, BUTTON),
        "max_length": INPUT,
    }
    return [element | ({"default_value": cut(plain(given.initial), INPUT)} if given.initial else {})]


def _long_input(given: Input) -> list[Element]:
    return [_text_input(given)[0] | {"input_type": "multiline_text", "rows": 3, "auto_resize": True, "max_rows": 10}]


def _choice(given: Input) -> list[Element]:
    """Put a text before the select, which has no label of its own."""
    options = dict(given.options)  # values must be unique
    shown = [{"text": _plain(label, BUTTON), "value": value} for value, label in options.items()]
    chosen = list(options).index(given.initial) + 1 if given.initial in options else 0
    element = _field(given, "select_static", "请选择") | {"options": shown}
    return [_div(given.label, BUTTON), element | ({"initial_index": chosen} if chosen else {})]


def _date(given: Input) -> list[Element]:
    element = _field(given, "date_picker", "请选择日期")
    return [_div(given.label, BUTTON), element | ({"initial_date": given.initial} if given.initial else {})]


def _field(given: Input, tag: str, hint: str) -> Element:
    return {
        "tag": tag,
        "name": given.name,
        "required": given.required,
        "width": "fill",
        "placeholder": _plain(given.hint or hint, PLACEHOLDER),
    }


def _words(text: str, cap: int | None) -> list[Element]:
    return [_div(text, cap)] if text else []


def _div(text: str, cap: int | None, color: str = "default") -> Element:
    return {"tag": "div", "text": _plain(text, cap) | ({"text_color": color} if color != "default" else {})}


def _plain(text: str, cap: int | None) -> Element:
    return {"tag": "plain_text", "content": cut(plain(text), cap)}


def _parts(text: str) -> list[str]:
    """Split a text too long for one message between characters; nothing is dropped."""
    parts, rest = [], text
    while _size(_json({"text": rest})) > TEXT_BYTES:
        end = TEXT_BYTES // 8  # a character takes at most 8 bytes after both encodings
        parts.append(rest[:end])
        rest = rest[end:]
    return [*parts, rest]


def _size(content: str) -> int:
    """Bytes of the content inside the request: a JSON string in JSON."""
    return len(_json(content).encode())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_INPUTS = {"text": _text_input, "long": _long_input, "choice": _choice, "date": _date}
_AXES = {"xField": "label", "yField": "value", "label": {"visible": True}}
_PIE = {"valueField": "value", "categoryField": "label", "outerRadius": 0.9, "label": {"visible": True}}
_CHARTS: dict[str, Element] = {"bar": _AXES, "line": _AXES, "pie": _PIE | {"legends": {"visible": True}}}
