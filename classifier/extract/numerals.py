"""Chinese and Arabic numerals of everyday size, and digits spoken aloud."""

import re

NUMBER = r"(?:\d{1,4}|[零一二两三四五六七八九十百]{1,5})"
"""A pattern for what `value` reads."""

_DIGIT = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNIT = {"十": 10, "百": 100}
SPOKEN = "〇零一二三四五六七八九幺么壹贰叁肆伍陆柒捌玖洞拐勾两"
"""Characters that stand for one digit when a number is read out."""
_SPOKEN = str.maketrans(SPOKEN, "00123456789111234567890792")
_SPOKEN_RUN = re.compile(f"[{SPOKEN}0-9][{SPOKEN}0-9 -]{{5,20}}[{SPOKEN}0-9]")

_WORDY = "一两"
_WRITTEN = re.compile(r"[0-9 -]{7,}")
_GROUPS = re.compile(
    f"[{SPOKEN}]{{3}}[,、 ][{SPOKEN}]{{4}}[,、 ][{SPOKEN}]{{4}}"
    f"|(?<![0-9])1[3-9][0-9][,、\n][0-9]{{4}}[,、\n][0-9]{{4}}(?![0-9])"
    f"|(?<![{SPOKEN}0-9])[零〇洞][{SPOKEN}]{{2,3}}[,、 ][{SPOKEN}]{{7,8}}(?![{SPOKEN}0-9])"
)
_DASHES = re.compile("[,、 \n]")
_EXTENSION = re.compile(
    f"(?:转|分机号?(?:是|为)?|内线(?:是)?|区号(?:是)?)[ :]?[{SPOKEN}]{{3,5}}(?![{SPOKEN}个天年月十百千万])"
)
_KEYCAP = re.compile("[\ufe0f\u20e3]")
_LETTERS = re.compile(r"(?<![a-z0-9])(?:1[3-9][0-9o]{9}|o\d{2,3}-\d{7,8})(?![a-z0-9])")
_LONG_DASH = re.compile(r"(?<=\d)[—–‐‑−](?=\d)")


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


def as_digits(said: str) -> str:
    """Return digits read out one by one as digits."""
    return said.translate(_SPOKEN)


def _run(run: re.Match[str]) -> str:
    """Read a run, but for a word that only touches written digits: 0993 2657 118 一般有人."""
    said = run[0]
    if said[-1] in _WORDY and _WRITTEN.fullmatch(said, 0, len(said) - 1):
        return said
    return said.translate(_SPOKEN)


def spoken_digits(folded: str) -> str:
    """Return the text with digits said in Chinese as digits, length unchanged.

    Seven and more in a row ("幺三八零零…"), telephone numbers in groups ("一五零,七五五三,二零八八"),
    extensions ("转三幺零五"); long dashes become short ones.
    """
    plain = _KEYCAP.sub(" ", folded)
    plain = _LETTERS.sub(lambda said: said[0].replace("o", "0"), plain)
    plain = _GROUPS.sub(lambda said: _DASHES.sub("-", said[0].translate(_SPOKEN)), plain)
    plain = _SPOKEN_RUN.sub(_run, plain)
    plain = _EXTENSION.sub(lambda said: said[0].translate(_SPOKEN), plain)
    return _LONG_DASH.sub("-", plain)
