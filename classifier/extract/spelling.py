"""Addresses as people spell them, put back into one piece: zhang at example dot com, zhang艾特163点com, QQ邮箱同号."""

import re

from classifier.extract.numerals import SPOKEN, as_digits

SPELLED = re.compile(
    r"@|艾特|圈a|小老鼠| at |(?<![a-z])at[ ,]{0,2}(?:qq|1[26][36]|139|189|gmail|foxmail|outlook|hotmail|sina)"
    r"|[(\[{<]at?[)\]}>]|邮箱(?:也?就是|也是|同|就用)|(?:qq|1[26][36]|139|189|gmail|foxmail|outlook|hotmail|sina)的?邮箱"
)
"""What a text must hold to be worth reading for an address."""

_PUBLIC = r"(?:qq|1[26][36]|139|189|gmail|foxmail|outlook|hotmail|sina)"
_ENDINGS = (
    r"(?:com|net|org|edu|gov|cn|hk|tw|mo|sg|my|jp|io|co|cc|me|biz|info|tech|top|vip|xyz|live|club|shop|site|online"
    r"|ltd|group|work|cloud|ink|kids|ai|app|dev|asia|de|fr|uk|us|eu|au|ca|ru|kr|th|vn|ph|nz|es|it|nl|ch)"
)
_SPOKEN_AT = (
    r"艾特|圈a|小老鼠|(?<![a-z])at(?=[ ,]{0,2}(?:qq|1[26][36]|139|189|gmail|foxmail|outlook|hotmail|sina)(?: ?点|\.))"
)
_SIGNS = {"下划线": "_", "点": ".", "横杠": "-", "横线": "-", "中划线": "-", "减号": "-", "杠": "-"}
_SOUND = rf"(?!(?:e?mail|to|my|is|at|the|me)(?![a-z]))[a-z]{{1,8}}+|[0-9._-]++|[{SPOKEN}]++|{'|'.join(_SIGNS)}"
"""What a name is made of when it is read out: letters, syllables, digits, signs."""
_SIGN = rf"(?:{_SPOKEN_AT}|[(\[{{<]at?[)\]}}>])"
_PAUSE = r"(?: ?,? ?(?:然后|后面|后头|接着|再|加)(?:是|加)?)? ?"
_STOP = r"(?<![a-z])(?!(?:to|at|in|on|by|of|or|is|us|me|and|the|our|new|old|from|with|use|via|your|my|for)[ (\[])"
_DOT = r"(?: dot | ?点 ?| ?[(\[{]dot[)\]}] ?|\.)"
_NAME, _HOUSE = r"[a-z0-9._+-]{2,40}", r"[a-z0-9-]{2,40}"
_SAID = re.compile(
    rf"(?<![a-z0-9]){_STOP}(?P<name>{_NAME})(?P<at>{_PAUSE}[ ,]?{_SIGN}[ ,]{{0,2}}| ?@ | @)"
    rf"(?P<house>{_HOUSE}(?:{_DOT}[a-z]{{2,10}}){{1,3}})(?![a-z0-9])"
    rf"|(?<![a-z0-9])(?P<word>{_NAME}) at (?P<place>{_HOUSE}(?: dot [a-z]{{2,10}}){{1,3}})(?![a-z0-9@])"
    rf"|(?:(?<=mail )|(?<=[到发箱:] )|(?<=[到发箱:])){_STOP}"
    rf"(?P<label>{_NAME}) at (?P<site>{_HOUSE}(?:\.[a-z]{{2,10}}){{1,3}})(?![a-z0-9@._-])"
)
_AT_PUBLIC = re.compile(rf"(?:{_PUBLIC}|sohu|yeah|yahoo|aliyun|icloud|live|msn)\.")
_CALLED_SO = re.compile(r"(?:邮[箱件址](?:地址)?|信箱|mail)[: 是]{0,4}$")
_DOTS = re.compile(_DOT)
_NAME_DOT = re.compile(r"(?<=[a-z0-9]) dot (?=[a-z0-9._-]{1,40} at [a-z0-9-]{2,40} dot )")
_STANDS_FOR = re.compile(r"(?P<sign>\([^\s\w@()]{1,3}\)|[^\s\w.@()]{1,5})号?请?(?:自行)?(?:换|改|替换)(?:成|为|做)? ?@")
_BROKEN = re.compile(
    r"(?<=[a-z0-9._-]) ?\n ?(?=@[a-z0-9-]+\.)|(?<=[a-z0-9]@) ?\n ?(?=[a-z0-9-]+\.)"
    rf"|(?<=\.) ?\n ?(?={_ENDINGS}(?:\.cn)?(?![a-z0-9.@]))"
)
_WRONG_DOT = re.compile(rf"(?<=@)(?P<house>{_HOUSE})[,。、](?P<ending>{_ENDINGS}(?:[.,。]cn)?)(?![a-z0-9])")
_NO_ENDING = re.compile(rf"(?<=[a-z0-9]@){_PUBLIC}(?![a-z0-9.])")
_SPOKEN_SIGNS = re.compile(rf"(?<=[a-z0-9]) ?(?P<sign>{'|'.join(_SIGNS)}) ?(?=[a-z0-9._-]{{1,30}} ?(?:@|{_SPOKEN_AT}))")
_BLANK_DOT = re.compile(rf"(?<=@) ?(?P<house>{_HOUSE})(?: \. ?|\. )(?P<ending>{_ENDINGS})(?![a-z0-9])")
_RUN_ON = re.compile(
    r"(?<=\.com|\.net)(?=\d{7})|(?<=\.cn)(?=\d{7})|(?<=(?<![a-z0-9._-])1[3-9]\d{9})(?=[a-z][a-z0-9._-]*@)"
)
_COM = re.compile(r"点 ?(?:康姆|抗母|康母|坑姆|看姆)")
_NUMBERED = re.compile(rf"(?P<sign>{_SPOKEN_AT})[ ,]{{0,2}}(?P<house>[{SPOKEN}]{{3}})(?= ?点)")
_TAKEN_BACK = re.compile(
    rf"(?:{_SPOKEN_AT}) ?[a-z0-9-]+[ ,]{{0,2}}[哦啊呃]?(?:不对|不是|错了)[ ,]{{0,2}}(?={_SPOKEN_AT})"
)
_DIGITS_BEFORE = re.compile(rf"(?:(?<=[a-z0-9])[{SPOKEN}]{{1,8}}|[{SPOKEN}]{{5,11}})(?= ?(?:{_SPOKEN_AT}))")
_EXPLAINED = re.compile(rf"[ ,]{{0,2}}就是 ?(?:[a-z0-9][- ]){{2,}}[a-z0-9],? ?(?=@|{_SPOKEN_AT})")
_SYLLABLES = 3
"""Most pieces of several letters."""
_DICTATED = re.compile(
    rf"(?<![a-z0-9@.])(?:(?:{_SOUND})[ ,、]{{0,2}}(?:(?:然后|后面|再)[ ,、]?)?){{1,40}}(?:{_SOUND})"
    rf"(?=[ ,、]{{0,2}}(?:{_SPOKEN_AT}))"
)
_APART = re.compile(
    r"(?<![a-z0-9@.])(?:[a-z0-9._-] ){3,20}"
    r"(?:@ (?:[a-z0-9._-] ){2,24}[a-z]{1,4}(?![a-z0-9@._-])|(?=[a-z0-9._-]{0,20}@))"
)
_NUMBER_APART = re.compile(r"(?<![a-z0-9@.])\d{2,5}[ -]\d{2,5}[ -](?=\d{2,5}@)")
_SAME_NUMBER = re.compile(
    r"(?<![a-z])qq(?:号码?)?(?:是|[: ])*(?P<first>[1-9]\d{4,10})(?!\d)[^。!?\n@]{0,6}?"
    r"(?:qq)?邮箱(?:也?就是|也是|同|就用)(?:qq|这个|此|它)?号?(?:后面)?(?:加 ?@qq\.com)?"
    r"|邮箱(?:就是|也是|同|就用)我?的?qq号?(?:码|是|[:, ])*(?P<third>[1-9]\d{4,10})(?![\d@])"
    r"|(?<![a-z])qq邮箱(?:就?是|同|qq|号|[: ]|,(?!1[3-9]\d{9}))*(?P<second>[1-9]\d{4,10})(?![\d@])"
)
_HOUSED = re.compile(
    rf"(?P<house>{_PUBLIC})的?邮箱(?:是|[: ]|号|名|账号|地址){{0,4}}"
    r"(?P<name>[a-z][a-z0-9._-]{3,30})(?![a-z0-9@._-])(?! ?@)"
)


