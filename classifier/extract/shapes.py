"""What persons, posts and organisations look like: pieces of one folded stretch without separators."""

import re
from functools import cache, lru_cache

from classifier.extract.tables import either, table

_NAMES, _HOUSE, _WHO = table("names"), table("organisation"), table("identity")
_SURNAMES = frozenset("".join(_NAMES["surnames"].split()))
_COMPOUND = tuple(_NAMES["compound"])
_NO_NAME = re.compile(either(_NAMES["not_names"]))
_COURTESY = tuple(word for word in _NAMES["courtesy"] if word != "同学")
_POSTS = frozenset(_WHO["posts"].split())
_LATIN_POST = re.compile(rf"(?:(?:[a-z]+ ){{0,2}}{either(_WHO['latin_posts'])}|it)$")
_DIVISIONS = frozenset(_WHO["divisions"].split())
_TRADES = frozenset(("员", "师", "长"))
_PLACES = frozenset(_WHO["places"].split())
_ENDINGS = frozenset(
    word for word in (*_HOUSE["endings"], *_WHO["endings"].split()) if word.isalnum() and len(word) > 1
)
_BY_LAST = {last: tuple(word for word in _ENDINGS if word[-1] == last) for last in {word[-1] for word in _ENDINGS}}
_BRANCH = re.compile(rf"[\u4e00-\u9fffa-z0-9]{{0,4}}?{either([*_WHO['branches'], '店'])}")
_SENTENCE = re.compile(either(_WHO["sentence"]))
_HOLLOW = re.compile(rf"^{either(_HOUSE['hollow_starts'])}|{either(_HOUSE['hollow'])}")
_PART_OF_HOUSE = "(?:部门?|科|(?<!物管|管理|办事)处|室|组|栋|(?<![酒茶])楼|车间|班|队)"
_KIND = re.compile(rf"(?:{either([*_HOUSE['kinds'], *_HOUSE['industries']])}|.{{0,6}}{_PART_OF_HOUSE})$")
_HAN = re.compile(r"[\u4e00-\u9fff]+$")
_LATIN = re.compile(
    r"(?:(?:m[rs]s?|dr)\.? ?)?[a-z\u00df-\u00ff]{2,12}(?: [a-z\u00df-\u00ff]{2,12})?(?: ?[\u4e00-\u9fff])?$"
)
_PET = re.compile(r"(?:[小阿老][\u4e00-\u9fff]{1,2}|([\u4e00-\u9fff])\1)$")
_PETS = frozenset("小老阿")
_CALLS = _POSTS | frozenset(_COURTESY)
_FIRSTS = _SURNAMES | _PETS | {name[0] for name in _COMPOUND}
_POST_LASTS = frozenset(post[-1] for post in _POSTS)
_BEFORE_NAMES = _POST_LASTS | {division[-1] for division in _DIVISIONS} | frozenset("部科处室组课员师长助台房卫 的")
_LONGEST_CALL = 6
_ROOM = 4
_NEVER_GIVEN = frozenset("转院店厂部局馆校款已了吗呢吧的就都也还在是说要让给把被到不没这那你我他她它们么呀啊")
# Of the double surnames those that are words, too, or places.
_WORDY = frozenset(("东方", "百里", "濮阳", "东郭", "太叔"))
_MIXED = re.compile(r"(?:[阿小老][a-z]{2,10}|[a-z]{2,10}(?:[姐哥总]|老师|小姐|先生|女士))$")
_NO_LATIN_NAME = frozenset(table("identity")["no_latin_names"].split())
_WEAK = frozenset(_WHO["weak_endings"])
_NO_SHORT = frozenset(_WHO["no_short"].split())
_STRONG_OR_WEAK = _WEAK | _BY_LAST.keys()
_INNER = frozenset("部科处室组课")
_KINDS = frozenset("厂馆店铺行庄院所站园局楼部屋")
_UNITS_OF_PLACE, _TILLS = frozenset("省市县区镇乡村州旗盟"), frozenset("做搞弄种养卖跑")
_LONGEST, _FULL = 8, (2, 3)
_WITH_CENTRES = ("银行", "公司", "集团", "保险", "信用社")
"""Houses of which a 中心 is a part: 禾川银行|个贷中心."""
_HOUSE_NAME = (3, 20)


def person_starts(said: str, longest: int) -> list[int]:
    """Return where a person who ends this could begin at all: most characters begin no name."""
    size = len(said)
    return [
        at
        for at in range(max(0, size - longest), size)
        if (not at or said[at - 1] in _BEFORE_NAMES)
        and (said[at] in _FIRSTS or said[at].isascii() or said[at:] == said[at] * 2)
    ]


