"""Who writes: house, person, post and trade, and whoever is only spoken of or spoken to."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from classifier.extract import extract

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday

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


@pytest.mark.parametrize(("text", "expected"), ORGANISATIONS.items())
def test_the_customers_own_organisation_is_found_and_no_third_party(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).customer_name == expected


@pytest.mark.parametrize(("text", "expected"), CONTACTS.items())
def test_the_contact_is_who_writes_and_not_who_is_addressed(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).contact_name == expected


@pytest.mark.parametrize(("text", "expected"), INDUSTRIES.items())
def test_the_industry_counts_only_when_it_is_said(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).industry == expected


@pytest.mark.parametrize(("text", "expected"), TITLES.items())
def test_the_post_is_verbatim_and_no_part_of_the_name(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).title == expected


@pytest.mark.parametrize(("text", "expected"), REFERRALS.items())
def test_whoever_is_to_be_called_is_the_contact(text: str, expected: str | None) -> None:
    assert extract(text, now=NOW).contact_name == expected
