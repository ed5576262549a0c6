"""Labelled answers: 「紧急程度：紧急」「历史：没有」 written out by customers who say everything at once."""

import re

from handlers.intake.repair import NAMES

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
_NUMBER = re.compile(r"(?<![0-9])(20[0-9]{4}-[0-9]{3,6})(?![0-9])")


def labelled(text: str) -> dict[str, str]:
    """Return what a message says under labels of its own, by key; empty if it has none."""
    found = list(_LABEL.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    values = ((match[1], text[match.end() : end]) for match, end in zip(found, ends, strict=False))
    return {_LABELS[name]: said for name, value in values if (said := value.strip(" \n，,。;；、"))}


def history(text: str) -> str:
    """Return what a message says of earlier requests: none, or the number it names."""
    number = _NUMBER.search(text)
    if number:
        return number[1]
    return "无" if _NO_HISTORY.search(text) else ""