def spelled_out(folded: str) -> str:
    """Return the folded text with such addresses as name@house.ending; its length may change."""
    text = _joined(folded) if "@" in folded else _read_out(folded)
    text = _SAID.sub(_said, _NAME_DOT.sub(".", text))
    if "邮箱" in text:
        text = _SAME_NUMBER.sub(lambda said: f"邮箱 {said['first'] or said['second'] or said['third']}@qq.com ", text)
        text = _HOUSED.sub(lambda said: f"邮箱 {said['name']}@{said['house']}.com", text)
    return text


def _read_out(folded: str) -> str:
    """Return it with what a dictation makes of 163.com and of digits before the sign as digits and dots."""
    text = _EXPLAINED.sub("", _TAKEN_BACK.sub("", _COM.sub("点com", folded)))
    text = _DICTATED.sub(_dictated, text)
    text = _NUMBERED.sub(lambda said: said["sign"] + as_digits(said["house"]), text)
    return _signed(_DIGITS_BEFORE.sub(lambda said: as_digits(said[0]), text))


def _dictated(said: re.Match[str]) -> str:
    """Return a name read out in pieces as one: l a n 下划线 y u e 二零一八; whole words are no pieces."""
    pieces = re.findall(_SOUND, said[0])
    if sum(len(piece) > 1 for piece in pieces if piece.isascii() and piece.isalpha()) > _SYLLABLES:
        return said[0]
    return "".join(_SIGNS.get(piece) or as_digits(piece) for piece in pieces)