def is_full_name(said: str) -> bool:
    """Whether this is a surname and one or two given characters (three or four with a double surname)."""
    compound = said.startswith(_COMPOUND)
    if len(said) not in ((3, 4) if compound else _FULL) or not (compound or said[0] in _SURNAMES):
        return False
    if said[-1] in _NEVER_GIVEN or not _HAN.match(said) or _NO_NAME.match(said):
        return False
    return compound or not place_end(said)


def is_called(said: str) -> bool:
    """Whether people are called so without a full name: 小王, 老邢, 阿琪, 张经理, 彭总, 卞师傅."""
    if said[0] in _PETS and len(said) == 2:  # noqa: PLR2004 - 小 and one character
        return (said[1] in _SURNAMES or (said[0] == "阿" and not said[1].isascii())) and not _NO_NAME.match(said)
    if said[0].isascii() or said[-1].isascii():
        return bool(_MIXED.match(said))
    if said in _COMPOUND:
        return said not in _WORDY
    if said[0] in _PETS and said[1:2] in _SURNAMES and said[2:] in _CALLS:
        return True
    if len(said) > _LONGEST_CALL or not any(is_surname(said[:size]) and said[size:] in _CALLS for size in (1, 2)):
        return False
    return not _NO_NAME.match(said)


def is_pet_name(said: str) -> bool:
    """Whether this may be what friends say: 小满, 小柚子, 阿琪; only after a cue, for 小时 and 小票 look the same."""
    return bool(_PET.match(said)) and not _NO_NAME.match(said) and said[1:] not in _POSTS and said[-1] not in "转问"


def may_be_called(said: str) -> bool:
    """Whether nothing speaks against this being what he is called."""
    return not _SENTENCE.search(said) and not _NO_NAME.match(said)


def is_latin_name(said: str, typed: str) -> bool:
    """Whether this is a name in Latin letters, typed with capitals: Leo Pan, Ms. Fong."""
    words = said.split()
    return (
        bool(_LATIN.match(said))
        and not any(word in _NO_LATIN_NAME for word in words)
        and (said[-1].isascii() or said[-1] in _SURNAMES)
        and all(
            word[:1].isupper() and (word[1:].islower() or word[1:] in {"", "."})
            for word in typed.split()
            if not "\u4e00" <= word[0] <= "\u9fff"
        )
    )


def is_brand(typed: str) -> bool:
    """Whether this is typed like a name in Latin letters, with capitals: FjellNest, TalkBridge 大连."""
    words = typed.split()
    latin = [word for word in words if word[0].isascii()]
    if (
        not latin
        or not all(word.isascii() for word in latin)
        or len(typed) < _HOUSE_NAME[0]
        or any(word.lower() in _NO_LATIN_NAME for word in latin)
    ):
        return False
    return all(word[0].isupper() and not (len(words) == 1 and word.isupper()) for word in latin)


def is_surname(said: str) -> bool:
    """Whether this is a surname and nothing else."""
    return said in _COMPOUND or (len(said) == 1 and said in _SURNAMES)


@lru_cache(maxsize=512)
def post_start(said: str) -> int | None:
    """Return where the post begins with which this ends (…|设备科长, …|it manager); None when it ends with none."""
    if not said:
        return None
    if said[-1].isascii():
        latin = _LATIN_POST.search(said)
        return latin.start() if latin else None
    if said[-1] not in _POST_LASTS:
        return None
    size = next((size for size in range(min(5, len(said)), 0, -1) if said[-size:] in _POSTS), 0)
    if not size:
        return None
    start = len(said) - size
    while start:
        longer = next((n for n in range(min(4, start), 0, -1) if said[start - n : start] in _DIVISIONS), 0)
        if not longer:
            room = (
                start <= _ROOM and start > 1 and said[start - 1] in "部科处室" and not _SENTENCE.search(said, 0, start)
            )
            return 0 if room else start
        start -= longer
    return start


def is_trade(said: str) -> bool:
    """Whether a short stretch that stands by itself ends like a post: 质捡员, 检验师, 课长."""
    if not 2 <= len(said) <= 6 or said[-1] not in _TRADES:  # noqa: PLR2004 - a word or two
        return False
    return bool(_HAN.match(said)) and not _SENTENCE.search(said)


def is_post(said: str) -> bool:
    """Whether this is a post as it is commonly called, and nothing more: 运营, 财务."""
    return said in _POSTS


def is_division(said: str) -> bool:
    """Whether this is a part of a house and no house: 设备部, 工艺科, 财务."""
    return said.removesuffix("中心") in _DIVISIONS or (2 <= len(said) <= _LONGEST and said[-1] in "部科处室组课")  # noqa: PLR2004 - two characters and more


