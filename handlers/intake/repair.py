"""Repair: corrections in free words, and the words that steer an intake."""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

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
    "yes",
    "无误",
    "确认无误",
    "正确",
    "嗯",
    "嗯嗯",
    "行",
    "可以的",
}
# A yes in other words, and what may stand beside it; mere courtesy (好的谢谢) is none.
_AGREES = re.compile(r"确认|确定|提交|没有?问题|没有?错|无误|正确|对|是|就这[样些]|不用[修更]?改|不需要[修更]?改|不改")
_COURTESY = re.compile(
    r"(?:谢谢|感谢|多谢|辛苦|麻烦)[您你]?|可以|ok|请|就|都|全部?|好|行|嗯|也|[的了吧啦哦啊呀哈,，、。;；!！~～👌👍🙏]"
)
CHANGE = {"修改", "改", "要修改", "改一下", "修改一下", "填错了", "有错", "信息不对"}
UNCHANGED = {
    "没变",
    "没有变",
    "没变化",
    "没有变化",
    "没换",
    "不变",
    "一样",
    "还是",
    "还是的",
    "没错",
    "不用改",
    "不修改",
}
DENY = {"不是", "不对", "不是的", "变了", "换了", "有变化", "不一样", "no", "错了", "不正确"}
_BACK = {
    "上一步",
    "返回",
    "返回上一步",
    "后退",
    "退回",
    "撤回",
    "撤销上一步",
    "刚才那条不算",
    "上一条不算",
    "上一条作废",
}

_SAME = r"(?:同一?[个件条回]?(?:件?事情?|需求|问题)?|一回事|一件事|一样|就?是?[这那它][个条件]?(?:事情?|需求|问题)?)"
_NEW = r"(?:(?:这?是)?(?:新|另外?)(?:的|一)?[个件条]?(?:需求|问题|事情?)?)"
_IS_SAME = re.compile(rf"(?:是|对|嗯|的|就是|还是|应该是|没错)*{_SAME}")
_IS_NEW = re.compile(rf"(?:不是的?|不对|不|没有|没|否|no)(?:{_SAME})?(?:{_NEW})?|{_NEW}", re.IGNORECASE)

