"""Who writes: the contact, verbatim or not at all."""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import islice

from classifier.extract import shapes
from classifier.extract.callers import passed_on, theirs
from classifier.extract.phone import phones
from classifier.extract.reading import people
from classifier.extract.tables import either, table
from classifier.sought import Sought
from classifier.words import LIMIT, fold, typed

_WORDS, _CUES = table("names"), table("introductions")
Span = tuple[int, int]
_HAN = r"[\u4e00-\u9fff]"
_COMPOUND = either(_WORDS["compound"])
_SURNAME = either([*_WORDS["compound"], *_WORDS["surnames"]])
_JOB = either(_WORDS["jobs"])
_PERSON = (
    rf"(?:{_SURNAME}{_HAN}{{0,2}}?{either([*_WORDS['jobs'], *_WORDS['courtesy']])}"
    rf"|[小老阿]{_SURNAME}|{_SURNAME}{_HAN}{{1,2}})"
)
_NAMED = rf"(?P<name>{_PERSON})"
_EDGE = r"(?:^|[,。;!?、\n\s:()\-—~])"
_AFTER = "电话|手机|tel|联系|微信|邮箱|的|这边|负责|来|在|想|要|这里|哈|呀|啊|就行|即可|对接|收"
_END = rf"(?=$|[,。;!?、\n\s:()\-—~\d]|{_AFTER})"
_PLACE = r"(?:公司|集团|店|厂|校|院|园|部|局|中心|小学|中学|财务|采购|行政|人事|运营|前台|it)"

