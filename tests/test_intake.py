"""The guided conversation: whatever is said, it ends in one request that holds what was said, or in none."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.intake import conversation, questions
from handlers.intake.draft import Draft, asking
from handlers.intake.hearing import hear, hear_first
from handlers.intake.repair import correction
from handlers.messages import Pressed, Text
from tests.factories import LI, MONDAY, NEED, PROFILE, WANG, Heard, Room, a_desk, a_room, raw_rules

NOTHING_IS_TOO_SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SUMMARY = "请确认需求信息"
DESK = a_desk()


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


# --- leaving and returning ---


@pytest.mark.parametrize("text", ["取消", "取消。", " 取消 ", "取消需求"])
def test_cancelling_an_intake_leaves_nothing(room: Room, text: str) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    assert "已取消" in room.said(WANG, text).customer
    assert room.requests() == []
    assert is_done(room, WANG)


@pytest.mark.parametrize("word", ["确认", "1", "好的", "是的", "没问题", "确认。", "OK", "嗯"])
def test_confirming_takes_the_words_people_use(room: Room, word: str) -> None:
    to_summary(room)
    assert "202611-001" in room.said(WANG, word).customer


def test_confirming_twice_makes_one_request(room: Room) -> None:
    to_summary(room)
    room.said(WANG, "确认")
    room.said(WANG, "确认")
    assert len(room.requests()) == 1
    assert is_done(room, WANG)


def test_a_word_of_the_table_in_the_middle_leads_back_to_the_question(room: Room) -> None:
    number = room.registers()
    room.chats_with(WANG, "首页打不开了，点了没反应", "是的")
    told = room.said(WANG, f"进度 {number}").customer
    assert "待处理" in told
    assert "需求背景" in told


def test_an_old_menu_item_is_answered_and_not_obeyed(room: Room) -> None:
    to_summary(room)
    room.said(WANG, "确认")
    for action in ("confirm", "change", "level", "revise", "past", "nonsense"):
        told = room.does(WANG, Pressed(action=action, subject="urgent"))
        assert told.customer
    assert len(room.requests()) == 1


def test_a_known_customer_confirms_his_profile_by_one_tap_and_is_offered_his_history(room: Room) -> None:
    number = room.registers()
    told = room.said(WANG, "首页打不开了，点了没反应").customer
    assert "王芳" in told
    assert "138****1234" in told
    assert "需求背景" in room.said(WANG, "1").customer
    asked = room.chats_with(WANG, "今天早上开始", "1").customer
    assert number in asked
    assert SUMMARY in room.said(WANG, "1").customer
    room.said(WANG, "确认")
    request = room.newest()
    assert request.history == number
    assert (request.company, request.phone) == ("杭州云杉商贸", "13800001234")


def test_what_a_known_customer_says_of_himself_now_counts_more(room: Room) -> None:
    room.registers()
    room.said(WANG, "首页打不开了，点了没反应，我的新手机号是13911112222")
    room.chats_with(WANG, "今天早上开始", "1", "没有", "确认")
    assert room.newest().phone == "13911112222"


def test_another_customer_is_offered_nobody_elses_history(room: Room) -> None:
    number = room.registers()
    asked = room.chats_with("kf:wk:other", "首页打不开了", "海风贸易，孙丽，13911112222", "今天早上", "1").customer
    assert number not in asked
    assert "王芳" not in asked


def test_pictures_sent_before_and_during_the_intake_come_with_the_request(room: Room) -> None:
    before = room.sends(WANG)
    assert "图片" in before.customer
    room.fetched(before, "files/before.png")
    room.said(WANG, NEED)
    during = room.sends(WANG)
    assert room.fetched(during, "files/during.png") == ()
    room.chats_with(WANG, PROFILE, "昨天升级之后", "1", "没有")
    sent = room.said(WANG, "确认")
    paths = [getattr(o.message, "path", "") for o in sent.outgoing if o.to == f"fs:{LI}"]
    assert "files/before.png" in paths
    assert "files/during.png" in paths


def test_a_picture_answers_no_question(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    room.sends(WANG)
    room.chats_with(WANG, "昨天升级之后", "1", "没有", "确认")
    assert room.request().background == "昨天升级之后"


@pytest.mark.parametrize("kind", ["voice", "sticker", "whatever"])
def test_what_cannot_be_read_is_asked_for_as_text_and_the_question_repeated(room: Room, kind: str) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    told = room.sends_unreadable(WANG, kind).customer
    assert "文字" in told
    assert "需求背景" in told


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


# --- properties ---

ANSWERS = {
    "customer": PROFILE,
    "background": "昨天升级之后",
    "urgency": "重要",
    "history": "没有",
}


def converse(text: list[str], draft: Draft) -> Draft:
    """Drive the pure conversation."""
    for words in text:
        turn = conversation.advance(draft, hear(words, draft, MONDAY, DESK), DESK.policy)
        draft = turn.draft
        assert turn.end == "submit" or turn.say.text
    return draft


def begun(text: str = NEED) -> Draft:
    first = hear_first(text, MONDAY, DESK)
    return conversation.begin(Draft(started=MONDAY), first.heard, DESK.policy).draft


@given(st.lists(st.text(max_size=60), max_size=8))
@settings(NOTHING_IS_TOO_SLOW, max_examples=60)
def test_any_texts_are_taken_and_the_intake_can_still_be_finished(texts: list[str]) -> None:
    draft = converse(texts, begun())
    for _ in range(8):
        field = asking(draft, DESK.policy)
        if field is None:
            break
        draft = converse([ANSWERS.get(field.key, NEED)], draft)
    assert asking(draft, DESK.policy) is None
    shown = questions.ask(draft, DESK.policy)
    assert SUMMARY in shown.text


@given(
    st.lists(
        st.sampled_from(
            [*ANSWERS.values(), "在吗", "电话改成13900001111", "修改", "人工智能坏了", "1", "😀", "x" * 5000]
        ),
        max_size=10,
    )
)
@NOTHING_IS_TOO_SLOW
def test_any_order_of_answers_ends_complete_or_cancelled(shared: Room, texts: list[str]) -> None:
    chat = Customers.new()
    shared.chats_with(chat, NEED, *texts)
    for text in [*ANSWERS.values(), "昨天升级之后", *ANSWERS.values(), "确认"]:
        shared.said(chat, text)
        if is_done(shared, chat):
            break
    if not is_done(shared, chat):
        assert "已取消" in shared.said(chat, "取消").customer
        assert shared.requests(chat) == []
        return
    first = shared.requests(chat)[-1]
    assert NEED in first.description or ("修改" in texts and first.description)
    assert first.phone or shared.events(first.number)[0].data["human"], "who called a person need not say more"


@given(st.text(min_size=1, max_size=80))
@NOTHING_IS_TOO_SLOW
def test_whatever_is_said_first_is_answered(shared: Room, text: str) -> None:
    assert shared.said(Customers.new(), text).customer


@given(st.text("确认取消修改人工进度补充催办 1234567890-:：。", max_size=12))
@NOTHING_IS_TOO_SLOW
def test_only_the_words_themselves_end_an_intake(shared: Room, text: str) -> None:
    chat = Customers.new()
    shared.chats_with(chat, NEED, PROFILE)
    shared.said(chat, text)
    if is_done(shared, chat):
        assert text.strip().strip("。:：").replace(" ", "") in {"取消", "取消需求", "人工", "转人工"}


@pytest.mark.parametrize("text", ["确认", "修改", "人工", "进度", "我的需求", "帮助", "催办", "验收通过", "未解决"])
def test_a_word_alone_before_anything_was_said_starts_no_intake(room: Room, text: str) -> None:
    told = room.said(WANG, text)
    assert told.customer
    assert is_done(room, WANG)


def test_a_summary_is_not_longer_than_one_message(room: Room) -> None:
    long = "导出报表报错，" * 500
    room.chats_with(WANG, long, PROFILE, "昨天升级之后" * 200, "1", "没有")
    summary = room.told[-1].message
    assert isinstance(summary, Text)
    assert SUMMARY in summary.text
    assert len(summary.text.encode()) < 4096
    room.said(WANG, "确认")
    assert room.request().description.count("导出报表报错") == 500, "the whole is kept"
