"""Names known by the place where they stand, and numbers as people write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from classifier.extract import extract, find_phone

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("text", "company", "contact"),
    [
        ("重新说一遍!南阳周原古建筑工程公司周砚堂,这月29号关账", "南阳周原古建筑工程公司", "周砚堂"),
        ("系统又卡了,等回复。河套毛纺 人力 小塔", "河套毛纺", "小塔"),
        ("您好,这里是 BlueRidge 户外(哈尔滨)的 Jason 佟,库存同步不了", "BlueRidge 户外", "Jason 佟"),
        ("我们是一家做众筹的公司(晴屿科技),邮件被分给两个人", "晴屿科技", None),
        ("我是即墨弄海参育苗的,夜里的曲线看不着", None, None),
        ("打不开。浏览器是 Chrome", None, None),
    ],
)
def test_a_name_is_known_by_its_place(text: str, company: str | None, contact: str | None) -> None:
    fields = extract(text, now=NOW)
    assert (fields.customer_name, fields.contact_name) == (company, contact)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("座机 0993 2657 118 一般有人", "09932657118"),
        ("回电 +86-470-622-9013", "04706229013"),
        ("电话 +886-2-2557-8316 分机 23", "+886225578316-23"),
        ("座机区号零七五〇,号码 三五六 二一九八", "07503562198"),
        ("联系设备科 老包 15049963718", "15049963718"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, phone: str) -> None:
    assert find_phone(text) == phone
