"""Filling in a form as a person does: by what is written on it, into the strings that the platform sends."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from bot.sandbox.feishu.cards import elements_of
from bot.sandbox.feishu.errors import NotOnCardError, UnfilledError
from bot.sandbox.feishu.schema import INPUTS
from bot.sandbox.feishu.view import Names, markdown_text, option_text

Json = dict[str, Any]
NOISE = re.compile(r"[\s：:*＊〔〕（）()【】]")
DATES = {"date_picker": "%Y-%m-%d", "picker_time": "%H:%M", "picker_datetime": "%Y-%m-%d %H:%M"}
INITIAL = ("default_value", "initial_option", "initial_date", "initial_time", "initial_datetime", "selected_values")
MANY = {"multi_select_static", "multi_select_person"}
DEFAULT_MAX_LENGTH = 1000


@dataclass(frozen=True)
class Field:
    """One input of a card: `label` is its own or the text just before it, `options` maps shown text to value."""

    name: str
    label: str
    placeholder: str
    before: str
    kind: str
    required: bool
    options: dict[str, str]
    form: str
    element: Json

    @property
    def titles(self) -> tuple[str, ...]:
        """All that a person may call the field, most telling first."""
        return tuple(_bare(text) for text in (self.label, self.placeholder, self.name, self.before) if text)


def fields_of(card: Json, names: Names, members: tuple[str, ...]) -> list[Field]:
    """Every input of the card; a person picker without options offers the members of the chat."""
    return [field for root in card.get("body", {}).get("elements", []) for field in _fields_below(root, names, members)]


def _fields_below(root: Json, names: Names, members: tuple[str, ...]) -> list[Field]:
    form = str(root.get("name", "")) if root["tag"] == "form" else ""
    fields, before = [], ""
    for element in elements_of(root):
        if element["tag"] in {"markdown", "div"}:
            text = element.get("content") or element.get("text", {}).get("content", "")
            before = markdown_text(str(text), names).strip().rpartition("\n")[2]
        elif element["tag"] in INPUTS:
            fields.append(_field(element, before, form, names, members))
            before = ""
    return fields


def _field(element: Json, before: str, form: str, names: Names, members: tuple[str, ...]) -> Field:
    own = (element.get("label") or element.get("text") or {}).get("content", "")
    offered = element.get("options", [])
    if element["tag"].endswith("select_person") and not offered:
        offered = [{"value": open_id} for open_id in members]
    return Field(
        name=str(element.get("name", "")),
        label=str(own) or before,
        placeholder=str(element.get("placeholder", {}).get("content", "")),
        before=before,
        kind=element["tag"],
        required=bool(element.get("required")),
        options={option_text(option, names): str(option.get("value", "")) for option in offered},
        form=form,
        element=element,
    )


def form_value(fields: list[Field], given: Json, offset: str) -> dict[str, Any]:
    """Give the strings of a submitted form; UnfilledError where the client stops it, NotOnCardError for odd words."""
    answers = {_find(fields, key).name: value for key, value in given.items()}
    values = {}
    for field in fields:
        value = _value(field, answers.get(field.name, _initial(field)), offset)
        if field.required and value in ("", [], False, None):
            raise UnfilledError(f"有必填项未填写：{field.label or field.name}")
        if value is not None:
            values[field.name] = value
    return values


def _find(fields: list[Field], key: str) -> Field:
    wanted = _bare(key)
    exact = [field for field in fields if wanted in field.titles]
    loose = exact or [field for field in fields if any(wanted in title for title in field.titles)]
    if len(loose) != 1:
        known = "、".join(field.label or field.placeholder or field.name for field in fields)
        raise NotOnCardError(f"「{key}」对应 {len(loose)} 个输入项；卡片上有：{known}")
    return loose[0]


def _bare(text: str) -> str:
    return NOISE.sub("", text)


def _initial(field: Field) -> Any:
    index = field.element.get("initial_index") or 0
    if index:
        return list(field.options.values())[index - 1]
    return next((field.element[key] for key in INITIAL if field.element.get(key)), field.element.get("checked"))


def _value(field: Field, value: Any, offset: str) -> Any:
    if field.kind == "input":
        return _typed(field, "" if value is None else str(value))
    if value is None or value == "":
        return None
    if field.kind in DATES:
        return f"{_moment(field.kind, value)} {offset}"
    if field.kind in MANY:
        return [_option(field, one) for one in ([value] if isinstance(value, str) else value)]
    return bool(value) if field.kind == "checker" else _option(field, value)


def _typed(field: Field, text: str) -> str:
    most = int(field.element.get("max_length", DEFAULT_MAX_LENGTH))
    if len(text) > most:
        raise UnfilledError(f"超出最大长度 {most}：{field.label or field.name}")
    return text


def _moment(kind: str, value: Any) -> str:
    """Write a date or time as the picker gives it; ValueError for a text that no picker could give."""
    if isinstance(value, datetime | date | time):
        return value.strftime(DATES[kind])
    return datetime.strptime(str(value), DATES[kind]).strftime(DATES[kind])  # noqa: DTZ007 - the offset stands beside it


def _option(field: Field, shown: Any) -> str:
    text = str(shown)
    if text in field.options:
        return field.options[text]
    if text in field.options.values():
        return text
    near = [value for label, value in field.options.items() if text in label]
    if len(near) != 1:
        raise NotOnCardError(f"「{text}」不在选项里：{'、'.join(field.options)}")
    return near[0]


def described(field: Field) -> Json:
    """Describe the field as `card_inputs` tells it."""
    return {
        "name": field.name,
        "label": field.label or field.placeholder,
        "placeholder": field.placeholder,
        "kind": field.kind,
        "options": list(field.options),
        "required": field.required,
        "form": field.form,
    }
