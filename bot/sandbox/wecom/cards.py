"""Template cards: the platform's checks (420xx), the buttons that can be pressed, and how a member reads them."""

import re
from collections.abc import Callable, Iterable

from bot.sandbox.wecom.refusals import Refused, list_field, object_field, require, text_field, web_address
from bot.sandbox.wecom.state import Json

TASK_ID = re.compile(r"[0-9a-zA-Z_\-@]{1,128}")
KEY_BYTES = 1024
ID_BYTES = 128
TEXT_BYTES = 1024
UPDATABLE = ("button_interaction", "vote_interaction", "multiple_interaction")
URL, FILE, MEMBER = 1, 2, 3
PROGRAM = 2


def check_card(card: Json, *, replaces: bool = False) -> None:
    """Refuse a card as the platform does; one that `replaces` another needs no task_id of its own."""
    check = CHECKS.get(str(card.get("card_type")))
    if check is None:
        raise Refused(42031)
    _check_common(card)
    check(card)
    needs_task = card["card_type"] in UPDATABLE or "action_menu" in card
    if "task_id" in card or (needs_task and not replaces):
        task_id = card.get("task_id")
        require(isinstance(task_id, str) and TASK_ID.fullmatch(task_id), 42014)


def _check_common(card: Json) -> None:
    for line in list_field(card, "horizontal_content_list", 42035, 0, 6):
        require(line.get("keyname"), 42027)
        require(line.get("type") != URL or web_address(line.get("url")), 42028)
        require(line.get("type") != FILE or line.get("media_id"), 42029)
        require(line.get("type") != MEMBER or line.get("userid"), 42050)
    for line in list_field(card, "vertical_content_list", 42036, 0, 4):
        require(line.get("title"), 42033)
    for line in list_field(card, "jump_list", 42042, 0, 3):
        require(line.get("title"), 42033)
        _check_target(line)
    if "card_action" in card:
        _check_target(object_field(card, "card_action"))
    if "action_menu" in card:
        actions = list_field(object_field(card, "action_menu"), "action_list", 40058, 1, 3)
        _check_unique([text_field(one, "key", KEY_BYTES, errcode=42051) for one in actions], 42051)


def _check_target(target: Json) -> None:
    require(target.get("type") != URL or web_address(target.get("url")), 42028)
    require(target.get("type") != PROGRAM or target.get("appid"), 42030)


def _check_text_notice(card: Json) -> None:
    require(_part(card, "main_title").get("title") or card.get("sub_title_text"), 42033)
    require(_part(card, "card_action").get("type") in {URL, PROGRAM}, 42045)


def _check_news_notice(card: Json) -> None:
    require(_part(card, "main_title").get("title"), 42033)
    require(card.get("image_text_area") or web_address(_part(card, "card_image").get("url")), 42044)
    require(_part(card, "card_action").get("type") in {URL, PROGRAM}, 42045)


def _check_buttons(card: Json) -> None:
    require(_part(card, "main_title").get("title"), 42033)
    buttons = list_field(card, "button_list", 40058, 1, 6)
    for button in buttons:
        text_field(button, "text", TEXT_BYTES, errcode=42038)
        if button.get("type") == URL:
            require(web_address(button.get("url")), 42028)
    keyed = [one for one in buttons if one.get("type") != URL]
    _check_unique([text_field(one, "key", KEY_BYTES, errcode=42039) for one in keyed], 42039)
    if "button_selection" in card:
        _check_question(object_field(card, "button_selection"), 10)


def _check_vote(card: Json) -> None:
    require(_part(card, "main_title").get("title"), 42033)
    _check_question(object_field(card, "checkbox"), 20)
    _check_submit(card)


def _check_selects(card: Json) -> None:
    require(_part(card, "main_title").get("title"), 42033)
    questions = list_field(card, "select_list", 42047, 1, 3)
    for question in questions:
        _check_question(question, 10)
    _check_unique([one["question_key"] for one in questions], 42043)
    _check_submit(card)


def _check_question(question: Json, most: int) -> None:
    text_field(question, "question_key", KEY_BYTES, errcode=42043)
    options = list_field(question, "option_list", 42037, 1, most)
    _check_unique([text_field(one, "id", ID_BYTES, errcode=42040) for one in options], 42040)
    for option in options:
        text_field(option, "text", TEXT_BYTES, errcode=42041)


def _check_submit(card: Json) -> None:
    button = object_field(card, "submit_button")
    text_field(button, "text", TEXT_BYTES, errcode=42049)
    text_field(button, "key", KEY_BYTES, errcode=42046)


def _check_unique(keys: list[str], errcode: int) -> None:
    require(len(set(keys)) == len(keys), errcode, "repeated")


CHECKS: dict[str, Callable[[Json], None]] = {
    "text_notice": _check_text_notice,
    "news_notice": _check_news_notice,
    "button_interaction": _check_buttons,
    "vote_interaction": _check_vote,
    "multiple_interaction": _check_selects,
}


def buttons_of(card: Json) -> tuple[tuple[str, str], ...]:
    """Return (key, label) of everything on the card whose press calls back; a replaced button is grey."""
    if "replace_name" in card or "replace_text" in card:
        return _pairs(_actions(card))
    buttons = [one for one in card.get("button_list", []) if one.get("type") != URL]
    submit = [card["submit_button"]] if "submit_button" in card else []
    return _pairs([*buttons, *submit, *_actions(card)])


def is_menu_action(card: Json, key: str) -> bool:
    """Tell whether `key` belongs to the card's corner menu, whose press is an event of its own kind."""
    return any(one["key"] == key for one in _actions(card))


def questions_of(card: Json) -> list[Json]:
    """Return the card's questions: a drop-down beside the buttons, a vote, or several drop-downs."""
    single = [card[name] for name in ("button_selection", "checkbox") if name in card]
    return [*single, *card.get("select_list", [])]


def text_of(card: Json) -> str:
    """Return all that can be read on the card, line by line."""
    title, source = _part(card, "main_title"), _part(card, "source")
    emphasis, quote = _part(card, "emphasis_content"), _part(card, "quote_area")
    rows = [f"{one['keyname']}：{one.get('value', '')}" for one in card.get("horizontal_content_list", [])]
    columns = [f"{one['title']} {one.get('desc', '')}".strip() for one in card.get("vertical_content_list", [])]
    options = [f"{_heading(one)}{_options(one)}" for one in questions_of(card)]
    lines = [
        *(source.get("desc"), title.get("title"), title.get("desc"), emphasis.get("title"), emphasis.get("desc")),
        *(quote.get("title"), quote.get("quote_text"), card.get("sub_title_text"), *rows, *columns, *options),
        *(one["title"] for one in card.get("jump_list", [])),
        *(f"[{label}]" for _, label in buttons_of(card)),
        card.get("replace_name") or card.get("replace_text"),
    ]
    return "\n".join(str(line) for line in lines if line)


def _actions(card: Json) -> list[Json]:
    actions: list[Json] = _part(card, "action_menu").get("action_list", [])
    return actions


def _part(card: Json, name: str) -> Json:
    return object_field(card, name) if name in card else {}


def _pairs(buttons: Iterable[Json]) -> tuple[tuple[str, str], ...]:
    return tuple((one["key"], one.get("text", "")) for one in buttons)


def _heading(question: Json) -> str:
    return f"{question['title']}：" if question.get("title") else ""


def _options(question: Json) -> str:
    return " / ".join(one["text"] for one in question["option_list"])
