"""The words customers may type outside the intake, and how each is answered."""

import time
from collections.abc import Iterator

import pytest

from storage import requests
from tests.factories import LI, WANG, ZHAO, Room, a_room

NUMBER = "202611-001"

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
    "进度怎么样了": "待处理",
    "弄好了吗？": "待处理",
    "有没有消息": "待处理",
    "查一下我上次报的那个问题的处理进度": "待处理",
    "我的需求到哪一步了": "待处理",
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
    "能不能转人工": "李工",
    "找个真人": "李工",
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


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


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


def test_erasing_that_is_not_confirmed_is_not_begun(room: Room) -> None:
    room.said(WANG, "删除我的数据")
    room.said(WANG, "算了")
    assert room.run(lambda store: requests.of_chats(store, [WANG])) == []
