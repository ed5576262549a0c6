"""Every sentence people read: it formats, it is short, it is Chinese, and nothing of the machine shows."""

import json
import re
from datetime import timedelta
from string import Formatter

import pytest

from bot.phrasebook import phrases, sentences
from handlers.messages import Card, Form, Outgoing, Text
from handlers.requests import card
from handlers.wording import commands, customer, staff, terms
from tests.factories import LI, WANG, ZHOU, Room, a_request, a_room, buttons_of, raw_rules, rules

LONGEST = 600  # bytes of one sentence of ours, before what people said is put in
NAMES = {
    *("number", "owner", "said", "status", "title", "latest", "note", "department", "facts", "missing", "phone"),
    *("need", "needs", "found"),
    *("kind", "label", "name", "profile", "value", "question", "because", "other", "scores", "comment", "reason"),
    *("at", "platform", "example", "by", "fields", "date", "count"),
    *("source", "priority", "problem", "problems", "most", "length", "options"),
    *("need", "megabytes", "total"),
    *("likeness", "words", "votes", "numbers", "kept"),
    *("share", "below", "above", "names", "span"),
    *("code", "requests", "withdrawn", "attachments", "version"),
}
# Keys of the code that must never reach people.
KEYS = re.compile(
    r"\b(waiting|working|testing|done|closed|withdrawn|urgent|important|routine|bug|improve|custom|consult|product"
    r"|service|complaint|suggestion|other|none|None|True|False|null|ou_\w+|kf:\w+|fs:\w+|accept|deliver|progress)\b"
)
JARGON = re.compile(r"API|JSON|SLA|ID\b|bot|接口|数据库|异常堆栈")


PLACES = {"customer": customer, "staff": staff, "commands": commands, "terms": terms}
OURS = {f"{place}.{name}": text for place, module in PLACES.items() for name, text in sentences(module)}


@pytest.mark.parametrize("name", OURS)
def test_a_sentence_formats_with_names_that_are_known(name: str) -> None:
    wanted = {field for _, field, _, _ in Formatter().parse(OURS[name]) if field is not None}
    assert wanted <= NAMES, "a new name belongs into NAMES"
    said = OURS[name].format(**dict.fromkeys(wanted, "某"))
    assert "{" not in said
    assert "}" not in said
    assert said.strip() == said
    assert said


@pytest.mark.parametrize("name", OURS)
def test_a_sentence_is_short_and_chinese(name: str) -> None:
    text = OURS[name]
    assert len(text.encode()) <= LONGEST
    assert re.search(r"[\u4e00-\u9fff]", re.sub(r"\{\w+\}", "某", text))
    assert not KEYS.search(re.sub(r"\{\w+\}", "", text))


@pytest.mark.parametrize("name", [name for name in OURS if name.startswith("customer.")])
def test_a_customer_reads_no_jargon(name: str) -> None:
    assert not JARGON.search(OURS[name])


@pytest.mark.parametrize("field", raw_rules()["fields"], ids=lambda field: field["key"])
def test_a_question_of_the_intake_is_short(field: dict[str, str]) -> None:
    for key in ("label", "ask", "hint"):
        assert len(field[key].encode()) <= LONGEST


def test_help_names_every_word_a_customer_may_type() -> None:
    for word in ("进度", "我的需求", "补充", "催办", "验收通过", "未解决", "取消", "人工"):
        assert word in customer.HELP


def story(room: Room) -> None:
    """Let everything happen that people can read about."""
    number = room.registers()
    room.sweep_until(room.now + timedelta(hours=3))
    room.press("接单")
    room.sweep_until(room.now + timedelta(days=3))
    room.fill("请客户补充", content="哪个浏览器？")
    room.said(WANG, "谷歌")
    room.fill("更新进度", content="已定位")
    room.answers("快好了")
    for words in ("进度", "催办", f"补充 {number} 只有安卓", "帮助", "我的需求", "取消", "谢谢", "/status"):
        room.said(WANG, words)
    room.sends(WANG)
    room.sends_unreadable(WANG)
    room.fill("改判", type="custom", nature="complaint", urgency="important")
    room.press("接单", ZHOU, on=room.button("更新进度"))
    room.fill("提交验收", content="已修复")
    room.said(WANG, "未解决 还是报错")
    room.fill("提交验收", content="又修复了")
    room.said(WANG, "验收通过")
    room.said(WANG, "1 5 5 太慢")
    room.fill("关闭", reason="客户同意")
    room.chats_with(WANG, "首页打不开了，点了没反应", "今天早上", "1", "没有", "修改", "2", "电话 12", "确认", "人工")
    room.chats_with(ZHAO_NEW, "服务不好", "哦", "取消", "人工", "取消 202611-003")
    for command in ("/help", "/status", "/list", f"/show {number}", "/overdue", "/assign", "/status 1", "/x"):
        room.said(ZHOU, command)
    room.said("ou_stranger", "/status")
    room.said(LI, "你好")


