"""Customers outside the intake: the words they may type, their own requests only, acceptance and the survey."""

import time
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from handlers import dispatch
from handlers.messages import Pressed
from handlers.requests import survey
from storage import requests
from tests.factories import CHEN, LI, NEED, WANG, ZHAO, ZHOU, Room, a_room, pressed, shanghai

NUMBER = "202611-001"


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


# --- words ---

# What is typed with one open request -> what the answer must hold.
PHRASES = {
    "进度": "待处理",
    f"进度 {NUMBER}": "待处理",
    f"进度{NUMBER}": "待处理",
    f"查进度 {NUMBER}": "待处理",
    f"查询进度 {NUMBER}": "待处理",
    "进度 ２０２６１１－００１": "待处理",
    "进度 202611—001": "待处理",
    "进度 202611 - 001": "待处理",
    "进度 202611001": "待处理",
    f"{NUMBER}": "待处理",
    f"{NUMBER} 进度": "待处理",
    f"{NUMBER}怎么样了": "待处理",
    f"{NUMBER}怎么样了？": "待处理",
    "我的需求": NUMBER,
    "我的需求。": NUMBER,
    f"补充 {NUMBER} 只有安卓手机有问题": "已补充",
    f"补充{NUMBER}：只有安卓手机有问题": "已补充",
    f"补充 {NUMBER}\n只有安卓手机有问题": "已补充",
    f"补充 {NUMBER}": "补充 编号 内容",
    "补充 只有安卓手机有问题": "已补充",
    "补充：只有安卓手机有问题": "已补充",
    "补充": "补充 编号 内容",
    "催办": "李工",
    f"催办 {NUMBER}": "李工",
    f"催办{NUMBER}！": "李工",
    "帮助": "进度 [编号]",
    "help": "进度 [编号]",
    "人工": "李工",
    "转人工": "李工",
    "我要转人工": "李工",
    f"取消 {NUMBER}": "已撤销",
    f"取消{NUMBER}": "已撤销",
    "取消": "确认要撤销",
    "验收通过": "暂时不能",
    f"验收通过 {NUMBER}": "暂时不能",
    "未解决": "暂时不能",
    f"未解决 {NUMBER} 还是报错": "暂时不能",
    "好的": "跟进中",
    "收到": "跟进中",
    "谢谢": "跟进中",
    "谢谢您": "跟进中",
    "在吗": "跟进中",
    "你好": "跟进中",
    "您好，在吗？": "跟进中",
}


@pytest.mark.parametrize("text", PHRASES)
def test_a_word_of_the_table_is_answered_and_starts_no_intake(room: Room, text: str) -> None:
    room.registers()
    assert PHRASES[text] in room.said(WANG, text).customer
    assert room.chat().draft is None
    assert len(room.requests()) == 1


@pytest.mark.parametrize("text", ["进度", "催办", "验收通过", "未解决", "取消"])
def test_without_a_request_a_word_of_the_table_says_so(room: Room, text: str) -> None:
    assert "没有" in room.said(WANG, text).customer


@pytest.mark.parametrize("word", ["进度", "催办", "验收通过", "未解决", "取消", "补充"])
def test_what_no_longer_applies_is_answered_whatever_the_state(room: Room, word: str) -> None:
    room.registers()
    room.fill("关闭", reason="重复")
    told = room.said(WANG, f"{word} {NUMBER} 补一句" if word == "补充" else f"{word} {NUMBER}").customer
    assert NUMBER in told
    room.registers()
    room.said(WANG, "取消 202611-002")
    told = room.said(WANG, f"{word} 202611-002 补一句" if word == "补充" else f"{word} 202611-002").customer
    assert "202611-002" in told
    assert room.request("202611-002").status == "withdrawn"
    assert room.request().status == "closed"


