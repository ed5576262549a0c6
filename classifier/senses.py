"""Senses: topics that the characters of a text hint at, for words no phrase lists (粮单 is read from 粮 and from 单).

A character hints at the topics whose phrases (data/topics.toml) it stands in, and beside which it stands in messages:
surely at one of few, faintly at one of many. One character tells little; all those of a need together lie near those of
its paraphrase, though they share none. `python -m classifier.senses` counts anew (data/senses.json) after topics.toml
has changed.
"""

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from classifier import words
from classifier.topics import lexicon, messages, topics

KEPT = 48
"""Topics kept of what a text hints at, the likeliest: the rest is noise, and comparing costs by their number."""

_DATA = Path(str(files("classifier") / "data"))
_PART = re.compile(r"[\u3400-\u9fff]|[a-z]{2,}")
_SEEN_IN = 2
"""A character of fewer phrases hints at nothing: it stands there by chance."""
_BESIDE = 0.7
"""What stands beside a topic in a message hints less at it than what stands in its phrases."""
_FAINT = 0.1
"""Hints below this share of a character's all are not kept."""
_FINE = 1_000


def senses(folded: str) -> dict[str, float]:
    """Return the topics a folded text hints at beyond what every text does, as a vector of length 1."""
    told = _told()
    found: dict[int, float] = {}
    heard = 0
    for part in set(_PART.findall(folded)) & told.hints.keys():
        rare = told.weights[part]
        heard += rare
        hint = iter(told.hints[part])
        for topic, share in zip(hint, hint, strict=True):
            found[topic] = found.get(topic, 0.0) + rare * share
    beyond = {topic: weight - heard * told.usual[topic] for topic, weight in found.items()}
    likeliest = sorted(beyond, key=lambda topic: (-beyond[topic], topic))[:KEPT]
    return _of_length_one({told.topics[topic]: beyond[topic] for topic in likeliest if beyond[topic] > 0})


@dataclass(frozen=True, slots=True)
class _Told:
    """What each character hints at, a topic's number and a share in turn; how much it weighs; what all texts hint at.

    Shares are in thousandths. They stay as the file has them: most characters are never asked for.
    """

    topics: Sequence[str]
    hints: Mapping[str, Sequence[int]]
    weights: Mapping[str, int]
    usual: Sequence[float]


@cache
def _told() -> _Told:
    data = json.loads((_DATA / "senses.json").read_text("utf-8"))
    return _Told(data["topics"], data["hints"], data["weights"], data["usual"])


def _counted() -> dict[str, object]:
    """Count what characters hint at, and how common they are in the packaged corpora."""
    texts = messages()
    parts = [set(_PART.findall(text)) for text in texts]
    seen = Counter(part for of in parts for part in of)
    hints = _joined(_within_phrases(), _beside_phrases(texts, parts, seen))
    weights = {part: math.log((len(texts) + 1) / (seen[part] + 1)) / math.log(len(texts) + 1) for part in hints}
    said: dict[str, float] = defaultdict(float)
    for part, hint in hints.items():
        for topic, share in hint.items():
            said[topic] += seen[part] * weights[part] * share
    heard = sum(seen[part] * weights[part] for part in hints)
    names = sorted({topic for of in hints.values() for topic in of})
    place = {topic: number for number, topic in enumerate(names)}
    return {
        "topics": names,
        "usual": [round(said[topic] / heard * _FINE, 3) for topic in names],
        "weights": {part: round(weights[part] * _FINE) for part in sorted(hints)},
        "hints": {
            part: [number for topic in sorted(of) for number in (place[topic], round(of[topic] * _FINE))]
            for part, of in sorted(hints.items())
        },
    }


def _within_phrases() -> dict[str, dict[str, float]]:
    """Return in which topics' phrases each character stands."""
    counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    sizes: dict[str, float] = defaultdict(float)
    for phrase, of in lexicon().items():
        parts = set(_PART.findall(phrase))
        for topic in of:
            sizes[topic] += len(parts) / len(of)
            for part in parts:
                counts[part][topic] += 1 / len(of)
    # A topic of many phrases has every character somewhere.
    return {
        part: {topic: count / math.sqrt(sizes[topic]) for topic, count in of.items()}
        for part, of in counts.items()
        if sum(of.values()) >= _SEEN_IN
    }


def _beside_phrases(
    texts: Sequence[str], parts: Sequence[Collection[str]], seen: Mapping[str, int]
) -> dict[str, dict[str, float]]:
    """Return beside which topics each character stands in messages more often than chance has it."""
    together: dict[str, Counter[str]] = {}
    spoken: Counter[str] = Counter()
    for text, of in zip(texts, parts, strict=True):
        spoken.update(found := topics(text))
        for part in of:
            together.setdefault(part, Counter()).update(dict.fromkeys(found, 1))
    return {
        part: {
            topic: math.log(odds)
            for topic, count in beside.items()
            if count >= _SEEN_IN and (odds := count * len(texts) / (seen[part] * (spoken[topic] + _SEEN_IN))) > 1
        }
        for part, beside in together.items()
        if seen[part] > _SEEN_IN
    }


def _joined(
    first: Mapping[str, Mapping[str, float]], second: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """Add the hints of both, the second counting less; of each character those that are not faint, of length 1."""
    found = {}
    for part in sorted(first.keys() | second.keys()):
        hint = _of_length_one(first.get(part, {}))
        for topic, share in _of_length_one(second.get(part, {})).items():
            hint[topic] = hint.get(topic, 0.0) + _BESIDE * share
        whole = _of_length_one(hint)
        found[part] = {topic: share for topic, share in whole.items() if share > _FAINT}
    return found


def _of_length_one(vector: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(share * share for share in vector.values()))
    return {name: share / length for name, share in vector.items()}


if __name__ == "__main__":
    words.prepare()
    (_DATA / "senses.json").write_text(
        json.dumps(_counted(), ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8"
    )
