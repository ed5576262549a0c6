"""Chinese and Arabic numerals of everyday size, and digits spoken aloud."""

import re

NUMBER = r"(?:\d{1,4}|[零一二两三四五六七八九十百]{1,5})"
"""A pattern for what `value` reads."""

_DIGIT = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNIT = {"十": 10, "百": 100}
_SPOKEN = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖洞拐勾两", "0012345678911234567890792")
_SPOKEN_CHARS = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖洞拐勾两"
_SPOKEN_RUN = re.compile(f"[{_SPOKEN_CHARS}0-9][{_SPOKEN_CHARS}0-9 -]{{5,20}}[{_SPOKEN_CHARS}0-9]")


def value(numeral: str) -> int:
    """Return the number that `NUMBER` matched: 12, 十二, 二十, 一百零五."""
    if numeral.isdigit():
        return int(numeral)
    total = digit = 0
    for char in numeral:
        if char in _UNIT:
            total += (digit or 1) * _UNIT[char]
            digit = 0
        else:
            digit = _DIGIT[char]
    return total + digit


def spoken_digits(folded: str) -> str:
    """Return the text with runs of at least seven digits in Chinese ("幺三八零零…") as digits, length unchanged."""
    return _SPOKEN_RUN.sub(lambda run: run[0].translate(_SPOKEN), folded)