def test_the_agent_hears_of_a_supplement_a_reminder_and_a_withdrawal(room: Room) -> None:
    number = room.registers()
    assert "只有安卓手机" in room.said(WANG, f"补充 {number} 只有安卓手机").to(LI)
    assert "催办" in room.said(WANG, "催办").to(LI)
    withdrawn = room.said(WANG, f"取消 {number}")
    assert "撤销" in withdrawn.to(LI)
    assert room.request().status == "withdrawn"
    assert room.labels(LI) == [], "nothing can be pressed any more"


def test_a_supplement_is_kept_as_it_was_typed(room: Room) -> None:
    number = room.registers()
    assert "（见图）是不是安卓的问题？" in room.said(WANG, f"补充 {number} （见图）是不是安卓的问题？").to(LI)


def test_a_supplement_that_could_mean_two_requests_asks_for_the_number(room: Room) -> None:
    room.registers()
    room.chats_with(WANG, "首页打不开了，点了没反应", "今天早上", "1", "没有", "确认")
    assert "补充 编号 内容" in room.said(WANG, "补充 只有安卓手机有问题").customer


def test_a_supplement_without_a_number_in_an_intake_belongs_to_the_intake(room: Room) -> None:
    room.registers()
    room.chats_with(WANG, "首页打不开了，点了没反应", "今天早上", "1", "没有")
    assert "只有安卓" in room.said(WANG, "补充：只有安卓手机有问题").customer
    room.said(WANG, "确认")
    assert "只有安卓" in room.newest().description


def test_a_withdrawal_without_a_number_is_asked_about_once(room: Room) -> None:
    room.registers()
    room.said(WANG, "取消")
    assert room.request().status == "waiting"
    assert "已撤销" in room.said(WANG, "确认").customer
    assert room.request().status == "withdrawn"


def test_a_withdrawal_is_not_confirmed_by_the_way(room: Room) -> None:
    room.registers()
    room.chats_with(WANG, "取消", "好的")
    room.said(WANG, "确认")
    assert room.request().status == "waiting"


@pytest.mark.parametrize("word", ["催办", "进度", "取消", "验收通过", "未解决"])
def test_with_several_open_requests_the_bot_asks_which(room: Room, word: str) -> None:
    room.registers()
    room.chats_with(WANG, "首页打不开了，点了没反应", "今天早上", "1", "没有", "确认")
    asked = room.said(WANG, word).customer
    assert "202611-001" in asked
    assert "202611-002" in asked
    assert {r.status for r in room.requests()} == {"waiting"}


@pytest.mark.parametrize("answer", ["202611-001", "2"])
def test_the_answer_to_which_is_a_number_of_either_kind(room: Room, answer: str) -> None:
    room.registers()
    room.chats_with(WANG, "首页打不开了，点了没反应", "今天早上", "1", "没有", "确认")
    room.said(WANG, "催办")
    assert "已提醒" in room.said(WANG, answer).customer
    assert room.events("202611-001")[-1].kind == "urge"


def test_the_menu_of_a_greeting_works_by_number_and_label(room: Room) -> None:
    room.said(WANG, "你好")
    assert "已为您转人工" in room.said(WANG, "2").customer
    room.said(ZHAO, "你好")
    assert "已为您转人工" in room.said(ZHAO, "人工").customer


@pytest.mark.parametrize("text", ["/status", "／status", " /list", "/show 202611-001", "/帮助"])
def test_a_customer_has_no_slash_commands_and_sees_nothing(room: Room, text: str) -> None:
    room.registers(ZHAO)
    told = room.said(WANG, text)
    assert told.customer
    assert "202611-001" not in told.customer
    assert not told.staff


@pytest.mark.parametrize("text", ["好的", "收到", "谢谢", "在吗", "你好", "OK", "嗯嗯", "？？？", "。", "😀", " "])
def test_chatter_without_a_request_is_answered_and_starts_nothing(room: Room, text: str) -> None:
    assert room.said(WANG, text).customer
    assert room.chat().draft is None


# --- own requests only ---


