"""Likeness of needs: how much two descriptions ask for the same thing (process.md A-068).

Words and pairs of characters, weighed by how rare they are in Chinese at large (jieba's own counts), after ways to say
one thing have been brought to one; and the topics both speak of, for needs that share no word. No trained model takes
part: what was kept last year still compares next year. How good it is: docs/search.md.
"""

import hashlib
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import combinations, pairwise

from classifier import words
from classifier.sender import without_sender
from classifier.senses import senses
from classifier.topics import topics

ALIKE = 0.39
"""From here on a need is worth showing to the customer who had it: is it one of these?"""

SAME = 0.43
"""From here on two needs are proposed to an agent, who decides."""

MARKS, TOPICS = 10, 6
"""The heaviest words of a need, and the rarest topics, by which others that share one are found."""

PAIRED = 5
"""The rarest topics, and the heaviest words, of which each two make a key of their own."""

# Chosen on the pairs of data/pairs that are not marked `held`.
_PAIRS_SHARE = 0.5
_TOPICS_SHARE = 0.75
_SENSES_SHARE = 0.4
_INSIDE_SHARE = 0.1
_WEAK = 0.4
_OTHER_MOOD = 0.5
_CHARACTER = 0.35
_BRIDGE = {False: 0.5, True: 0.2}
_RAREST = 14.0
_TELLING = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
_MASKED = re.compile(r"[a-z]{0,6}0+")
_CLAUSE = re.compile(r"[,。;!?\n]+")
_CODE = re.compile(r"(?<![a-z0-9])[a-z]{1,6}-?[0-9]{1,6}(?![a-z0-9])")


_MAY_NAME_SENDER = re.compile(
    r"[0-9]{7}|@|我们?是|叫|姓|这里是|这边是|公司|有限|集团|先生|女士|小姐|经理|主管|老师|医生|总[,。 ]"
)


@dataclass(frozen=True, slots=True)
class Need:
    """A description as it is compared: telling words, pairs of characters, topics and mood (fault, wish, how-to)."""

    words: Mapping[str, float]
    pairs: Mapping[str, float]
    moods: frozenset[str]
    topics: Mapping[str, float]
    senses: Mapping[str, float]


def ranked(text: str, others: Sequence[str]) -> list[tuple[int, float]]:
    """Return the indices of the others with their likeness to a text, 0 to 1, best first."""
    need = read(text)
    found = [(place, likeness(need, read(other))) for place, other in enumerate(others)]
    return sorted(found, key=lambda pair: -pair[1])


def likeness(one: Need, other: Need) -> float:
    """Return how much two needs are alike: 0 nothing in common, 1 the same words."""
    if not one.words or not other.words:
        return 0.0
    close = (1 - _PAIRS_SHARE) * _close(one.words, other.words) + _PAIRS_SHARE * _close(one.pairs, other.pairs)
    if one.topics and other.topics:
        close = (1 - _TOPICS_SHARE) * close + _TOPICS_SHARE * _close(one.topics, other.topics)
    if one.senses and other.senses:
        close = (1 - _SENSES_SHARE) * close + _SENSES_SHARE * _along(one.senses, other.senses)
    # The last digits are dust of the sums: the same words are wholly alike.
    return round(close * (_OTHER_MOOD if one.moods and other.moods and not one.moods & other.moods else 1.0), 9)


def shared(text: str, other: str, limit: int = 4) -> list[str]:
    """Return the telling words two texts have in common, the heaviest first: the reason people are shown."""
    mine, theirs = read(text).words, read(other).words
    both = sorted((w for w in mine.keys() & theirs.keys() if len(w) > 1), key=lambda word: (-mine[word], word))
    return [word for word in both if not any(word != longer and word in longer for longer in both)][:limit]


def marks(text: str) -> list[int]:
    """Return the heaviest words and topics of a need as numbers of 63 bits; nothing can be read back from them."""
    return [_number(name) for name in _named(read(text))]


def keys(text: str, kind: str = "") -> dict[int, float]:
    """Return the numbers under which a document of some kind is kept and looked up, with what each counts.

    Besides its marks these are pairs of them: what a million speak of one by one, few speak of together.
    """
    return keys_of(read(text), kind)


def keys_of(need: Need, kind: str = "") -> dict[int, float]:
    """Return the keys of a need that was read already."""
    names = _named(need)
    for top, sign in ((_top(need.topics, PAIRED), "#"), (_top(need.words, PAIRED), "")):
        together = combinations([f"{sign}{name}" for name in top], 2)
        names |= {"+".join(sorted(two)): names[two[0]] + names[two[1]] for two in together}
    return {_number(kind + name): weight for name, weight in names.items()}


def _named(need: Need) -> dict[str, float]:
    found = {word: need.words[word] for word in _top(need.words, MARKS)}
    return found | {f"#{topic}": need.topics[topic] for topic in _top(need.topics, TOPICS)}


