"""The telephone number a customer wants to be called at, normalised (labels.md section 5)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from classifier.extract.numerals import SPOKEN, as_digits, spoken_digits
from classifier.extract.quotation import is_quoted
from classifier.extract.tables import either, table
from classifier.words import LIMIT, fold

_WORDS = table("phone")
_EDGE_BEFORE, _EDGE_AFTER = (
    r"(?:(?<![a-z0-9_#.])(?<![0-9][-])|(?<=tel\.)|(?<=mob\.))",
    r"(?![a-z0-9_])(?! ?@[a-z0-9])(?!-\d{5})(?!\.\d)",
)
_COUNTRY = r"(?:\(?(?:\+|00)?86\)?[ -]?)?"
_EXT = r"(?:[ ,]{0,2}(?:让?转|-|x|ext\.?|分机号?|[#*])[ :]?(?P<ext>\d{1,5})(?!\d))?"

_NOT_A_PHONE = re.compile(rf"{either(_WORDS['not_a_phone'])}[^,。;!?\n]{{0,6}}$")
_OF_A_THING = re.compile(rf"{either(_WORDS['things'])}[的号码编单是为: ]{{0,5}}$")
_I_AM = re.compile(r"我是[^,。;!?\n]{0,10}$")
_NOT_OURS = re.compile(rf"{either(_WORDS['not_ours'])}(?:的|是|手机号?|电话|号码?|号|这个|填|留|[: ]){{0,6}}$")
_NOT_AFTER = re.compile(
    rf"[ ,(]{{0,2}}(?:[你您]|(?:[这那]个)?(?:号码?)?|(?:最近|已经|现在)[^,。;!?\n]{{0,6}}?){either(_WORDS['disowned'])}"
)
_HERS = re.compile(rf"[^。!?\n\d]{{0,12}}那是我(?:们家?)?{either(_WORDS['kin'])}的(?!手机|电话)")
_OF_OTHERS = re.compile(rf"{either(_WORDS['others'])}[^。;!?\n]{{0,10}}$")
_SPOKEN_OF = re.compile(rf"{either(_WORDS['spoken_of'])}$")
_YOURS = re.compile(
    rf"{either(_WORDS['yours'])}(?:{either(_WORDS['of_yours'])})?"
    r"(?:的|是|手机号?|电话|号码?|号|这个|填|留|[: ]){0,6}$"
)
_SECOND = re.compile(r"(?:不通|没人接|不接|无人接听|没接)(?:就|的话|再|时|,)?[^,。;!?\n]{0,4}打[^,。;!?\n\d]{0,5}$")
_LINKED = re.compile(r"(?:://[^\s\u4e00-\u9fff]*|[?&][a-z_]{1,20}=|(?:^|\s)/[a-z][a-z0-9_/-]{1,40}/)$")
_FAX = re.compile(r"(?<![/话及和兼])(?:传真|(?<![a-z])fax|(?<![a-z])f(?=:))(?:号码?|是|[: ]){0,3}$")
_OUR_LINE = re.compile(r"(?:^|\n)[-·*\d.、) ]{0,4}(?:我们|我方|本人)[^\n:]{0,4}:[^\n]{0,40}$")
_WANTED = re.compile(rf"{either(_WORDS['wanted'])}(?:是|到|[: ]|手机号?|电话|号码?|号|我|这个|的|打){{0,5}}$")
_WANTED_AFTER = re.compile(
    r"[ ,(]{0,2}(?:打这个(?!不)|这个(?=[,。!]|$)|这个能打|为准|优先|找我|随时|能接|能打通|微信同号|可加微信)"
)
# Three in a row are an extension, the shortest number of all; of numbers in groups no group is shorter.
_DIGITS = re.compile(rf"[0-9{SPOKEN}](?:[ \ufe0f\u20e3]{{0,3}}[0-9{SPOKEN}]){{2}}")
_NEGATED = re.compile(
    r"(?:(?<!是)不是|别再?打|别用|不要再?打|不用打|停用)"
    r"(?:[^,。;!?\n\d]{0,5}的|(?!扰)(?:(?!打)[\u4e00-\u9fff]){0,5}电话)?(?:那个)?[: ]{0,2}$"
)
_END = r"(?:最后|末尾|尾号|后面|后)(?:[两三四几2-4]位)?"
_TAIL = re.compile(
    r"(?:[ ,]{0,2}[哎啊哦诶呃欸]?(?:我?[说写打报]?错了?|不对|不是|反了)[^\d。!?\n]{0,4}?"
    rf"{_END}|[ ,]{{0,2}}{_END}[说写打报]?[错反]了?)[, ]?(?:应该)?是[: ]?"
    rf"(?P<tail>[0-9{SPOKEN}]{{2,4}})(?![0-9{SPOKEN}])"
)
_ASKED = 3
_EXTENSION = 6
_CUE = re.compile(
    r"(?:电话|手机|联系|联络|tel|phone|mobile|mob|call|号码|座机|固话|致电|微信同号|找我|我的?号)[^,。;!?\n]{0,8}$"
)


@dataclass(frozen=True, slots=True)
class Phone:
    """One number in a text; `weight` says how surely it is the one to call."""

    value: str
    start: int
    end: int
    weight: int


def find_phone(text: str) -> str | None:
    """Return the customer's number: 11 digits, landline digits with "-extension", foreign "+cc…"; or None."""
    best = max(phones(text), key=lambda phone: (phone.weight, len(phone.value) > _EXTENSION), default=None)
    return best.value if best else None