def test_an_unknown_number_and_another_customers_number_get_the_same_answer(room: Room) -> None:
    number = room.registers(ZHAO)
    room.said(WANG, "你好")
    before = room.picture()
    for words in ("进度 {}", "补充 {} 一句话", "催办 {}", "验收通过 {}", "未解决 {} 不行", "取消 {}", "{}", "{} 进度"):
        theirs = room.said(WANG, words.format(number))
        nobodys = room.said(WANG, words.format("202611-999"))
        assert theirs.customer == nobodys.customer.replace("202611-999", number)
        assert not theirs.staff
    assert room.picture() == before


@pytest.mark.parametrize("wild", ["202611-%", "202611-00_", "202611-001' OR '1'='1", "202611-001|x", "202611-00１"])
def test_no_trick_in_a_number_finds_another_customers_request(room: Room, wild: str) -> None:
    room.registers(ZHAO)
    before = room.picture()
    told = room.said(WANG, f"进度 {wild}").customer
    assert NEED[:8] not in told
    assert room.picture() == before


@pytest.mark.parametrize("action", ["status", "urge", "withdraw", "pass", "fail", "score"])
def test_a_forged_press_reaches_nobody_elses_request(room: Room, action: str) -> None:
    number = room.delivers(ZHAO)
    before = room.picture()
    told = room.does(WANG, Pressed(action=action, subject=f"{number}:5" if action == "score" else number))
    assert told.customer
    assert NEED[:8] not in told.customer
    assert room.picture() == before


def test_my_requests_are_mine(room: Room) -> None:
    room.registers(ZHAO)
    room.registers(WANG)
    told = room.said(WANG, "我的需求").customer
    assert "202611-002" in told
    assert "202611-001" not in told


# --- a person ---


def test_who_asks_for_a_person_gets_one_who_knows_what_is_known(room: Room) -> None:
    room.chats_with(WANG, NEED, PROFILE_ONLY)
    told = room.said(WANG, "人工")
    assert NUMBER in told.customer
    assert "转人工" in told.customer
    card = told.to(LI)
    for word in ("王芳", "杭州云杉商贸", "138****1234", NEED):
        assert word in card
    assert "人工服务" in card


def test_who_asks_for_a_person_at_once_gets_one_too(room: Room) -> None:
    told = room.said(WANG, "人工")
    assert NUMBER in told.customer
    assert NUMBER in told.staff


def test_words_after_asking_for_a_person_go_to_the_person(room: Room) -> None:
    room.said(WANG, "人工")
    owner = room.request().owner
    assert "发票开错了抬头" in room.said(WANG, "发票开错了抬头").to(owner)
    assert room.chat().draft is None


PROFILE_ONLY = "杭州云杉商贸，王芳，13800001234"


# --- acceptance ---


def test_a_delivery_is_accepted_by_its_number_in_the_menu(room: Room) -> None:
    room.delivers()
    told = room.said(WANG, "1")
    assert room.request().status == "done"
    assert "响应速度" in told.customer
    assert "验收通过" in told.to(LI)


@pytest.mark.parametrize(
    "text", ["未解决 还是报错", f"未解决 {NUMBER} 还是报错", "未解决，还是报错", "未解决：还是报错"]
)
def test_what_is_not_solved_is_reopened_with_the_reason(room: Room, text: str) -> None:
    room.delivers()
    told = room.said(WANG, text)
    assert NUMBER in told.customer
    assert "单号不变" in told.customer
    assert "还是报错" in told.to(LI)
    assert room.request().status == "working"
    assert room.request().reopened == 1


def test_without_a_reason_the_customer_is_asked_and_the_agent_gets_the_answer(room: Room) -> None:
    room.delivers()
    assert "哪里" in room.said(WANG, "未解决").customer
    answered = room.said(WANG, "导出的文件是空的")
    assert "导出的文件是空的" in answered.to(LI)
    assert answered.customer, "the customer is told that it arrived"
    assert room.chat().draft is None


