"""A person's post, verbatim or not at all."""

import re

from classifier.extract import shapes
from classifier.extract.introductions import introductions
from classifier.extract.names import contact_span
from classifier.extract.reading import Introduction, Span
from classifier.sought import Sought
from classifier.words import LIMIT, fold

_HAN = r"[\u4e00-\u9fff]"
_STRETCH_BEFORE = re.compile(r"(?P<said>[\u4e00-\u9fff]{2,8}|[a-z]+(?: [a-z]+){0,2})(?:叫|[: ]){0,2}$")
_STRETCH_AFTER = re.compile(
    r"(?:医生|老师)?[,( ]{1,2}(?:她是 |他是 )?(?P<said>[\u4e00-\u9fff]{2,10}|[a-z]+(?: [a-z]+){0,3})(?=[,。;) \n]|$)"
)
_LABELS = frozenset(("联系人", "联络人", "对接人", "负责人"))
_TITLE = Sought(rf"(?:职务|职位|岗位|头衔)(?:是|[:\s]){{1,3}}(?P<title>(?:{_HAN}|[a-z]){{2,12}})")
_DUTY = Sought(
    r"(?:[我俺](?:就?是|在)[^,。;!?\n我]{0,6}?(?P<title>[管看跑守带](?!理|到|见|了|过)[\u4e00-\u9fff]{1,4}的)"
    r"(?=[,。;! \n我]|$))"
    r"|(?:他|她|[,。])(?P<charge>负责[\u4e00-\u9fff]{2,4})(?=[,。])"
)
"""What he does where his post has no name: 我是村里管账的."""


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
    posts = [
        one.post for one in introduced if (one.sure or contact or one.house) and not _is_other(one, contact, folded)
    ]
    if posts:
        return posts[0]
    said = folded[slice(*contact)] if contact else ""
    start = shapes.post_start(said)
    if (
        contact
        and start
        and any(fits(said[:start]) for fits in (shapes.is_surname, shapes.is_called, shapes.is_full_name))
    ):
        return contact[0] + start, contact[1]
    return _duty(folded)


def _is_other(one: Introduction, contact: Span | None, folded: str) -> bool:
    """Whether this is somebody else than the contact: no character of their names is the same."""
    return bool(contact and one.person and not set(folded[slice(*contact)]) & set(folded[slice(*one.person)]))


def _duty(folded: str) -> Span | None:
    found = _DUTY.search(folded)
    return found.span("title" if found["title"] else "charge") if found else None


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
