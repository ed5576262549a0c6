"""Text to words: folding that keeps every position, normalising for the model, and jieba kept on a short lead."""

import re
import unicodedata
import warnings
from functools import cache, lru_cache
from threading import Lock
from typing import Any

LIMIT = 2_000
"""Characters of a message that are looked at: segmenting 100,000 rare characters would take seconds."""

VERSION = "1"
"""Raise it whenever `normalise` or `cut` changes: a model trained under another version is refused."""

URL, MAIL, NUMBER = "\ue000", "\ue001", "\ue002"
MASKS = {URL: "网址", MAIL: "邮箱", NUMBER: "号码"}

_MASKED = (
    (re.compile(r"(?:https?://|www\.)[!-~]{1,400}"), URL),
    (re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}"), MAIL),
    (re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)"), NUMBER),
)
_DIGITS = re.compile(r"\d+")
_SPACES = re.compile(r"\s+")
_STRETCHED = re.compile(r"(.)\1{3,}", re.DOTALL)
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


def normalise(folded: str) -> str:
    """Return what the model reads: addresses and numbers masked, digits as 0, stretched runs shortened."""
    text = folded
    for pattern, mask in _MASKED:
        text = pattern.sub(mask, text)
    text = _DIGITS.sub(lambda run: "0" * min(len(run[0]), 4), text)
    return _SPACES.sub(" ", _STRETCHED.sub(r"\1\1\1", text)).strip()


def cut(normalised: str) -> list[str]:
    """Return the words of a normalised text, white space left out. Calls `prepare` if nobody has."""
    return [word for word in prepare().lcut(normalised) if not word.isspace()]


def prepare() -> Any:
    """Load jieba's dictionary, about one second once; to be called at start-up, off every request's path."""
    with _jieba_lock:
        return _tokenizer()


@cache
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
