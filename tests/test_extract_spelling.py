"""Addresses as people spell them: in words, broken over lines, dictated, with blanks and commas for dots."""

import pytest

from classifier.extract.mail import find_email

SPELLED = {
    "邮箱 lixia ＠ qinghe．cn": "lixia@qinghe.cn",
    "邮箱 lixia @qq.com": "lixia@qq.com",
    "发我邮箱 lixia(at)qinghe.cn": "lixia@qinghe.cn",
    "发 lixia [at] qinghe [dot] cn": "lixia@qinghe.cn",
    "email: li dot xia at qinghe dot cn": "li.xia@qinghe.cn",
    "邮箱 lixia艾特163点com": "lixia@163.com",
    "邮箱 lixia#qinghe.cn(#换成@)": "lixia@qinghe.cn",
    "邮箱是 lixia88@163。com": "lixia88@163.com",
    "邮箱 lixia88@163,com": "lixia88@163.com",
    "发到 lixia_caigou@\nqinghe.cn": "lixia_caigou@qinghe.cn",
    "发到 lixia_caigou@qinghe.\ncom.cn": "lixia_caigou@qinghe.com.cn",
    "发到 lixia_caigou\n@qinghe.cn": "lixia_caigou@qinghe.cn",
    "邮箱 l i x i a@qinghe.cn": "lixia@qinghe.cn",
    "邮箱 138 0000 0001@139.com": "13800000001@139.com",
    "我QQ 28330771,qq邮箱就是这个号": "28330771@qq.com",
    "QQ邮箱:28330771": "28330771@qq.com",
    "我的163邮箱是lixia88": "lixia88@163.com",
    "发我283307719@qq": "283307719@qq.com",
    "邮箱 li下划线xia@163.com": "li_xia@163.com",
    "邮箱 li点xia@163.com": "li.xia@163.com",
    "qq:283307719 邮箱同号": "283307719@qq.com",
    "邮箱:lisi[at]abc.com": "lisi@abc.com",
    "lisi AT abc DOT com": "lisi@abc.com",
    "发lisi(a)abc.com": "lisi@abc.com",
    "lisi@abc。com。cn": "lisi@abc.com.cn",
    "邮箱 lisi@ abc .com": "lisi@abc.com",
    "邮箱 lisi@abc. com": "lisi@abc.com",
    "【邮箱】lisi@abc.com": "lisi@abc.com",
    "✉️lisi@abc.com": "lisi@abc.com",
    "E-mail:lisi@abc.com": "lisi@abc.com",
    "lisi@abc.com/13800000001": "lisi@abc.com",
    "李四,lisi@abc.com13800000001": "lisi@abc.com",
    "lisi@abc.com、wangwu@abc.com": "lisi@abc.com",
    "~lisi@abc.com~": "lisi@abc.com",
    "_lisi@163.com": "_lisi@163.com",
    "邮箱是_lisi@163.com": "_lisi@163.com",
    "lisi@abc.com(收发票)/ ww@abc.com(技术)": "lisi@abc.com",
    "lisi 艾特 abc 点 com 点 cn": "lisi@abc.com.cn",
    "lisi艾特幺六三点com": "lisi@163.com",
    "lisi艾特一二六点康姆": "lisi@126.com",
    "邮箱是zhang二零二零艾特163点com": "zhang2020@163.com",
    "我邮箱二八三三零七七一九艾特qq点com": "283307719@qq.com",
    "lisi小老鼠abc.com": "lisi@abc.com",
    "微信/邮箱同号:283307719@qq.com": "283307719@qq.com",
    "QQ邮箱就是QQ号 283307719": "283307719@qq.com",
    "QQ 283307719,邮箱就是QQ号@qq.com": "283307719@qq.com",
    "邮箱lisi@abc.com(注意是abc不是adc)": "lisi@abc.com",
    "邮箱 lisi@abc.com 注意i不是l": "lisi@abc.com",
    "邮箱lisi@abc.com不要发错": "lisi@abc.com",
    "请发lisi@abc.com,不要发群里": "lisi@abc.com",
    "lisi@abc.com 收": "lisi@abc.com",
    "lisi@abc.com,收到回复": "lisi@abc.com",
    "邮箱lisi@abc.com,收不到的话打电话": "lisi@abc.com",
    "lisi@abc.com 登记一下": "lisi@abc.com",
    "更换邮箱为lisi@abc.com": "lisi@abc.com",
    "把通知邮箱换成 lisi@abc.com": "lisi@abc.com",
    "王总说发 lisi@abc.com 就行": "lisi@abc.com",
    "老板让发他邮箱 lisi@abc.com": "lisi@abc.com",
    "我的邮箱lisi@abc.com收不到验证码": "lisi@abc.com",
    "我邮箱 lisi@abc.com 一直收不到你们的账单": "lisi@abc.com",
    "这是我的QQ 28330771": None,
    "邮箱同微信": None,
    "邮箱你记一下 lixia 艾特 幺二六 点 com": "lixia@126.com",
    "li 下划线 xia 艾特 qinghe 点 com 点 cn": "li_xia@qinghe.com.cn",
    "lixia 艾特 gmail 哦不对 艾特 qinghe 点 cn": "lixia@qinghe.cn",
    "l i x i a 2 0 @ q i n g h e . cn 手机自己加的空格": "lixia20@qinghe.cn",
    "邮箱是 li xia 66 艾特 qinghe 点 cn": "lixia66@qinghe.cn",
    "邮箱前缀是lixia，后面艾特 qinghe 点 cn": "lixia@qinghe.cn",
    "邮箱是lixia，然后圈a，幺六三点com": "lixia@163.com",
    "邮箱里就是二八三三零七七一at qq点com": "28330771@qq.com",
    "邮箱就是我QQ号，28330771": "28330771@qq.com",
    "发QQ邮箱，28330771": "28330771@qq.com",
    "不用QQ邮箱，13911112222": None,
}

MENDED = {
    "lixia@126.com 不对是163的": "lixia@163.com",
    "邮箱lixia@qq.com,说错了是163邮箱": "lixia@163.com",
    "lixai@qinghe.cn 是 lixia 不是 lixai": "lixia@qinghe.cn",
    "lixia@qihne.cn,注意不是qihne,是qinghe": "lixia@qinghe.cn",
    "lixia@qinghe.com 不是com是cn": "lixia@qinghe.cn",
    "lixia@qinghe.cn,是qinghe不是qihne": "lixia@qinghe.cn",
    "lixia0@qinghe.cn 是字母o不是数字0": "lixiao@qinghe.cn",
    "lixia@qinghe.cn 我不是管理员": "lixia@qinghe.cn",
    "lixia@qinghe.cn 不是 lixai@qinghe.cn": "lixia@qinghe.cn",
    "lixia@qinghe.cn,打印机不是 hp 是 epson": "lixia@qinghe.cn",
}


@pytest.mark.parametrize(("text", "expected"), SPELLED.items())
def test_an_address_is_read_however_it_is_written(text: str, expected: str | None) -> None:
    assert find_email(text) == expected


@pytest.mark.parametrize(("text", "expected"), MENDED.items())
def test_an_address_is_put_right_by_the_words_behind_it(text: str, expected: str) -> None:
    assert find_email(text) == expected
