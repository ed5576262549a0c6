"""The e-mail address a customer wants to be written at, in lower case."""

import re

from classifier.words import LIMIT, fold

# ASCII only: a class with \w would swallow the Chinese around the address.
_ADDRESS = re.compile(
    r"(?<![a-z0-9._%+@-])[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}[a-z]{2,24}(?![a-z0-9@])"
)
_WANTED = re.compile(
    r"(?:改成|换成|改为|改到|换到|发到|发我|发至|抄送给我|新邮箱|请发|用这个)(?:是|了|[: ]|邮箱|我|的){0,5}$"
)
_UNWANTED = re.compile(
    r"(?:不是|别发|不要发|别再发|旧邮箱|老邮箱|以前的?邮箱|原邮箱|原来的?邮箱|你们的?邮箱|客服邮箱|从|别用|不用)"
    r"(?:到|是|给|[: ]|邮箱|的){0,5}$"
)
_GONE = re.compile(r"[ ,]{0,2}(?:这个)?(?:邮箱)?(?:不用了|停用|作废|已?注销|收不到|改成|换成|改为|登不|登录不)")


def find_email(text: str) -> str | None:
    """Return the address, or None; of several the one after 改成 or 发到, and never one that he disowns."""
    folded = fold(text[:LIMIT])
    kept = []
    for match in _ADDRESS.finditer(folded):
        before, after = folded[max(0, match.start() - 14) : match.start()], folded[match.end() : match.end() + 8]
        if _WANTED.search(before):
            return match[0]
        if not _UNWANTED.search(before) and not _GONE.match(after):
            kept.append(match[0])
    return kept[0] if kept else None
