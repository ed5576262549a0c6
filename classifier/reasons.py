"""Why the model says so: the telling words and the words of the message that speak most for it, in Chinese."""

import re
from collections import defaultdict

import numpy as np

from classifier import features
from classifier.labels import HEADS
from classifier.lexicons import lexicons
from classifier.model import Model, parts
from classifier.vectors import LEXICON_WEIGHT, Reading
from classifier.words import MASKS

_MOST = 3
_LEAST = 0.02
"""A contribution below this distance from the plane convinces nobody."""
_TELLING = re.compile(r"[\u4e00-\u9fff]{2,}|[a-z][a-z+#.]{1,}")
_STOP = frozenset({
    "我们", "你们", "一个", "这个", "那个", "一下", "就是", "现在", "什么", "怎么",
    "可以", "没有", "不是", "还是", "已经", "然后", "因为", "所以", "但是", "您好",
    "你好",
})  # fmt: skip


def reasons(
    model: Model, reading: Reading, columns: dict[int, float], question: tuple[str, str, str]
) -> tuple[str, ...]:
    """Return at most three reasons for (head, value, rival), strongest first: "期限词: 明早九点前" or a bare word."""
    head, value, rival = question
    start = parts()[head].start
    labels = HEADS[head]
    plus, minus = start + labels.index(value), start + labels.index(rival)
    rows = np.fromiter(columns, np.intp, len(columns))
    held = np.fromiter(columns.values(), np.float32, len(columns))
    speaks = dict(zip(columns, (held * (model.weights[rows, plus] - model.weights[rows, minus])).tolist(), strict=True))
    found = {**_telling_words(model, reading, speaks), **_plain_words(model, reading, speaks)}
    best = sorted(found.items(), key=lambda pair: -pair[1])
    return _apart([reason for reason, strength in best if strength >= _LEAST])


def _telling_words(model: Model, reading: Reading, speaks: dict[int, float]) -> dict[str, float]:
    start = model.vectoriser.width - len(features.names())
    found = {}
    for name, hits in reading.hits.items():
        strength = speaks.get(start + features.position(name), 0.0)
        if strength > 0:
            group = lexicons().groups[name]
            longest = max(hits, key=lambda hit: hit.end - hit.start)
            # A named group reads better than a bare word, so it is preferred where both say the same.
            found[f"{group.title}: {reading.folded[longest.start : longest.end]}"] = strength + LEXICON_WEIGHT / 4
    return found


def _plain_words(model: Model, reading: Reading, speaks: dict[int, float]) -> dict[str, float]:
    """Return the weight of each word together with that of the characters and pairs inside it."""
    words, chars = model.vectoriser.words.index, model.vectoriser.chars.index
    offset = len(words)
    found: dict[str, float] = defaultdict(float)
    for word in dict.fromkeys(reading.words):
        if word in _STOP or not (_TELLING.fullmatch(word) or word in MASKS):
            continue
        strength = speaks.get(words.get(word, -1), 0.0)
        for term in {*word, *(word[at : at + 2] for at in range(len(word) - 1))}:
            strength += speaks.get(offset + chars[term], 0.0) if term in chars else 0.0
        found[MASKS.get(word, word)] = strength
    return found


def _apart(ranked: list[str]) -> tuple[str, ...]:
    """Return the first reasons that do not repeat each other's words."""
    kept: list[str] = []
    for reason in ranked:
        bare = reason.rpartition(": ")[2]
        if len(kept) < _MOST and not any(bare in other or other.rpartition(": ")[2] in bare for other in kept):
            kept.append(reason)
    return tuple(kept)
