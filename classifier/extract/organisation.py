"""The customer's organisation and line of business, verbatim; never a third party's."""

import re

from classifier.extract.introductions import introductions
from classifier.extract.tables import either, table
from classifier.sought import Sought
from classifier.words import LIMIT, fold

_WORDS = table("organisation")
_ENDING = either(_WORDS["endings"])
_LEGAL_ENDING = "(?:有限责任公司|股份有限公司|有限公司)"
_HAN = r"[\u4e00-\u9fff]"
_BODY = r"[\u4e00-\u9fffa-z0-9&·]{2,16}?"
_PLACE = rf"(?:\({_HAN}{{2,6}}\)(?:{_HAN}{{0,8}}?{_ENDING})?)?"
_BRANCH = rf"(?:{_HAN}{{0,6}}?(?:有限公司|管理集团|集团|公司|店|校区|院区|分院|厂区|园区|支行|项目部))?"
_NAME = rf"(?P<name>{_BODY}{_ENDING}{_PLACE}{_BRANCH})"
_LEGAL = rf"(?P<name>{_BODY}(?:\({_HAN}{{2,6}}\){_HAN}{{0,8}}?)?{_LEGAL_ENDING}(?:{_HAN}{{2,6}}(?:分公司|店))?)"
_FOLLOWS = r"在|的(?!系统|接口|平台|软件|产品|服务)|我是|我叫|这边|这里|财务|采购|行政|人事|运营|前台|it|\d|电话|联系"
_END = rf"(?=$|[,。;!?、\n\s:()\-—~]|{_FOLLOWS})"
_LABELS = either(
    rf"{noun}(?:名称|名|单位)?" for noun in ("公司", "单位", "客户", "企业", "门店", "店", "机构", "学校", "医院")
)
_MARK = r"(?:^|[\n,。;:、\s【\[(])(?:[0-9一二三四五六七八九①-⑨][.、)) ]? ?|[-*·•] ?)?"
_LABEL = Sought(
    rf"{_MARK}(?:我|终端|最终|签约)?(?:{_LABELS}|哪家|company|报修单位|申请单位|所属公司|商户|商家|酒店|工厂|名称)"
    r"(?: ?/ ?[a-z]+)?[】\])]?"
    r"(?:\s?[:=]|——|(?<=公司)\s(?=[^\s,。]{3,20}(?:\n|$))|(?<=单位)\s)\s?(?P<name>[^,。;!?\n:【\[]{2,30}?)"
    r"(?=$|[,。;!?\n【\[]|\s{1,4}(?:联系|姓名|电话|手机|邮箱|行业|地址|我|需求|问题|对接|\d))"
)
_CUED = re.compile(rf"{either(_WORDS['cues'])}\s?{_NAME}{_END}")
_HELLO = r"(?:你好|您好|hi|hello|老师好|各位好)?[,!。\s]{0,3}"
_OPENING = re.compile(rf"(?:^|\n){_HELLO}{_NAME}(?=[,:\n\s]|我是|我叫|这边|\s?1\d{{10}})")
_SIGNED = Sought(rf"(?:\n|——|—|--|此致|祝好)\s?{_NAME}[^\n]{{0,24}}(?:\n[^\n]{{0,40}}){{0,3}}$")
_ANYWHERE = Sought(rf"(?:^|[,。;!?、\n\s:(]){_LEGAL}{_END}")
_BILLED = Sought(rf"抬头(?:是|为|[: ]){{0,2}}{_NAME}{_END}")
"""Whom the bill names is the customer where nobody else is named."""
_THIRD = re.compile(rf"{either(_WORDS['third'])}[是叫: (]{{0,2}}$|(?:不是|并非|[写打印]成)[「“\"]?$")
_NOT_OWN = re.compile(rf" ?{either(table('introductions')['not_own'])}")
_HOLLOW = re.compile(rf"^{either(_WORDS['hollow_starts'])}|{either(_WORDS['hollow'])}")
_KIND = re.compile(rf"(?:{_ENDING}|连锁{_ENDING}|{either(_WORDS['kinds'])})$")

