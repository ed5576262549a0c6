"""Fields found in free messages: what must be found, and what must never be taken for a field."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.extract import extract, find_deadline, find_phone

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday

PHONES = {
    "电话13800000001": "13800000001",
    "我手机 138 0000 0001,谢谢": "13800000001",
    "手机:138-0000-0001": "13800000001",
    "+86 13800000001 找我": "13800000001",
    "008613800000001": "13800000001",
    "联系电话:13800000001": "13800000001",
    "幺三八零零零零零零零一,记一下": "13800000001",
    "一三八 零零零零 零零零一": "13800000001",
    "座机 021-51880000": "02151880000",
    "打(0571)87650000转8021": "057187650000-8021",
    "010-58880000-602 找小刘": "01058880000-602",
    "我们的热线是400-820-0000": "4008200000",
    "打公司总机转分机8021": "8021",
    "我在香港,+852 5123 4567": "+85251234567",
    "call me +65 8123 4567": "+6581234567",
    "13800000001这个打不通,打13900000002": "13900000002",
    "别打13800000001了,改打 13900000002": "13900000002",
    "手机号从13800000001改成13900000002": "13900000002",
    "买家电话13800000001,我的是13900000002": "13900000002",
    "旧号13800000001,新号码13900000002": "13900000002",
    "订单号13800000001一直没发货": None,
    "运单 13800000001 查不到": None,
    "身份证110101199001011234传不上去": None,
    "卡号6222021234567890123刷不了": None,
    "税号91310000MA1K000001开错了": None,
    "SN:13800000001AB": None,
    "设备编号13800000001离线": None,
    "支付宝账号13800000001收不到款": None,
    "买家13800000001说没收到货": None,
    "收货人电话13800000001填错了怎么改": None,
    "你们客服热线400-820-0000打不通": None,
    "学员13800000001登录不了": None,
    "版本1.38.0000.0001": None,
    "一共12345678901条": None,
    "IP是192.168.100.200": None,
    "1-1-1-1-1-1-1-1-1-1-1": None,
    "2026-11-23 13:00:00 报错": None,
}

EMAILS = {
    "邮箱chenjing@example.com请回复": "chenjing@example.com",
    "发到Chen.Jing@Example.COM": "chen.jing@example.com",
    "邮箱从old@example.com改成new@example.com": "new@example.com",
    "old@example.com不用了,用new@example.com": "new@example.com",
    "我邮箱是zhang_san+oa@mail.example.com.cn": "zhang_san+oa@mail.example.com.cn",
    "别发旧邮箱old@example.com": None,
    "微信@小李": None,
    "a@b": None,
}

ORGANISATIONS = {
    "我们是杭州云帆科技有限公司,导出报错": "杭州云帆科技有限公司",
    "公司:青禾商贸,电话13800000001": "青禾商贸",
    "单位名称:第三人民医院\n联系人:李娜": "第三人民医院",
    "我是城东实验小学的王老师": "城东实验小学",
    "这里是好味道火锅店,收银机黑屏": "好味道火锅店",
    "我司是远航物流(上海)有限公司": "远航物流(上海)有限公司",
    "星河酒店管理集团 前台登不上": "星河酒店管理集团",
    "报表导不出来,急\n——蓝天幼儿园 周敏": "蓝天幼儿园",
    "我们公司打不开系统": None,
    "你们公司没人管吗": None,
    "想对接金蝶软件有限公司的系统": None,
    "代理商华信科技有限公司说你们能做": None,
    "发票抬头北京某某有限公司开错了": None,
    "我们是一家物业公司": None,
    "个人中心打不开": None,
    "帮我把数据中心的权限开一下": None,
    "我们医院挂号机坏了": None,
    "明天上午卫健委来检查电子病历评级,能来吗": None,
    "二开的电子标签亮灯,一上量就乱亮": None,
    "首页弹广告!我们是调度室不是菜市场!": None,
    "农资厂家直供,复合肥一吨起批": None,
    "下周五省公司要来调研": None,
    "我们想约培训\n瑞和物业 工程部": "瑞和物业",
    "之前是用友网络科技有限公司的用户": None,
}

CONTACTS = {
    "我是陈静,导出报错": "陈静",
    "我叫欧阳明月": "欧阳明月",
    "联系人:李娜 13800000001": "李娜",
    "联系人张经理,电话13800000001": "张经理",
    "刘洋 13800000001": "刘洋",
    "13800000001 赵敏": "赵敏",
    "我是城东实验小学的王老师": "王老师",
    "叫我小王就行": "小王",
    "有事找孙主任,电话13800000001": "孙主任",
    "免贵姓何": "何",
    "系统登不上了\n周敏": "周敏",
    "王经理您好,导出报错": None,
    "张工,麻烦看下接口": None,
    "让李工联系我": None,
    "你们的刘经理答应过的": None,
    "买家张三13800000001没收到货": None,
    "帮我找张工": None,
    "我是高级会员": None,
    "我是管理员": None,
    "我是王者荣耀工会的": None,
    "联系人怎么修改": None,
    "我是七栋的楼长": None,
    "请尽快答复\n此致\n敬礼": None,
    "几点想法:\n- 课表颜色可以按校区分": None,
    "我是村卫生室的老周,点打印没反应": "老周",
    "紧急联系人填错了去哪改": None,
    "我是安装师傅介绍来的": None,
}

INDUSTRIES = {
    "我们是做餐饮的,三家店": "餐饮",
    "行业:医疗器械": "医疗器械",
    "我们从事跨境电商行业": "跨境电商",
    "好味道餐饮有限公司,报表错了": None,
    "做导出的时候报错": None,
}

DEADLINES = {
    "明早九点前给我": "11-24 09:00",
    "今晚十二点截止报送,传不上去": "11-24 00:00",
    "周五前要": "11-27 18:00",
    "周四评审会要用这张表": "11-26 18:00",
    "老板要明天开会用的数,导出是空的": "11-24 18:00",
    "下周三之前弄好": "12-02 18:00",
    "月底前": "11-30 18:00",
    "下班前弄好": "11-23 18:00",
    "还有六天上线": "11-29 14:00",
    "两小时内必须恢复": "11-23 16:00",
    "半小时内": "11-23 14:30",
    "11月30日前": "11-30 18:00",
    "30号之前要": "11-30 18:00",
    "下午三点前": "11-23 15:00",
    "今天必须弄好": "11-23 18:00",
    "天亮前": "11-24 06:00",
    "2小时后开会": "11-23 16:00",
    "大后天投标": "11-26 18:00",
    "下个月5号前": "12-05 18:00",
    "2026年12月1号截止": "12-01 18:00",
    "最晚后天中午": "11-25 12:00",
    "周一早上八点开考": "11-30 08:00",
    "十分钟后开课,进不去": "11-23 14:10",
    "明晚八点要直播": "11-24 20:00",
    "18:30之前": "11-23 18:30",
    "元旦前上线": "2027-01-01 18:00",
    "春节前要用": "2027-02-06 18:00",
    "聽日開會要用": "11-24 18:00",
    "聽晚七點前搞掂": "11-24 19:00",
    "请在下个礼拜二钱改好": "12-01 18:00",
    "周6早上开门前能不能弄好": "11-28 09:00",
    "明早开店前": "11-24 09:00",
    "这周内": "11-29 18:00",
    "下周之前": "11-29 18:00",
    "12月底前": "12-31 18:00",
    "元宵前给弄好": "2027-02-20 18:00",
    "周四上午客户来审厂,之前必须恢复": "11-26 12:00",
    "今天不给我说清楚我就投诉": "11-23 18:00",
    "by Friday noon": "11-27 12:00",
    "before next Monday 8am": "11-30 08:00",
    "tomorrow 6pm 前要 fix": "11-24 18:00",
    "Deadline 是 12/19": "12-19 18:00",
    "48 小时内": "11-25 14:00",
    "又想要五分钟内同步": None,
    "本来30号之前要的,后来取消了": None,
    "如果下周三之前你们倒闭了我的数据怎么办": None,
    "国庆放假回来就打不开": None,
    "我们每周五下班前都要盘库": None,
    "三天前就报了": None,
    "两小时前还正常": None,
    "昨天崩过,已经好了": None,
    "昨天下午3点前都正常": None,
    "上周五前报的": None,
    "去年国庆前就说要改": None,
    "24小时内有效的优惠券失效了": None,
    "每周五前要交周报,太麻烦": None,
    "3号收银机死机了": None,
    "今天导出报错": None,
    "还有三天的数据没有": None,
    "上门师傅能改到周三吗": None,
    "明天上班吗": None,
    "前面的数据不对": None,
    "1-1-1-1": None,
    "99号之前": None,
}

URGENCY_WORDS = {
    "不急,明早九点前给我就行": ("不急", "明早九点前"),
    "加急!帮忙开个子账号": ("加急",),
    "紧急联系人填错了去哪改": (),
    "麻烦尽快,周五前要": ("尽快", "周五前"),
}

TITLES = {
    "我是烟台博远电机的质检员于晓峰": "质检员",
    "联系人:许志刚(仓库主管)": "仓库主管",
    "找我们值班护士长罗敏": "值班护士长",
    "我是IT manager Kevin Xu": "IT manager",
    "我是陈静,导出报错": None,
    "张工您好": None,
}

REFERRALS = {
    "我姓孟,平时不在店里的,找我们副店长周岚就行": "周岚",
    "若有疑问请直接找我同事丁浩,分机3318": "丁浩",
    "叫我耀哥就行": "耀哥",
    "我姓翟,翟玉兰": "翟玉兰",
    "我叫孟庆海那个你们那个扫枪老掉线": "孟庆海",
    "contact: Leo Pan": "Leo Pan",
    "我就找卫健委": None,
}

REFERENCES = {
    "跟２０２６１０－０１１说的是同一台": "202610-011",
    "上次报的那个又来了": "earlier",
    "之前提过的批号追溯": "earlier",
    "护照报了三十一个名额": None,
    "导出报错": None,
}

NUMBERS = {
    "202611-001 怎么样了": "202611-001",
    "进度202611-012": "202611-012",
    "催办 202611-1001": "202611-1001",
    "202613-001": None,
    "13800000001": None,
    "SN202611-001-7": None,
}


@pytest.mark.parametrize(("text", "expected"), PHONES.items())
def test_the_phone_to_call_is_found_and_no_other_number(text: str, expected: str | None) -> None:
    assert find_phone(text) == expected


@pytest.mark.parametrize(("text", "expected"), EMAILS.items())
def test_the_email_is_found_without_the_chinese_around_it(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).email == expected


@pytest.mark.parametrize(("text", "expected"), ORGANISATIONS.items())
def test_the_customers_own_organisation_is_found_and_no_third_party(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).customer_name == expected


@pytest.mark.parametrize(("text", "expected"), CONTACTS.items())
def test_the_contact_is_who_writes_and_not_who_is_addressed(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).contact_name == expected


@pytest.mark.parametrize(("text", "expected"), INDUSTRIES.items())
def test_the_industry_counts_only_when_it_is_said(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).industry == expected


@pytest.mark.parametrize(("text", "expected"), DEADLINES.items())
def test_deadlines_look_forward_and_past_times_are_none(text: str, expected: str | None) -> None:
    found = find_deadline(text, NOW)
    wanted = expected and (expected if expected.startswith("20") else f"2026-{expected}")
    assert (found.strftime("%Y-%m-%d %H:%M") if found else None) == wanted


@pytest.mark.parametrize(("text", "expected"), URGENCY_WORDS.items())
def test_urgency_words_are_verbatim_and_topics_are_left_out(text: str, expected: tuple[str, ...]) -> None:
    assert extract(text, now=NOW).urgency_words == expected


@pytest.mark.parametrize(("text", "expected"), NUMBERS.items())
def test_a_request_number_is_recognised(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).number == expected


@pytest.mark.parametrize(("text", "expected"), TITLES.items())
def test_the_post_is_verbatim_and_no_part_of_the_name(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).title == expected


@pytest.mark.parametrize(("text", "expected"), REFERRALS.items())
def test_whoever_is_to_be_called_is_the_contact(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).contact_name == expected


@pytest.mark.parametrize(("text", "expected"), REFERENCES.items())
def test_an_earlier_request_is_recognised_with_and_without_its_number(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).reference == expected


def test_labelled_parts_go_into_their_boxes() -> None:
    fields = extract(
        "公司:青禾商贸\n联系人:李娜\n职务:采购主管\n电话:13800000001\n行业:零售\n背景:上周换了新仓\n问题描述:入库单打印错位\n期望:恢复原样",
        now=NOW,
    )
    assert (fields.customer_name, fields.contact_name, fields.title, fields.phone, fields.industry) == (
        "青禾商贸", "李娜", "采购主管", "13800000001", "零售",
    )  # fmt: skip
    assert (fields.background, fields.description, fields.expected) == ("上周换了新仓", "入库单打印错位", "恢复原样")


def test_unlabelled_clauses_are_sorted_and_contact_lines_left_out() -> None:
    fields = extract("您好,上周我们换了新仓库,入库单打印一直错位,希望能恢复上周的版式,我电话13800000001", now=NOW)
    assert fields.background == "上周我们换了新仓库"
    assert fields.description == "入库单打印一直错位"
    assert fields.expected == "恢复上周的版式"


@pytest.mark.parametrize("text", ["必须弄好", "今天下午五点前必须好", "希望尽快恢复", "麻烦帮忙修一下"])
def test_what_everybody_wants_is_no_expected_result(text: str) -> None:
    assert extract(text, now=NOW).expected is None


def test_a_wish_alone_is_what_is_expected() -> None:
    fields = extract("希望列表能按部门筛选", now=NOW)
    assert fields.expected
    assert fields.expected in "希望列表能按部门筛选"


def test_one_message_can_fill_everything() -> None:
    fields = extract(
        "我是潍坊兴隆铸造的设备科长刘传贵,昨天夜班换了新网关以后,二车间六台点检终端全部连不上后台,班组只好拿纸记,光补录就得一个多小时。"
        "周四上午之前必须恢复。电话 138 5362 7714,跟202611-003是一回事",
        now=NOW,
    )
    assert (fields.customer_name, fields.title, fields.contact_name) == ("潍坊兴隆铸造", "设备科长", "刘传贵")
    assert (fields.phone, fields.reference, fields.number) == ("13853627714", "202611-003", "202611-003")
    assert fields.background == "昨天夜班换了新网关以后"
    assert fields.pain == "班组只好拿纸记,光补录就得一个多小时"
    assert fields.description == "二车间六台点检终端全部连不上后台"


@pytest.mark.parametrize("text", ["你好", "谢谢", "在吗?", "", "   ", "???", "好的收到"])
def test_a_greeting_states_no_field(text: str) -> None:
    fields = extract(text, now=NOW)
    assert not any(
        (fields.customer_name, fields.contact_name, fields.phone, fields.email, fields.deadline, fields.number)
    )


@given(st.text(max_size=200))
def test_any_text_is_read_and_names_are_verbatim(text: str) -> None:
    fields = extract(text, now=NOW)
    for value in (fields.customer_name, fields.contact_name, fields.industry, *fields.urgency_words):
        assert value is None or value in text
    assert fields.deadline is None or fields.deadline > NOW
    for value in (fields.background, fields.description, fields.expected, fields.pain, fields.impact):
        assert all(stretch in text for stretch in (value or "").split("，"))


@given(st.integers(0, 4 * 365 * 24 * 60), st.sampled_from(sorted(DEADLINES)))
def test_a_deadline_is_never_in_the_past_whatever_the_clock(minutes: int, text: str) -> None:
    now = NOW - timedelta(days=300) + timedelta(minutes=minutes)
    found = find_deadline(text, now)
    assert found is None or now < found < now + timedelta(days=800)
