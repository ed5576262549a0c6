"""The e-mail address a customer wants to be written at, in lower case."""

import re

from classifier.words import LIMIT, fold

# ASCII only: a class with \w would swallow the Chinese around the address.
_ADDRESS = re.compile(
    r"(?<![a-z0-9._%+@-])[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}[a-z]{2,24}(?![a-z0-9@])"
)
_DOT = re.compile(r" dot | ?(?:点|[(\[]dot[)\]]) ?")
_SIGN = re.compile(r"@|艾特|圈a|小老鼠| at |[(\[]at[)\]]")
_AT = re.compile(r" at | ?(?:艾特|圈a|小老鼠|[(\[]at[)\]]|@) ?")
_SAID = re.compile(
    r"(?<![a-z0-9])[a-z0-9._-]{2,40}(?: at | ?(?:艾特|圈a|小老鼠|[(\[]at[)\]]|@) ?)"
    r"[a-z0-9-]{2,40}(?:(?: dot | ?点 ?|[(\[]dot[)\]]|\.)[a-z]{2,10}){1,3}(?![a-z0-9])"
)
_SLIP = re.compile(r"(?:不对|错了|应该是|正确的?是?|改用|现用|以这个为准|手滑|更正|sorry|写错|打错)[^。!?\n]{0,10}$")
_WANTED = re.compile(
    r"(?:主送|(?:以后|今后)[^,。;!?\n@]{0,12}?发|改成|换成|改为|改到|换到|发到|发我|发至|抄送给我"
    r"|新邮箱|请发|用这个)(?:是|了|[: ]|邮箱|我|的){0,5}$"
)
_UNWANTED = re.compile(
    r"(?:不是|账号|用户名|登录名|登录|收到|来自|发件人|官网|贵司|前同事|别再?往|不要再?往"
    r"|别发|不要发|勿[寄发]|旧址|老地址|别再发|旧邮箱|老邮箱|以前的?邮箱|原邮箱|原来的?邮箱|你们的?邮箱|客服邮箱|从|别用|不用)"
    r"(?:到|是|给|[: ]|邮箱|的){0,5}$"
)
_ENDING = re.compile(r"[ ,]{0,2}(?:后缀)?(?:打错|写错|错)了?,?(?:应?该?是|是) ?\.(?P<ending>[a-z]{2,6})(?![a-z@])")
_GONE = re.compile(
    r"[ ,(]{0,2}(?:这个)?(?:邮箱)?(?:已?离职|发来|被退|退信|登录|是错的|错了|写错|打错"
    r"|不用了|停用|作废|已?注销|收不到|改成|换成|改为|登不|登录不)"
)


def _spoken(folded: str) -> str:
    """Return the text with "zhang at example dot com" and "zhang艾特example点com" as addresses; shorter than before."""
    return _SAID.sub(lambda said: _AT.sub("@", _DOT.sub(".", said[0])), folded)


def addresses(folded: str) -> list[tuple[int, int]]:
    """Return where addresses stand, whosever they are."""
    return [match.span() for match in _ADDRESS.finditer(folded)] if "@" in folded else []


def find_email(text: str) -> str | None:
    """Return the address, or None; of several the one after 改成 or 发到, and never one that he disowns."""
    folded = fold(text[:LIMIT])
    if not _SIGN.search(folded):
        return None
    folded = _spoken(folded)
    kept: list[str] = []
    for match in _ADDRESS.finditer(folded):
        before, after = folded[max(0, match.start() - 14) : match.start()], folded[match.end() : match.end() + 8]
        amended = _ENDING.match(folded, match.end())
        if amended:
            return match[0][: match[0].rindex(".") + 1] + amended["ending"]
        if _WANTED.search(before) or (kept and _SLIP.search(before)):
            return match[0]
        if not _UNWANTED.search(before) and not _GONE.match(after):
            kept.append(match[0])
    return kept[0] if kept else None