_SAID_OF = (
    "(?:联系|联络|连络|对接|接洽|经办|承办|办理|申请|报修|报障|报事|反馈|反映"
    "|提报|提交|投诉|填报|填表|登记|咨询|来电|来信|发件)人"
)
_LABEL = rf"(?:{_SAID_OF}|负责人|姓名|名字|称呼|署名|落款)(?:姓名)?(?:是|叫|为|[:\s]){{0,3}}"
_I_AM = r"(?:我是|我叫|我名叫|我的?名字是?叫?|本人是?|叫我|称呼我|喊我|我这边是|这边是|这里是)\s?"
_WE_ARE = r"(?:我是|我叫|这边是|这里是|我们是|我这边是|我这里是)"
_REACH = r"(?:就行|即可|就好|对接|吧|[,\s:(]{0,2}(?:电话|手机|微信|tel|\d))"
_PATTERNS = (
    Sought(rf"{_LABEL}{_NAMED}{_END}"),
    Sought(rf"{_I_AM}{_NAMED}{_END}"),
    Sought(rf"{_WE_ARE}[^,。;!?\n]{{2,24}}?(?:的|{_PLACE})\s?{_NAMED}{_END}"),
    Sought(rf"(?:联系|找|打给|对接|加|请找|请联系)\s?{_NAMED}(?={_REACH})"),
)
_SIGNED = Sought(
    rf"(?:\n|——|—|--)\s?(?:[^\n,。;:]{{2,20}}{_PLACE} )?{_NAMED}\s?(?: [^\n]{{2,12}})?(?:\n[^\n]{{0,80}}){{0,3}}$",
)
_BEFORE_PHONE = re.compile(
    rf"{_EDGE}{_NAMED}[\s,:(]{{0,2}}(?:的?(?:联系)?(?:电话|手机号?|号码)|tel)?[\s:是]{{0,3}}$",
)
_AFTER_PHONE = re.compile(rf"[\s,()]{{0,3}}(?:找|联系|联系人)?\s?{_NAMED}(?=$|[,。;!?\n\s)])")
_SURNAME_ONLY = Sought(rf"(?:我姓|免贵姓|本人姓|(?:^|[,。;!\s])姓)\s?(?P<name>{_SURNAME})(?=$|[,。;!?\s])")
_REAL = either(_CUES["names"])
_GOES_ON = (
    "[幺么]|[零一二三四五六七八九]{5}|早就|那个|然后|你们|我们|就|我|他|座机|号码|有事|是|管|吧|哦|[^\u4e00-\u9fff]|$"
)
_GIVEN = rf"(?P<name>{_SURNAME}{_HAN}{{1,2}}?)(?={_AFTER}|{_GOES_ON})"
_REAL_NAME = Sought(rf"(?:真名|大名|全名)叫?{_GIVEN}")
_SURNAME_FIRST = Sought(
    rf"姓(?P<first>{_COMPOUND}|{_HAN})[, ]{{0,2}}(?:我?叫)?(?P<name>(?P=first){_HAN}{{1,2}}?)"
    rf"(?={_AFTER}|{_GOES_ON}|{_HAN}{{2}}的?(?:[^\w]|$))"
)
_MY_NAME = Sought(rf"{_REAL}{_GIVEN}")
_IN_SPEECH = Sought(rf"{_REAL}(?P<name>{_SURNAME}{_HAN}{{2}})")
_CALL_ME = Sought(
    rf"(?:叫我|喊我|称呼我|我叫)(?!们|家)(?P<name>阿[a-z]{{2,10}}|[阿小老]{_HAN}(?=你|我|哈|啊|对)|{_HAN}{{2,4}}?)(?=就行|就是|就好|就可以|就成|即可|得啦|得了|成|吧|你|我(?![们家])|[,。!;\s\d(]|$)"
)
_LABELLED = Sought(
    rf"(?:{_SAID_OF}|负责人|姓名|联系|联络|contact|我)"
    r"(?: ?/ ?[a-z]+)?(?::|——|[:] ) ?(?:我自己,)?"
    rf"(?:{_HAN}{{2,5}} (?={_HAN}))?"
    rf"(?P<name>{_HAN}{{2,4}}|{_HAN}{{1,8}}·{_HAN}{{1,8}}|(?:m[rs]s?\. )?[a-z]+(?: [a-z]+)?)(?=$|[,。;!?、\n\s:(/\d])"
)
_LABELLED_LONG = Sought(
    rf"(?:{_SAID_OF}|负责人|联络|联系)(?:是|换成|改成|改为|[: ]){{1,2}}(?:他们|我们|咱们)?"
    rf"(?P<name>{_HAN}{{2,10}})(?=[^\w]|\d|$)"
)
_LEAST, _LONGEST_HEAD = 3, 4
_MOST = 12
"""So many cues are followed: nobody names more people to call."""
_REFERRED = Sought(either(_CUES["referrals"]))
_REFERRAL = re.compile(r"[\u4e00-\u9fffA-Za-z ]{2,20}")
_REFERRAL_ENDS = re.compile(
    r"[他她幺么]|[零一二三四五六七八九]{5}|也行|就行|就好|就可以|即可|对接|吧|管|的|[^\u4e00-\u9fffa-z]|$"
)
_CORRECTED = re.compile(r"[, ]{0,2}(?:不对)?[, ]?是?")
_ENGLISH = Sought(
    r"(?:英文名|contact|attn|联系人|联络人|联络|收件人|对接人|找|叫我)(?:叫|是|还是)?[: ]{1,2}"
    r"(?P<name>(?:m[rs]s?\. )?[a-z]{2,12}(?: [a-z]{2,12})?)(?![a-z@.])"
)
_WHEN_AWAY = re.compile(r"我(?:要是|如果)?不在(?:的话|时|的时候|就|,){0,2} ?$")
"""Whoever is to be called only when the writer is away is not the contact."""
_GONE = re.compile(r"[^,。;!?\n]{0,3}(?:辞职|离职|退休|调走|走了)")
_NO_NAME = re.compile(either(_WORDS["not_names"]))
_OTHERS = re.compile(rf"{either(_WORDS['others'])}[叫是: ]{{0,2}}$")
_ADDRESSED = re.compile(
    r"[ ,]{0,2}(?:你好|您好|好[,。!]|早上好|下午好|晚上好|在吗|在不|麻烦|辛苦|请问|帮忙|帮我|"
    r"说|告诉|答应|上次|没回|不接|不理)"
)