def _top(weighed: Mapping[str, float], limit: int) -> list[str]:
    return sorted(weighed, key=lambda name: (-weighed[name], name))[:limit]


@lru_cache(maxsize=2_048)
def read(text: str) -> Need:
    """Read a description as a need. Calls `words.prepare` if nobody has."""
    told = _told()
    folded = _without_besides(words.fold(text[: words.LIMIT]), told.besides)
    # Looking for names costs more than all the rest, and most needs have none.
    need = without_sender(folded) if _MAY_NAME_SENDER.search(folded) else folded
    plain = words.normalise(need)
    said = told.variants.sub(lambda found: f" {told.ways[found[0]]} ", plain)
    # Without guessed words: two people's guesses differ, the characters they come from do not.
    cut = words.prepare().lcut(said, HMM=False)
    # Digits are masked for the model; what is left of U8 or E102 says nothing, the whole of it says much.
    kept = [word for word in cut if _TELLING.fullmatch(word) and word not in told.none and not _MASKED.fullmatch(word)]
    weights = {part: _weight(part) for word in kept for part in (word, *_words_within(word))}
    weights |= {code: _weight(code) for code in _CODE.findall(folded)}
    moods = (mood for mood, telling in told.moods.items() if telling.search(plain) or telling.search(said))
    return Need(weights, _pairs(kept), frozenset(moods), topics(need), senses(need))


def _without_besides(folded: str, besides: re.Pattern[str]) -> str:
    """Return a text without the clauses that say nothing of the need; all of it if nothing would be left."""
    clauses = _CLAUSE.split(folded)
    kept = [clause for clause in clauses if not besides.fullmatch(clause.strip())]
    return ",".join(kept) if any(kept) and len(kept) < len(clauses) else folded


def _words_within(word: str) -> list[str]:
    """Return the shorter words of a long one: 直播间 is about 直播 too."""
    known = words.prepare().FREQ
    parts = [word[start : start + size] for size in (2, 3) for start in range(len(word) - size + 1)]
    return [part for part in parts if part != word and known.get(part)] if not word.isascii() else []


def _pairs(kept: list[str]) -> dict[str, float]:
    """Weigh characters and their pairs, across neighbours too: a compound cut differently still has most of them."""
    found: dict[str, float] = {}
    for word in kept:
        weight = _weight(word)
        for pair in (word[start : start + 2] for start in range(len(word) - 1)):
            found[pair] = max(found.get(pair, 0.0), weight)
        for char in word:
            found.setdefault(char, weight * _CHARACTER)
    weak = _told().weak
    for left, right in pairwise(kept):
        bridge = left[-1] + right[0]
        found[bridge] = max(found.get(bridge, 0.0), _BRIDGE[left in weak or right in weak])
    return found


def _close(mine: Mapping[str, float], theirs: Mapping[str, float]) -> float:
    """Cosine of two weighings, and how much of the shorter one lies in the longer: a long story holds a short need."""
    both = sum(weight * theirs[term] for term, weight in mine.items() if term in theirs)
    if not both:
        return 0.0
    square_of_mine = sum(weight * weight for weight in mine.values())
    square_of_theirs = sum(weight * weight for weight in theirs.values())
    cosine = both / math.sqrt(square_of_mine * square_of_theirs)
    inside = both / min(square_of_mine, square_of_theirs)
    return (1 - _INSIDE_SHARE) * cosine + _INSIDE_SHARE * min(1.0, inside)


def _along(mine: Mapping[str, float], theirs: Mapping[str, float]) -> float:
    """Cosine of two vectors of length 1."""
    return sum(weight * theirs[term] for term, weight in mine.items() if term in theirs)


def _weight(word: str) -> float:
    """Weigh a word by how rare it is; words of every help desk count little."""
    if word in _told().weak:
        return _WEAK
    tokenizer = words.prepare()
    count = tokenizer.FREQ.get(word, 0) or 1
    return min(_RAREST, math.log(tokenizer.total / count)) / _RAREST


def _number(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest()) >> 1


@dataclass(frozen=True, slots=True)
class _Told:
    """What data/similar.toml says."""

    ways: Mapping[str, str]
    variants: re.Pattern[str]
    moods: Mapping[str, re.Pattern[str]]
    besides: re.Pattern[str]
    none: frozenset[str]
    weak: frozenset[str]


@cache
def _told() -> _Told:
    data = tomllib.loads((files("classifier") / "data" / "similar.toml").read_text("utf-8"))
    ways = {variant: plain for plain, variants in data["ways"].items() for variant in (plain, *variants)}
    longest_first = sorted(ways, key=len, reverse=True)
    return _Told(
        ways,
        re.compile("|".join(map(re.escape, longest_first))),
        {mood: re.compile("|".join(map(re.escape, telling))) for mood, telling in data["moods"].items()},
        re.compile("|".join(f"(?:{clause})" for clause in data["clauses"]["besides"])),
        frozenset(data["words"]["none"]),
        frozenset(data["words"]["weak"]),
    )
