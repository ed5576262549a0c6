"""Who writes: the contact's name and title, and the customer's organisation, verbatim or not at all."""

import re
from collections.abc import Collection

from classifier.extract.phone import phones
from classifier.extract.surnames import SURNAMES
from classifier.words import LIMIT, fold

_COURTESY = "先生|女士|小姐|同学|师傅|阿姨|大姐|大哥|叔叔|叔|姐|哥|嫂|婶|总"
_JOB = "总经理|副总|总监|经理|主任|主管|店长|厂长|校长|院长|园长|部长|科长|处长|局长|所长|站长|队长|班长|组长|书记|老师|教授|医生|大夫|护士长|护士|律师|会计|出纳|老板娘|老板|工程师|助理|秘书|专员|管家|馆长|社长|工"
_BEFORE_NAME = r"(?:^|[,。;!?、\n\s:()\-—~])"
_END = r"(?=$|[,。;!?、\n\s:()\-—~\d]|电话|手机|tel|联系|微信|邮箱|的|,|这边|负责|来|在|想|要|这里|哈|呀|啊|就行|即可|对接|收)"
_NOT_NAMES = frozenset(
    "高级 高清 高峰 高速 高管 安全 安装 安排 平台 平时 平均 方便 方案 方式 方法 方向 于是 成功 成本 成都 成员 路由 路由器 单位 单子 单据 单号 马上 万一 万元 白屏 白天 黄色 黄牌 黑屏 常用 常规 "
    "相关 相同 明天 明细 明早 明白 时间 时候 时段 任务 任何 任意 全部 全员 全店 全新 支持 支付 管理 管理员 管家 经理 经办 经销 经常 应用 应该 向导 项目 江苏 江西 江湖 广东 广州 广告 毛病 毛利 石家庄 "
    "水电 水果 水费 金额 金蝶 金融 金牌 钱包 钱款 钱数 王牌 白名单 黑名单 计划 计费 计算 米饭 和我 和你 和解 双方 双击 双十 查询 查看 查账 温度 关于 关闭 关键 关联 房间 房东 房源 房产 车间 车辆 车牌 "
    "古装 康复 康养 余额 余下 余量 贺卡 甘肃 包括 包裹 包含 祝好 祝您 左右 左边 干嘛 丁点 雷达 童装 解决 解释 解绑 党员 党委 游客 游戏 牛奶 强烈 强制 曾经 沙发 权限 党校 印象 印刷 印章 党建 国内 国外 巴士 "
    "公司 冷库 冷链 谈谈 连锁 连接 连续 易用 易错 历史 顾客 顾问 段落 段子 汤品 盛夏 景区 景点 东莞 东西 东北 文件 文档 文员 文字 习惯 终端 农场 农业 农资 柴油 充值 充电 舒服 容易 容量 元旦 申请 申报 申诉 "
    "做餐饮 做电商 卖家 买家 新人 新手 新客 老客 老板 老师 老员工 小店 小白 小商家 小公司 小工 阿里 小区 小程序 小票 老用户 老客户 新用户".split()
)
_OTHERS = re.compile(
    r"(?:买家|收件人?|收货人?|客户|顾客|患者|病人|学员|学生|会员|业主|家长|租客|用户|员工|你们的?|贵司的?|让|叫|帮我找|请|问|@|跟|和|给|被|把|之前是|不是|供应商|司机|骑手|邻居|同事|孩子|儿子|女儿)[叫是:: ]{0,2}$"
)
_ADDRESSED = re.compile(
    r"[ ,]{0,2}(?:你好|您好|好[,。!]|早上好|下午好|晚上好|在吗|在不|麻烦|辛苦|请问|帮忙|帮我|说|告诉|答应|上次|没回|不接|不理)"
)


def name_pattern(surnames: Collection[str]) -> str:
    """A pattern for a person: 陈静, 欧阳明月, 张经理, 小王, 王芳女士."""
    surname = "(?:" + "|".join(sorted(surnames, key=len, reverse=True)) + ")"
    titled = rf"{surname}[\u4e00-\u9fff]{{0,2}}?(?:{_JOB}|{_COURTESY})"
    return rf"(?:{titled}|[小老阿]{surname}(?![\u4e00-\u9fff]{{2}})|{surname}[\u4e00-\u9fff]{{1,2}})"