def test_with_one_delivery_among_open_requests_acceptance_needs_no_number(room: Room) -> None:
    room.delivers()
    room.chats_with(WANG, "首页打不开了，点了没反应", "今天早上", "1", "没有", "确认")
    room.said(WANG, "验收通过")
    assert room.request(NUMBER).status == "done"
    assert room.request("202611-002").status == "waiting"


def test_accepting_twice_counts_once(room: Room) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    told = room.said(WANG, f"验收通过 {NUMBER}")
    assert "已完成" in told.customer
    assert [e.kind for e in room.events()].count("pass") == 1


# --- the survey ---


def scores(room: Room, number: str = NUMBER) -> dict[str, int]:
    return survey.scores(room.request(number))


@pytest.mark.parametrize(
    "text", ["5 4 5 很专业", "5,4,5,很专业", "５ ４ ５ 很专业", "5分 4分 5分 很专业", "5、4、5。很专业"]
)
def test_scores_given_at_once_with_a_remark(room: Room, text: str) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    told = room.said(WANG, text)
    assert scores(room) == {"响应速度": 5, "方案有效性": 4, "服务态度": 5}
    assert "很专业" in told.to(LI)
    assert room.request().status == "closed"


@pytest.mark.parametrize("text", ["545", "5 4 5很专业"])
def test_scores_written_close_together_are_read_too(room: Room, text: str) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    room.said(WANG, text)
    assert scores(room) == {"响应速度": 5, "方案有效性": 4, "服务态度": 5}


def test_scores_given_one_by_one_by_number_or_label(room: Room) -> None:
    room.delivers()
    assert "响应速度" in room.said(WANG, "验收通过").customer
    assert "方案有效性" in room.said(WANG, "5").customer
    assert "服务态度" in room.said(WANG, "4分").customer
    assert "感谢" in room.said(WANG, "3").customer
    assert scores(room) == {"响应速度": 5, "方案有效性": 4, "服务态度": 3}


def test_a_remark_with_the_first_score_is_not_dropped(room: Room) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    told = room.said(WANG, "5 很专业")
    assert "方案有效性" in told.customer
    assert "很专业" in told.to(LI)


@pytest.mark.parametrize("text", ["0", "6", "6 5 5", "10", "-1", "0 4 5"])
def test_a_score_out_of_range_is_asked_for_again(room: Room, text: str) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    assert "响应速度" in room.said(WANG, text).customer
    assert scores(room) == {}
    room.said(WANG, "5 4 5")
    assert scores(room)


@pytest.mark.parametrize("text", ["1 5 5 等太久了", "5 2 5", "5 5 1"])
def test_a_low_score_reopens_and_tells_a_superior(room: Room, text: str) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    told = room.said(WANG, text)
    assert NUMBER in told.customer
    assert NUMBER in told.to(ZHOU)
    assert "评价较低" in told.to(ZHOU)
    assert room.request().status == "working"
    assert room.request().reopened == 1


def test_a_score_of_three_is_not_low(room: Room) -> None:
    room.delivers()
    room.chats_with(WANG, "验收通过", "3 3 3")
    assert room.request().status == "closed"
    assert not any(told.to == f"fs:{ZHOU}" for told in room.told)


def test_a_survey_is_answered_once(room: Room) -> None:
    room.delivers()
    room.chats_with(WANG, "验收通过", "5 4 5")
    before = room.picture()
    assert room.said(WANG, "1 1 1").customer
    assert room.does(WANG, Pressed(action="score", subject=f"{NUMBER}:1")).customer
    assert room.picture() == before


@pytest.mark.parametrize("subject", [f"{NUMBER}:0", f"{NUMBER}:6", f"{NUMBER}:", NUMBER, f"{NUMBER}:５x", ":5", ""])
def test_a_forged_score_is_refused(room: Room, subject: str) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    before = room.picture()
    assert room.does(WANG, Pressed(action="score", subject=subject)).customer
    assert room.picture() == before


def test_a_stranger_cannot_score(room: Room) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    before = room.picture()
    room.does(ZHAO, Pressed(action="score", subject=f"{NUMBER}:1"))
    assert room.picture() == before


