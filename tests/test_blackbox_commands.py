"""The six commands, against the contract alone: who may, with which words, in private, in a group and in WeCom."""

from collections.abc import Iterator

import pytest

from tests.blackbox_house import STRANGER, House, house
from tests.blackbox_player import FULL_PHONE, Customer, bug

CONDITIONS = ["待处理", "问题修复", "紧急", "P0", "李工", "本周", "本月", "bug", "urgent", "紧急 李工"]
WRONG = ["/show", "/show 203505-987", "/assign", "/assign 203505-987 李工", "/list 火星", "/shwo"]


@pytest.fixture(scope="module")
def home() -> Iterator[House]:
    with house() as opened:
        yield opened


def test_the_six_commands_answer_agents_and_managers(home: House) -> None:
    _, number, who = bug(home, phone="13912347777")
    assert all(one in home.says("钱总", "/help") for one in ("/status", "/list", "/show", "/overdue", "/assign"))
    assert "/assign" in home.says("钱总", "/help assign")
    assert "待处理" in home.says("钱总", "/status")
    assert number in home.says("钱总", f"/status {number}")
    assert number in home.says("钱总", "/list")
    assert "13912347777" in home.says("钱总", f"/show {number}")
    assert "13912347777" in home.says(who, f"/show {number}")
    assert home.says("钱总", "/overdue")
    assert number in home.says("钱总", f"／show　{number}")
    assert number in home.says("钱总", f"／ 详情 {number}") or number in home.says("钱总", f"/show {number}")


def test_the_list_takes_conditions(home: House) -> None:
    _, number, who = bug(home)
    if who != "李工":
        home.says("钱总", f"/assign {number} 李工")
    for words in CONDITIONS:
        answer = home.says("钱总", f"/list {words}")
        assert number in answer or "更多" in answer or "共" in answer, answer
        assert not FULL_PHONE.search(answer)


@pytest.mark.parametrize("words", WRONG)
def test_wrong_arguments_are_answered_with_the_usage_or_the_nearest(home: House, words: str) -> None:
    answer = home.says("钱总", words)
    assert answer
    if words in {"/show", "/assign", "/list 火星", "/shwo"}:
        assert "/" in answer, answer


def test_an_unknown_name_gets_the_nearest(home: House) -> None:
    _, number, _ = bug(home)
    answer = home.says("钱总", f"/assign {number} 赵公")
    assert "赵工" in answer
    assert "/assign" in answer


def test_nobody_else_may_and_nothing_leaks(home: House) -> None:
    guest, number, who = bug(home)
    for words in (f"/show {number}", "/list", f"/assign {number} 李工", "/status", f"/status {number}"):
        answer = home.says(STRANGER, words)
        assert answer
        assert guest.facts.company not in answer
        assert guest.facts.phone not in answer
        assert "登录" not in answer, answer
    for words in (f"/show {number}", f"/assign {number} 吴客服"):
        answer = home.says("吴客服", words)
        assert guest.facts.phone not in answer
        assert guest.facts.company not in answer
    assert home.holder(number) == who


def test_in_a_group_the_bot_answers_only_when_mentioned(home: House) -> None:
    assert not home.says("钱总", "/list", chat_id="oc_duty")
    assert "【" in home.says("钱总", "/list", chat_id="oc_duty", mention_bot=True)
    guest, number, _ = bug(home)
    answer = home.says("钱总", f"/show {number}", chat_id="oc_duty", mention_bot=True)
    assert number in answer
    assert guest.facts.company


def test_assigning_by_mention(home: House) -> None:
    _, number, _ = bug(home)
    home.says("钱总", f"/assign {number} @赵工", mentions=["ou_zhao"])
    assert home.holder(number) == "赵工"


def test_people_with_a_wecom_id_use_the_commands_there(home: House) -> None:
    _, number, _ = bug(home)
    boss = Customer(home, member="QianZong")
    assert number in boss.says(f"/show {number}")
    assert "赵工" in boss.says(f"/assign {number} 赵工")
    home.wecom.add_member("WaiRen", "外人")
    outsider = Customer(home, member="WaiRen")
    assert "登录" not in outsider.says(f"/show {number}")
