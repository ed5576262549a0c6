"""Yes and no in free words to the question whether a request is withdrawn, or all data deleted (contract.md 6)."""

from collections.abc import Iterator

import pytest

from handlers.wording import customer
from tests.factories import NEED, WANG, Room, a_room

NUMBER = "202611-001"
YES = [
    *("确认", "确认撤销", "对，撤销", "撤销吧", "是的", "嗯，撤销吧", "确定要撤销", "撤销", "撤了吧", "是，我要撤销"),
    *("对的，取消吧", "可以，撤销掉吧，谢谢", "1", "撤回", "确认撤销需求", "请撤销"),
]
NO = [
    *(
        "不撤了",
        "算了",
        "别撤",
        "不撤销",
        "不要撤销",
        "不用撤销了",
        "先别撤",
        "先不撤了",
        "还是算了",
        "不",
        "不是",
        "点错了",
    ),
    *(
        "不要",
        "不用了",
        "那就不撤了吧",
        "2",
        "不取消了",
        "没有",
        "我再想想",
        "留着吧",
        "继续处理",
        "误操作",
        "啊点错了，别撤",
    ),
]
NEITHER = ["多久能处理好？", "为什么要撤销", "撤销以后还能恢复吗", "你好", "好的", "收到"]


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


@pytest.mark.parametrize("said", YES)
def test_a_yes_in_other_words_withdraws(room: Room, said: str) -> None:
    room.registers()
    assert "确认要撤销" in room.said(WANG, "取消").customer
    assert f"{NUMBER} 已撤销" in room.said(WANG, said).customer
    assert room.request(NUMBER).status == "withdrawn"


@pytest.mark.parametrize("said", NO)
def test_a_no_in_other_words_says_that_nothing_was_withdrawn(room: Room, said: str) -> None:
    room.registers()
    room.said(WANG, "取消")
    before = room.picture()
    assert room.said(WANG, said).customer == customer.NOT_WITHDRAWN
    assert room.picture() == before


@pytest.mark.parametrize("said", NEITHER)
def test_what_is_neither_yes_nor_no_withdraws_nothing(room: Room, said: str) -> None:
    room.registers()
    room.said(WANG, "取消")
    room.said(WANG, said)
    assert room.request(NUMBER).status == "waiting"


@pytest.mark.parametrize("said", ["确认撤销", "撤销吧", "别撤", "算了"])
def test_without_the_question_these_words_undo_nothing(room: Room, said: str) -> None:
    room.registers()
    told = room.said(WANG, said).customer
    assert "已撤销" not in told
    assert room.request(NUMBER).status == "waiting"


def test_a_yes_that_several_could_mean_asks_which(room: Room) -> None:
    room.registers()
    room.chats_with(WANG, "首页打不开了，点了没反应", "是的", "昨天升级之后", "1", "没有", "确认")
    assert customer.WHICH in room.said(WANG, "取消").customer
    assert customer.WHICH in room.said(WANG, "确认撤销").customer
    assert "202611-002 已撤销" in room.said(WANG, "202611-002").customer
    assert room.request(NUMBER).status == "waiting"


def test_a_no_to_which_one_leaves_them_all(room: Room) -> None:
    room.registers()
    room.chats_with(WANG, "首页打不开了，点了没反应", "是的", "昨天升级之后", "1", "没有", "确认", "取消")
    assert room.said(WANG, "都不撤了").customer == customer.NOT_WITHDRAWN
    assert {one.status for one in room.requests()} == {"waiting"}


@pytest.mark.parametrize("said", ["撤销 202611-001", "我要撤销202611-001", "撤销需求 202611-001"])
def test_a_request_is_withdrawn_by_its_number_in_either_word(room: Room, said: str) -> None:
    room.registers()
    assert f"{NUMBER} 已撤销" in room.said(WANG, said).customer


@pytest.mark.parametrize("said", ["确认删除", "是的，删除吧", "删除", "确定", "对，都删除"])
def test_a_yes_in_other_words_deletes(room: Room, said: str) -> None:
    room.registers()
    room.said(WANG, "删除我的数据")
    assert "已删除" in room.said(WANG, said).customer


@pytest.mark.parametrize("said", ["好的", "不删", "先别删", "算了", "不用了", "点错了", "删除了会怎么样"])
def test_mere_courtesy_or_a_no_deletes_nothing(room: Room, said: str) -> None:
    room.registers()
    room.said(WANG, "删除我的数据")
    assert "已删除" not in room.said(WANG, said).customer
    assert room.request(NUMBER).description == NEED
