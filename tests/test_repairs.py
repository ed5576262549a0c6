"""The repairs of a conversation: the catalogue of what goes wrong between two people (peers.md B5), one by one."""

from collections.abc import Iterator

import msgspec
import pytest

from handlers.intake import temper
from handlers.intake.draft import Draft
from handlers.messages import Button
from tests.factories import NEED, PROFILE, WANG, Room, a_room, pressed

SUMMARY = "请确认需求信息"
BACKGROUND = "需求背景"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def answers(room: Room) -> dict[str, str]:
    kept = room.chat(WANG).draft
    assert kept is not None
    return msgspec.json.decode(kept, type=Draft).answers


# --- correction ---


@pytest.mark.parametrize(
    ("said", "key", "value"),
    [
        ("电话写错了，是13900001111", "phone", "13900001111"),
        ("手机号不对，应该是 139 0000 1111", "phone", "13900001111"),
        ("电话改成１３９００００１１１１", "phone", "13900001111"),
        ("不是杭州云杉商贸，是宁波分公司", "company", "宁波分公司"),
        ("不是王芳，是王方", "contact", "王方"),
        ("我们公司不是云杉，是云山", "company", "杭州云山商贸"),
        ("公司名称改为宁波云杉商贸有限公司", "company", "宁波云杉商贸有限公司"),
        ("把联系人改成李雷", "contact", "李雷"),
    ],
)
def test_a_field_is_corrected_in_free_words_at_any_moment(room: Room, said: str, key: str, value: str) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    told = room.said(WANG, said).customer
    assert "已修改" in told
    assert BACKGROUND in told
    assert answers(room)[key] == value


def test_what_is_called_wrong_without_the_right_word_is_asked_again(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    assert "正确的电话" in room.said(WANG, "电话写错了").customer
    told = room.said(WANG, "13900001111").customer
    assert BACKGROUND in told
    assert answers(room)["phone"] == "13900001111"


def test_a_slip_of_the_pen_corrects_the_answer_before(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "上个月开始的")
    room.said(WANG, "说错了，是这周一开始的")
    assert answers(room)["background"] == "这周一开始的"


def test_the_last_answer_is_taken_back(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "随便写写的")
    told = room.said(WANG, "上一步").customer
    assert "不算" in told
    assert BACKGROUND in told
    room.said(WANG, "昨天升级之后")
    assert answers(room)["background"] == "昨天升级之后"


def test_there_is_nothing_to_take_back_at_the_start(room: Room) -> None:
    room.said(WANG, NEED)
    assert "没有可以撤回" in room.said(WANG, "上一步").customer


@pytest.mark.parametrize("said", ["改第3项", "修改第三项", "改3"])
def test_the_nth_field_of_the_summary_is_changed(room: Room, said: str) -> None:
    room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "1", "没有")
    assert BACKGROUND in room.said(WANG, said).customer
    told = room.said(WANG, "上周五升级之后").customer
    assert SUMMARY in told
    assert "上周五升级之后" in told


