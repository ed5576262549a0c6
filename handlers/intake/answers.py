"""Answers: one parser per kind of field. Each returns the answers it found or raises `Refused` with what to say."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from handlers.intake import repair
from handlers.intake.draft import Draft, Heard, wanting
from handlers.intake.labelled import history
from handlers.policy import Policy
from handlers.privacy import hinted
from handlers.sections import AskedField
from handlers.width import narrow
from handlers.wording import customer, terms
from storage.profile import PROFILE

LONGEST = 4000
_CALM = re.compile(r"(不(着)?急|不(太|是很)(着)?急|没那么急|有空再|不影响)")
_LEVELS = {
    "紧急": "urgent",
    "非常紧急": "urgent",
    "特急": "urgent",
    "重要": "important",
    "比较重要": "important",
    "常规": "routine",
    "一般": "routine",
    "普通": "routine",
    "不急": "routine",
    "不着急": "routine",
    "urgent": "urgent",
    "important": "important",
    "routine": "routine",
}
# 「就算重要吧」 says no more than 「重要」.
_ABOUT_A_LEVEL = re.compile(
    r"^(?:我?(?:觉得|选|看)?(?:就|算|是|应该|大概|属于|比较|还是?)*)|(?:的|吧|啊|呀|呢|哦|啦|咯)+$"
)
_NOTHING = re.compile(
    r"(?i:(no|none|nope|没有|没|无|暂无|否|没提过|没有过|没有提过|第一次|首次|第一次提|没有的|不是)(了|哦|呢|啊|的)?[。.!！]*)"
)
_SKIPS = re.compile(r"(不知道|不清楚|不好说|说不清|没想好|随便|都行|都可以|跳过|略|下一[个题]|你们看着办?)(吧|了|啊)?")
_VAGUE = re.compile(
    r"(?:(?:你好|您好|在吗)[,，!！。]?)?(?:(?:就是|反正|总之|还是|感觉|觉得|都|整体)+)?(?:(?:我|我们)?(?:想|要|想要)?(?:反馈|反映|反应|报告|提|说)(?:一?[个下些点])?)?"
    r"(希望|想要?|能不能)?(我们?|你们|贵公司)?(的|这个|那个)?(服务|系统|产品|软件|功能|体验|质量|东西|平台)?"
    r"(太|很|有点|不太|非常|就是|特别|希望|想要?|能不能|可以)?(不好用?|不行|差|烂|有问题|不满意|不方便|难用|更?便捷|更?好用?|更?方便|优化|改进|改善|提升|问题|需求)"
    r"(一下|一点|些|点)?(了|吧|吗|呢|啊)?"
)
_YES = re.compile(r"(是|对|嗯|就是)(的|它|这个|这条|这一?件)?(啊|呀|了)?")
_VAGUE_LONGEST = 16
# What no company or person is called: a sentence about the need, sent while the profile is asked for.
_SENTENCE = re.compile(r"的时候|一直|不了|报错|打不开|怎么|什么|没有|没法|不能|能不能|就是|希望|因为|还是|[了吗呢]$")
_ABOUT = re.compile(r"电话|手机|邮箱|号码|[改换]成?")  # 「手机换成 139…」 names nobody
_NAME_LONGEST, _HURRY_LONGEST = 30, 16
_EARLIER = re.compile("[提报说]过|之前|以前|上次|有")
# Words of a sentence: one may stand in a name (来伊份, 用友), two in hardly any that does not end like a house.
_TELLING = re.compile("[想要得去来弄办给被都不个就还会在过没前后也很太再把让每才又]|[0-9一两三四五六七八九十]+[点号天]")
# 「打不开」「全部断了」「忙」 tell how things are; a bar may end like a question.
_STATE = re.compile(
    r"[不没](?:了|开|上|到|动|出|见|着|通|行|用|去|来|成|对)|[断坏错慢卡停掉死崩挂急忙完没黑](?:了|掉|死|机)+$"
    r"|^[全部都还又太很好正在真]*[断坏慢卡停崩挂急忙]+$|(?<![酒网茶书水])[了着吗呢啊吧呀]$"
)
_LIKE_A_HOUSE = re.compile(r"(?:公司|集团|[店院厂部所局校馆社铺坊行处科室队站园厅市]|[酒网茶书水]吧)$")
_DECLINES = re.compile(r"你们自己|自己[查看去]|不想|不愿|不告诉|不方便|不知道|不清楚|不说|忘了|保密|随便")
_PRESSES = re.compile(
    r"[很太着]急|急用|加急|紧急|马上|尽快|[今明]天(?:要|就|内|前|之前)|必须|这个号"
)  # who presses names nobody
# Asked for a phone, people write one behind their name, where in other places it could be an order number.
_MOBILE = re.compile(r"1[3-9][0-9](?:[ -]?[0-9]{4}){2}")
_DIGITS = re.compile(r"[0-9][0-9 -]{4,}[0-9]")


class Refused(Exception):  # noqa: N818 - the customer must answer again; not a fault
    """The answer does not fit; the exception's text is what the customer is told, `kept` what it did say."""

    def __init__(self, why: str, kept: dict[str, str] | None = None) -> None:
        super().__init__(why)
        self.kept = kept or {}