def phones(text: str) -> tuple[Phone, ...]:
    """Find numbers that may be called; order numbers, other people's and disowned ones are left out."""
    return _phones(fold(text[:LIMIT]))


@lru_cache(maxsize=32)
def _phones(folded: str) -> tuple[Phone, ...]:
    if not _DIGITS.search(folded):
        return ()
    folded = spoken_digits(folded)
    found: list[Phone] = []
    for pattern, reader in _KINDS:
        for match in pattern.finditer(folded):
            value = reader(match)
            if value and not any(match.start() < other.end and other.start < match.end() for other in found):
                tail = _TAIL.match(folded, match.end())
                weight = _ASKED if tail else _weight(folded, match)
                found.append(Phone(_mended(value, tail), match.start(), match.end(), weight))
    return tuple(sorted((phone for phone in found if phone.weight > 0), key=lambda phone: phone.start))


def _mended(value: str, tail: re.Match[str] | None) -> str:
    """Return the number with its last digits as put right behind it."""
    if tail is None:
        return value
    digits = as_digits(tail["tail"])
    return value[: -len(digits)] + digits


def _weight(folded: str, match: re.Match[str]) -> int:
    """0: not to be called; 1: a bare number; 2: called a phone; 3: the one he asks us to use."""
    before, after = folded[max(0, match.start() - 20) : match.start()], folded[match.end() : match.end() + 12]
    if _NEGATED.search(before) or _HERS.match(folded, match.end()) or _is_spoken_of(folded, match.start()):
        return 0
    if _SECOND.search(before):
        return 1
    if _WANTED.search(before) or _WANTED_AFTER.match(after) or _OUR_LINE.search(folded, 0, match.start()):
        return _ASKED
    unused = _NOT_AFTER.match(after)
    himself = _I_AM.search(before) and not unused
    if not himself and (unused or _NOT_OURS.search(before) or _OF_OTHERS.search(before)):
        return 0
    if himself or _CUE.search(before):
        return 2
    return 0 if _NOT_A_PHONE.search(before) or _OF_A_THING.search(before) else 1


def _is_spoken_of(folded: str, at: int) -> bool:
    """Whether the number is a fax, the vendor's, part of a link or a quoted mail, or what a text or page shows."""
    before = folded[max(0, at - 64) : at]
    shown = _LINKED.search(before) or _FAX.search(before) or _YOURS.search(before) or _SPOKEN_OF.search(before)
    return bool(shown or is_quoted(folded, at))


def _digits(raw: str) -> str:
    return re.sub(r"\D", "", raw)


def _mobile(match: re.Match[str]) -> str:
    return _digits(match["number"])


def _landline(match: re.Match[str]) -> str:
    number, ext = _digits(match["number"]), match["ext"]
    if number[0] != "0" and number[:3] not in {"400", "800"} and len(number) >= _WITH_AREA:
        number = f"0{number}"
    return f"{number}-{ext}" if ext else number


def _foreign(match: re.Match[str]) -> str:
    """Return a number outside the mainland, or "" if its country has no such numbers."""
    import phonenumbers

    digits = "+" + _digits(match["number"])
    ext = f"-{match['ext']}" if match["ext"] else ""
    try:
        number = phonenumbers.parse(digits)
    except phonenumbers.NumberParseException:
        return ""
    return digits + ext if phonenumbers.is_possible_number(number) else ""


def _said_apart(match: re.Match[str]) -> str:
    ext = match.groupdict().get("ext")
    return match["area"] + _digits(match["number"]) + (f"-{ext}" if ext else "")


def _in_the_south(match: re.Match[str]) -> str:
    return {"香港": "+852", "澳门": "+853"}[match["place"]] + _digits(match["number"])


def _bare(match: re.Match[str]) -> str:
    return match["number"]