_PERSON = name_pattern(SURNAMES)
_LABELLED = re.compile(
    rf"(?:联系人|联络人|对接人|负责人|姓名|名字|称呼|经办人|申请人|报修人|署名|落款)(?:姓名)?(?:是|叫|为|[:\s]){{0,3}}(?P<name>{_PERSON}){_END}"
)
_SELF = re.compile(
    rf"(?:我是|我叫|我名叫|我的?名字是?叫?|本人是?|叫我|称呼我|喊我|我这边是|这边是|这里是|免贵姓)\s?(?P<name>{_PERSON}){_END}"
)
_SELF_OF = re.compile(
    rf"(?:我是|我叫|这边是|这里是|我们是|我这边是|我这里是)[^,。;!?\n]{{2,24}}?(?:的|公司|集团|店|厂|校|院|园|部|局|中心|小学|中学|财务|采购|行政|人事|运营|前台|it)\s?(?P<name>{_PERSON}){_END}"
)
_SURNAME_ONLY = re.compile(rf"(?:我姓|免贵姓|本人姓)\s?(?P<name>{'|'.join(SURNAMES)})(?=$|[,。;!?\s])")
_ASK_FOR = re.compile(
    rf"(?:联系|找|打给|对接|加|请找|请联系)\s?(?P<name>{_PERSON})(?=就行|即可|就好|对接|吧|[,\s:(]{{0,2}}(?:电话|手机|微信|tel|\d))"
)
_LAST_LINE = re.compile(
    rf"(?:\n|——|—|--)\s*(?:[^\n,。;:]{{2,20}}(?:公司|集团|店|厂|校|院|部|中心|财务|采购|行政|it)\s?)?(?P<name>{_PERSON})\s*(?:\n[^\n]{{0,40}}){{0,2}}$"
)
_NEAR_PHONE = re.compile(
    rf"{_BEFORE_NAME}(?P<name>{_PERSON})[\s,:(]{{0,2}}(?:的?(?:联系)?(?:电话|手机号?|号码)|tel|手机)?[\s:是]{{0,3}}$"
)
_AFTER_PHONE = re.compile(rf"[\s,()(]{{0,3}}(?:找|联系|联系人)?\s?(?P<name>{_PERSON})(?=$|[,。;!?\n\s)])")
_TITLE = re.compile(rf"(?:职务|职位|岗位|头衔)(?:是|[:\s]){{1,3}}(?P<title>[\u4e00-\u9fffa-z]{{2,12}})")
_JOB_END = re.compile(rf"(?:{_JOB})$")


def find_contact(text: str) -> str | None:
    """The person who writes or whom he names to be contacted; never the one he speaks to, a buyer or a colleague of ours."""
    text = text[:LIMIT]
    folded = fold(text)
    for pattern in (_LABELLED, _SELF, _SELF_OF, _ASK_FOR, _LAST_LINE):
        for match in pattern.finditer(folded):
            if _is_contact(folded, match.start("name"), match["name"], check_before=pattern in {_LAST_LINE}):
                return text[match.start("name") : match.end("name")]
    return _beside_phone(text, folded) or _surname(text, folded)


def find_title(text: str, contact: str | None) -> str | None:
    """A job title: labelled, or at the end of the contact's name (张经理)."""
    text = text[:LIMIT]
    labelled = _TITLE.search(fold(text))
    if labelled:
        return text[labelled.start("title") : labelled.end("title")]
    ending = _JOB_END.search(contact or "")
    return ending[0] if ending and ending[0] != "工" else None


def _is_contact(folded: str, start: int, name: str, *, check_before: bool = True) -> bool:
    if any(name.startswith(word) for word in _NOT_NAMES):
        return False
    if check_before and _OTHERS.search(folded[max(0, start - 8) : start]):
        return False
    return not _ADDRESSED.match(folded, start + len(name))


def _beside_phone(text: str, folded: str) -> str | None:
    for phone in phones(text):
        before = folded[max(0, phone.start - 24) : phone.start]
        left = _NEAR_PHONE.search("\n" + before if phone.start <= len(before) else before)
        if left:
            start = phone.start - len(left.string) + left.start("name")
            if _is_contact(folded, start, left["name"]):
                return text[start : start + len(left["name"])]
        right = _AFTER_PHONE.match(folded, phone.end)
        if right and _is_contact(folded, right.start("name"), right["name"]):
            return text[right.start("name") : right.end("name")]
    return None


def _surname(text: str, folded: str) -> str | None:
    match = _SURNAME_ONLY.search(folded)
    return text[match.start("name") : match.end("name")] if match else None