ZHAO_NEW = "kf:wk:wm_new"


@pytest.fixture(scope="module")
def told() -> list[Outgoing]:
    with a_room() as room:
        story(room)
        return room.told


def words_of(promise: Outgoing) -> list[str]:
    message = promise.message
    texts = [message.as_text(), *(button.label for button in buttons_of(promise))]
    if isinstance(message, Form):
        texts += [text for field in message.inputs for text in (field.label, field.hint, *dict(field.options).values())]
    return texts


def test_no_key_of_the_code_and_no_brace_is_ever_shown(told: list[Outgoing]) -> None:
    for promise in told:
        for text in words_of(promise):
            assert not re.search(r"[{}]", text), text
            shown = text.replace("[week|month|quarter]", "")
            if promise.platform == "wecom" or not text.startswith("【命令】"):
                assert not KEYS.search(shown), text


def test_every_message_says_something_and_has_a_key_of_its_own(told: list[Outgoing]) -> None:
    keys = [promise.key for promise in told]
    assert len(keys) == len(set(keys))
    assert all(text.strip() for promise in told for text in words_of(promise)[:1])


def test_every_card_and_alarm_names_its_request(told: list[Outgoing]) -> None:
    for promise in told:
        if promise.request and isinstance(promise.message, Card | Form):
            assert re.search(r"202611-\d{3}", promise.message.title), promise.message.title


def test_what_a_customer_reads_of_a_request_names_it(told: list[Outgoing]) -> None:
    for promise in told:
        if promise.request and promise.platform == "wecom" and isinstance(promise.message, Text):
            assert re.search(r"202611-\d{3}", promise.message.text), promise.message.text


def test_a_menu_item_is_short_enough_for_a_button(told: list[Outgoing]) -> None:
    for promise in told:
        for button in buttons_of(promise):
            assert 0 < len(button.label) <= 40
        if promise.platform == "wecom":
            assert len(buttons_of(promise)) <= 10


def test_what_a_customer_reads_is_short(told: list[Outgoing]) -> None:
    for promise in told:
        if promise.platform == "wecom":
            assert len(promise.message.as_text().encode()) <= 1200, promise.message.as_text()


@pytest.mark.parametrize("head", ["type", "nature", "urgency"])
@pytest.mark.parametrize("rival", ["other", "none", "", "bug", "service"])
def test_a_suggestion_is_shown_in_words_whatever_the_classifier_thought(head: str, rival: str) -> None:
    value = {"type": "bug", "nature": "product", "urgency": "urgent"}[head]
    guess = {"value": value, "confidence": 0.4, "sure": False, "runner_up": rival}
    request = a_request(suggestion=json.dumps({"heads": {head: guess}}).encode())
    assert not KEYS.search(card.assignment(request, rules()).as_text())


def test_the_labels_of_the_policy_are_the_ones_customers_read() -> None:
    levels = raw_rules()["urgency"]
    for name, level in levels.items():
        levels[name] = level | {"label": f"{level['label']}级"}
    with a_room(urgency=levels) as room:
        room.registers()
        assert "紧急级" in "\n".join(t.message.as_text() for t in room.told if t.to == WANG)


def test_the_preview_says_every_sentence_with_an_example_for_every_value() -> None:
    shown = phrases(rules())
    assert "〔" not in shown, "a new value needs an example"
    for name in (name.partition(".")[2] for name in OURS):
        assert f"\n{name}\n" in shown
    for field in raw_rules()["fields"]:
        assert field["ask"] in shown
    assert rules().privacy.sentence in shown