def find_contact(text: str) -> str | None:
    """Return who writes or whom he names to be contacted; never the one addressed, a buyer or a colleague of ours."""
    span = contact_span(text)
    return text[span[0] : span[1]] if span else None


def contact_span(text: str) -> Span | None:
    """Return where the contact stands: labelled, the one to call instead, as he calls himself, on a card."""
    return _contact_span(typed(text[:LIMIT]))


@lru_cache(maxsize=32)
def _contact_span(text: str) -> Span | None:
    folded = fold(text)
    if len(folded.strip()) < _LEAST:
        return None
    found = next((span for find in _FINDERS if (span := find(folded, text))), None)
    return _in_full(folded, found) if found else None


def _in_full(folded: str, span: Span) -> Span:
    """Return the full name where it follows at once: 老何,何长顺; 虞船长,不对,是虞传章; 张姐张美兰."""
    said = folded[span[0] : span[1]]
    if not (shapes.is_called(said) or shapes.is_pet_name(said)):
        return span
    surname = said[1:2] if said[0] in "小老阿" and len(said) == 2 else said[:1]  # noqa: PLR2004 - 老何
    after = _CORRECTED.match(folded, span[1])
    start = after.end() if after else span[1]
    for size in (3, 2):
        full = folded[start : start + size]
        if folded[start + size : start + size + 1] in {"的", "那"}:
            return span  # 小佘,佘太君的佘
        if full[:1] == surname and shapes.is_full_name(full) and full != said and not shapes.is_called(full):
            return start, start + size
    return span


def _labelled(folded: str, text: str) -> Span | None:
    """联系人:卓玛央金(库管): after a label any name will do."""
    for match in _LABELLED.finditer(folded):
        said, typed = match["name"], text[match.start("name") : match.end("name")]
        if said[0].isascii():
            if shapes.is_latin_name(said, typed):
                return match.span("name")
        elif (inner := people(said, typed, sure=True)) and inner[0] and inner[1]:
            return match.start("name") + inner[1][0], match.start("name") + inner[1][1]
        elif not _NO_NAME.match(said) and shapes.post_start(said) is None:
            return match.span("name")
    return None


def _labelled_with_post(folded: str, text: str) -> Span | None:
    """联系人:稽核室副理蔡宜庭; 连络人 简佩珊小姐; 联系人换成他们行政部的宇文曦."""
    for match in _LABELLED_LONG.finditer(folded):
        start, end = match.span("name")
        found = people(folded[start:end], text[start:end], sure=True)
        if found and found[1]:
            return start + found[1][0], start + found[1][1]
    return None


def _referred(folded: str, text: str) -> Span | None:
    """Find whom to call instead: 找我们值班护士长罗敏, 直接找我同事丁浩."""
    for cue in islice(_REFERRED.finditer(folded), _MOST):
        said = _REFERRAL.match(text, cue.end())
        if (
            not said
            or _OTHERS.search(folded[max(0, cue.start() - 6) : cue.start()])
            or _WHEN_AWAY.search(folded, 0, cue.start())
            or _ADDRESSED.match(folded, said.end())
        ):
            continue
        start = cue.end()
        for end in range(said.end(), start, -1):
            if not _REFERRAL_ENDS.match(folded, end):
                continue
            at = next((at for at in range(start, end) if _is_person_here(folded, text, start, at, end)), None)
            if at is not None:
                return at, end
    return None


def _is_person_here(folded: str, text: str, start: int, at: int, end: int) -> bool:
    return _called(folded[at:end], text[at:end]) and _heads(folded[start:at])