def _signed(text: str) -> str:
    """Return it with 下划线, 点 and 横杠 within a name as the signs they stand for."""
    return _SPOKEN_SIGNS.sub(lambda said: _SIGNS[said["sign"]], text)


def _said(said: re.Match[str]) -> str:
    """Return one address; a blank before the sign alone is a slip at QQ or after 邮箱 only: "moved to @house.cn"."""
    house = said["house"] or said["place"] or said["site"]
    if said["at"] == " @" and not (_AT_PUBLIC.match(house) or _CALLED_SO.search(said.string, 0, said.start())):
        return said[0]
    return f"{said['name'] or said['word'] or said['label']}@{_DOTS.sub('.', house)}"


def _joined(folded: str) -> str:
    """Return it with addresses that are broken over lines or into groups in one piece, and 163，com with its dot."""
    text = folded
    for stands in _STANDS_FOR.finditer(folded):
        text = text.replace(stands["sign"], "@")
    text = _BROKEN.sub("", text)
    text = _WRONG_DOT.sub(lambda said: f"{said['house']}.{re.sub('[,。]', '.', said['ending'])}", text)
    text = _BLANK_DOT.sub(r"\g<house>.\g<ending>", _RUN_ON.sub(" ", text))
    text = _NO_ENDING.sub(r"\g<0>.com", text)
    text = _signed(text)
    text = _APART.sub(lambda said: said[0].replace(" ", ""), text)
    return _NUMBER_APART.sub(lambda said: re.sub("[ -]", "", said[0]), text)
