"""A message without what tells nothing of the need: who writes, how to reach him, that he asks for the first time."""

import re

from classifier.extract.mail import find_email
from classifier.extract.names import find_contact
from classifier.extract.organisation import find_organisation
from classifier.extract.phone import phones

_CLAUSE = re.compile(r"[^,。;!?\n ]+[,。;!?\n ]*")
_ABOUT_HIMSELF = re.compile(
    r"(?:您好|你好|hi|hello|我们?是|我叫|叫我|这里是|这边是|我这边是|免贵姓|我姓|的|公司|单位|客户|名称|联系人?|姓名|称呼|电话|座机|手机|号码?|邮箱|"
    r"邮件|微信|同号|方式|麻烦|请|打|找|回|发到|我|可以|职务|行业|[:()\d+@.\-、]{1,30}+|"
    r"tel|phone|mail|e-|先生|女士|小姐|经理|主管){0,12}[,。;!?\n ]*"
)
_FIRST_TIME = re.compile(
    r"(?:^|(?<=[,。;!?\n ]))(?:以前|之前|从前|从来|此前|过去)?[都也从]?(?:没有?|未曾?|冇)(?:提|报|反映|反馈|登记)过"
    r"(?:这个|相关的?|类似的?)?(?:需求|问题)?(?:[,。;!?\n ]+|$)"
)
_LEAST = 4
_SAYS_WHO = re.compile(
    r"我们?[是叫姓]|这[里边]是|叫我|姓|联系|电话|手机|微信|邮箱|\d[\d -]{5}|@|公司|集团|有限|商贸|name|——|\n"
)
"""Without any of these a message does not introduce its sender; to look closer takes longer than all the rest."""


def without_sender(folded: str) -> str:
    """Return the message without such clauses; unchanged if next to nothing would be left."""
    first = _FIRST_TIME.sub("", folded) if "过" in folded else folded
    folded = first if len(first.strip()) >= _LEAST else folded
    if not _SAYS_WHO.search(folded):
        return folded
    known = [find_contact(folded), find_organisation(folded), find_email(folded)]
    names = [name for name in known if name]
    numbers = phones(folded)
    if not names and not numbers:
        return folded
    kept = []
    for clause in _CLAUSE.finditer(folded):
        rest = clause[0]
        for name in names:
            rest = rest.replace(name, "")
        reached = any(clause.start() < phone.end and phone.start < clause.end() for phone in numbers)
        if not ((rest != clause[0] or reached) and _ABOUT_HIMSELF.fullmatch(rest)):
            kept.append(clause[0])
    left = "".join(kept).strip()
    return left if len(left) >= _LEAST else folded
