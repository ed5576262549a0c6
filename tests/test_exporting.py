"""The file of his own data: all that he said and was told, and not a word that was meant for others."""

from collections.abc import Iterator

import pytest

from handlers.messages import File
from handlers.wording import staff
from tests.alike_stage import STUCK, STUCK_TOO, merged, registers
from tests.factories import CHEN, LI, WANG, ZHAO, ZHOU, Room, a_room


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


def exported(room: Room, chat: str = WANG) -> str:
    """Return what stands in the file a customer gets."""
    heard = room.said(chat, "导出我的数据")
    (file,) = [one.message for one in heard.outgoing if isinstance(one.message, File)]
    return file.content.decode()


def test_what_he_said_and_what_he_was_told_stand_there_with_who_said_it(room: Room) -> None:
    room.registers()
    room.said(WANG, "补充 第三页也打不开")
    room.press("接单")
    room.fill("更新进度", content="已定位到导出服务")
    room.fill("请客户补充", content="是哪个浏览器？")
    room.said(WANG, "谷歌浏览器")
    room.answers("快好了")
    room.fill("提交验收", content="已修复")
    room.said(WANG, "未解决 还是转圈")
    room.fill("提交验收", content="又修了一次")
    room.said(WANG, "验收通过")
    room.said(WANG, "4 5 4 挺快的")
    text = exported(room)
    for said in ("第三页也打不开", "谷歌浏览器", "还是转圈", "挺快的"):
        assert f"您：{said}" in text
    for said in ("已定位到导出服务", "是哪个浏览器？", "快好了", "已修复", "又修了一次"):
        assert f"我方：{said}" in text


def test_why_it_was_handed_on_or_judged_otherwise_stays_among_colleagues(room: Room) -> None:
    room.registers()
    room.fill("改判", type="custom", nature="product", urgency="routine", reason="客户夸大其词，先压一压")
    room.fill("转派", person=CHEN, reason="这个客户难缠，你来")
    room.fill("关闭", CHEN, reason="与您电话确认后关闭")
    text = exported(room)
    assert "夸大其词" not in text
    assert "难缠" not in text
    assert "我方：与您电话确认后关闭" in text


def test_the_numbers_of_other_customers_stand_in_nobodys_file(room: Room) -> None:
    kept, other = registers(room, WANG, STUCK), registers(room, ZHAO, STUCK_TOO, owner=CHEN)
    merged(room, (kept, other))
    room.said(ZHOU, f"/split {other}")
    merged(room, (kept, other))
    assert other not in exported(room, WANG)
    assert kept not in exported(room, ZHAO)
    room.said(WANG, f"取消 {kept}")
    assert kept not in exported(room, ZHAO), "the heir is told among colleagues whose place it takes"


def test_what_the_assignee_reads_of_his_call_for_a_person_is_not_put_into_his_mouth(room: Room) -> None:
    number = room.registers()
    assert staff.WANTED.format(number=number) in room.said(WANG, "人工").to(LI)
    assert "请尽快在本话题中回复" not in exported(room)