_FIELD = rf"{either(sorted(_WORDS['industries'], key=len, reverse=True))}{{1,2}}"
_TRADES = table("industry")
_TRADE = rf"(?!{_TRADES['none']})(?P<trade>(?:(?!{_TRADES['inside']})[\u4e00-\u9fffa-z -]){{2,14}}?)"
_BUSINESS = re.compile(
    rf"(?:行业|领域|主营|经营范围|业务范围)(?:是|为|[:=\s]|——){{0,3}}(?:就写)?(?P<label>[\u4e00-\u9fffa-z]{{2,10}}?)(?=吧|[,。;!?\s()]|$|的)"
    rf"|(?:做|搞|干|从事|经营)(?:的是)?(?P<doing>{_FIELD})(?=的|这行|这块|行业|生意|$|[,。;!?\s])"
    rf"|(?:一家|一个|是|搞|属)(?P<kind>{_FIELD})(?:公司|企业|工厂|机构|类的?|这一行|行业)"
    rf"|(?:我|我们|咱们?|俺们?|自己|家里?)(?:是|在|就是)?(?:开|跑|卖|弄|经营)(?:了|着)?(?:个|家|间|几家)?小?(?P<small>{_FIELD})(?=的|店|生意|[,。;!?\s]|$)"
    rf"|(?:我们|属于|身处|咱们?|公司)(?:公司)?是?(?P<field>{_FIELD})(?:行业|企业|业的)"
)
_LIVING = re.compile(
    rf"{either(_TRADES['before'])}{_TRADE}(?:这行|这块|生意|行业)?[的额嘅](?=[^\w]|[,。;!?\s)「“]|$|我|然后|这个|那个|公司|店|单位|企业)"
    r"|(?:我们|咱|俺|我|额|阿拉)(?:是|在)?[^,。;!?\n]{0,8}?"
    r"(?:开|卖|弄|修|(?=[种养]))(?P<shop>(?![了过的个一两几不])[\u4e00-\u9fff]{2,10}?)"
    r"(?:的(?=[,。;!?啦呀嘛\s]|$|[\u4e00-\u9fff]{2,3}[,。]))"
    r"|(?:我|俺|们)是(?P<plain>(?:物业|餐饮|物流|快递|酒店|银行|医院|幼儿园|民宿|保险|房产|家政|超市|药店))的(?=[,。;!?\s]|$)"
    r"|从事(?P<engaged>(?:(?!工作|这)[\u4e00-\u9fff]){2,10}?)(?:工作|行业|业务)?(?=[,。;!?\s]|$)"
    r"|属于?(?P<sector>[\u4e00-\u9fff]{2,6}业)(?=[,。;!?\s]|$)|(?P<latin>[a-z]{4,20}) ?行业"
    r"|(?:[,。;!?\n]|^)[\u4e00-\u9fff]{2,4}(?=[种养])(?P<raised>[种养][\u4e00-\u9fff]{1,4})的(?=[,。;!?\s]|$)"
    r"|(?:[,。]|^)(?:专门|主要)?(?:做|卖|搞)(?P<only>(?![了过的个一两几不])[\u4e00-\u9fff]{2,8}?(?:批发|零售|出口|外贸|加工|连锁|生意|贸易|医疗器械|维修|租赁|代理|养殖|种植))(?=[,。;!?的\s]|$)"
)


def find_organisation(text: str) -> str | None:
    """Return the customer's own organisation as typed, or None; systems, rivals, agents and our company never."""
    text = text[:LIMIT]
    folded = fold(text)
    labelled = _LABEL.search(folded)
    if labelled:
        return text[labelled.start("name") : labelled.end("name")].strip()
    introduced = sorted((one for one in introductions(text) if one.house), key=lambda one: not one.sure)
    for one in introduced:
        start, end = one.house or (0, 0)
        if (one.sure or not _THIRD.search(folded[max(0, start - 8) : start])) and not _NOT_OWN.match(folded, end):
            return text[start:end]
    for pattern in (_CUED, _SIGNED, _OPENING, _ANYWHERE, _BILLED):
        for match in pattern.finditer(folded):
            if pattern is _BILLED or _is_own(folded, match.start("name"), match["name"]):
                return text[match.start("name") : match.end("name")]
    return None


def find_industry(text: str) -> str | None:
    """Return the line of business where it is said in so many words; never guessed from the organisation's name."""
    text = text[:LIMIT]
    folded = fold(text)
    for pattern in (_BUSINESS, _LIVING):
        match = pattern.search(folded)
        if match:
            group = next(name for name, value in match.groupdict().items() if value)
            return text[match.start(group) : match.end(group)].strip()
    return None


def _is_own(folded: str, start: int, name: str) -> bool:
    if _HOLLOW.search(name) or _KIND.match(name):
        return False
    return not _THIRD.search(folded[max(0, start - 8) : start])
