"""The privacy floor of the vocabulary: what a trained model may remember of the messages it learnt from."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

from classifier.extract.shapes import is_called, is_full_name
from classifier.words import prepare

AUTHORS, ROWS = 2, 3
"""A term is remembered once so many people wrote it, or it stands in so many messages."""
_EVERYBODY = 3
"""A word so many people write is a word (蓝屏), even if it is shaped like a name."""
_NUMBERS = re.compile(r"0{4}|\d(?:[ -]?\d){4}")
"""Digits are folded to 0 and runs cut to four: four of them may have been a phone or the number of a card."""


def known(documents: Sequence[list[str]], authors: Sequence[str], names: Sequence[set[str]]) -> Callable[[str], bool]:
    """Return whether a term may enter the vocabulary: not rare, no long number, and not only a part of names.

    `names` are the words of each document that look like names of people, see `names`.
    """
    rows: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    wrote: dict[str, set[str]] = defaultdict(set)
    for document, author, called in zip(documents, authors, names, strict=True):
        terms = set(document)
        parts = {left + right for name in called for left, right in pairwise(name)} - called
        rows.update(terms)
        inside.update(terms & parts)
        for term in terms:
            wrote[term].add(author)
    banned = {name for called in names for name in called if len(wrote[name]) < _EVERYBODY}

    def may_enter(term: str) -> bool:
        if _NUMBERS.search(term) or banned.intersection(term.split(" ")) or inside[term] == rows[term]:
            return False
        return len(wrote[term]) >= AUTHORS or rows[term] >= ROWS

    return may_enter


def names(words: Sequence[str]) -> set[str]:
    """Return the words that look like names: shaped like one (王小芳, 李工, 老邢) and in no dictionary."""
    dictionary = prepare().FREQ
    return {word for word in words if len(word) > 1 and not dictionary.get(word) and _is_name(word)}


def _is_name(word: str) -> bool:
    return is_full_name(word) or is_called(word)
