"""A person's post, verbatim or not at all."""

import re

from classifier.extract import shapes
from classifier.extract.introductions import introductions
from classifier.extract.names import contact_span
from classifier.extract.reading import Span
from classifier.extract.tables import either, table
from classifier.sought import Sought
from classifier.words import LIMIT, fold

_HAN = r"[\u4e00-\u9fff]"
_JOB = either(table("names")["jobs"])
_STRETCH_BEFORE = re.compile(r"(?P<said>[\u4e00-\u9fff]{2,8}|[a-z]+(?: [a-z]+){0,2})[: ]{0,2}$")
_STRETCH_AFTER = re.compile(
    r"(?:医生|老师)?[,( ]{1,2}(?:她是 |他是 )?(?P<said>[\u4e00-\u9fff]{2,10}|[a-z]+(?: [a-z]+){0,3})(?=[,。;) \n]|$)"
)
_LABELS = frozenset(("联系人", "联络人", "对接人", "负责人"))
_TITLE = Sought(rf"(?:职务|职位|岗位|头衔)(?:是|[:\s]){{1,3}}(?P<title>(?:{_HAN}|[a-z]){{2,12}})")
_JOB_AT_END = re.compile(rf"{_JOB}$")


def find_title(text: str) -> str | None:
    """Return a job title: labelled, beside the contact's name, or the end of it (张经理); 张工 tells none."""
    text = text[:LIMIT]
    folded = fold(text)
    labelled = _TITLE.search(folded)
    span = labelled.span("title") if labelled else _title(folded, text, contact_span(text))
    return text[span[0] : span[1]] if span else None


def _title(folded: str, text: str, contact: Span | None) -> Span | None:
    introduced = [one for one in introductions(text) if one.post]
    if contact:
        beside = next((one.post for one in introduced if one.person == contact), None)
        beside = beside or _before(folded, contact[0]) or _after(folded, contact[1])
        if beside:
            return beside
    posts = [one.post for one in introduced if one.sure or contact or one.house]
    if posts:
        return posts[0]
    ending = _JOB_AT_END.search(folded[contact[0] : contact[1]]) if contact else None
    if not contact or not ending or ending[0] == "工" or ending.start() == 0:
        return None
    return contact[0] + ending.start(), contact[1]


def _before(folded: str, start: int) -> Span | None:
    """Return the post that stands just before the name: 设备科长刘传贵, 人事 姜语桐, 商务对接人:姚婧."""
    left = _STRETCH_BEFORE.search(folded[max(0, start - 16) : start])
    said = left["said"] if left else ""
    from_here = shapes.post_start(said)
    if not left or from_here is None or said in _LABELS:
        return None
    offset = max(0, start - 16) + left.start("said")
    return offset + from_here, offset + len(said)


def _after(folded: str, end: int) -> Span | None:
    """Return the post that stands just after the name: 许志刚(仓库主管), Sophie Deng, student coordinator."""
    right = _STRETCH_AFTER.match(folded, end)
    return right.span("said") if right and shapes.post_start(right["said"]) == 0 else None
