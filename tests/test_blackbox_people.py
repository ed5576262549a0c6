"""Customers of every manner, against the contract alone: intake, summary, words typed at any time, own requests."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.blackbox_house import PEOPLE, House, house
from tests.blackbox_player import NUMBER, Customer, Manner, customer, is_summary

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
VERBOSE = {
    "company": "我们公司是{}",
    "name": "我叫{}，在公司做运营",
    "phone": "我的电话是{}，随时都可以打",
    "background": "是这样的，{}，之前一直都好好的",
    "description": "{}，麻烦你们尽快看看",
    "urgency": "{}",
    "history": "{}，这是第一次联系你们",
}
ENGLISH = {"phone": "my phone is {}", "name": "I am {}", "company": "company: {}"}
MANNERS: dict[str, Manner] = {
    "all he is asked": Manner(),
    "one field at a time": Manner(at_once=1),
    "two fields": Manner(at_once=2),
    "verbose": Manner(say=lambda field, words: VERBOSE[field].format(words)),
    "full-width digits": Manner(say=lambda _, words: words.translate(FULL_WIDTH)),
    "mixing English in": Manner(say=lambda field, words: ENGLISH.get(field, "{}").format(words)),
    "numbered menus": Manner(menu="number", at_once=1),
    "tapping": Manner(menu="tap"),
    "talking of other things": Manner(at_once=1, asides=("进度", "你好", "图片", "谢谢", "我的需求")),
}
BUG: dict[str, Any] = {"description": "登录页面一直报错500，点登录就闪退，希望恢复正常登录", "urgency": "紧急"}
STAFF = tuple(row[0] for row in PEOPLE)
OPENINGS = ["你好，我想反馈一个问题", "我要提需求", "你好，我想反映一個問題", "有个问题想咨询一下"]
SMALL_TALK = [
    "你好",
    "在吗",
    "好的",
    "收到",
    "谢谢",
    "嗯嗯",
    "哈哈",
    "辛苦了",
    "👍",
    "很好",
    "不错",
    "ok",
    "早上好",
    "再见",
]


@pytest.fixture(scope="module")
def home() -> Iterator[House]:
    with house() as opened:
        yield opened


def shown(home: House, number: str) -> str:
    """Return what a manager is shown of a request."""
    return home.says("钱总", f"/show {number}")


@pytest.mark.parametrize("manner", MANNERS)
def test_whatever_his_manner_all_five_elements_arrive_as_he_typed_them(home: House, manner: str) -> None:
    guest = customer(home, MANNERS[manner], name="欧阳小明")
    number = guest.registers()
    seen = shown(home, number)
    for value in (guest.facts.company, guest.facts.background, guest.facts.description, guest.facts.urgency):
        assert value in seen, guest.script()
    assert guest.facts.phone in seen.translate(str.maketrans("０１２３４５６７８９", "0123456789")), guest.script()
    if MANNERS[manner].at_once > 1:
        assert "欧阳小明" in seen, guest.script()
    assert "历史" in seen


def test_one_message_that_says_everything_leads_soon_to_the_summary(home: House) -> None:
    guest = customer(home)
    answer = guest.until_summary(
        "我是蓝天贸易有限公司的王芳，电话13900001111。上周五升级之后，订单页面打不开，报错500，"
        "希望能正常打开。很紧急，今天内要解决。以前没提过类似问题。"
    )
    assert all(one in answer for one in ("蓝天贸易有限公司", "王芳", "13900001111", "订单页面打不开", "紧急"))
    assert len([one for one in guest.chat() if one.sender == "customer"]) <= 3, guest.script()


def test_traditional_characters_are_understood(home: House) -> None:
    facts: dict[str, Any] = {"company": "臺北資訊股份有限公司", "name": "陳大文", "background": "上週升級之後開始的"}
    facts |= {"description": "訂單匯出的時候系統報錯，希望可以正常匯出", "urgency": "緊急", "history": "沒有"}
    guest = customer(home, **facts)
    seen = shown(home, guest.registers())
    assert "臺北資訊股份有限公司" in seen
    assert re.search(r"紧急程度 \| 紧急", seen), guest.script()


@pytest.mark.parametrize("opening", OPENINGS)
def test_an_opening_without_content_is_no_description(home: House, opening: str) -> None:
    guest = customer(home)
    answer = guest.says(opening)
    number = guest.goes_on(answer)
    assert guest.facts.description in shown(home, number), guest.script()


@pytest.mark.parametrize("vague", ["你们服务不好", "希望系统更便捷", "系统有问题"])
def test_a_vague_need_is_asked_about_before_the_summary(home: House, vague: str) -> None:
    guest = customer(home, description="希望在移动端增加批量导出数据功能")
    assert not is_summary(guest.says(vague))
    number = guest.goes_on(guest.chat()[-1].text)
    assert "批量导出" in shown(home, number), guest.script()


def test_an_impossible_phone_number_is_asked_for_again(home: House) -> None:
    guest = customer(home, phone="1381234")
    answer = guest.says(guest.facts.description)
    answer = guest.says("星河科技有限公司，张伟，1381234")
    assert any(one in answer for one in ("电话", "手机", "号码"))
    guest.says("13812349999")
    assert "13812349999" in shown(home, guest.goes_on(guest.chat()[-1].text))


@pytest.mark.parametrize(("words", "seen"), [("紧急程度改成紧急", "紧急"), ("电话改成13712345678", "13712345678")])
def test_free_words_at_the_summary_change_a_value(home: House, words: str, seen: str) -> None:
    guest = customer(home, urgency="常规")
    guest.until_summary()
    assert "修改" in guest.says("修改") or guest.chat()[-1].menu
    answer = guest.says(words)
    assert is_summary(answer), guest.script()
    assert seen in answer
    assert seen in shown(home, guest.goes_on(answer))


def test_after_modify_a_menu_of_fields_lets_him_change_one(home: House) -> None:
    guest = customer(home)
    guest.until_summary()
    guest.says("修改")
    guest.taps("背景")
    answer = guest.says("昨晚搬迁机房之后开始的")
    assert is_summary(answer), guest.script()
    assert "昨晚搬迁机房之后开始的" in answer


def test_changing_his_mind_in_the_middle_is_followed(home: House) -> None:
    guest = customer(home)
    guest.says(guest.facts.description)
    guest.says("星河科技有限公司，张伟，13812340001")
    guest.says("电话换成13987654321")
    answer = guest.goes_on(guest.chat()[-1].text)
    assert "13987654321" in shown(home, answer), guest.script()


def test_cancelling_an_intake_leaves_no_request(home: House) -> None:
    guest = customer(home)
    guest.until_summary()
    guest.says("取消")
    assert not NUMBER.search(guest.says("我的需求")), guest.script()


def test_asking_for_a_person_registers_what_is_known_and_says_so(home: House) -> None:
    before = {name: home.count(name) for name in STAFF}
    guest = customer(home, company="云帆物流有限公司")
    guest.says("系统报错500，无法登录")
    guest.says("云帆物流有限公司")
    answer = guest.says("人工")
    told = [name for name, count in before.items() if "云帆物流" in home.told(name, count)]
    assert told, guest.script()
    assert answer


def test_an_impatient_customer_gets_a_person_at_once(home: House) -> None:
    before = {name: home.count(name) for name in STAFF}
    guest = customer(home)
    home.wecom.add_customer(guest.key, "急性子")
    answer = guest.says("人工")
    assert any(one in answer for one in ("人工", "专人", "同事", "客服")), answer
    assert any("急性子" in home.told(name, count) for name, count in before.items()), guest.script()


@pytest.mark.parametrize("words", SMALL_TALK)
def test_small_talk_never_starts_an_intake(home: House, words: str) -> None:
    guest = customer(home)
    answer = guest.says(words)
    assert answer
    assert "公司" not in answer, answer
    assert "确认" not in guest.says("进度")


def test_small_talk_with_an_open_request_never_starts_an_intake(home: House) -> None:
    guest = customer(home)
    number = guest.at_once()
    for words in SMALL_TALK:
        answer = guest.says(words)
        assert "公司" not in answer, (words, answer)
        assert "具体" not in answer, (words, answer)
    assert NUMBER.findall(guest.says("我的需求")) == [number]


def test_numbers_have_their_form_run_on_and_name_one_request_each(home: House) -> None:
    guests = [customer(home) for _ in range(3)]
    numbers = [guest.at_once() for guest in guests]
    assert all(re.fullmatch(r"203505-\d{3,}", number) for number in numbers)
    runs = [int(number.partition("-")[2]) for number in numbers]
    assert runs == list(range(runs[0], runs[0] + 3))


def test_words_without_a_number_ask_which_when_several_are_open(home: House) -> None:
    guest = customer(home)
    first, second = guest.at_once(), guest.registers("希望报表页面增加按部门筛选的功能，现在要一个个找")
    assert first != second
    for words in ("进度", "催办"):
        answer = guest.says(words)
        assert first in answer, answer
        assert second in answer, answer
    answer = guest.says(f"进度 {first}")
    assert first in answer
    assert second not in answer
    mine = guest.says("我的需求")
    assert first in mine
    assert second in mine


def test_a_number_may_be_typed_in_many_ways(home: House) -> None:
    guest = customer(home)
    number = guest.at_once()
    for form in ["进度 {}", "进度{}", "进度：{}", "进度　{}", "{} 进度", "{}"]:
        assert "待处理" in guest.says(form.format(number)), guest.script()
        assert "待处理" in guest.says(form.format(number.translate(FULL_WIDTH))), guest.script()


def test_anothers_number_and_an_unknown_one_get_the_same_answer(home: House) -> None:
    owner, thief = customer(home), customer(home)
    number = owner.at_once()
    unknown = "203505-987"
    for word in ["进度 {}", "催办 {}", "取消 {}", "补充 {} 你好", "验收通过 {}", "未解决 {} 不好"]:
        assert thief.says(word.format(number)).replace(number, unknown) == thief.says(word.format(unknown))
        assert "待处理" in owner.says(f"进度 {number}")


def test_urging_adding_and_withdrawing_reach_the_assignee(home: House) -> None:
    guest = customer(home, **BUG)
    number = guest.at_once()
    who = home.holder(number)
    added = (f"补充 {number} 只有Chrome会这样", "只有Chrome会这样")
    for words, said in [(f"催办 {number}", "催"), ("催办", "催"), added]:
        count = home.count(who)
        assert guest.says(words)
        assert said in home.told(who, count), words
    answer = guest.says(f"取消 {number}")
    if "确认" in answer:
        answer = guest.says("确认")
    assert "已撤销" in guest.says(f"进度 {number}"), guest.script()
    assert "接单" not in home.buttons(home.card(who, number))


def test_two_needs_in_one_message_are_both_kept(home: House) -> None:
    guest = customer(home)
    number = guest.registers("两件事：一是登录页面报错500进不去，二是希望报表能增加导出PDF的功能")
    everything = shown(home, number) + guest.says("我的需求")
    assert "登录页面报错500" in everything
    assert "导出PDF" in everything


def test_voice_and_location_are_answered_and_pictures_are_kept(home: House) -> None:
    guest = customer(home, **BUG)
    assert "文字" in guest.sends("voice", b"voice", filename="a.amr")
    guest.until_summary()
    guest.sends()
    assert guest.sends("location", b"", latitude=30.2, longitude=120.1, name="西湖", address="西湖")
    number = guest.goes_on(guest.says("修改") and guest.says("紧急程度改成紧急"))
    seen = home.seen(home.holder(number))
    assert any(one.kind == "image" or "图片" in one.text or "附件" in one.text for one in seen[-4:]), home.told("李工")


def test_a_member_in_the_app_is_a_customer_too(home: House) -> None:
    home.wecom.add_member("WangWu", "王五")
    for userid in ("WangWu", "LiGong"):
        guest = customer(home, member=userid, phone="13700001111")
        number = guest.at_once()
        assert guest.facts.description in shown(home, number), guest.script()
        assert number in guest.says("进度")


def test_help_names_the_words(home: House) -> None:
    answer = Customer(home).says("帮助")
    assert all(word in answer for word in ("进度", "我的需求", "补充", "催办", "人工", "取消"))