# What people call the fields -> the key of the answer.
NAMES = {
    "电话": "phone",
    "号码": "phone",
    "电话号码": "phone",
    "手机号码": "phone",
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
_INSTEAD = re.compile(
    r"(?:我们?)?(?:公司|名字)?不是(?P<wrong>[^,，;；。\s]{1,30})[,，;；\s]*(?:而|应该|应)?是(?P<right>[^,，;；]{1,60})"
)
_SLIP = re.compile(
    r"(?:不好意思|抱歉|等等)?[,， ]*(?:我)?(?:刚才|刚刚|上面|前面)?(?:写|打|说|填|输)错了?[,，。;； ]*"
    r"(?:应该|应)?[是为](?P<right>.{1,300})",
    re.DOTALL,
)
_NTH = re.compile(r"(?:我要|请)?(?:修改|改)(?:一下)?第?(?P<n>[1-9一二三四五六七八九])(?:项|个|条|点)?")
DIGITS = {digit: str(n) for n, digit in enumerate("一二三四五六七八九", 1)}
# Answers short enough to be quoted.
_SHORT = {"company", "contact", "title", "phone", "email", "industry"}


def agrees(text: str) -> bool:
    """Whether a text is a yes and nothing else: 「确认，谢谢」「好的，没问题」; 「对了」 begins something else."""
    words = plain_words(text).lower()
    if words in CONFIRM:
        return not re.fullmatch(r"对了\W*", text.strip())
    return _AGREES.search(words) is not None and not _COURTESY.sub("", _AGREES.sub("", words))


def same(text: str) -> bool | None:
    """Read the answer to 「是同一件事吗？」; None if it is neither yes nor no."""
    words = re.sub(r"[,，、;；]", "", plain_words(text))
    if _IS_NEW.fullmatch(words):
        return False
    return True if agrees(text) or _IS_SAME.fullmatch(words) else None


def correction(text: str, own: tuple[tuple[str, str], ...] = (), *, at_summary: bool) -> tuple[str, str] | None:
    """Read 「紧急程度改成紧急」 as (key, value); a looser 「公司是…」 is a correction at the summary only.

    `own` are label and key of the fields of the policy.
    """
    names = _names(own)
    typed = text.strip()
    match = _pattern(tuple(names), _WEAK if at_summary else _STRONG).fullmatch(narrow(typed))
    return (names[match[1]], typed[match.start(2) : match.end(2)].strip().rstrip("。")) if match else None


def instead(text: str, answers: Mapping[str, str]) -> tuple[str, str] | None:
    """Read 「不是杭州公司，是宁波分公司」 as (key, value): the answer meant is the one that the first half names."""
    match = _INSTEAD.fullmatch(narrow(text.strip()))
    if not match:
        return None
    wrong = match["wrong"].strip()
    typed = text.strip()
    right = typed[match.start("right") : match.end("right")].strip().rstrip("。")
    # Of several the shortest answer: the one that is nearly what he quotes.
    meant = sorted((len(value), key) for key, value in answers.items() if key in _SHORT and _alike(wrong, value))
    return (meant[0][1], _put_into(answers[meant[0][1]], wrong, right)) if meant else None


def slip(text: str, last: str) -> tuple[str, str] | None:
    """Read 「打错了，是…」 as a correction of the answer given last."""
    match = _SLIP.fullmatch(narrow(text.strip()))
    if not match or not last or last == "customer":
        return None
    typed = text.strip()
    return last, typed[match.start("right") : match.end("right")].strip().rstrip("。")


def doubted(text: str, own: tuple[tuple[str, str], ...] = (), *, at_summary: bool = False) -> str:
    """Return the key of what is called wrong without a word of what is right: 「电话写错了」「我要改电话」.

    At the summary the bare name of a field is enough.
    """
    names, words = _names(own), plain_words(text)
    if at_summary and words in names:
        return names[words]
    match = _doubt(tuple(names)).fullmatch(words)
    return names[match["name"] or match["what"]] if match else ""


def takes_back(text: str) -> bool:
    """Whether the last answer is taken back."""
    return plain_words(text) in _BACK


def chosen(text: str, keys: Sequence[str]) -> str:
    """Return the key that 「改第3项」 means, counted as the menu counts."""
    match = _NTH.fullmatch(plain_words(text))
    place = int(DIGITS.get(match["n"], match["n"])) if match else 0
    return keys[place - 1] if 1 <= place <= len(keys) else ""


@lru_cache(maxsize=16)
def plain_words(text: str) -> str:
    """Return a short steering text without blanks and closing marks."""
    return re.sub(r"\s+", "", narrow(text)).rstrip("。.!！~,，?？了啊吧呢")


def _alike(wrong: str, value: str) -> bool:
    """Whether an answer is the one quoted: a part of it, or most of its characters."""
    if wrong in value or (len(value) > 1 and value in wrong):
        return True
    common = len(set(wrong) & set(value))
    return common >= 2 and common * 2 >= min(len(set(wrong)), len(set(value)))  # noqa: PLR2004 - one character is chance


def _put_into(value: str, wrong: str, right: str) -> str:
    """Put the right words where the wrong ones stand; the whole answer if it was quoted in other words."""
    return value.replace(wrong, right) if wrong in value and len(right) <= len(wrong) + 1 else right


@cache
def _names(own: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return NAMES | dict(own)


@cache
def _doubt(names: tuple[str, ...]) -> re.Pattern[str]:
    name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(
        rf"(?:我的?)?(?P<name>{name})(?:好像)?(?:是)?(?:写|打|填|说|弄|输)?(?:错|不对|有误|要改|不是这个)"
        rf"|(?:我?(?:想|要|需要)?|请?帮我)(?:修改|更改|更正|改|换)(?:一下|下)?(?:我的)?(?P<what>{name})"
    )


@cache
def _pattern(names: tuple[str, ...], changes: str) -> re.Pattern[str]:
    name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?:请)?(?:把|将)?(?:我的)?({name})\s*(?:{changes})\s*(.+)", re.DOTALL)