def test_a_word_of_the_agent_does_not_end_the_survey(room: Room) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    room.answers("感谢您的配合")
    assert "方案有效性" in room.said(WANG, "5").customer
    room.said(WANG, "4 5")
    assert scores(room) == {"响应速度": 5, "方案有效性": 4, "服务态度": 5}


def test_praise_in_words_starts_no_intake(room: Room) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    assert room.said(WANG, "非常满意").customer
    assert room.chat().draft is None
    room.said(WANG, "5 5 5")
    assert scores(room)


def test_a_new_need_during_the_survey_starts_an_intake(room: Room) -> None:
    room.delivers()
    room.said(WANG, "验收通过")
    room.said(WANG, "首页打不开了，点了没反应")
    assert room.chat().draft is not None


# --- sessions, attachments, other kinds ---


def test_while_a_person_serves_the_session_the_bot_is_silent_and_speaks_after_its_end(room: Room) -> None:
    room.happens(WANG, "serving")
    for text in (NEED, "进度", "人工", "1"):
        told = room.said(WANG, text)
        assert told.outgoing == ()
    assert room.sends(WANG).outgoing == ()
    assert room.requests() == []
    room.happens(WANG, "served")
    assert room.said(WANG, NEED).customer


def test_who_enters_is_welcomed_with_the_code_of_the_event(room: Room) -> None:
    told = room.happens(WANG, "entered", welcome_code="CODE")
    assert [o.code for o in told.outgoing] == ["CODE"]
    assert room.happens(WANG, "entered").outgoing == ()
    assert room.happens(WANG, "ignored").outgoing == ()


def test_a_picture_for_an_open_request_reaches_the_agent_once_fetched(room: Room) -> None:
    number = room.registers()
    sent = room.sends(WANG)
    assert number in sent.customer
    (shown,) = room.fetched(sent)
    assert shown.to == f"fs:{LI}"
    assert shown.thread
    assert room.chat().draft is None


@pytest.mark.parametrize("kind", ["file", "video", "link"])
def test_other_attachments_are_kept_too(room: Room, kind: str) -> None:
    room.registers()
    assert NUMBER in room.sends(WANG, kind, media="M" if kind != "link" else "", note="说明").customer


def test_a_link_and_a_place_are_shown_in_words(room: Room) -> None:
    room.registers()
    assert "https://example.com" in room.sends(WANG, "link", media="", note="报错页面 https://example.com").to(LI)
    told = room.sends(WANG, "location", media="", note="杭州市西湖区")
    assert told.customer
    assert "西湖区" in told.to(LI)


@pytest.mark.parametrize("kind", ["voice", "sticker", "whatever"])
def test_what_cannot_be_read_is_always_answered(room: Room, kind: str) -> None:
    assert "文字" in room.sends_unreadable(WANG, kind).customer
    room.registers()
    assert "文字" in room.sends_unreadable(WANG, kind).customer


def test_a_picture_alone_is_acknowledged_and_asks_for_words(room: Room) -> None:
    assert "文字" in room.sends(WANG).customer


# --- the talk with the agent ---


def test_an_answer_to_the_agents_question_goes_to_that_request(room: Room) -> None:
    room.registers()
    room.press("接单")
    room.fill("请客户补充", content="用的哪个浏览器？")
    room.now += timedelta(days=2)
    told = room.said(WANG, "好的，是谷歌浏览器")
    assert "谷歌浏览器" in told.to(LI)
    assert NUMBER in told.customer
    assert room.chat().draft is None


@pytest.mark.parametrize("text", ["没有", "好的", "1", "13900001111", "2026", "不是"])
def test_any_words_answer_the_agents_question(room: Room, text: str) -> None:
    room.registers()
    room.fill("请客户补充", content="还有别的现象吗？")
    assert text in room.said(WANG, text).to(LI).replace("139****1111", "13900001111")


