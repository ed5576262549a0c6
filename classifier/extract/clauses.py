"""What happened, what is wanted and what is hoped for: labelled parts first, otherwise clause by clause."""

import re
from dataclasses import dataclass

from classifier.extract.mail import find_email
from classifier.extract.phone import phones
from classifier.extract.tables import either, table
from classifier.words import LIMIT, fold

_LABELS = {
    "background": r"(?:需求)?背景|起因|原因|现状|缘由|场景",
    "description": r"(?:需求|问题|故障|功能|详细|具体)?(?:描述|说明|内容|详情)|"
    "需求|问题|诉求|故障(?:现象)?|现象|事由|主题",
    "expected": r"期望(?:的?(?:结果|效果))?|希望|预期(?:结果|效果)?|目标|要求|想要的?效果",
}
_OTHER_LABELS = (
    "公司(?:名称)?|单位(?:名称)?|客户(?:名称)?|联系人|姓名|电话|联系电话|联系方式|手机号?|邮箱|行业|职务|职位|"
    "紧急程度|优先级|地址|时间|期限|版本|账号|部门"
)
_LABEL = re.compile(
    r"(?:^|(?<=[\n,。;!?、\s】\]]))(?:\d{1,2}[.、)]\s?|[【\[(])?(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _LABELS.items())
    + rf"|(?P<else>{_OTHER_LABELS}))[】\])]?\s?:[ \t]?|(?:^|(?<=\n))[【\[](?P<bracket>[^】\]\n]{{2,8}})[】\]]"
)
_SPLIT = re.compile(r"[^,。;!?\n]+[,。;!?\n]*")
_WORDS = table("clauses")
_EXPECTED = re.compile(either(_WORDS["expected"]))
_BACKGROUND = re.compile(either(_WORDS["background"]))
_TROUBLE = re.compile(either(_WORDS["trouble"]))
_PEOPLE = re.compile(
    r"^(?:我是|我叫|我们是|这里是|这边是|免贵姓|我姓|你好|您好|在吗|hi|hello|谢谢|多谢|感谢|辛苦|麻烦了|拜托)|(?:电话|手机|联系人|联系方式|邮箱|回电|打我|加我微信|找我)"
)
_WRAPPER = re.compile(
    r"^(?:你好|您好|在吗|在不|hi|hello|嗨|喂|早上好|下午好|晚上好|谢谢|谢谢啦|多谢|感谢|辛苦了?|麻烦了|拜托了?|急|很急|急急急|加急|亲|老师好|请问)[!,。?~\s了啊呀哈呢]*$"
)
_LEAST = 4
_TRIM = " \t\n,。;、:"


@dataclass(frozen=True, slots=True)
class Parts:
    """The three boxes; verbatim stretches of the text."""

    background: str | None
    description: str | None
    expected: str | None


def find_parts(text: str) -> Parts:
    """Labelled parts if there are any, otherwise clauses sorted by their first telling words; None for an empty box."""
    text = text[:LIMIT]
    folded = fold(text)
    labelled = _labelled(text, folded)
    return Parts(**{name: labelled.get(name) for name in _LABELS}) if labelled else _sorted_clauses(text, folded)


def _labelled(text: str, folded: str) -> dict[str, str]:
    marks = list(_LABEL.finditer(folded))
    found: dict[str, str] = {}
    for number, mark in enumerate(marks, start=1):
        name = next((name for name in _LABELS if mark[name]), None)
        value = text[mark.end() : marks[number].start() if number < len(marks) else len(text)].strip(_TRIM + "【[(")
        if name and value and name not in found:
            found[name] = value
    return found


def _sorted_clauses(text: str, folded: str) -> Parts:
    boxes: dict[str, list[tuple[int, int]]] = {"background": [], "description": [], "expected": []}
    contacts = [(phone.start, phone.end) for phone in phones(text)]
    for clause in _SPLIT.finditer(folded):
        kind = _kind(clause, contacts)
        if kind:
            boxes[kind].append(clause.span())
    if not boxes["description"]:  # nothing left to describe: what is hoped for, or else what happened, is the need
        source = "expected" if boxes["expected"] else "background"
        boxes["description"] = boxes[source]
        if source == "background":
            boxes["background"] = []
    return Parts(**{name: _joined(text, spans) for name, spans in boxes.items()})


def _kind(clause: re.Match[str], contacts: list[tuple[int, int]]) -> str:
    said = clause[0].strip(_TRIM + "!?~")
    if not said or _WRAPPER.match(said):
        return ""
    if any(clause.start() <= start < clause.end() for start, _ in contacts) or find_email(said):
        return ""
    if _PEOPLE.search(said) and len(said) < 24:  # noqa: PLR2004 - a long clause says more than who writes
        return ""
    if _EXPECTED.search(said):
        return "expected"
    return "background" if _BACKGROUND.search(said) and not _TROUBLE.search(said) else "description"


def _joined(text: str, spans: list[tuple[int, int]]) -> str | None:
    """Neighbouring clauses as one stretch; of separate stretches all, in order, joined by a comma."""
    stretches: list[list[int]] = []
    for start, end in spans:
        if stretches and stretches[-1][1] == start:
            stretches[-1][1] = end
        else:
            stretches.append([start, end])
    said = [text[start:end].strip(_TRIM) for start, end in stretches]
    whole = ",".join(stretch for stretch in said if stretch)
    return whole if len(whole) >= _LEAST else None
