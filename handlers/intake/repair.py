"""Repair: corrections in free words, and the words that steer an intake."""

import re
from functools import cache

from handlers.width import narrow

CONFIRM = {
    "确认",
    "确定",
    "提交",
    "没问题",
    "对",
    "对的",
    "是",
    "是的",
    "好",
    "好的",
    "可以",
    "ok",
    "无误",
    "确认无误",
    "正确",
    "嗯",
}
CHANGE = {"修改", "改", "要修改", "改一下", "修改一下"}

# What people call the fields -> the key of the answer.
NAMES = {
    "电话": "phone",
    "手机": "phone",
    "手机号": "phone",
    "联系电话": "phone",
    "联系方式": "phone",
    "邮箱": "email",
    "公司": "company",
    "公司名称": "company",
    "单位": "company",
    "姓名": "contact",
    "名字": "contact",
    "称呼": "contact",
    "联系人": "contact",
    "职务": "title",
    "行业": "industry",
    "背景": "background",
    "需求背景": "background",
    "描述": "description",
    "需求描述": "description",
    "需求具体描述": "description",
    "紧急程度": "urgency",
    "历史": "history",
    "历史需求": "history",
    "历史需求记录": "history",
    "类型": "type",
    "需求类型": "type",
}
_WRONG = r"(?:写错了|打错了|错了|不对|有误)[，,。 ]*(?:应该|应)?[是为:：]"
_CHANGE = r"(?:要|应该|应)?(?:改成|改为|换成|修改为|修改成|更正为|变更为|调整为)"
_STRONG = rf"{_WRONG}|{_CHANGE}|应该是|应为"
_WEAK = rf"{_STRONG}|是|为|[:：]"


def correction(text: str, own: tuple[tuple[str, str], ...] = (), *, at_summary: bool) -> tuple[str, str] | None:
    """Read 「紧急程度改成紧急」 as (key, value); a looser 「公司是…」 is a correction at the summary only.

    `own` are label and key of the fields of the policy.
    """
    names = NAMES | dict(own)
    typed = text.strip()
    match = _pattern(tuple(names), _WEAK if at_summary else _STRONG).fullmatch(narrow(typed))
    return (names[match[1]], typed[match.start(2) : match.end(2)].strip().rstrip("。")) if match else None


@cache
def _pattern(names: tuple[str, ...], changes: str) -> re.Pattern[str]:
    name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?:请)?(?:把|将)?(?:我的)?({name})\s*(?:{changes})\s*(.+)", re.DOTALL)
