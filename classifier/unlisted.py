"""Words that stand in no dictionary: jieba's hidden Markov model of four tags, gone through in one pass."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

_HAN = re.compile(r"([\u4e00-\u9fd5]+)")
_LATIN = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")
_BEGIN, _MIDDLE, _END, _SINGLE = range(4)
"""A character begins a word, stands inside, ends it, or is one."""


@dataclass(frozen=True, slots=True)
class _Markov:
    """jieba's tables as logarithms: of each tag to come first, of eight steps between tags, of characters by tag."""

    first: tuple[float, ...]
    steps: tuple[float, ...]
    seen: dict[str, tuple[float, ...]]
    never: tuple[float, ...]


@lru_cache(maxsize=4_096)
def by_shape(run: str) -> tuple[str, ...]:
    """Return what the model makes of characters that form no known word; the same runs come again and again."""
    found: list[str] = []
    for number, block in enumerate(_HAN.split(run)):
        found += _words(block) if number % 2 else filter(None, _LATIN.split(block))
    return tuple(found)


def _words(block: str) -> list[str]:
    """Cut a block of Chinese characters where its likeliest tags end a word."""
    found, start = [], 0
    for end, tag in enumerate(_tags(block), 1):
        if tag in {_END, _SINGLE}:
            found.append(block[start:end])
            start = end
    return found


def _tags(block: str) -> list[int]:
    """Return the likeliest tags (Viterbi). As in jieba sums keep their order, and of equals the later letter wins."""
    model = _markov()
    b, m, e, s = (first + here for first, here in zip(model.first, model.seen.get(block[0], model.never), strict=True))
    eb, sb, bm, mm, be, me, es, ss = model.steps
    came: list[tuple[int, int, int, int]] = []
    for char in block[1:]:
        begins, inside, ends, alone = model.seen.get(char, model.never)
        b_of_e, b_of_s, m_of_b, m_of_m = e + eb + begins, s + sb + begins, b + bm + inside, m + mm + inside
        e_of_b, e_of_m, s_of_e, s_of_s = b + be + ends, m + me + ends, e + es + alone, s + ss + alone
        came.append((
            _SINGLE if b_of_s >= b_of_e else _END, _MIDDLE if m_of_m >= m_of_b else _BEGIN,
            _MIDDLE if e_of_m >= e_of_b else _BEGIN, _SINGLE if s_of_s >= s_of_e else _END,
        ))  # fmt: skip
        b, m = max(b_of_s, b_of_e), max(m_of_m, m_of_b)
        e, s = max(e_of_m, e_of_b), max(s_of_s, s_of_e)
    tags = [_SINGLE if s >= e else _END]
    for before in reversed(came):
        tags.append(before[tags[-1]])
    return tags[::-1]


@cache
def _markov() -> _Markov:
    """Turn jieba's tables, one dictionary a tag, into one row a character."""
    from jieba import finalseg

    lowest, step, seen = finalseg.MIN_FLOAT, finalseg.trans_P, [finalseg.emit_P[tag] for tag in "BMES"]
    return _Markov(
        first=tuple(finalseg.start_P[tag] for tag in "BMES"),
        steps=tuple(step[before][after] for before, after in ("EB", "SB", "BM", "MM", "BE", "ME", "ES", "SS")),
        seen={char: tuple(tag.get(char, lowest) for tag in seen) for char in sorted(set().union(*seen))},
        never=(lowest,) * 4,
    )
