"""The telephone number a customer wants to be called at, normalised (labels.md section 5)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from classifier.extract.numerals import spoken_digits
from classifier.words import LIMIT, fold

_GAP = r"[ \-.]?"
_EDGE_BEFORE, _EDGE_AFTER = r"(?<![a-z0-9_#.])(?<![0-9][-])", r"(?![a-z0-9_])(?!-\d{5})(?!\.\d)"
_EXT = r"(?:[ ,]{0,2}(?:转|-|ext\.?|分机号?|#)[ :]?(?P<ext>\d{1,5}))?"

_NOT_A_PHONE = re.compile(
    r"(?:订单|单号|运单|快递单?|物流|身份证|证件|卡号|银行卡|账号|帐号|账户|户号|税号|信用代码|sn|s/n|序列号|编号|编码|代码|条码|支付宝|流水|合同|发票|工单|凭证|批次|设备|机身|qq|imei|iccid"
    r"|金额|验证码|id|尾号|端口|学号|工号|会员号|卡)[^,。;!?\n]{0,6}$"
)
_NOT_OURS = re.compile(
    r"(?:买家|卖家|收件人?|收货人?|寄件|客户的?|顾客|患者|病人|学员|学生|会员|业主|家长|租客|用户|住户|乘客|司机|骑手|供应商|你们的?(?:客服|售后|热线|销售|技术)?|贵司|客服热线|骗子|诈骗|骚扰|陌生"
    r"|(?:以前|之前|原先|原来|旧|老|前)的?(?:手机号?|电话|号码?|号)?|前任|注册(?:的|用的)?|登录(?:的|用的)?|绑定(?:的|了)?|把手机号?|手机号从|号码从|别再?打|不要再?打|别用|不要用|不是|不要|给员工|员工|测试)"
    r"(?:的|是|手机号?|电话|号码?|号|这个|填|留|[: ]){0,6}$"
)
_NOT_AFTER = re.compile(
    r"[ ,(]{0,2}(?:这个|那个)?(?:号码?)?(?:别打|不要打|不用打|打不通|停机|不用了|已?停用|已?注销|作废|欠费|是旧|是老|是以前|是客户|是顾客|是买家|的订单|收不到|登不|登录不|这个?订单|这单|元|块|改成|换成|改为)"
)
_WANTED = re.compile(
    r"(?:改成|换成|改为|改打|换到|请打|打这个|打我|拨打?|回电话?|以这个|请致电|优先|最好打|新号码?|现在用)(?:是|到|[: ]|手机号?|电话|号码?|号|我|这个|的){0,5}$"
)
_WANTED_AFTER = re.compile(r"[ ,(]{0,2}(?:打这个|这个能?打|为准|优先|找我|随时|能接|能打通|微信同号|可加微信)")
_CUE = re.compile(
    r"(?:电话|手机|联系|联络|tel|phone|mobile|mob|call|号码|座机|固话|致电|微信同号|找我|我的?号)[^,。;!?\n]{0,8}$"
)


@dataclass(frozen=True, slots=True)
class Phone:
    """One number in a text; `weight` says how surely it is the one to call."""

    value: str
    start: int
    end: int
    weight: int


def find_phone(text: str) -> str | None:
    """Mobile as 11 digits, landline as digits with "-extension", foreign as "+cc…"; None if no number is the customer's."""
    best = max(phones(text), key=lambda phone: phone.weight, default=None)
    return best.value if best else None


def phones(text: str) -> list[Phone]:
    """Numbers that may be called, in the order of the text; order numbers, other people's and disowned ones left out."""
    folded = spoken_digits(fold(text[:LIMIT]))
    found: list[Phone] = []
    for pattern, reader in _KINDS:
        for match in pattern.finditer(folded):
            value = reader(match)
            if value and not any(match.start() < other.end and other.start < match.end() for other in found):
                weight = _weight(folded, match)
                found.append(Phone(value, match.start(), match.end(), weight))
    return sorted((phone for phone in found if phone.weight > 0), key=lambda phone: phone.start)


def _weight(folded: str, match: re.Match[str]) -> int:
    """0: not to be called; 1: a bare number; 2: called a phone; 3: the one he asks us to use."""
    before, after = folded[max(0, match.start() - 20) : match.start()], folded[match.end() : match.end() + 12]
    if _WANTED.search(before) or _WANTED_AFTER.match(after):
        return 3
    if _NOT_OURS.search(before) or _NOT_AFTER.match(after):
        return 0
    if _CUE.search(before):
        return 2
    return 0 if _NOT_A_PHONE.search(before) else 1


def _digits(raw: str) -> str:
    return re.sub(r"\D", "", raw)


def _mobile(match: re.Match[str]) -> str:
    return _digits(match["number"])


def _landline(match: re.Match[str]) -> str:
    number, ext = _digits(match["number"]), match["ext"]
    return f"{number}-{ext}" if ext else number


def _foreign(match: re.Match[str]) -> str:
    """A number outside the mainland, or "" if its country has no such numbers."""
    import phonenumbers

    digits = "+" + _digits(match["number"])
    try:
        number = phonenumbers.parse(digits)
    except phonenumbers.NumberParseException:
        return ""
    return digits if phonenumbers.is_possible_number(number) else ""


def _bare(match: re.Match[str]) -> str:
    return match["number"]


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"(?<![a-z0-9])(?:\+|00)(?P<number>(?!86)[1-9]\d{{0,3}}(?:[ \-()]{{0,2}}\d){{6,12}}){_EDGE_AFTER}"), _foreign),
    (re.compile(rf"{_EDGE_BEFORE}(?:(?:\+|00)?86[ -]?)?(?P<number>1{_GAP}[3-9](?:{_GAP}\d){{9}}){_EDGE_AFTER}"), _mobile),
    (re.compile(rf"{_EDGE_BEFORE}(?P<number>[48]00(?:[ \-]?\d){{7}})(?!\d){_EXT}"), _landline),
    (re.compile(rf"{_EDGE_BEFORE}(?:(?:\+|00)?86[ -]?)?(?P<number>\(?0(?:10|2\d|[3-9]\d\d)\)?[ -]?[2-8]\d{{2,3}}[ -]?\d{{4}})(?!\d){_EXT}"), _landline),
    (re.compile(rf"(?:电话|座机|固话|tel)(?:号码?)?(?:是|[: ]){{0,3}}(?P<number>[2-8]\d{{6,7}})(?![\d-]){_EXT}"), _landline),
    (re.compile(r"(?:分机号?|内线|短号|转分机|转内线)(?:是|[: ]){0,3}(?P<number>\d{3,6})(?!\d)"), _bare),
)  # fmt: skip
