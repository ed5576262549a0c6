"""Temper: a message that only scolds is no need and no answer; it is kept and a person sees it (process.md A-048)."""

import re

from handlers.intake.answers import plain

# What is left of a message that only scolds once these are taken out: next to nothing.
_SCOLDING = re.compile(
    r"滚蛋?|垃圾|骗子|骗人的?|有病|脑子有病|脑残|智障|白痴|傻[逼比叉子]?|煞笔|沙比|sb|废物|狗屁|放屁|王八蛋?|混蛋|人渣|去死|死开"
    r"|他妈的?|特么的?|妈的|tmd|nmd|尼玛|操|草泥马|cnm|恶心|无耻|不要脸|烂透|什么玩意|破玩意|吃屎|畜生|神经病",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"你们?|我|他们?|公司|客服|机器人|系统|产品|软件|平台|东西|这|那|个|什么|真|太|就|是|都|的|了|吧|啊|呢|一群|全|家|帮|给|去"
    r"|[!！。.,，?？~～\s]"
)
_LEFT = 2


def scolds(text: str) -> bool:
    """Whether a message scolds and says nothing else."""
    words = plain(text)
    if not _SCOLDING.search(words):
        return False
    return len(_FILLER.sub("", _SCOLDING.sub("", words))) <= _LEFT
