"""Why the model says so: the telling words and the words of the message that speak most for it, in Chinese."""

import re
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from classifier import features
from classifier.lexicons import Hit, lexicons
from classifier.model import Model, parts
from classifier.vectors import LEXICON_WEIGHT, Reading
from classifier.words import MASKS

_MOST = 3
_FIRST = itemgetter(0)
_LEAST = 0.02
"""A contribution below this distance from the plane convinces nobody."""
_SILENT = (-1,)
"""A column that no message has, for a word that the model does not know."""
_TELLING = re.compile(r"[\u4e00-\u9fff]{2,}|[a-z][a-z+#.]{1,}")
_STOP = frozenset({
    "我们", "你们", "一个", "这个", "那个", "一下", "就是", "现在", "什么", "怎么",
    "可以", "没有", "不是", "还是", "已经", "然后", "因为", "所以", "但是", "您好",
    "com", "cn", "www", "http", "https", "邮箱", "电话", "手机", "微信",
    "你好", "今天", "昨天", "明天", "上周", "下周", "这周", "上午", "下午", "晚上", "早上", "中午", "刚才", "刚刚",
})  # fmt: skip


class Reasons:
    """What one message says to a model, read once for all questions."""

    def __init__(self, model: Model, reading: Reading, columns: dict[int, float]) -> None:
        self._heads, self._parts = model.heads, parts(model.heads)
        plain = _plain_words(model, reading)
        self._plain = [shown for shown, _ in plain]
        self._telling = _telling_words(reading, self._plain)
        offset = model.vectoriser.width - len(features.names())
        held = [places for _, places in plain]
        held += [(offset + features.position(name),) for name in reading.hits]
        self._said = _said(model, columns, held)

    def of(self, head: str, value: str, rival: str) -> tuple[str, ...]:
        """Return at most three reasons for the value, strongest first: "期限词: 明早九点前" or a bare word."""
        if self._said is None:
            return ()
        start, labels = self._parts[head].start, self._heads[head]
        speaks = (self._said[start + labels.index(value)] - self._said[start + labels.index(rival)]).tolist()
        found = dict(zip(self._plain, speaks, strict=False))
        # A named group reads better than a bare word, so it speaks for the words it shares with its hit, too.
        for (shown, shared), strength in zip(self._telling, speaks[len(self._plain) :], strict=True):
            if strength > 0:
                found[shown] = strength + LEXICON_WEIGHT / 4 + sum([max(0.0, found[word]) for word in shared])
        convincing = [(-strength, reason) for reason, strength in found.items() if strength >= _LEAST]
        return _apart([reason for _, reason in sorted(convincing, key=_FIRST)])


def _said(model: Model, columns: dict[int, float], held: list[tuple[int, ...]]) -> NDArray[np.float32] | None:
    """Return for each label what the columns of each word or group add to it; None where there are none."""
    flat = [column for places in held for column in places]
    if not flat:
        return None
    values = np.array([columns.get(column, 0.0) for column in flat], np.float32)
    added = model.weights.take(flat, axis=0) * values[:, None]
    starts = list(accumulate(map(len, held[:-1]), initial=0))
    return np.add.reduceat(added, starts).T


def _telling_words(reading: Reading, plain: list[str]) -> list[tuple[str, list[str]]]:
    """Return the longest hit of each group as it is shown, and the bare words it shares."""
    groups, found = lexicons().groups, []
    for name, hits in reading.hits.items():
        longest = max(hits, key=_length)
        said = reading.folded[longest.start : longest.end]
        shared = [word for word in plain if word in said or said in word]
        found.append((f"{groups[name].title}: {said}", shared))
    return found


def _length(hit: Hit) -> int:
    return hit.end - hit.start


def _plain_words(model: Model, reading: Reading) -> list[tuple[str, tuple[int, ...]]]:
    """Return each word as it is shown, and the columns of the word and of the characters and pairs inside it."""
    held_by, known = model.vectoriser.held_by, model.vectoriser.words.index
    return [
        (MASKS.get(word, word), held_by(word) or _SILENT)
        for word in dict.fromkeys(reading.words)
        # Of a foreign word that nobody knows only letters would speak: no reason that convinces.
        if _may_tell(word) and (word in known or not word.isascii())
    ]


@lru_cache(maxsize=8192)
def _may_tell(word: str) -> bool:
    """Whether a word could say anything to a reader; asked again and again of the same words."""
    return word not in _STOP and (_TELLING.fullmatch(word) is not None or word in MASKS)


def _apart(ranked: list[str]) -> tuple[str, ...]:
    """Return the first reasons that do not repeat each other's words."""
    kept: dict[str, str] = {}
    for reason in ranked:
        bare = reason.rpartition(": ")[2]
        if not any(bare in told or other in bare for other, told in kept.items()):
            kept[bare] = reason
        if len(kept) == _MOST:
            break
    return tuple(kept.values())
