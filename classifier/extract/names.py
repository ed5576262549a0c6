"""Who writes: the contact's name and title, verbatim or not at all."""

import re

from classifier.extract.phone import phones
from classifier.extract.tables import either, table
from classifier.words import LIMIT, fold

_WORDS = table("names")
_HAN = r"[\u4e00-\u9fff]"
_SURNAME = either([*_WORDS["compound"], *_WORDS["surnames"]])
_JOB = either(_WORDS["jobs"])
_PERSON = (
    rf"(?:{_SURNAME}{_HAN}{{0,2}}?{either([*_WORDS['jobs'], *_WORDS['courtesy']])}"
    rf"|[小老阿]{_SURNAME}|{_SURNAME}{_HAN}{{1,2}})"
)
_NAMED = rf"(?P<name>{_PERSON})"
_EDGE = r"(?:^|[,。;!?、\n\s:()\-—~])"
_AFTER = "电话|手机|tel|联系|微信|邮箱|的|这边|负责|来|在|想|要|这里|哈|呀|啊|就行|即可|对接|收"
_END = rf"(?=$|[,。;!?、\n\s:()\-—~\d]|{_AFTER})"
_PLACE = r"(?:公司|集团|店|厂|校|院|园|部|局|中心|小学|中学|财务|采购|行政|人事|运营|前台|it)"

_LABEL = (
    r"(?:联系人|联络人|对接人|负责人|姓名|名字|称呼|经办人|申请人|报修人|署名|落款)(?:姓名)?(?:是|叫|为|[:\s]){0,3}"
)
_I_AM = r"(?:我是|我叫|我名叫|我的?名字是?叫?|本人是?|叫我|称呼我|喊我|我这边是|这边是|这里是)\s?"
_WE_ARE = r"(?:我是|我叫|这边是|这里是|我们是|我这边是|我这里是)"
_REACH = r"(?:就行|即可|就好|对接|吧|[,\s:(]{0,2}(?:电话|手机|微信|tel|\d))"
_PATTERNS = (
    re.compile(rf"{_LABEL}{_NAMED}{_END}"),
    re.compile(rf"{_I_AM}{_NAMED}{_END}"),
    re.compile(rf"{_WE_ARE}[^,。;!?\n]{{2,24}}?(?:的|{_PLACE})\s?{_NAMED}{_END}"),
    re.compile(rf"(?:联系|找|打给|对接|加|请找|请联系)\s?{_NAMED}(?={_REACH})"),
)
_SIGNED = re.compile(
    rf"(?:\n|——|—|--)\s?(?:[^\n,。;:]{{2,20}}{_PLACE} )?{_NAMED}\s?(?:\n[^\n]{{0,40}}){{0,2}}$",
)
_BEFORE_PHONE = re.compile(
    rf"{_EDGE}{_NAMED}[\s,:(]{{0,2}}(?:的?(?:联系)?(?:电话|手机号?|号码)|tel)?[\s:是]{{0,3}}$",
)
_AFTER_PHONE = re.compile(rf"[\s,()]{{0,3}}(?:找|联系|联系人)?\s?{_NAMED}(?=$|[,。;!?\n\s)])")
_SURNAME_ONLY = re.compile(rf"(?:我姓|免贵姓|本人姓)\s?(?P<name>{_SURNAME})(?=$|[,。;!?\s])")
_TITLE = re.compile(rf"(?:职务|职位|岗位|头衔)(?:是|[:\s]){{1,3}}(?P<title>(?:{_HAN}|[a-z]){{2,12}})")
_JOB_AT_END = re.compile(rf"{_JOB}$")
_NO_NAME = re.compile(either(_WORDS["not_names"]))
_OTHERS = re.compile(rf"{either(_WORDS['others'])}[叫是: ]{{0,2}}$")
_ADDRESSED = re.compile(
    r"[ ,]{0,2}(?:你好|您好|好[,。!]|早上好|下午好|晚上好|在吗|在不|麻烦|辛苦|请问|帮忙|帮我|"
    r"说|告诉|答应|上次|没回|不接|不理)"
)


def find_contact(text: str) -> str | None:
    """Return who writes or whom he names to be contacted; never the one addressed, a buyer or a colleague of ours."""
    text = text[:LIMIT]
    folded = fold(text)
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            if _is_name(folded, match):
                return text[match.start("name") : match.end("name")]
    for match in _SIGNED.finditer(folded):
        if _is_contact(folded, match.start("name"), match["name"]):
            return text[match.start("name") : match.end("name")]
    return _beside_phone(text, folded) or _surname(text, folded)


def find_title(text: str, contact: str | None) -> str | None:
    """Return a job title: labelled, or the end of the contact's name (张经理); 张工 tells none."""
    text = text[:LIMIT]
    labelled = _TITLE.search(fold(text))
    if labelled:
        return text[labelled.start("title") : labelled.end("title")]
    ending = _JOB_AT_END.search(contact or "")
    return ending[0] if ending and ending[0] != "工" else None


def _is_name(folded: str, match: re.Match[str]) -> bool:
    return not _NO_NAME.match(match["name"]) and not _ADDRESSED.match(folded, match.end("name"))


def _is_contact(folded: str, start: int, name: str) -> bool:
    if _NO_NAME.match(name) or _OTHERS.search(folded[max(0, start - 8) : start]):
        return False
    return not _ADDRESSED.match(folded, start + len(name))


def _beside_phone(text: str, folded: str) -> str | None:
    for phone in phones(text):
        from_here = max(0, phone.start - 24)
        left = _BEFORE_PHONE.search(folded[from_here : phone.start])
        if left and _is_contact(folded, from_here + left.start("name"), left["name"]):
            return text[from_here + left.start("name") : from_here + left.end("name")]
        right = _AFTER_PHONE.match(folded, phone.end)
        if right and _is_contact(folded, right.start("name"), right["name"]):
            return text[right.start("name") : right.end("name")]
    return None


def _surname(text: str, folded: str) -> str | None:
    match = _SURNAME_ONLY.search(folded)
    return text[match.start("name") : match.end("name")] if match else None
