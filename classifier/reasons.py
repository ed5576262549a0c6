"""Why the model says so: the telling words and the words of the message that speak most for it, in Chinese."""

import re
from operator import add

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
    "你好", "今天", "昨天", "明天", "上周", "下周", "这周", "上午", "下午", "晚上", "早上", "中午", "刚才", "刚刚",
})  # fmt: skip


class Reasons:
    """What one message says to a model, read once for all questions."""

    def __init__(self, model: Model, reading: Reading, columns: dict[int, float]) -> None:
        held = np.fromiter(columns.values(), np.float32, len(columns))
        said = held[:, None] * model.weights[np.fromiter(columns, np.intp, len(columns))]
        self._said = np.ascontiguousarray(said.T)
        place = {column: at for at, column in enumerate(columns)}
        self._plain = _plain_words(model, reading, place)
        self._telling = _telling_words(model, reading, place, [shown for shown, _ in self._plain])

    def of(self, head: str, value: str, rival: str) -> tuple[str, ...]:
        """Return at most three reasons for the value, strongest first: "期限词: 明早九点前" or a bare word."""
        start, labels = parts()[head].start, HEADS[head]
        speaks = (self._said[start + labels.index(value)] - self._said[start + labels.index(rival)]).tolist()
        found = {shown: sum([speaks[at] for at in places]) for shown, places in self._plain}
        # A named group reads better than a bare word, so it speaks for the words it shares with its hit, too.
        for shown, at, shared in self._telling:
            if speaks[at] > 0:
                found[shown] = speaks[at] + LEXICON_WEIGHT / 4 + sum([max(0.0, found[word]) for word in shared])
        best = sorted(found.items(), key=lambda pair: -pair[1])
        return _apart([reason for reason, strength in best if strength >= _LEAST])


def _telling_words(
    model: Model, reading: Reading, place: dict[int, int], plain: list[str]
) -> list[tuple[str, int, list[str]]]:
    """Return the longest hit of each group as it is shown, the place of its feature, and the bare words it shares."""
    start = model.vectoriser.width - len(features.names())
    groups, found = lexicons().groups, []
    for name, hits in reading.hits.items():
        longest = max(hits, key=lambda hit: hit.end - hit.start)
        said = reading.folded[longest.start : longest.end]
        shared = [word for word in plain if word in said or said in word]
        found.append((f"{groups[name].title}: {said}", place[start + features.position(name)], shared))
    return found


def _plain_words(model: Model, reading: Reading, place: dict[int, int]) -> list[tuple[str, list[int]]]:
    """Return each word as it is shown, and the places of the word and of the characters and pairs inside it."""
    words, chars = model.vectoriser.words.index, model.vectoriser.chars.index
    offset = len(words)
    found = []
    for word in dict.fromkeys(reading.words):
        if word in _STOP or not (_TELLING.fullmatch(word) or word in MASKS):
            continue
        columns = [words.get(word, -1)]
        columns += [offset + chars[term] for term in {*word, *map(add, word, word[1:])} if term in chars]
        found.append((MASKS.get(word, word), [place[column] for column in columns if column in place]))
    return found


def _apart(ranked: list[str]) -> tuple[str, ...]:
    """Return the first reasons that do not repeat each other's words."""
    kept: list[str] = []
    for reason in ranked:
        bare = reason.rpartition(": ")[2]
        if len(kept) < _MOST and not any(bare in other or other.rpartition(": ")[2] in bare for other in kept):
            kept.append(reason)
    return tuple(kept)