def parse(text: str, field: AskedField, draft: Draft, heard: Heard) -> dict[str, str]:
    """Return what an answer to this field says, by key."""
    return PARSERS[field.kind](text.strip()[:LONGEST], field, draft, heard)


@lru_cache(maxsize=64)
def plain(text: str) -> str:
    """Return the text as it is compared: full-width to half-width, without blanks and closing punctuation.

    Remembered for a moment: one message is compared with a dozen words.
    """
    return re.sub(r"\s+", "", narrow(unicodedata.normalize("NFKC", text))).rstrip("。.!！~～,，?？")


def level(text: str, policy: Policy | None = None) -> str:
    """Return the urgency a word names, the policy's own words first, or nothing."""
    known, said = _levels(policy.urgencies if policy else ()), plain(text).lower()
    return known.get(said) or known.get(_ABOUT_A_LEVEL.sub("", said), "")


@lru_cache(maxsize=4)
def _levels(labels: tuple[str, ...]) -> dict[str, str]:
    """Return what names a level; `labels` are the policy's own words, in the order of the levels."""
    return _LEVELS | {plain(label): key for label, key in zip(labels, customer.LEVELS, strict=bool(labels))}


def is_vague(text: str) -> bool:
    """Whether a description names nothing one could work on (process.md A-047)."""
    words = plain(text)
    return len(words) <= _VAGUE_LONGEST and _VAGUE.fullmatch(words) is not None


def tells_nothing(text: str) -> bool:
    """Whether a description names nothing one could work on, or none is given: 没有, 不知道."""
    return is_vague(text) or says_nothing(text) or _SKIPS.fullmatch(plain(text)) is not None


def says_nothing(text: str) -> bool:
    """Whether an answer says that there is nothing to say: 没有, 无, 第一次."""
    return _NOTHING.fullmatch(plain(text)) is not None


def _text(text: str, field: AskedField, _: Draft, __: Heard) -> dict[str, str]:
    if len(plain(text)) < field.min_length:
        raise Refused(customer.TOO_SHORT)
    if repair.agrees(text):
        raise Refused(customer.NOT_UNDERSTOOD)  # a yes names nothing
    return {field.key: text}


def _description(text: str, field: AskedField, draft: Draft, heard: Heard) -> dict[str, str]:
    found = _text(text, field, draft, heard)
    earlier = draft.answers.get(f"{field.key}_vague")
    return {field.key: f"{earlier}\n{text}"} if earlier and not draft.revising else found


def _part(text: str, field: AskedField, _: Draft, heard: Heard) -> dict[str, str]:
    """Take what was hoped for; who has nothing to say, or only says who he is, is not asked again."""
    if says_nothing(text) or _SKIPS.fullmatch(plain(text)):
        return {}
    if repair.agrees(text):
        raise Refused(customer.NOT_UNDERSTOOD)
    profile = {key: value for key, value in heard.fields.items() if key in PROFILE}
    return profile if "phone" in profile or "email" in profile else {field.key: text}


