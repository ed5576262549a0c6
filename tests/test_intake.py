"""The guided intake: what is asked, in which order, and answers that do not fit (process.md A-040)."""

from collections.abc import Iterator

import pytest

from tests.factories import LI, NEED, PROFILE, WANG, Heard, Room, a_room, raw_rules

SUMMARY = "请确认需求信息"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def to_summary(room: Room, chat: str = WANG) -> Heard:
    """Go through the questions up to the summary."""
    return room.chats_with(chat, NEED, PROFILE, "昨天升级之后", "1", "没有")


# --- what is asked ---


def test_five_elements_are_asked_and_shown_in_the_summary(room: Room) -> None:
    summary = to_summary(room).customer
    assert SUMMARY in summary
    for word in (NEED, "杭州云杉商贸", "王芳", "13800001234", "昨天升级之后", "紧急", "确认", "修改"):
        assert word in summary
    confirmed = room.said(WANG, "确认").customer
    assert "202611-001" in confirmed
    request = room.request()
    assert (request.company, request.contact, request.phone) == ("杭州云杉商贸", "王芳", "13800001234")
    assert (request.background, request.urgency, request.history) == ("昨天升级之后", "urgent", "无")
    assert request.description == NEED


def test_one_question_is_asked_at_a_time(room: Room) -> None:
    asked = [room.said(WANG, text).customer for text in (NEED, PROFILE, "昨天升级之后", "1")]
    for text, about in zip(asked, ("公司", "需求背景", "紧急程度", "历史需求"), strict=True):
        assert about in text
        assert sum(word in text for word in ("请告诉我您的公司", "需求背景：", "紧急程度：", "历史需求：")) <= 1


def test_all_at_once_needs_no_question(room: Room) -> None:
    text = "我是星河物流的刘强，电话13711112222。上周升级后扫码枪扫不出单号，今天下午五点前必须好，之前没提过"
    assert SUMMARY in room.said(WANG, text).customer
    room.said(WANG, "确认")
    request = room.request()
    assert (request.company, request.contact, request.phone) == ("星河物流", "刘强", "13711112222")
    assert request.urgency == "urgent"
    assert "扫码枪扫不出单号" in request.description


def test_labels_of_ones_own_are_read(room: Room) -> None:
    text = (
        "客户：云海科技\n联系人：赵敏\n电话：13812345678\n背景：年底审计\n"
        "需求：希望增加按部门导出报表\n紧急程度：重要\n历史：没有"
    )
    assert SUMMARY in room.said(WANG, text).customer
    room.said(WANG, "确认")
    request = room.request()
    assert (request.company, request.contact, request.phone) == ("云海科技", "赵敏", "13812345678")
    assert (request.background, request.urgency) == ("年底审计", "important")
    assert request.description == "希望增加按部门导出报表"


@pytest.mark.parametrize("first", ["1", "１", "紧急", " 紧急 ", "紧急：业务已停，或今天内必须解决", "紧急。"])
def test_a_menu_takes_its_number_and_its_label_of_either_width(room: Room, first: str) -> None:
    assert "历史需求" in room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", first).customer
    room.chats_with(WANG, "没有", "确认")
    assert room.request().urgency == "urgent"


def test_urgency_is_judged_from_the_words_of_the_customer(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "不急，下个月前就行", "没有", "确认")
    assert room.request().urgency == "routine"
    assert "下个月前就行" in room.request().impact


@pytest.mark.parametrize("text", ["没有", "无", "没提过", "第一次", "没有。"])
def test_no_history_is_an_answer(room: Room, text: str) -> None:
    assert SUMMARY in room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "1", text).customer


# --- answers that do not fit ---


@pytest.mark.parametrize("phone", ["12345", "1380000123", "138000012345", "11111111111", "12800001234"])
def test_an_impossible_phone_is_asked_for_again(room: Room, phone: str) -> None:
    room.said(WANG, NEED)
    assert "电话" in room.said(WANG, f"杭州云杉商贸，王芳，{phone}").customer
    assert "需求背景" not in room.told[-1].message.as_text()
    room.chats_with(WANG, "13800001234")
    assert "需求背景" in room.told[-1].message.as_text() or "公司" in room.told[-1].message.as_text()


def test_the_name_and_the_phone_may_come_in_two_messages(room: Room) -> None:
    room.said(WANG, NEED)
    assert "联系电话" in room.said(WANG, "杭州云杉商贸，王芳").customer
    assert "需求背景" in room.said(WANG, "13800001234").customer