_MOBILE = (
    r"(?P<number>1[3-9]\d[ .·/\-]?\d{4}[ .·/\-]?\d{4}|1[3-9]\d{2}[ \-]\d{3}[ \-]\d{4}"
    r"|1[3-9]\d{3}[ \-]\d{3}[ \-]?\d{3}|1 {0,2}[3-9](?: {0,2}\d){9})"
)
_AREA = r"(?P<number>\(?0(?:10|2\d|[3-9]\d\d)\)?(?:[ -]{0,3}|[./]| ?加 ?)[2-8](?:[ -]?\d){6,7})"
_WITH_AREA = 9
_FROM_ABROAD = r"\(?(?:(?:\+|00)86\)?[ -]?|86[ -])(?P<number>\(?(?:10|2\d|[3-9]\d\d)\)?[ -]{1,2}[2-8](?:[ -]?\d){6,7})"
_ABROAD = r"(?:\+|00)(?P<number>(?!86)[1-9]\d{0,3}(?:[ \-()]{0,2}\d){6,12})"
_AREA_SAID = r"区号(?:是)?[: ]?(?P<area>0\d{2,3})(?!\d)"
_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"(?<![a-z0-9]){_ABROAD}{_EDGE_AFTER}{_EXT}"), _foreign),
    (re.compile(rf"(?<![a-z0-9]){_FROM_ABROAD}(?!\d){_EXT}"), _landline),
    (re.compile(rf"{_EDGE_BEFORE}{_COUNTRY}{_MOBILE}{_EDGE_AFTER}"), _mobile),
    (re.compile(rf"{_EDGE_BEFORE}(?P<number>[48]00(?:[ \-]?\d){{7}})(?!\d){_EXT}"), _landline),
    (re.compile(rf"{_EDGE_BEFORE}(?<!\d )(?<!\d\.){_COUNTRY}{_AREA}(?!\d){_EXT}"), _landline),
    (
        re.compile(rf"{_EDGE_BEFORE}(?<!\d )(?<!\d\.)(?P<number>\(?0[2-8]\)?[ -]?\d{{3,4}}-\d{{4}})(?![\d-]){_EXT}"),
        _landline,
    ),
    (
        re.compile(
            r"(?<![\d+])(?P<number>\(?(?:852|853)\)?[ -]\d{4}[ -]?\d{4}|886[ -]9\d{2}[ -]?\d{3}[ -]?\d{3})(?!\d)"
            rf"{_EXT}"
        ),
        _foreign,
    ),
    (re.compile(r"(?<![\d+-])(?P<number>[2-9]\d{3}[ -]?\d{4}) ?\((?P<place>香港|澳门)\)"), _in_the_south),
    (
        re.compile(
            rf"{_EDGE_BEFORE}(?P<number>09\d{{2}}[ -]\d{{3}}[ -]?\d{{3}}|01[1-9]-\d{{3,4}} ?\d{{4}}){_EDGE_AFTER}"
        ),
        _mobile,
    ),
    (
        re.compile(rf"{_EDGE_BEFORE}(?<!\d )(?P<number>\(?0[2-8](?:-|\) ?)\d{{3,4}} \d{{3,4}})(?![ ]?\d){_EXT}"),
        _landline,
    ),
    (re.compile(r"(?<![\d-])(?P<number>[2-8]\d{6,7}) ?\((?P<area>0\d{2,3})\)"), _said_apart),
    (re.compile(r"(?<!\d)(?P<area>0\d{2,3}) ?区号[, ]{0,2}(?P<number>[2-8](?:[ -]?\d){6,7})(?!\d)"), _said_apart),
    (re.compile(rf"(?<!\d)(?P<number>[2-8]\d{{6,7}})[, ]{{0,2}}{_AREA_SAID}"), _said_apart),
    (
        re.compile(rf"{_AREA_SAID}[, ]{{0,2}}(?:号码|电话)?是?[: ]?(?P<number>[2-8](?:[ -]?\d){{6,7}})(?!\d){_EXT}"),
        _said_apart,
    ),
    (
        re.compile(
            r"(?:whatsapp|call me|phone|tel|mobile|手机|电话)[^。!?\n\d+]{0,24}"
            r"(?P<number>01[1-9]\d{7,8}|09\d{8})(?![\d-])"
        ),
        _mobile,
    ),
    (
        re.compile(
            rf"(?:电话|[座坐]机|固话|总机|热线|办公室|值班室|前台|tel)号?码?"
            rf"(?:是|[: ]){{0,3}}(?P<number>[2-8](?:[ -]?\d){{6,7}})(?!\d|-\d{{6}}){_EXT}"
        ),
        _landline,
    ),
    (
        re.compile(
            r"(?:分机号?|内线|短号|转分机|转内线|(?<![a-z])ext\.?)(?:还?是|老的|[: ]){0,4}(?P<number>\d{3,6})(?!\d)"
        ),
        _bare,
    ),
    (re.compile(r"(?<=[\u4e00-\u9fff ])转 ?(?P<number>\d{3,5})(?![\d元块人月年分])"), _bare),
)
