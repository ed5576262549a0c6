"""Labelled answers: 「紧急程度：紧急」「历史：没有」 written out by customers who say everything at once."""

import re

from handlers import numbering
from handlers.intake.repair import NAMES
from handlers.width import narrow
from handlers.wording import terms

_LABELS = NAMES | {
    "客户": "company",
    "客户名称": "company",
    "客户单位": "company",
    "需求": "description",
    "问题": "description",
    "问题描述": "description",
    "具体描述": "description",
    "起因": "background",
    "紧急": "urgency",
    "优先级": "urgency",
}
_NAME = "|".join(sorted(_LABELS, key=len, reverse=True))
_LABEL = re.compile(rf"(?:^|[\n，,。;；、\s])(?:\d+[.、)）]\s*)?(?:我的|我们的)?({_NAME})\s*[:：]\s*")
_NO_HISTORY = re.compile(
    r"(?:之前|以前|此前|过去|历史上?)(?:都|也|从来|从)?(?:没有?|未)(?:有?(?:提|反馈|报|登记|遇到)过?)|第一次(?:提|反馈|报|来)|首次(?:提|反馈|报)|(?:没有?|无)历史(?:需求|记录)"
)
_CLAUSE = re.compile(r"[^，,。;；、！!\n\s]+")
_LEVEL = re.compile(r"(?:比较|非常|很|特别)?(紧急|重要|常规|加急|不急|不着急)(?:的|就行|就好|即可|吧)?")
_LINES = (
    "制造|零售|批发|餐饮|服务|物流|运输|金融|保险|建筑|房地产|旅游|酒店|教育|医疗|医药|互联网"
    "|软件|汽车|能源|化工|纺织|食品|贸易|通信|传媒|广告"
)
_INDUSTRY = re.compile(
    rf"[\u4e00-\u9fff]{{2,8}}行业|(?:(?![我们做在是从属])[\u4e00-\u9fff]){{0,6}}(?:{_LINES})业|互联网|房地产|(?:跨境)?电商|外贸"
)
_EMPLOYER = re.compile(r"(?:我是|我们是|这里是|这边是)([^\s，,。的我你]{2,16})的([\u4e00-\u9fff]{2,4})")


def labelled(text: str) -> dict[str, str]:
    """Return what a message says under labels of its own, by key; empty if it has none."""
    found = list(_LABEL.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    said: dict[str, str] = {}
    for match, end in zip(found, ends, strict=False):
        key, value = _LABELS[match[1]], text[match.end() : end].strip(" \n，,。;；、")
        if value:  # of a name the last counts, of two troubles both
            said[key] = f"{said[key]}\n{value}" if key in said and key in ("description", "background") else value
    return said


def unlabelled(text: str) -> str:
    """Return what stands before the first label."""
    first = _LABEL.search(text)
    return text[: first.start()].strip(" \n，,。;；、") if first else ""


def asides(text: str, contact: str) -> dict[str, str]:
    """Return what a clause of its own says without a label: a level, a line of business; and 「我是某店的某某」."""
    clauses = _CLAUSE.findall(text)
    found = {
        "urgency": next((level[1] for clause in clauses if (level := _LEVEL.fullmatch(clause))), ""),
        "industry": next((clause for clause in clauses if _INDUSTRY.fullmatch(clause)), ""),
    }
    employer = _EMPLOYER.search(text)
    if employer and contact and employer[2].startswith(contact):
        found["company"] = employer[1]
    return {key: value for key, value in found.items() if value}


def without_history(text: str) -> str:
    """Return a text without the clauses that only say that nothing was asked before, and without stray commas."""
    kept = [clause for clause in re.split(r"[，,]+", text) if clause.strip() and not _NO_HISTORY.match(clause.strip())]
    return "，".join(kept).rstrip("，,;；、 ")


def history(text: str) -> str:
    """Return what a message says of earlier requests: none, or the number it names."""
    number = numbering.mentioned(text)
    return number or (terms.NOTHING if _NO_HISTORY.search(narrow(text)) else "")
