"""Forms on agents' cards: they count once, and only for those who may."""

from collections.abc import Iterator

import pytest

from handlers.messages import Form
from tests.factories import CHEN, LI, WANG, Heard, Room, a_room

NUMBER = "202611-001"
JUDGED = {"type": "consult", "nature": "service", "urgency": "important"}


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        room.registers()
        yield room


def refused(room: Room, heard: Heard, before: object) -> str:
    """Whatever is refused changes nothing, tells nobody, and says why in a toast."""
    assert heard.toast is not None
    assert heard.toast.kind in {"warning", "error"}
    assert heard.toast.text
    assert heard.outgoing == ()
    assert room.picture() == before
    return heard.toast.text


@pytest.mark.parametrize("label", ["请客户补充", "转派", "改判", "关闭"])
def test_a_button_that_needs_input_brings_a_form_with_one_submit_button(room: Room, label: str) -> None:
    heard = room.press(label)
    (told,) = heard.outgoing
    assert isinstance(told.message, Form)
    assert NUMBER in told.message.title
    assert told.message.submit.label == "提交"
    assert all(field.label for field in told.message.inputs)
    assert room.events()[-1].kind == "registered", "asking for the form changes nothing"


def test_options_show_names_and_chinese_words(room: Room) -> None:
    (told,) = room.press("转派").outgoing
    assert "陈晨" in told.message.as_text()
    (told,) = room.press("改判").outgoing
    for word in ("问题修复", "投诉类", "紧急"):
        assert word in told.message.as_text()


def test_a_form_counts_once_however_often_it_is_submitted(room: Room) -> None:
    room.press("接单")
    room.press("更新进度")
    submit = room.button("提交")
    room.press("提交", content="已定位")
    before = room.picture()
    for said in ("已定位", "别的"):
        assert "已提交过" in refused(room, room.press("提交", LI, submit, content=said), before)
    assert [e.kind for e in room.events()].count("progress") == 1


def test_a_form_counts_once_even_after_much_has_happened(room: Room) -> None:
    room.press("接单")
    room.press("更新进度")
    submit = room.button("提交")
    room.press("提交", content="第一次")
    for n in range(60):
        room.said(WANG, f"补充 {NUMBER} 第 {n} 条")
    before = room.picture()
    refused(room, room.press("提交", LI, submit, content="第二次"), before)


def test_a_form_opened_before_somebody_else_did_something_still_counts(room: Room) -> None:
    room.press("接单")
    room.press("更新进度")
    submit = room.button("提交")
    room.said(WANG, f"补充 {NUMBER} 只有安卓")
    room.press("提交", LI, submit, content="已定位")
    assert room.request().note == "已定位"


def test_a_form_opened_before_the_end_is_refused_after_it(room: Room) -> None:
    room.press("接单")
    room.press("提交验收")
    submit = room.button("提交")
    room.said(WANG, f"取消 {NUMBER}")
    before = room.picture()
    assert "已撤销" in refused(room, room.press("提交", LI, submit, content="好了"), before)


def test_a_form_opened_by_one_who_lost_the_request_is_refused(room: Room) -> None:
    room.press("转派")
    second = room.button("提交")
    room.press("关闭")
    close = room.button("提交")
    room.press("提交", LI, second, person=CHEN)
    before = room.picture()
    assert "无权操作" in refused(room, room.press("提交", LI, close, reason="重复"), before)


@pytest.mark.parametrize(
    ("label", "values"),
    [
        ("请客户补充", {}),
        ("请客户补充", {"content": "  \n"}),
        ("关闭", {}),
        ("关闭", {"content": "放错了地方"}),
        ("转派", {}),
        ("转派", {"person": "没有这个人"}),
        ("转派", {"person": "ou_nobody"}),
        ("转派", {"person": LI}),
        ("转派", {"person": "李工"}),
        ("改判", {"type": "bug", "nature": "product"}),
        ("改判", {"type": "gift", "nature": "product", "urgency": "urgent"}),
        ("改判", {"type": "bug", "nature": "none", "urgency": "urgent"}),
        ("改判", {"type": "bug", "nature": "product", "urgency": "P0"}),
    ],
    ids=str,
)
def test_a_form_with_a_value_that_means_nothing_is_refused(room: Room, label: str, values: dict[str, str]) -> None:
    room.press(label)
    before = room.picture()
    refused(room, room.press("提交", LI, None, **values), before)
    values = {"content": "话", "reason": "重复", "person": CHEN} | JUDGED
    accepted = room.press("提交", LI, None, **values)
    assert accepted.toast is not None
    assert accepted.toast.kind == "success", "a refused form is not used up"


def test_a_submitted_form_is_replaced_by_what_was_done(room: Room) -> None:
    room.press("接单")
    opened = room.press("更新进度").outgoing[0]
    told = room.press("提交", content="已定位，电话 13800001234").outgoing
    closed = next(o for o in told if o.slot == opened.slot)
    assert "已定位" in closed.message.as_text()
    assert "提交" not in [getattr(b, "label", "") for b in getattr(closed.message, "buttons", ())]