def test_a_later_word_of_the_customer_is_never_overwritten_by_what_is_read_from_another(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    room.said(WANG, "昨天开始的，我同事小李的电话是13700002222")
    assert answers(room)["phone"] == "13800001234"


# --- digression, chit-chat, cancellation ---


@pytest.mark.parametrize("said", ["你好", "谢谢", "好的", "在吗", "👍", "多久能处理好", "你是机器人吗"])
def test_after_a_digression_the_open_question_comes_back(room: Room, said: str) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    before = answers(room)
    assert BACKGROUND in room.said(WANG, said).customer
    assert answers(room) == before


def test_progress_of_another_request_interrupts_and_does_not_end(room: Room) -> None:
    number = room.registers()
    room.chats_with(WANG, "首页打不开了，点了没反应", "是的")
    told = room.said(WANG, f"进度 {number}").customer
    assert "待处理" in told
    assert BACKGROUND in told


def test_a_standing_question_is_answered_outside_an_intake_too(room: Room) -> None:
    assert "24 小时" in room.said(WANG, "多久能处理好？").customer
    assert room.chat(WANG).draft is None


@pytest.mark.parametrize("said", ["发票多久能开", "多久能到货", "客服电话总打不通"])
def test_a_need_like_a_standing_question_is_still_a_need(room: Room, said: str) -> None:
    room.said(WANG, said)
    assert room.chat(WANG).draft is not None


# --- clarification ---


def test_vague_twice_and_then_a_person(room: Room) -> None:
    first = room.said(WANG, "希望系统更便捷").customer
    second = room.said(WANG, "就是不好用").customer
    assert "具体" in first
    assert second != first
    assert "比如" in second
    third = room.said(WANG, "体验差").customer
    assert "已为您转人工" in third
    request = room.request()
    for words in ("希望系统更便捷", "就是不好用", "体验差"):
        assert words in request.description


def test_answers_that_do_not_fit_are_explained_differently_then_a_person_is_offered(room: Room) -> None:
    room.said(WANG, NEED)
    told = [room.said(WANG, "12345").customer for _ in range(3)]
    assert len(set(told)) == 3
    assert ["人工" in said for said in told] == [False, False, True]


@pytest.mark.parametrize("said", ["滚，什么垃圾玩意", "你们就是骗子！", "傻逼机器人", "操你妈的垃圾公司"])
def test_scolding_is_answered_kindly_kept_and_handed_over(room: Room, said: str) -> None:
    told = room.said(WANG, said)
    assert "抱歉" in told.customer
    request = room.request()
    assert (request.nature, request.description) == ("complaint", said)


def test_scolding_within_an_intake_hands_over_what_is_known(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    assert "抱歉" in room.said(WANG, "垃圾").customer
    request = room.request()
    assert NEED in request.description
    assert request.phone == "13800001234"
    assert room.chat(WANG).draft is None


@pytest.mark.parametrize("said", ["垃圾桶的盖子坏了", "你们垃圾分类的页面打不开", "滚动条拖不动", "烦死了导出又失败"])
def test_a_need_with_a_strong_word_is_no_scolding(said: str) -> None:
    assert not temper.scolds(said)


# --- said again ---

SAME = "导出订单报表一直报错500"
AGAIN = "订单报表又导不出来了，报500"


# --- several needs, and what becomes of the others ---

TWO = "导出订单报表一直报错，客户在等。另外打印机模板希望能加上我们公司的logo"


# --- yes and no in other words ---


def summed_up(room: Room) -> None:
    assert SUMMARY in room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "1", "没有").customer


# --- giving up, waiting, announcing ---


@pytest.mark.parametrize("said", ["算了", "不用了", "不登记了", "算了，不提了"])
def test_who_gives_up_is_asked_and_nothing_is_written_down(room: Room, said: str) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    assert "取消" in room.said(WANG, said).customer
    assert "background" not in answers(room)
    room.said(WANG, "取消")
    assert room.chat(WANG).draft is None


@pytest.mark.parametrize("said", ["稍等", "等一下", "稍等，我查一下", "好的，等我一下"])
def test_who_asks_for_patience_is_nobodys_name(room: Room, said: str) -> None:
    room.said(WANG, NEED)
    before = answers(room)
    assert "不着急" in room.said(WANG, said).customer
    assert answers(room) == before


@pytest.mark.parametrize("said", ["提交需求", "我要提需求", "我想提个新的需求"])
def test_who_only_announces_a_need_is_asked_for_it(room: Room, said: str) -> None:
    assert "请描述" in room.said(WANG, said).customer
    assert "请描述" in room.said(WANG, said).customer
    assert answers(room) == {}


def test_a_choice_among_requests_leads_back_to_the_open_question(room: Room) -> None:
    room.registers()
    room.chats_with(WANG, "打印的小票字号能不能大一点", "是的", "一直", "3", "没有", "确认")
    room.chats_with(WANG, "希望首页增加待办提醒", "进度")
    assert "我们继续刚才的登记" in room.said(WANG, "1").customer


def test_an_address_with_a_slash_is_a_need_and_no_command(room: Room) -> None:
    room.said(WANG, "/api/orders/export 接口一直返回500")
    assert "500" in answers(room)["description"]
    assert "仅供内部人员" in room.said(WANG, "/status").customer


def test_a_mark_of_impatience_reaches_the_person(room: Room) -> None:
    room.said(WANG, "人工")
    assert "？" in room.said(WANG, "？").staff
    assert room.newest().description == "客户要求人工服务"


def test_no_is_no_urgency(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "昨天升级之后")
    room.said(WANG, "没有")
    assert "urgency" not in answers(room)


def test_nothing_to_say_to_a_probe_is_still_vague(room: Room) -> None:
    room.said(WANG, "服务不好")
    room.said(WANG, "没有")
    assert "description" not in answers(room)
    assert "请同事" in room.said(WANG, "不知道").customer


def test_an_address_that_is_none_is_not_taken(room: Room) -> None:
    summed_up(room)
    assert "邮箱好像不对" in room.said(WANG, "邮箱改成随便").customer
    room.said(WANG, "邮箱改成 wang@yunshan.com")
    assert answers(room)["email"] == "wang@yunshan.com"


def test_joining_is_taken_back_and_nothing_is_lost(room: Room) -> None:
    room.chats_with(WANG, TWO, PROFILE)
    room.does(WANG, pressed(Button(label="", action="as_one")))
    assert "logo" in answers(room)["description"]
    told = room.said(WANG, "上一步").customer
    assert "logo" not in answers(room)["description"]
    assert "合成一条登记" not in told
    assert "logo" in room.chats_with(WANG, "昨天升级之后", "1", "没有", "确认").customer


def test_two_troubles_under_one_label_are_both_kept(room: Room) -> None:
    room.said(WANG, "问题：导出订单报表一直报错\n问题：打印模板不能显示公司logo")
    assert "导出" in answers(room)["description"]
    assert "logo" in answers(room)["description"]


# --- answers to another question ---


@pytest.mark.parametrize(
    "said",
    [
        "是的",
        "不是",
        "没有",
        "很急",
        "今天必须好",
        "就这个号",
        "紧急",
        "yes",
        "月底前想弄好",
        "全公司四十个人都进不去",
        "你们自己查",
        "打不开",
        "全部断了",
        "好忙",
    ],
)
def test_an_answer_to_another_question_names_nobody(room: Room, said: str) -> None:
    room.chats_with(WANG, NEED, said)
    assert not {"company", "contact"} & set(answers(room))


def test_what_is_said_at_the_wrong_question_is_kept(room: Room) -> None:
    room.chats_with(WANG, NEED, "昨天升级之后开始的", "今天必须好", PROFILE)
    assert "昨天升级" in answers(room)["background"]
    assert (answers(room)["company"], answers(room)["contact"]) == ("杭州云杉商贸", "王芳")


def test_a_bare_yes_and_a_deadline_answer_no_open_question(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE)
    assert "没理解" in room.said(WANG, "是的").customer
    room.chats_with(WANG, "昨天升级之后", "重要吧")
    assert "没理解" in room.said(WANG, "两天之内给我解决").customer
    room.said(WANG, "没有")
    told = answers(room)
    assert (told["background"], told["urgency"], told["history"]) == ("昨天升级之后", "important", "无")
    assert told["wanted_by"]


def test_who_tells_of_an_earlier_request_may_name_a_deadline_too(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "昨天升级之后", "重要", "报过一次，周五前要好")
    assert answers(room)["history"] == "报过一次，周五前要好"


def test_short_english_answers_are_understood(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE, "since yesterday", "urgent", "no")
    assert (answers(room)["urgency"], answers(room)["history"]) == ("urgent", "无")
    assert "已登记" in room.said(WANG, "yes").customer


def test_an_open_question_of_an_agent_waits_while_an_intake_goes_on(room: Room) -> None:
    number = room.registers()
    room.press("接单")
    room.chats_with(WANG, "打印的小票字号能不能大一点")
    room.fill("请客户补充", 内容="是哪台机器？")
    room.chats_with(WANG, "是的", "老人家看不清", "3", "没有")
    assert "202611-002" in room.said(WANG, "确认").customer
    assert number == "202611-001"


def test_several_needs_are_shown_even_where_one_is_had_already(room: Room) -> None:
    room.registers(WANG, SAME)
    told = room.said(WANG, f"{AGAIN}。另外希望订单列表能按部门筛选").customer
    assert "同一件事" in told
    assert "按部门筛选" in told
