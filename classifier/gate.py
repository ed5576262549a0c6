"""The promotion gate: what a candidate must not do worse than the model that serves, each with its reason in Chinese.

The list is that of classifier.md section 4. A bar that the serving model misses, too, holds nobody up who is no worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier import traps
from classifier.comparing import MACRO, Difference, compare, spread
from classifier.evaluate import Report, answers, report
from classifier.labels import HEADS, Row
from classifier.model import Model
from classifier.taxonomy import BUILT_IN, Taxonomy

RECALL_LOSS = 0.01
CLASS_LOSS = 0.03
HEAD_LOSS = 0.01
BARS = {"urgent_called_routine": 0.03, "requests_lost": 0.005}
MOST_ECE = 0.05
_NOTHING = 1e-9
_BAR_NAMES = {"urgent_called_routine": "紧急被判为常规", "requests_lost": "需求被当作闲聊"}
_HEAD_NAMES = {"type": "类型", "urgency": "紧急程度", "nature": "性质"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Both reports, the comparison in full, and why the candidate is refused (nothing: it may serve)."""

    ours: Report
    theirs: Report
    differences: list[Difference]
    refusals: list[str]

    @property
    def macros(self) -> list[Difference]:
        """The difference of each question as a whole."""
        return [one for one in self.differences if one.figure == MACRO]


def nothing_gained(verdicts: Sequence[Verdict]) -> list[str]:
    """Return why a candidate has nothing to offer: on none of these sets is a question's macro F1 higher.

    By the figure itself, not its interval: on the frozen set, or on recent decisions where the frozen set sees no loss
    (`refusals`). Without this every training anew would change what people are used to, for nothing.
    """
    if any(one.ours > one.theirs + _NOTHING for verdict in verdicts for one in verdict.macros):
        return []
    if all(abs(one.ours - one.theirs) <= _NOTHING for verdict in verdicts for one in verdict.differences):
        return ["各项得分与现用模型相同，没有一项更好"]
    shown = "，".join(f"{_HEAD_NAMES[one.head]} {one.ours:.3f}（现用 {one.theirs:.3f}）" for one in verdicts[0].macros)
    return [f"没有一项的 macro F1 高于现用模型：{shown}"]


def judge(
    candidate: Model,
    serving: Model,
    rows: Sequence[Row],
    trap_tests: Sequence[Row] = (),
    taxonomy: Taxonomy = BUILT_IN,
) -> Verdict:
    """Compare a candidate with the serving model on rows that neither has learnt from, labelled with these types."""
    mine, yours = answers(candidate, rows, taxonomy), answers(serving, rows, taxonomy)
    ours, theirs = report(rows, mine, candidate.thresholds), report(rows, yours, serving.thresholds)
    differences = compare(rows, mine, yours)
    refusals = [*_losses(differences), *_bars(ours, theirs), *_trapped(candidate, serving, trap_tests, taxonomy)]
    return Verdict(ours, theirs, differences, refusals)


def _losses(differences: Sequence[Difference]) -> list[str]:
    return [
        f"{_HEAD_NAMES[one.head]} {one.figure if one.figure == MACRO else f'{one.figure} 的 F1'} "
        f"{one.ours:.3f}，现用 {one.theirs:.3f}（差的 95% 区间 {one.low:+.3f}…{one.high:+.3f}）"
        for one in differences
        if one.worse and one.theirs - one.ours > (HEAD_LOSS if one.figure == MACRO else CLASS_LOSS)
    ]


def _bars(ours: Report, theirs: Report) -> list[str]:
    found = []
    if theirs.urgent_recall - ours.urgent_recall > RECALL_LOSS:
        found.append(f"紧急的召回率 {ours.urgent_recall:.1%}，现用 {theirs.urgent_recall:.1%}")
    for name, most in BARS.items():
        mine, yours = getattr(ours, name), getattr(theirs, name)
        if mine > max(most, yours):
            found.append(f"{_BAR_NAMES[name]} {mine:.2%}，最多 {most:.1%}，现用 {yours:.2%}")
    for head in HEADS:
        mine, yours = ours.heads[head].ece, theirs.heads[head].ece
        if mine > max(MOST_ECE, yours):
            found.append(f"{_HEAD_NAMES[head]}的校准误差 {mine:.3f}，最多 {MOST_ECE}，现用 {yours:.3f}")
    return found


def _trapped(candidate: Model, serving: Model, rows: Sequence[Row], taxonomy: Taxonomy) -> list[str]:
    rows = [row for row in rows if taxonomy == BUILT_IN or row.head not in ("", "type")]  # their types are built in
    if not rows:
        return []
    mine, yours = (traps.held(rows, answers(model, rows, taxonomy)) for model in (candidate, serving))
    low, high = spread(mine, yours)
    if high >= 0:
        return []
    return [f"陷阱题做对 {sum(mine)}/{len(rows)}，现用 {sum(yours)}（差的 95% 区间 {low:+.3f}…{high:+.3f}）"]