def test_a_vague_need_is_asked_about_at_once_and_both_words_are_kept(room: Room) -> None:
    asked = room.said(WANG, "服务不好").customer
    assert "具体" in asked
    room.chats_with(WANG, "客服电话总打不通", PROFILE, "最近一个月", "3", "没有", "确认")
    description = room.request().description
    assert "服务不好" in description
    assert "客服电话总打不通" in description


@pytest.mark.parametrize("text", ["希望系统更便捷", "体验差", "系统有问题", "不好用"])
def test_a_vague_need_never_reaches_the_summary_unasked(room: Room, text: str) -> None:
    assert "具体" in room.said(WANG, text).customer


def test_a_person_is_offered_after_three_answers_that_do_not_fit(room: Room) -> None:
    room.said(WANG, NEED)
    told = [room.said(WANG, "12345").customer for _ in range(3)]
    assert "人工" not in told[0]
    assert "人工" in told[2]
    assert "已为您转人工" in room.said(WANG, "人工").customer


def test_chatter_is_no_answer(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    for text in ("在吗", "你好", "好的"):
        assert "需求背景" in room.said(WANG, text).customer
    room.chats_with(WANG, "昨天升级之后", "1", "没有", "确认")
    assert room.request().background == "昨天升级之后"


@pytest.mark.parametrize("text", ["谢谢", "好的谢谢", "在吗", "你好", "辛苦了", "收到"])
def test_chatter_at_the_summary_is_not_written_into_the_request(room: Room, text: str) -> None:
    to_summary(room)
    assert SUMMARY in room.said(WANG, text).customer
    room.said(WANG, "确认")
    assert room.request().description == NEED


def test_a_second_message_about_the_need_is_no_company(room: Room) -> None:
    room.said(WANG, NEED)
    again = room.said(WANG, "就是点导出的时候一直转圈").customer
    assert "公司" in again
    room.chats_with(WANG, PROFILE, "昨天升级之后", "1", "没有", "确认")
    request = room.request()
    assert (request.company, request.contact) == ("杭州云杉商贸", "王芳")
    assert "一直转圈" in request.description, "nothing is dropped"


def test_two_needs_in_one_message_are_both_kept(room: Room) -> None:
    room.chats_with(WANG, "导出报表报错，另外希望首页增加待办提醒", PROFILE, "昨天", "1", "没有", "确认")
    assert "导出报表报错" in room.request().description
    assert "待办提醒" in room.request().background
    room.chats_with(WANG, "早上要翻好几页", "3", "没有", "确认")
    assert "待办提醒" in room.newest().description


def test_whoever_chose_to_state_a_need_is_believed_whatever_it_looks_like(room: Room) -> None:
    room.said(WANG, "你好")
    assert "请描述" in room.said(WANG, "提交需求").customer
    assert "公司" in room.said(WANG, "人工审核那一步卡住了").customer
    room.chats_with(WANG, PROFILE, "昨天升级之后", "1", "没有", "确认")
    assert room.request().description == "人工审核那一步卡住了"


def test_a_number_is_an_answer_to_the_question_of_history(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "1")
    assert "历史需求记录：202610-012" in room.said(WANG, "202610-012").customer


# --- fields are data ---

BUDGET = {"key": "budget", "label": "预算", "kind": "text", "ask": "预算大概是多少？", "hint": "例如：5 万元"}


def test_a_sixth_field_is_asked_shown_revised_and_kept_without_code() -> None:
    with a_room(fields=[*raw_rules()["fields"], BUDGET]) as room:
        assert "预算大概是多少" in to_summary(room).customer
        assert "预算：五万元" in room.said(WANG, "五万元").customer
        assert "预算" in room.said(WANG, "修改").customer
        room.said(WANG, "预算")
        assert "预算：六万元" in room.said(WANG, "六万元").customer
        assert "预算：七万元" in room.said(WANG, "预算改成七万元").customer
        confirmed = room.said(WANG, "确认")
        assert "七万元" in confirmed.to(LI), "the agent sees it"


def test_the_order_in_the_file_is_the_order_in_the_chat() -> None:
    with a_room(fields=[raw_rules()["fields"][0], BUDGET, *raw_rules()["fields"][1:]]) as room:
        assert "预算大概是多少" in room.said(WANG, NEED).customer


def test_a_policy_with_fewer_fields_asks_fewer_questions() -> None:
    with a_room(fields=raw_rules()["fields"][:2]) as room:
        assert SUMMARY in room.chats_with(WANG, NEED, PROFILE).customer
        room.said(WANG, "确认")
        assert room.request().phone == "13800001234"