def _heads(said: str) -> bool:
    """Whether this may stand between 找 and a name: nothing, a post, a part of the house."""
    said = said.strip()
    if said.endswith("的") and len(said) <= _LONGEST_HEAD and shapes.may_be_called(said[:-1]):
        return True  # 找接班的小栾
    said = said.removesuffix("的")
    return (
        not said
        or any(fits(said) for fits in (shapes.is_division, shapes.is_trade, shapes.is_called))
        or shapes.post_start(said) == 0
    )


def _called(said: str, typed: str) -> bool:
    if said[0].isascii() and len(said) > 1 and shapes.is_latin_name(said, typed):
        return True
    return shapes.is_full_name(said) or shapes.is_called(said) or shapes.is_pet_name(said)


def _by_himself(folded: str, _text: str) -> Span | None:
    """我叫孟庆海那个你们…, 大名孙守礼, 我姓翟,翟玉兰: the full name, also in speech without punctuation."""
    for pattern in (_REAL_NAME, _SURNAME_FIRST, _MY_NAME, _IN_SPEECH):
        for match in pattern.finditer(folded):
            if _GONE.match(folded, match.end("name")):
                continue
            if (shapes.is_full_name(match["name"]) or pattern is _SURNAME_FIRST) and not _OTHERS.search(
                folded[max(0, match.start() - 8) : match.start()]
            ):
                return match.span("name")
    return None


def _as_he_likes(folded: str, _text: str) -> Span | None:
    """叫我耀哥就行: any name will do when he says what to call him."""
    match = _CALL_ME.search(folded)
    return match.span("name") if match and shapes.may_be_called(match["name"]) else None


def _in_english(folded: str, text: str) -> Span | None:
    names = (match.span("name") for match in _ENGLISH.finditer(folded))
    return next((span for span in names if shapes.is_latin_name(folded[slice(*span)], text[slice(*span)])), None)


def _introduced(folded: str, text: str) -> Span | None:
    people = theirs(folded, text)
    sure = next((one.person for one in people if one.sure), None)
    return sure or next((one.person for one in people if one.post or one.house), None)


def _in_words(folded: str, _text: str) -> Span | None:
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            if _is_name(folded, match):
                return match.span("name")
    return None


def _on_a_card(folded: str, text: str) -> Span | None:
    people = (one.person for one in theirs(folded, text) if one.person)
    return next((span for span in people if _is_contact(folded, span[0], folded[span[0] : span[1]])), None)


def _signed(folded: str, _text: str) -> Span | None:
    signed = (match.span("name") for match in _SIGNED.finditer(folded))
    return next((span for span in signed if _is_contact(folded, span[0], folded[span[0] : span[1]])), None)


def _is_name(folded: str, match: re.Match[str]) -> bool:
    return not _NO_NAME.match(match["name"]) and not _ADDRESSED.match(folded, match.end("name"))


def _is_contact(folded: str, start: int, name: str) -> bool:
    if _NO_NAME.match(name) or _OTHERS.search(folded[max(0, start - 8) : start]):
        return False
    return not _ADDRESSED.match(folded, start + len(name))


def _beside_phone(folded: str, text: str) -> Span | None:
    for phone in phones(text):
        from_here = max(0, phone.start - 24)
        left = _BEFORE_PHONE.search(folded[from_here : phone.start])
        if left and _is_contact(folded, from_here + left.start("name"), left["name"]):
            return from_here + left.start("name"), from_here + left.end("name")
        right = _AFTER_PHONE.match(folded, phone.end)
        if right and _is_contact(folded, right.start("name"), right["name"]):
            return right.span("name")
    return None


def _surname(folded: str, _text: str) -> Span | None:
    match = _SURNAME_ONLY.search(folded)
    return match.span("name") if match else None


_FINDERS: tuple[Callable[[str, str], Span | None], ...] = (
    _labelled, _labelled_with_post, passed_on, _referred, _by_himself, _as_he_likes, _introduced, _in_words, _signed,
    _beside_phone, _on_a_card, _in_english, _surname,
)  # fmt: skip
