"""How long it takes to judge messages: ordinary ones, and text made to be slow."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from operator import add

from classifier.extract import extract
from classifier.features import REFERENCE
from classifier.suggest import Classifier
from classifier.words import LIMIT

ADVERSARIAL = {
    "rare characters": "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(LIMIT)),
    "one character": "的" * LIMIT,
    "digits": "1380013800" * 200,
    "half an address": "a@b." * 500,
    "traditional": "報錯" * 1_000,
    "emoji": "🙂" * LIMIT,
    "dates": "明天后天下周三" * 285,
    "names": "张三李四王五" * 333,
    "brackets": "([" * 1_000,
    "links": "http://" * 285,
    "introductions": "我是张经理," * 333,
    "phones": "电话 " * 600,
    "houses": "有限公司" * 500,
    "telling words": "紧急报错投诉" * 333,
}
"""Two thousand characters each, as many as are looked at."""
MEDIAN, SLOWEST, WORST, BATCH = 1.0, 5.0, 200.0, 2_000
"""What one message may cost in all, in ms: the median, the 99th percentile, the worst text; and messages a second."""
_NOW = REFERENCE + timedelta(days=5, hours=5)
"""A moment like any other, not the one the model knows: dates are read against both."""
_WARM = 50
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of CPU of ordinary messages."""

    median: float
    slowest: float
    mean: float

    @classmethod
    def of(cls, costs: Sequence[float]) -> "Cost":
        """Return median, 99th percentile and mean."""
        ranked = sorted(costs)
        return cls(statistics.median(ranked), ranked[len(ranked) * 99 // 100], statistics.mean(ranked))


@dataclass(frozen=True, slots=True)
class Speed:
    """What messages cost: suggestion with reasons, fields, both; messages in a row; adversarial texts."""

    suggestion: Cost
    fields: Cost
    both: Cost
    suggested: float
    read: float
    """Messages a second in a row: suggested only, and with their fields."""
    adversarial: dict[str, float]

    def text(self) -> str:
        """Return three Markdown tables, each with its goals."""
        parts = {"suggestion with reasons": self.suggestion, "fields": self.fields, "both": self.both}
        worst = max(self.adversarial.values())
        return "\n".join([
            "| one message, ms of CPU | median | 99th percentile | mean |",
            "|---|---|---|---|",
            *(f"| {name} | {cost.median:.2f} | {cost.slowest:.2f} | {cost.mean:.2f} |" for name, cost in parts.items()),
            f"| goal | {MEDIAN:.2f} | {SLOWEST:.2f} | |",
            "",
            "| in a row | messages a second |",
            "|---|---|",
            f"| suggestion with reasons | {self.suggested:,.0f} |",
            f"| both | {self.read:,.0f} |",
            f"| goal | {BATCH:,} |",
            "",
            f"| {LIMIT:,} characters of | ms of CPU, both |",
            "|---|---|",
            *(f"| {kind} | {cost:.1f} |" for kind, cost in self.adversarial.items()),
            f"| worst (goal {WORST:.0f}) | {worst:.1f} |",
        ])  # fmt: skip


def measure(classifier: Classifier, texts: Sequence[str], seconds: Callable[[], float]) -> Speed:
    """Read every text as a turn does; `seconds` reads the CPU time of the process.

    Of three rounds the cheapest counts: other programs on the machine make a text dearer, nothing makes it cheaper.
    """
    suggest, read = partial(classifier.suggest, now=_NOW), partial(extract, now=_NOW)

    def spent(work: Callable[[str], object], text: str) -> float:
        began = seconds()
        work(text)
        return 1_000 * (seconds() - began)

    def rate(*works: Callable[[str], object]) -> float:
        began = seconds()
        for text in texts:
            for work in works:
                work(text)
        return len(texts) / max(seconds() - began, 1e-9)

    for text in texts[:_WARM]:
        suggest(text), read(text)
    rounds = [[(spent(suggest, text), spent(read, text)) for text in texts] for _ in range(_ROUNDS)]
    suggestions, fields = (list(map(min, *([pair[part] for pair in one] for one in rounds))) for part in (0, 1))
    return Speed(
        Cost.of(suggestions),
        Cost.of(fields),
        Cost.of(list(map(add, suggestions, fields))),
        max(rate(suggest) for _ in range(_ROUNDS)),
        max(rate(suggest, read) for _ in range(_ROUNDS)),
        {kind: spent(suggest, text) + spent(read, text) for kind, text in ADVERSARIAL.items()},
    )
