"""Corrections in the intake, in free words and by the menu; and free text, which is never an action."""

from collections.abc import Iterator

import pytest

from handlers.intake.repair import correction
from tests.factories import NEED, PROFILE, WANG, Heard, Room, a_room, raw_rules

SUMMARY = "请确认需求信息"


@pytest.fixture(scope="module")
def shared() -> Iterator[Room]:
    with a_room() as room:
        yield room


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


class Customers:
    """Ever new customers of one room."""

    count = 0

    @classmethod
    def new(cls) -> str:
        cls.count += 1
        return f"kf:wk:wm_{cls.count}"


def to_summary(room: Room, chat: str = WANG) -> Heard:
    """Go through the questions up to the summary."""
    return room.chats_with(chat, NEED, PROFILE, "昨天升级之后", "1", "没有")


def is_done(room: Room, chat: str) -> bool:
    return room.chat(chat).draft is None


# --- corrections ---

CORRECTIONS = {
    "电话改成13900001111": ("phone", "13900001111"),
    "电话写错了，应该是13900001111": ("phone", "13900001111"),
    "把联系人改为李雷": ("contact", "李雷"),
    "公司是蓝天有限公司": ("company", "蓝天有限公司"),
    "公司：蓝天有限公司": ("company", "蓝天有限公司"),
    "紧急程度改成重要": ("urgency", "important"),
    "紧急程度改成常规": ("urgency", "routine"),
    "背景改成年底审计": ("background", "年底审计"),
    "需求描述改成打印报错": ("description", "打印报错"),
    "类型改成咨询服务": ("type", "consult"),
    "历史改成202610-012": ("history", "202610-012"),
}


@pytest.mark.parametrize("text", CORRECTIONS)
def test_a_correction_in_free_words_changes_that_and_nothing_else(room: Room, text: str) -> None:
    key, value = CORRECTIONS[text]
    to_summary(room)
    assert SUMMARY in room.said(WANG, text).customer
    room.said(WANG, "确认")
    expected = {"company": "杭州云杉商贸", "contact": "王芳", "phone": "13800001234", "background": "昨天升级之后"}
    expected |= {"description": NEED, "urgency": "urgent", "history": "无"} | {key: value}
    request = room.request()
    assert {name: getattr(request, name) for name in expected} == expected


def test_a_correction_works_between_the_questions_too(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    assert "需求背景" in room.said(WANG, "电话改成13900001111").customer
    room.chats_with(WANG, "昨天升级之后", "1", "没有", "确认")
    assert (room.request().phone, room.request().background) == ("13900001111", "昨天升级之后")


def test_a_correction_to_an_impossible_phone_changes_nothing(room: Room) -> None:
    to_summary(room)
    assert "电话" in room.said(WANG, "电话改成12345").customer
    room.said(WANG, "确认")
    assert room.request().phone == "13800001234"


@pytest.mark.parametrize("field", ["客户基本信息", "2"])
def test_after_revise_the_menu_of_fields_works(room: Room, field: str) -> None:
    to_summary(room)
    menu = room.said(WANG, "修改").customer
    assert all(f["label"] in menu for f in raw_rules()["fields"] if f["kind"] != "part")
    room.said(WANG, field)
    assert SUMMARY in room.said(WANG, "上海蓝天科技，李雷，13911112222").customer
    room.said(WANG, "确认")
    request = room.request()
    assert (request.company, request.contact, request.phone) == ("上海蓝天科技", "李雷", "13911112222")


def test_revising_the_phone_alone_leaves_the_name(room: Room) -> None:
    to_summary(room)
    room.chats_with(WANG, "修改", "客户基本信息", "手机换成 13911112222", "确认")
    request = room.request()
    assert (request.company, request.contact, request.phone) == ("杭州云杉商贸", "王芳", "13911112222")


def test_after_revise_free_words_work_too(room: Room) -> None:
    to_summary(room)
    room.said(WANG, "修改")
    assert "紧急程度：常规" in room.said(WANG, "紧急程度改成常规").customer


def test_what_is_revised_is_replaced_and_not_appended(room: Room) -> None:
    to_summary(room)
    room.chats_with(WANG, "修改", "需求具体描述", "打印机无法连接", "确认")
    assert room.request().description == "打印机无法连接"


def test_more_words_at_the_summary_are_added_to_the_description(room: Room) -> None:
    to_summary(room)
    assert "已补充" in room.said(WANG, "另外上个月的数据也导不出来").customer
    room.said(WANG, "确认")
    assert room.request().description == f"{NEED}\n另外上个月的数据也导不出来"


@pytest.mark.parametrize(
    ("text", "key"), [("问题是电话打不通", None), ("电话打不通", None), ("公司改成一键导出吧", "company")]
)
def test_free_words_are_rarely_a_correction(text: str, key: str | None) -> None:
    found = correction(text, at_summary=False)
    assert (found[0] if found else None) == key


# --- free text is never an action ---

NO_ACTION = [
    "取消: 按钮点了没反应",
    "取消订单的按钮点了没反应",
    "确认按钮点了没反应",
    "确认：提交后页面报错",
    "修改密码一直失败",
    "人工复核页面打不开，点了没反应",
    "进度条一直卡在99%",
    "帮助页面打不开",
    "催办功能点了没反应",
    "验收通过按钮是灰色的",
    "我的需求列表打不开",
    "删除我的数据按钮报错",
    "补充协议上传失败",
    "未解决工单的筛选报错",
    "1号仓库的打印机连不上",
]


@pytest.mark.parametrize("text", NO_ACTION)
def test_free_text_that_begins_with_a_word_of_the_table_is_a_need(room: Room, text: str) -> None:
    room.chats_with(WANG, text, PROFILE, "昨天升级之后", "1", "没有", "确认")
    assert room.request().description == text
    assert len(room.requests()) == 1


@pytest.mark.parametrize("text", NO_ACTION)
def test_free_text_is_no_action_while_a_request_is_open_either(shared: Room, text: str) -> None:
    chat = Customers.new()
    number = shared.registers(chat)
    shared.said(chat, text)
    assert shared.request(number).status == "waiting"
    assert not is_done(shared, chat), "it starts an intake of its own"


@pytest.mark.parametrize("text", NO_ACTION)
def test_free_text_at_the_summary_neither_confirms_nor_cancels(shared: Room, text: str) -> None:
    chat = Customers.new()
    to_summary(shared, chat)
    shared.said(chat, text)
    assert not is_done(shared, chat)
    shared.said(chat, "确认")
    assert text in shared.newest(chat).description