def begins_with_division(said: str) -> bool:
    """Whether this begins with a part of a house: 财务软件 is nobody's name."""
    return any(said[:size] in _DIVISIONS for size in (2, 3, 4))


@lru_cache(maxsize=512)
def house_end(said: str, *, weak: bool = False) -> int:
    """Return the end of the organisation with which this begins, by the ending of its name; 0 when there is none.

    `weak` takes endings of one character, too (永盛注塑厂), which only count where one says who he is.
    """
    lasts = _STRONG_OR_WEAK if weak else _BY_LAST
    ends = [
        end
        for end in range(_HOUSE_NAME[0], min(len(said), _HOUSE_NAME[1]) + 1)
        if said[end - 1] in lasts and _ends_house(said[:end], weak=weak) and said[end : end + 1] not in _INNER
    ]
    if not ends:
        return 0
    best = next((end for end in reversed(ends) if may_be_house(said[:end])), 0)
    strong = house_end(said[:best]) if weak and best else 0
    if strong and is_full_name(said[strong:best]):  # 周原古建筑工程公司|周砚堂
        best = strong
    if said[:best].endswith("中心"):
        best = next((end for end in ends if said[:end].endswith(_WITH_CENTRES)), best)
    branch = _BRANCH.match(said, best) if best else None
    return branch.end() if branch and may_be_house(said[: branch.end()]) else best


def is_weak_house(said: str) -> bool:
    """Whether this is called like a shop (青丝记, 仁安堂), which counts only where one says who he is."""
    return said[-1:] in _WEAK and may_be_house(said) and (len(said) > _HOUSE_NAME[0] or said[-1] not in _KINDS)


def _ends_house(said: str, *, weak: bool) -> bool:
    if weak and len(said) > _HOUSE_NAME[0] and said[-1] in _WEAK:
        return True
    endings = _BY_LAST.get(said[-1])
    return endings is not None and said.endswith(endings, 1)


@lru_cache(maxsize=512)
def may_be_house(said: str) -> bool:
    """Whether nothing speaks against this being the name of an organisation."""
    return (
        _HOUSE_NAME[0] <= len(said) <= _HOUSE_NAME[1]
        and not _SENTENCE.search(said, place_end(said))
        and not _HOLLOW.search(said)
        and not _KIND.fullmatch(said)
        and not said.isdigit()
        and said not in _ENDINGS
        and not any(said[:cut] in _ENDINGS and said[cut:] in _ENDINGS for cut in range(2, len(said) - 1))
        and not _only_tells_where(said)
    )


def _only_tells_where(said: str) -> bool:
    """Whether this is a place (张家口崇礼) or what is done there (即墨弄海参育苗), and so nobody's name."""
    start = 0
    while size := place_end(said[start:]):
        start += size
        start += said[start : start + 1] in _UNITS_OF_PLACE
    return start > 0 and (start >= len(said) or (said[start] in _TILLS and not _ends_house(said, weak=True)))


def tells_trade(said: str) -> bool:
    """Whether this is nothing but a trade or the end of a house's name: 户外, 口腔, 民宿."""
    return said in _ENDINGS or bool(_KIND.fullmatch(said)) or house_end(said) == len(said)


def is_short_house(said: str) -> bool:
    """Whether two characters may be what a house is called for short (恒泰的小陈), where a person follows."""
    if len(said) != 2 or said in _NO_SHORT or said in _PLACES or not _HAN.match(said):  # noqa: PLR2004 - 恒泰
        return False
    speaks_against = _SENTENCE.search(said) or _HOLLOW.search(said) or post_start(said) is not None
    return not (speaks_against or is_division(said) or is_called(said) or _KIND.fullmatch(said))


def is_placed(said: str) -> bool:
    """Whether this begins with a place and goes on for at least two characters: 枣庄鼎泰."""
    return any(said[:size] in _PLACES and len(said) >= size + 2 for size in (2, 3, 4)) and may_be_house(said)


@cache
def place_lengths() -> tuple[int, ...]:
    """Return the lengths that places have, longest first."""
    return tuple(sorted({len(place) for place in _PLACES}, reverse=True))


@cache
def place_openings() -> str:
    """Return the characters with which places begin."""
    return "".join(sorted({place[0] for place in _PLACES}))


@lru_cache(maxsize=512)
def place_end(said: str) -> int:
    """Return the end of the place with which this begins; 0 when it begins with none."""
    return next((size for size in place_lengths() if len(said) >= size and said[:size] in _PLACES), 0)
