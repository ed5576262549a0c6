"""A message as a sparse vector: tf-idf of words, tf-idf of characters, and the telling-word features."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import add

from classifier import features, floor, words
from classifier.lexicons import Hit, find_hits
from classifier.sender import without_sender

_GROWTH = (0.0, *(1 + math.log(times) for times in range(1, words.LIMIT * 2)))
"""What a term that stands so many times in a message weighs: 1 + ln, for as many times as can be."""
LEXICON_WEIGHT = 0.15
"""Weight of one telling-word feature beside two blocks of length 1 (classifier.md section 4: 0.15 to 0.2)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A message after everything that is read off it once: the folded text, its words, its telling words."""

    folded: str
    normalised: str
    words: list[str]
    hits: dict[str, list[Hit]]


def read(text: str) -> Reading:
    """Fold, leave out the sender, normalise, segment and look up the first 2,000 characters of a message."""
    folded = without_sender(words.fold(text[: words.LIMIT]))
    normalised = words.normalise(folded)
    return Reading(folded, normalised, words.cut(normalised), find_hits(folded))


def word_terms(reading: Reading) -> list[str]:
    """Single words and neighbouring pairs."""
    single = reading.words
    return [*single, *[f"{left} {right}" for left, right in pairwise(single)]]


def char_terms(reading: Reading) -> list[str]:
    """Single characters and neighbouring pairs: the best size measured, better than up to four."""
    single = list(reading.normalised)
    return [*single, *map(add, single, single[1:])]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terms of one block, numbered in sorted order, with their inverse document frequency."""

    index: dict[str, int]
    idf: list[float]

    @classmethod
    def learn(cls, documents: Sequence[list[str]], known: Callable[[str], bool]) -> "Vocabulary":
        """Terms that may be known (classifier/floor.py); idf = ln((1 + n) / (1 + df)) + 1."""
        frequency = Counter(term for document in documents for term in set(document))
        terms = sorted(filter(known, frequency))
        idf = [math.log((1 + len(documents)) / (1 + frequency[term])) + 1 for term in terms]
        return cls({term: number for number, term in enumerate(terms)}, idf)

    def weigh(self, terms: Iterable[str], offset: int = 0) -> dict[int, float]:
        """Term number (plus the offset) to (1 + ln count) × idf, scaled to length 1."""
        idf = self.idf
        told = [number for number in map(self.index.get, terms) if number is not None]
        counts = dict.fromkeys(told, 1)
        if len(counts) < len(told):
            counts = Counter(told)
        raw = [idf[number] * _GROWTH[n] for number, n in counts.items()]
        norm = math.hypot(*raw)
        return {offset + number: value / norm for number, value in zip(counts, raw, strict=True)} if norm else {}


@dataclass(frozen=True, slots=True)
class Vectoriser:
    """Both vocabularies; the columns are words, then characters, then telling words, then a constant."""

    words: Vocabulary
    chars: Vocabulary
    _held_by: dict[str, tuple[int, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def learn(cls, readings: Sequence[Reading], authors: Sequence[str]) -> "Vectoriser":
        """Return the vocabularies of a corpus, above the privacy floor."""
        names = [floor.names(reading.words) for reading in readings]
        in_words, in_chars = ([terms(reading) for reading in readings] for terms in (word_terms, char_terms))
        return cls(
            Vocabulary.learn(in_words, floor.known(in_words, authors, names)),
            Vocabulary.learn(in_chars, floor.known(in_chars, authors, names)),
        )

    @property
    def width(self) -> int:
        """Number of columns without the constant."""
        return len(self.words.idf) + len(self.chars.idf) + len(features.names())

    def held_by(self, word: str) -> tuple[int, ...]:
        """Return the columns of a word, and of the characters and pairs inside it; those of known words are kept."""
        found = self._held_by.get(word)
        if found is None:
            chars_at, own = len(self.words.idf), self.words.index.get(word)
            numbers = map(self.chars.index.get, dict.fromkeys([*word, *map(add, word, word[1:])]))
            found = tuple(chars_at + number for number in numbers if number is not None)
            if own is not None:
                found = self._held_by[word] = (own, *found)
        return found

    def columns(self, reading: Reading) -> dict[int, float]:
        """Column number to value for one message."""
        chars_at = len(self.words.idf)
        lexicon_at = chars_at + len(self.chars.idf)
        found = self.words.weigh(word_terms(reading))
        found.update(self.chars.weigh(char_terms(reading), chars_at))
        telling = features.vector(reading.folded, reading.hits)
        found.update((lexicon_at + number, value * LEXICON_WEIGHT) for number, value in telling.items())
        return found
