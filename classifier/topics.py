"""Topics: what a text speaks of, whatever words it takes; data/topics.toml lists the phrases of each.

`python -m classifier.topics` counts anew how many messages of the packaged corpora speak of each (data/topics.json): a
topic that everybody touches tells little.
"""

import json
import math
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from classifier import words

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
    """Whether no Latin word or number goes on beyond either end of a phrase."""
    joined = (folded[at - 1 : at + 1] for at in (start, end) if 0 < at < len(folded))
    return not any(pair.isascii() and pair.isalnum() for pair in joined)


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
    named = _lexicon()
    weights = {
        topic: math.log((total + 1) / (counts.get(topic, 0) + 1)) / math.log(total + 1)
        for of in named.values()
        for topic in of
    }
    return _Told(named, _sizes(named), weights)


def _lexicon() -> dict[str, tuple[str, ...]]:
    data = tomllib.loads((_DATA / "topics.toml").read_text("utf-8"))
    found: dict[str, list[str]] = {}
    for section in data.values():
        for topic, phrases in section.items():
            for phrase in dict.fromkeys(words.fold(phrase) for phrase in (topic, *phrases)):
                found.setdefault(phrase, []).append(topic)
    return {phrase: tuple(of) for phrase, of in found.items()}


def _sizes(phrases: Iterable[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for phrase in phrases:
        found.setdefault(phrase[0], set()).add(len(phrase))
    return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in found.items()}


def _counted() -> dict[str, object]:
    """Count the messages of the packaged corpora that speak of each topic."""
    named = _lexicon()
    told = _Told(named, _sizes(named), {})
    seen: Counter[str] = Counter()
    corpus = sorted((_DATA / "corpus").glob("*.jsonl"))
    texts = [json.loads(line)["text"] for file in corpus for line in file.read_text("utf-8").splitlines()]
    for text in texts:
        seen.update({topic for phrase in _phrases(words.fold(text[: words.LIMIT]), told) for topic in named[phrase]})
    return {"messages": len(texts), "counts": dict(sorted(seen.items()))}


if __name__ == "__main__":
    (_DATA / "topics.json").write_text(json.dumps(_counted(), ensure_ascii=False, indent=0) + "\n", "utf-8")
