"""An address put right by a few words behind it: 写错了是.cn, 不对是163的, 是 lien 不是 lein."""

import re

_ENDING = re.compile(
    r"[ ,]{0,2}(?:(?:后缀)?(?:有误|打错|写错|错)了?[, ]?(?:应?该?是|应为|是)|应为|应该?是|应改[为成]) ?"
    r"\.(?P<ending>[a-z]{2,6}(?:\.cn)?)(?![a-z@])"
)
_HOUSE = re.compile(
    r"[ ,]{0,3}[哎啊哦]?(?:不对|[说写打]?错了?)[, ]?(?:应该)?是 ?"
    r"(?P<house>qq|1[26][36]|139|189|gmail|foxmail|outlook|hotmail|sina)(?:的|邮箱|\.com)?(?![a-z0-9.@])"
)
_PART = r"(?:数字|字母)?[\"'“「]?(?P<{}>[a-z0-9._-]{{1,20}})[\"'”」]?"
_SWAPPED = re.compile(
    rf"[^。!?\n@]{{0,14}}?(?:(?<![a-z0-9._-]){_PART.format('right')} ?,? ?不是 ?{_PART.format('wrong')}"
    rf"|不是 ?{_PART.format('former')}[, ]{{0,2}}(?:而|应该)?是 ?{_PART.format('latter')})(?![a-z0-9@])"
)


def mended(address: str, folded: str, end: int) -> str:
    """Return the address as the words from `end` on put it right; unchanged when they do not."""
    ending = _ENDING.match(folded, end)
    if ending:
        return address[: address.rindex(".") + 1] + ending["ending"]
    house = _HOUSE.match(folded, end)
    if house:
        return f"{address[: address.index('@') + 1]}{house['house']}.com"
    swapped = _SWAPPED.match(folded, end)
    if not swapped:
        return address
    wrong, right = (
        (swapped[one] or swapped[two]).strip(".") for one, two in (("wrong", "former"), ("right", "latter"))
    )
    told = wrong and right and address.count(wrong) == 1 and right not in address
    return address.replace(wrong, right) if told else address
