"""Deadlines and words of degree: what is read forward, and what is past or habitual."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.extract import extract, find_deadline

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday

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
    "这个礼拜之内必须来人": "11-29 18:00",
    "请在这周工作日内补迁": "11-27 18:00",
    "这个月内弄好就可以": "11-30 18:00",
    "12月份内给个计划就行": "12-31 18:00",
    "报名页白屏,周四比赛": "11-26 18:00",
    "30号出账,小数点全没了": "11-30 18:00",
    "后天上午吧,急倒不急": "11-25 12:00",
    "下礼拜三大厅剪彩,赶在那之前调好": "12-02 18:00",
    "改到这周六晚上弄,十一点以前弄完": "11-28 23:00",
    "今晚夜场前(18:30)修": "11-23 18:30",
    "今晚上七点以前要弄好": "11-23 19:00",
    "九点半前必须来个人": "11-23 21:30",
    "下周五吧,下周五上午十点董事会要看": "12-04 10:00",
    "by this Friday EOD": "11-27 18:00",
    "请于11月28日17时报名截止之前排除故障": "11-28 17:00",
    "后天早上必需上": "11-25 09:00",
    "直播间闪退,今晚8点还有一场": "11-23 20:00",
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


@pytest.mark.parametrize(("text", "expected"), DEADLINES.items())
def test_deadlines_look_forward_and_past_times_are_none(text: str, expected: str | None) -> None:
    found = find_deadline(text, NOW)
    wanted = expected and (expected if expected.startswith("20") else f"2026-{expected}")
    assert (found.strftime("%Y-%m-%d %H:%M") if found else None) == wanted


@pytest.mark.parametrize(("text", "expected"), URGENCY_WORDS.items())
def test_urgency_words_are_verbatim_and_topics_are_left_out(text: str, expected: tuple[str, ...]) -> None:
    assert extract(text, now=NOW).urgency_words == expected


@given(st.integers(0, 4 * 365 * 24 * 60), st.sampled_from(sorted(DEADLINES)))
def test_a_deadline_is_never_in_the_past_whatever_the_clock(minutes: int, text: str) -> None:
    now = NOW - timedelta(days=300) + timedelta(minutes=minutes)
    found = find_deadline(text, now)
    assert found is None or now < found < now + timedelta(days=800)