def test_half_an_hour_after_the_agents_word_a_need_is_a_new_need(room: Room) -> None:
    room.registers()
    room.answers("正在看")
    assert "明白" in room.said(WANG, "明白，是每天早上出现").to(LI)
    room.now += timedelta(minutes=31)
    room.said(WANG, "首页打不开了，点了没反应")
    assert room.chat().draft is not None


def test_after_the_request_ended_words_are_a_new_need(room: Room) -> None:
    room.registers()
    room.answers("正在看")
    room.fill("关闭", reason="重复")
    room.said(WANG, "取消")
    room.said(WANG, "首页打不开了，点了没反应")
    assert room.chat().draft is not None


def test_what_could_not_be_told_is_told_to_the_agent_once(room: Room) -> None:
    room.registers()
    room.press("接单")
    his_own = next(t for t in reversed(room.told) if t.to == WANG)
    promise = msgspec.structs.replace(his_own, key="push:1:later")
    told = room.run(lambda store: dispatch.undeliverable(promise, "window", store, room.desk, room.now))
    assert [o.to for o in told] == [f"fs:{LI}"]
    assert room.run(lambda store: dispatch.undeliverable(promise, "window", store, room.desk, room.now)) == ()
    room.said(WANG, "进度")
    assert room.run(lambda store: dispatch.undeliverable(promise, "window", store, room.desk, room.now)) != ()


def test_the_same_words_are_the_same_request_in_the_right_month() -> None:
    with a_room(now=shanghai("2026-11-30 23:59") + timedelta(seconds=20)) as room:
        room.chats_with(WANG, NEED, PROFILE_ONLY, "昨天升级之后", "1", "没有")
        room.now = shanghai("2026-12-01 00:00")
        assert "202612-001" in room.said(WANG, "确认").customer


def test_a_complaint_is_led_by_the_lead_of_the_service(room: Room) -> None:
    room.chats_with(WANG, "我要投诉，你们客服态度恶劣，骂人还挂电话", PROFILE_ONLY, "昨天", "1", "没有", "确认")
    request = room.request()
    assert request.nature == "complaint"
    assert request.owner == CHEN


def test_pressing_is_like_typing(room: Room) -> None:
    room.delivers()
    room.does(WANG, pressed(room.button("验收通过", WANG)))
    assert room.request().status == "done"


@pytest.mark.parametrize(
    "text", ["谢" * 300 + "x", "好的" * 200 + "x", "你好，" * 200 + "x", "未解决" + " ," * 500, "1-" * 500]
)
def test_a_nasty_text_is_answered_at_once(room: Room, text: str) -> None:
    start = time.process_time()
    assert room.said(WANG, text).customer
    assert time.process_time() - start < 1


@pytest.mark.parametrize("text", ["你好 ", "好的，谢谢！", "收到，辛苦了"])
def test_chatter_of_several_words_is_chatter(room: Room, text: str) -> None:
    room.registers()
    assert "跟进中" in room.said(WANG, text).customer
    assert room.chat().draft is None


def test_who_is_served_before_his_first_word_is_left_in_peace(room: Room) -> None:
    room.said(ZHAO, "你好")
    room.now += timedelta(days=3)
    for chat in (WANG, ZHAO):
        room.happens(chat, "serving")
        assert room.said(chat, NEED).outgoing == ()


def test_a_session_whose_end_was_lost_ends_after_two_days(room: Room) -> None:
    room.happens(WANG, "serving")
    room.said(WANG, "你好")
    room.now += timedelta(hours=49)
    assert room.said(WANG, NEED).customer


def test_erasing_that_is_not_confirmed_is_not_begun(room: Room) -> None:
    room.said(WANG, "删除我的数据")
    room.said(WANG, "算了")
    assert room.run(lambda store: requests.of_chats(store, [WANG])) == []


def test_a_picture_sent_to_the_person_who_serves_is_kept_without_a_word(room: Room) -> None:
    room.registers()
    room.happens(WANG, "serving")
    heard = room.sends(WANG)
    assert heard.customer == ""
    assert [told.to for told in room.fetched(heard)] == [f"fs:{LI}"]
