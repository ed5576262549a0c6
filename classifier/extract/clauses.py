"""What happened, what is wanted and what is hoped for: labelled parts first, otherwise clause by clause."""

import re
from dataclasses import dataclass
from datetime import datetime

from classifier.extract.pieces import Piece, is_bare, pieces, without_wish
from classifier.extract.tagger import tag, tells_trouble
from classifier.sought import Sought
from classifier.words import LIMIT, fold

_LABELS = {
    "background": r"(?:需求)?背景|起因|原因|现状|缘由|场景|从什么时候开始|什么时候开始",
    "description": r"(?:需求|问题|故障|功能|详细|具体)?(?:描述|说明|内容|详情)|"
    "需求|问题|诉求|故障(?:现象)?|现象|事由|主题|事情|情况|啥事|issue",
    "expected": r"期望(?:的?(?:结果|效果))?|希望|预期(?:结果|效果)?|目标|要求|想要的?效果|想要|wanted",
    "pain": "损失|后果|痛点|困扰",
    "impact": "影响(?:范围|面)?|范围|波及",
}
_OTHER_LABELS = (
    "公司(?:名称)?|单位(?:名称)?|客户(?:名称)?|联系人|姓名|电话|联系电话|联系方式|手机号?|邮箱|行业|职务|职位|"
    "紧急程度|优先级|地址|时间|期限|版本|账号|部门"
)
_LABEL = Sought(
    r"(?:^|(?<=[\n,。;!?、\s】\]]))(?:\d{1,2}[.、)]\s?|[①-⑨0-9]|- ?|[【\[(])?(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _LABELS.items())
    + rf"|(?P<else>{_OTHER_LABELS}))[】\])]?\s?(?::|——)[ \t]?|(?:^|(?<=\n))[【\[](?P<bracket>[^】\]\n]{{2,8}})[】\]]"
)
_HOPE = re.compile("希望|期望|盼望|但愿|我?们?(?:想要?|要|需要)[把让将]")
"""In a message of one or two pieces who says so means what he says."""
_LEAST, _NEAR, _FEW = 2, 3, 2
_TRIM = " \t\n,。;、:"


@dataclass(frozen=True, slots=True)
class Parts:
    """The five boxes; verbatim stretches of the text, separate ones joined by a comma."""

    background: str | None = None
    description: str | None = None
    expected: str | None = None
    pain: str | None = None
    impact: str | None = None


NO_PARTS = Parts(None, None, None, None, None)


def find_parts(text: str, now: datetime) -> Parts:
    """Labelled parts if there are any, otherwise pieces sorted by what they tell; None for an empty box."""
    text = text[:LIMIT]
    labelled = _labelled(text, fold(text))
    return Parts(**labelled) if "description" in labelled or len(labelled) > 1 else _sorted(text, now)


def _labelled(text: str, folded: str) -> dict[str, str]:
    marks = list(_LABEL.finditer(folded))
    found: dict[str, str] = {}
    for number, mark in enumerate(marks, start=1):
        name = next((name for name in _LABELS if mark[name]), None)
        value = text[mark.end() : marks[number].start() if number < len(marks) else len(text)].strip(_TRIM + "【[(")
        if name and value and name not in found:
            found[name] = value
    return found


def _sorted(text: str, now: datetime) -> Parts:
    cut = pieces(text, now)
    boxes: dict[str, list[tuple[int, int]]] = {}
    for piece, box in zip(cut, _tagged(cut), strict=True):
        wish = without_wish(piece.told) if box == "expected" else 0
        start = piece.start + wish
        if box and not (box == "expected" and is_bare(piece.told[wish:])):
            boxes.setdefault(box, []).append((start, piece.end))
    return Parts(**{box: joined for box, spans in boxes.items() if (joined := _joined(text, spans))})


def _tagged(cut: tuple[Piece, ...]) -> list[str]:
    """Return the boxes; where the tagger finds nothing at all, a wish is a wish and a trouble a trouble."""
    boxes = tag(cut)
    if len(cut) <= _FEW:
        boxes = ["expected" if _HOPE.match(piece.told) else box for piece, box in zip(cut, boxes, strict=True)]
    if any(boxes) or len(cut) > _FEW:
        return boxes
    return ["expected" if without_wish(piece.told) else "description" if tells_trouble(piece) else "" for piece in cut]


_DENIED = re.compile(r"(?:[开開]始)?[之以从從]前都?[没沒]有?[提报報说說反][过過]$")
"""What only says that nothing was asked before, behind a background told without a comma."""


def _joined(text: str, spans: list[tuple[int, int]]) -> str | None:
    """Neighbouring pieces as one stretch; of separate stretches all, in order, joined by a comma."""
    stretches: list[list[int]] = []
    for start, end in spans:
        if stretches and start - stretches[-1][1] <= _NEAR and "\n" not in text[stretches[-1][1] : start]:
            stretches[-1][1] = end
        else:
            stretches.append([start, end])
    whole = "，".join(_DENIED.sub("", text[start:end]).strip(_TRIM) for start, end in stretches)
    return whole if len(whole) >= _LEAST else None
