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
        ("您好,泰州青禾茶业想给门店装客流计数", "泰州青禾茶业", None),
        ("转 赣州云溪假日酒店的前厅经理陶雪梅:房卡刷不开", "赣州云溪假日酒店", "陶雪梅"),
        ("客户芜湖竹里堂,温控表偏低", "芜湖竹里堂", None),
        ("我是汽车站旁边那个大顺停车场的,抬杆不灵", "大顺停车场", None),
        ("我不是“合肥明远传媒”的,我们是承建的合肥锐捷弱电工程", "合肥锐捷弱电工程", None),
        ("我们的开户行是合肥城商银行包河支行,发票什么时候寄", None, None),
        ("转物业中心反馈:门口机没声音", None, None),
        ("Export is broken. Best, Nina Roth, IT Manager, Harbor & Pine, +65 9123 8840", "Harbor & Pine", "Nina Roth"),
        ("Hi,我是 Willow Coffee 的 ops lead,Tessa Lin。打不开", "Willow Coffee", "Tessa Lin"),
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


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("人力资源部 薪酬主管 葛晓兰\n电话 0512-66781234", "薪酬主管"),
        ("找票务主管车敏 0917 3655102", "票务主管"),
        ("我是敬老院的院长,呼叫铃不响", "院长"),
        ("我是个文员,发微信发得手抽筋", "文员"),
        ("我是村里管账的,照片传不上去", "管账的"),
        ("打办公室吧,找葛干事", "干事"),
        ("销售小满代提,联系人董立", None),
    ],
)
def test_a_post_is_told_with_what_it_is_for(text: str, title: str | None) -> None:
    assert extract(text, now=NOW).title == title


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("我不在的话找我们店长李芳,我叫翟小禾", "翟小禾"),
        ("他们品控小覃跟我讲追溯码错了", "小覃"),
        ("以后找接班的小栾", "小栾"),
        ("眼睛都花了。舒明远敬上", "舒明远"),
        ("喊我老廖就是,门禁连不上", "老廖"),
    ],
)
def test_whoever_is_meant_is_the_contact(text: str, contact: str) -> None:
    assert extract(text, now=NOW).contact_name == contact
