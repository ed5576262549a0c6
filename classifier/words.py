"""Text to words: folding that keeps every position, normalising for the model, and jieba kept on a short lead."""

import math
import re
import unicodedata
import warnings
from dataclasses import dataclass
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from classifier.unlisted import by_shape

LIMIT = 2_000
"""Characters of a message that are looked at: segmenting 100,000 rare characters would take seconds."""

VERSION = "1"
"""Raise it whenever `normalise` or `cut` changes: a model trained under another version is refused."""

URL, MAIL, NUMBER = "\ue000", "\ue001", "\ue002"
MASKS = {URL: "网址", MAIL: "邮箱", NUMBER: "号码"}

_URL = re.compile(r"(?:https?://|www\.)[!-~]{1,400}")
_MAIL = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}")
_NUMBER = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)")
_DIGIT, _DIGITS = re.compile(r"\d"), re.compile(r"\d+")
_STRETCHED = re.compile(r"(.)\1\1\1+", re.DOTALL)
_BLOCKS = re.compile(r"([\u4e00-\u9fd5a-zA-Z0-9+#&._%\-]+)|(\S)")
"""As jieba has it: what may form words; everything else but white space stands alone."""
_PUNCTUATION = tuple(zip("，！？：；（）", ",!?:;()", strict=True))
_PRIVATE_USE = range(0xE000, 0xF900)
_jieba_lock = Lock()


class _Folding(dict[int, str]):
    """Character to its plain form, one to one, worked out on first sight: full width, case, traditional."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = unicodedata.normalize("NFKC", char).lower()
        plain = plain if len(plain) == 1 else char
        if code in _PRIVATE_USE or (unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char not in "\n\t"):
            plain = " "
        elif "\u3400" <= plain <= "\u9fff":
            plain = _simplified(plain)
        self[code] = plain
        return plain


_FOLDING = _Folding()


@lru_cache(maxsize=32)
def fold(text: str) -> str:
    """Half-width, lower-case, simplified text of exactly the same length, so that spans fit the original.

    Every finder of fields folds the same message again, hence the small cache.
    """
    return text.translate(_FOLDING)


@lru_cache(maxsize=32)
def typed(text: str) -> str:
    """Return the text as names are looked for in it: folded where it differs by its punctuation only, else as it is.

    Capitals and signs of other widths tell names apart. A message without them reads like its folded text, and whoever
    asks about both is answered once.
    """
    folded = fold(text)
    return folded if narrow(text) == folded else text


def narrow(text: str) -> str:
    """Return the text with punctuation of half width, as long as it was."""
    for wide, half in _PUNCTUATION:
        text = text.replace(wide, half)
    return text


def normalise(folded: str) -> str:
    """Return what the model reads: addresses and numbers masked, digits as 0, stretched runs shortened."""
    text = folded
    if "://" in text or "www." in text:
        text = _URL.sub(URL, text)
    if "@" in text:
        text = _MAIL.sub(MAIL, text)
    if _DIGIT.search(text):
        text = _DIGITS.sub(_zeros, _NUMBER.sub(NUMBER, text))
    return " ".join(_STRETCHED.sub(_thrice, text).split())


def _zeros(run: re.Match[str]) -> str:
    return "0000"[: len(run[0])]


def _thrice(run: re.Match[str]) -> str:
    return run[1] * 3


def cut(normalised: str) -> list[str]:
    """Return the words of a normalised text, white space left out. Calls `prepare` if nobody has.

    The words are jieba's, one by one (tests compare them on the whole corpus), found in one pass instead of three.
    """
    dictionary = _dictionary()
    found: list[str] = []
    for block, sign in _BLOCKS.findall(normalised):
        if block:
            _cut_block(dictionary, block, found)
        else:
            found.append(sign)
    return found


def _cut_block(dictionary: "_Dictionary", block: str, found: list[str]) -> None:
    """Add the words of a block along its likeliest route; single characters in a row are left to jieba's HMM."""
    at, end, known = 0, len(block), dictionary.counts
    steps = _route(dictionary, block)
    while at < end:
        start = at
        while at < end and steps[at] == at + 1:
            at += 1
        run = block[start:at]
        if len(run) == 1 or known.get(run):
            found += run
        elif run:
            found += by_shape(run)
        if at < end:
            found.append(block[at : steps[at]])
            at = steps[at]


def _route(dictionary: "_Dictionary", block: str) -> list[int]:
    """Return for each position where its word ends on the likeliest route to the end of the block."""
    end, log, log_total, never = len(block), math.log, dictionary.log_total, -math.inf
    frequency, single = dictionary.counts.get, dictionary.single.get
    best, steps = [0.0] * (end + 1), list(range(1, end + 1))
    for at in range(end - 1, -1, -1):
        top, until = single(block[at], never) + best[at + 1], at + 2
        while until <= end and (count := frequency(block[at:until])) is not None:
            if count and (score := log(count) - log_total + best[until]) >= top:
                top, steps[at] = score, until
            until += 1
        best[at] = top if top > never else best[at + 1] - log_total
    return steps


def prepare() -> Any:
    """Load jieba's dictionary, about one second once; to be called at start-up, off every request's path."""
    with _jieba_lock:
        return _dictionary().tokenizer


@dataclass(frozen=True, slots=True)
class _Dictionary:
    """jieba's tokenizer, the counts of its words and of what words begin with, and the logarithms needed most."""

    tokenizer: Any
    counts: dict[str, int]
    log_total: float
    single: dict[str, float]
    """The share of each word of one character."""


@cache
def _dictionary() -> _Dictionary:
    tokenizer = _tokenizer()
    log_total = math.log(tokenizer.total)
    single = {word: math.log(count) - log_total for word, count in tokenizer.FREQ.items() if len(word) == 1 and count}
    return _Dictionary(tokenizer, tokenizer.FREQ, log_total, single)


def _tokenizer() -> Any:
    with warnings.catch_warnings():
        # jieba 0.42.1 asks pkg_resources for its files and has "\." in plain strings; both only warn, at import.
        warnings.filterwarnings("ignore", message=".*pkg_resources.*")
        warnings.filterwarnings("ignore", message=".*invalid escape sequence.*")
        warnings.filterwarnings("ignore", message=".*declare_namespace.*")
        import jieba
    tokenizer = jieba.Tokenizer()
    with tokenizer.get_dict_file() as dictionary:
        # jieba's own start reads a marshal cache that anybody may have put into the shared temporary folder.
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(dictionary)
    tokenizer.initialized = True
    return tokenizer


def _simplified(char: str) -> str:
    plain = str(_converter().convert(char))
    return plain if len(plain) == 1 else char


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
