"""How long it takes to judge messages: ordinary ones, and text made to be slow."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
_WARM = 50


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds of CPU: median, 99th percentile and mean of ordinary messages, and of each adversarial text."""

    median: float
    slowest: float
    mean: float
    adversarial: dict[str, float]

    def text(self) -> str:
        """Return two Markdown tables."""
        lines = ["| one message | ms of CPU |", "|---|---|", f"| median | {self.median:.2f} |"]
        lines += [
            f"| 99th percentile | {self.slowest:.2f} |",
            f"| mean ({1_000 / self.mean:,.0f}/s) | {self.mean:.2f} |",
        ]
        lines += ["", f"| {LIMIT:,} characters of | ms of CPU |", "|---|---|"]
        return "\n".join([*lines, *(f"| {kind} | {cost:.1f} |" for kind, cost in self.adversarial.items())])


def measure(classifier: Classifier, texts: Sequence[str], seconds: Callable[[], float]) -> Speed:
    """Judge every text once; `seconds` reads the CPU time of the process."""

    def cost(text: str) -> float:
        began = seconds()
        classifier.suggest(text)
        return 1_000 * (seconds() - began)

    for text in texts[:_WARM]:
        classifier.suggest(text)
    costs = sorted(cost(text) for text in texts)
    adversarial = {kind: cost(text) for kind, text in ADVERSARIAL.items()}
    return Speed(statistics.median(costs), costs[len(costs) * 99 // 100], statistics.mean(costs), adversarial)