def _customer(text: str, _: AskedField, draft: Draft, heard: Heard) -> dict[str, str]:
    said = {key: value for key, value in heard.fields.items() if key in PROFILE}
    if draft.revising in PROFILE and draft.revising not in ("phone", "email"):
        return {draft.revising: said.get(draft.revising) or text}
    digits = _DIGITS.search(unicodedata.normalize("NFKC", text))
    mobile = _MOBILE.fullmatch(digits[0]) if digits else None
    if digits and mobile and "phone" not in said:
        said["phone"] = digits[0].replace(" ", "").replace("-", "")
    told = said | {key: heard.fields[key] for key in ("background", "wanted_by") if key in heard.fields}
    pieces = [piece for piece in re.split(r"[\s,，、;；/|。]+", text) if piece and not _known(piece, told)]
    pieces = [piece for piece in pieces if not (_DECLINES.search(piece) or _is_yes_or_no(piece) or history(piece))]
    sentences = [piece for piece in pieces if _is_sentence(piece)]
    said |= _named([piece for piece in pieces if piece not in sentences], said, draft)
    if sentences and "description" in draft.answers:
        said["description"] = f"{draft.answers['description']}\n{'，'.join(sentences)}"
    if digits and not said.get("phone") and not said.get("email"):
        raise Refused(customer.BAD_PHONE.format(phone=hinted(digits[0])), said)
    if not said:
        missing = "、".join(wanting(draft.answers)) or customer.LACKING["any"]
        raise Refused(customer.LACKING_CUSTOMER.format(missing=missing))
    return said


def _named(pieces: list[str], said: dict[str, str], draft: Draft) -> dict[str, str]:
    """Read names where no rule found one: asked for a company and a name, people simply write them."""
    known = {} if draft.revising else draft.answers
    wanted = [key for key in ("company", "contact") if key not in said and not known.get(key)]
    named: dict[str, str] = {}
    for piece in pieces:
        if _ABOUT.search(piece):
            continue
        word = re.sub(r"^(我是|我叫|我们是|这里是|公司|名称|姓名|称呼|联系人)[是叫:：]?", "", piece)
        short = len(word) <= 4 and re.fullmatch(r"[\u4e00-\u9fff]+", word) is not None  # noqa: PLR2004 - a person's name
        key = (
            "contact" if (short and "contact" in wanted and ("company" not in wanted or len(pieces) > 1)) else "company"
        )
        if word and key in wanted and key not in named:
            named[key] = word
    return named


def _is_sentence(piece: str) -> bool:
    """Whether a piece tells something and names nobody."""
    if _PRESSES.search(piece):
        return True
    if len(piece) > _NAME_LONGEST or (len(piece) > 4 and _SENTENCE.search(piece)):  # noqa: PLR2004 - a name
        return True
    return not _LIKE_A_HOUSE.search(piece) and (len(_TELLING.findall(piece)) > 1 or _STATE.search(piece) is not None)


def _is_yes_or_no(piece: str) -> bool:
    """Whether a piece answers another question than who he is."""
    return says_nothing(piece) or repair.agrees(piece) or plain(piece).lower() in repair.DENY or bool(level(piece))


def _known(piece: str, said: dict[str, str]) -> bool:
    """Whether a piece was read already, or is a number or an address."""
    if re.search(r"[0-9]{5,}|@|^(?:联系)?(?:电话|手机)", unicodedata.normalize("NFKC", piece)):
        return True
    return any(value in piece or piece in value for value in said.values())


def _urgency(text: str, field: AskedField, _: Draft, heard: Heard) -> dict[str, str]:
    named = heard.level or level(text)
    if named:
        return {field.key: named, "impact": ""}
    guess = heard.suggestions.heads.get("urgency")
    # 没有 may mean no harm, or no way around it.
    if not plain(text) or guess is None or says_nothing(text):
        raise Refused(customer.NOT_UNDERSTOOD)
    # Who is asked and says that there is no hurry is believed, unless what he tells is urgent (labels.md 2a).
    calm = _CALM.match(plain(text)) is not None and guess.value != "urgent"
    return {field.key: "routine" if calm else guess.value, "impact": text}


def _history(text: str, field: AskedField, draft: Draft, heard: Heard) -> dict[str, str]:
    if says_nothing(text):
        return {field.key: terms.NOTHING}
    if len(draft.past) == 1 and _YES.fullmatch(plain(text)):
        return {field.key: draft.past[0][0]}
    hurries = "wanted_by" in heard.fields and not _EARLIER.search(text) and not heard.fields.get("history")
    if hurries and len(plain(text)) <= _HURRY_LONGEST:
        raise Refused(customer.NOT_UNDERSTOOD)  # 「两天之内给我解决」 is about the deadline, which is kept
    return _text(text, field, draft, heard)


PARSERS: dict[str, Callable[[str, AskedField, Draft, Heard], dict[str, str]]] = {
    "description": _description,
    "part": _part,
    "customer": _customer,
    "text": _text,
    "urgency": _urgency,
    "history": _history,
}
