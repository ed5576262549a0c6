"""Topics: what a text speaks of, whatever words it takes; data/topics.toml lists the phrases of each.

`python -m classifier.topics` counts anew how many messages of the packaged corpora speak of each (data/topics.json): a
topic that everybody touches tells little.
"""

import json
import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from classifier import words

_ENDING = re.compile(r"e?[sd]|ing|ers?")
_LONG_ENOUGH = 4
"""From so many letters on an English phrase may end otherwise than it is listed."""

_OF_EVERY_DESK = frozenset({"报错", "界面"})
_HALF = 0.5
"""That some page shows an error is said of whatever page it is: it tells less than the few who say it here suggest."""

_DATA = Path(str(files("classifier") / "data"))


def topics(folded: str) -> dict[str, float]:
    """Return the topics of a folded text with their weights: rare ones weigh up to 1, those of half the desk little.

    A phrase that stands under several topics says less of each.
    """
    told = _told()
    found: dict[str, float] = {}
    for phrase in _phrases(folded, told):
        of = told.topics[phrase]
        for topic in of:
            found[topic] = max(found.get(topic, 0.0), told.weights[topic] / math.sqrt(len(of)))
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """The lexicon, and how long the phrases are that begin with a character, the longest first."""

    topics: Mapping[str, tuple[str, ...]]
    sizes: Mapping[str, tuple[int, ...]]
    weights: Mapping[str, float]


def _phrases(folded: str, told: _Told) -> Iterator[str]:
    """Yield the known phrases of a text from left to right, none within another."""
    end, alone = 0, None
    for start, first in enumerate(folded):
        for size in told.sizes.get(first, ()):
            phrase = folded[start : start + size]
            if phrase not in told.topics or start + size <= end or not _whole(folded, start, start + size):
                continue
            if size == 1:
                # A character within a word says something else: only segmenting tells, and few texts need it.
                alone = _alone(folded) if alone is None else alone
                if start not in alone:
                    continue
            yield phrase
            end = start + size
            break


def _whole(folded: str, start: int, end: int) -> bool:
    """Whether no Latin word or number goes on beyond either end of a phrase, but for -s, -ed, -ing and the like."""
    if start > 0 and _goes_on(folded, start):
        return False
    if not _goes_on(folded, end):
        return True
    ending = _ENDING.match(folded, end)
    return ending is not None and end - start >= _LONG_ENOUGH and not _goes_on(folded, ending.end())


def _goes_on(folded: str, at: int) -> bool:
    pair = folded[at - 1 : at + 1]
    return at < len(folded) and pair.isascii() and pair.isalnum()


def _alone(folded: str) -> frozenset[int]:
    """Return where one character stands as a word."""
    places, at = set(), 0
    for word in words.prepare().lcut(folded, HMM=False):
        if len(word) == 1:
            places.add(at)
        at += len(word)
    return frozenset(places)


@cache
def _told() -> _Told:
    counted = json.loads((_DATA / "topics.json").read_text("utf-8"))
    counts, total = counted["counts"], counted["messages"]
    named = lexicon()
    weights = {
        topic: (_HALF if topic in _OF_EVERY_DESK else 1.0)
        * math.log((total + 1) / (counts.get(topic, 0) + 1))
        / math.log(total + 1)
        for topic in {topic for of in named.values() for topic in of}
    }
    return _Told(named, _sizes(named), weights)


def lexicon() -> dict[str, tuple[str, ...]]:
    """Return every phrase of data/topics.toml, folded, with the topics it stands under."""
    # Folding keeps the shape of a text: all at once costs a tenth of one by one.
    data = tomllib.loads(words.fold((_DATA / "topics.toml").read_text("utf-8")))
    found: dict[str, list[str]] = {}
    for section in data.values():
        for topic, phrases in section.items():
            for phrase in dict.fromkeys((topic, *phrases)):
                found.setdefault(phrase, []).append(topic)
    return {phrase: tuple(of) for phrase, of in found.items()}


def _sizes(phrases: Iterable[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for phrase in phrases:
        found.setdefault(phrase[0], set()).add(len(phrase))
    return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in found.items()}


def _counted() -> dict[str, object]:
    """Count the messages of the packaged corpora that speak of each topic."""
    named = lexicon()
    told = _Told(named, _sizes(named), {})
    seen: Counter[str] = Counter()
    texts = messages()
    for text in texts:
        seen.update({topic for phrase in _phrases(text, told) for topic in named[phrase]})
    return {"messages": len(texts), "counts": dict(sorted(seen.items()))}


def messages() -> list[str]:
    """Return the messages of the packaged corpora, folded."""
    corpus = sorted((_DATA / "corpus").glob("*.jsonl"))
    texts = [json.loads(line)["text"] for file in corpus for line in file.read_text("utf-8").splitlines()]
    return [words.fold(text[: words.LIMIT]) for text in texts]


if __name__ == "__main__":
    (_DATA / "topics.json").write_text(json.dumps(_counted(), ensure_ascii=False, indent=0) + "\n", "utf-8")
