"""The e-mail address of a free message: whose it is, and what only looks like one."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from classifier.extract import extract
from classifier.extract.mail import find_email

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

OWN = {
    "邮箱chenjing@example.com请回复": "chenjing@example.com",
    "发到Chen.Jing@Example.COM": "chen.jing@example.com",
    "我邮箱是zhang_san+oa@mail.example.com.cn": "zhang_san+oa@mail.example.com.cn",
    "邮箱:lixia@qinghe.cn。谢谢": "lixia@qinghe.cn",
    "资料发lixia@qinghe.cn,,谢谢": "lixia@qinghe.cn",
    "Email：LIXIA@QINGHE.CN": "lixia@qinghe.cn",
    "李霞 <lixia@qinghe.cn>": "lixia@qinghe.cn",
    "联系我 <mailto:lixia@qinghe.cn>": "lixia@qinghe.cn",
    "微信同邮箱,lixia@qinghe.cn": "lixia@qinghe.cn",
    "我们官网 www.qinghe.cn,邮箱 lixia@qinghe.cn": "lixia@qinghe.cn",
    "lixia@qinghe.cn": "lixia@qinghe.cn",
    "  support@qinghe.cn ": "support@qinghe.cn",
    "抄送 lixia@qinghe.cn 一份": "lixia@qinghe.cn",
    "李霞\n青禾商贸 采购部\nlixia@qinghe.cn | lixia88@gmail.com": "lixia@qinghe.cn",
    "密码忘了 收不到邮件 lixia@qinghe.cn": "lixia@qinghe.cn",
}

CORRECTED = {
    "邮箱从old@example.com改成new@example.com": "new@example.com",
    "old@example.com不用了,用new@example.com": "new@example.com",
    "lixia@qinghe.con 打错了,lixia@qinghe.com": "lixia@qinghe.com",
    "lixia@qinghe.cn 写错了 应该是 .com": "lixia@qinghe.com",
    "名片上印的 lixia@qinghe.com 应为 .cn": "lixia@qinghe.cn",
    "之前的邮箱 a.li@qinghe.cn 停用,现用 b.li@qinghe.cn": "b.li@qinghe.cn",
    "不是 lixia@126.com,是 lixia@163.com": "lixia@163.com",
    "旧 cw@qinghe.cn → 新 fp@qinghe.cn": "fp@qinghe.cn",
    "not the old one lixia@yahoo.com, use lixia@gmail.com": "lixia@gmail.com",
}

CHOSEN = {
    "把邮箱 a@abc.com 换成 lisi@abc.com": "lisi@abc.com",
    "通知邮箱由 a@abc.com 变更为 lisi@abc.com": "lisi@abc.com",
    "原:a@abc.com 现:lisi@abc.com": "lisi@abc.com",
    "a@abc.com这个邮箱我没法登了,用lisi@abc.com": "lisi@abc.com",
    "a@abc.com 已经没人管了 发 lisi@abc.com": "lisi@abc.com",
    "财务邮箱 cw@abc.com,我的邮箱 lisi@abc.com": "lisi@abc.com",
    "发票→cw@abc.com 合同→lisi@abc.com": "cw@abc.com",
    "你好,邮箱换了,以前是a@abc.com,现在是lisi@abc.com": "lisi@abc.com",
    "原来a@abc.com收不到,改lisi@abc.com": "lisi@abc.com",
    "我是 lixia@qinghe.cn,抄送我老板 wang@qinghe.cn": "lixia@qinghe.cn",
    "抄送我老板 wang@qinghe.cn,回复给我 lixia@qinghe.cn": "lixia@qinghe.cn",
    "公共邮箱 info@qinghe.cn,请发我个人的 lixia@qinghe.cn": "lixia@qinghe.cn",
    "发 lixia@qinghe.cn(不要发到 info@qinghe.cn,没人看)": "lixia@qinghe.cn",
    "你们 support@yunban.com 退信了,我邮箱 lixia@qinghe.cn": "lixia@qinghe.cn",
    "账号 admin@qinghe.cn 登不上,联系 lixia@qinghe.cn": "lixia@qinghe.cn",
    "外包的 it@weibao.cn 在弄,进度回复本人 lixia@qinghe.cn": "lixia@qinghe.cn",
    "客人填的是 guest@hotmail.com,通知请改发 lixia@qinghe.cn": "lixia@qinghe.cn",
    "您好,清单见附件\n李霞 <lixia@qinghe.cn>\n----- 原始邮件 -----\n发件人:沈经理 <shen@yunban.com>": "lixia@qinghe.cn",
    "> 发件人: 李霞 <lixia@qinghe.cn>\n> 收件人: support@yunban.com\n> 还是慢": "lixia@qinghe.cn",
    "bill to accounts@qinghe.cn, technical 找我 lixia@qinghe.cn": "lixia@qinghe.cn",
    "联系我同事 Mandy,email mandy@qinghe.cn": "mandy@qinghe.cn",
}

NOBODYS = [
    "别发旧邮箱old@example.com",
    "你们客服 kf@yunban.com 一直不回",
    "发你们投诉邮箱 tousu@yunban.com 三封了没人理",
    "表格已经发到 kf@yunban.com 了,查收一下",
    "你们页面写的 support@yunban.com 退信了",
    "验证码的发件人是 noreply@yunban.com,被拦了",
    "mailer-daemon@mail.yunban.com 说对方拒收",
    "Undelivered mail: <tickets@yunban.com>: 550 unknown user li@qinghe.cn",
    "告警是从 alarm@gw.local 发出来的",
    "账号 lixia@qinghe.cn 登录提示冻结",
    "用户名 lixia@qinghe.cn 密码忘了",
    "登录名用 lixia@qinghe.cn 开一个",
    "子账号加两个:a1@qinghe.cn、a2@qinghe.cn",
    "支付宝 lixia@qinghe.cn 提现失败",
    "提示请联系管理员 admin@qinghe.cn",
    "前同事 zhou@qinghe.cn 还在收通知",
    "supplier 的 email sales@gajah.com.my bounce 回来",
    "客人留的是 guest77@hotmail.com,打出来变成我了",
    "比如 user@example.com 这种能过",
    "网盘报错 https://li:Pw88@dav.qinghe.cn/a 403",
    "curl -u li@qinghe.dev:s3cr3t https://api.yunban.com/v2",
    "git clone git@code.qinghe.cn:web/app.git 被拒",
    "sftp 日志里 user=li@qinghe.cn auth failed",
    "图标 logo@2x.png 一直 404",
    "npm i @yunban/sdk@3.5.1 装不上",
    "节点 web-03@10.20.13.8 离线",
    "官网基础版@3.5/人/天",
    "车厘子28斤@310打成31",
    "@客服小青 在吗",
    "微博@青禾影像 小红书@qinghe.photo",
    "we moved to @qinghe.sg (previously @qinghe.com)",
    "we met at example.com yesterday",
    "log in at app.qinghe.cn fails",
    "微信@小李",
    "我们网站 qinghe.cn 打不开",
    "我们用 service@qinghe.cn 群发通知,客户都收不到",
    "测试邮箱 test01@qinghe.cn 能收到,别的都不行",
    "员工 chen.lei@qinghe.cn 的邮箱没同步",
    "把 chen.lei@qinghe.cn 从审批流里去掉",
    "请把 li@qinghe.cn 加入白名单",
    "邀请 li@qinghe.cn 加入项目没反应",
    "帮我开通 li@qinghe.cn 的权限",
    '返回 {"email":"li@qinghe.cn","code":401}',
    "http://x.com/reset?email=li@qinghe.cn 打不开",
    "打印机扫描发到邮箱 li@qinghe.cn 一直失败",
    "user li@qinghe.cn cannot login",
    "邮箱:手机号@139.com,手机13800000001",
    "用lisi@abc.com注册不了",
    "我用 lisi@abc.com 登录提示密码错",
    "系统把报价单发给了客户 buyer@bigcorp.com,怎么撤回",
    "示例邮箱 zhangsan@company.com 删不掉",
    "域名换了以后全部收不到,包括 info@qinghe.cn、hr@qinghe.cn",
    "有人用 hacker@evil.com 登进了我们后台",
    "客户 lucy@bigcorp.com 说没收到报价",
    "系统给 lucy@bigcorp.com 重复发了三封",
    "不用回邮件 lixia@qinghe.cn 那个我不看",
    "这封是不是你们发的,发信人 notice@yunban-mail.com",
    "求职者 amy@x.com 的简历打不开",
    "昨天 amy@x.com 发邮件骂我们",
    "供应商李总 amy@x.com 催款",
    "订阅了 news@yunban.com 的周刊,想退订",
    "收到 billing@yunban.com 的催费邮件,是真的吗",
    "a@b",
    "【系统退信】收件人 li.na@qinghe.cn 不存在，老弹这个",
    "我在 info@yunban.com 上给你们写过两封信，石沉大海",
    "默认发给 purchase@yunban.com，这显然是你们的演示数据",
    "宣传页上写的联系邮箱是contcat@qinghe.cn，明显拼错了",
    "一直刷 GET /api/user?mail=test01@demo.cn&tel=13900000000 500",
    "11-30 WARN cert expires host=api2.qtower.cn contact=admin@qtower.cn 这行啥意思",
]


@pytest.mark.parametrize(("text", "expected"), OWN.items())
def test_the_customers_own_address_is_found(text: str, expected: str) -> None:
    assert find_email(text) == expected


@pytest.mark.parametrize(("text", "expected"), CORRECTED.items())
def test_of_a_corrected_address_the_corrected_one_counts(text: str, expected: str) -> None:
    assert find_email(text) == expected


@pytest.mark.parametrize(("text", "expected"), CHOSEN.items())
def test_of_several_addresses_the_one_to_write_to_counts(text: str, expected: str) -> None:
    assert find_email(text) == expected


@pytest.mark.parametrize("text", NOBODYS)
def test_what_is_only_spoken_of_is_no_address_to_write_to(text: str) -> None:
    assert extract(text, now=NOW).email is None
