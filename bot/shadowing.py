"""The shadow run of `yingxu classifier promote`: the newest requests of this deployment, read twice, and a table."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.opening import opened
from bot.predictions import words
from bot.settings import WrongSettingError, load
from bot.tables import table
from handlers.wording.terms import HEADS

if TYPE_CHECKING:
    from classifier.shadow import Shadow
    from classifier.suggest import Guess
    from handlers.policy import Policy

_LENGTH = 36
"""Characters shown of a message: enough to know it again, too few to read what customers write."""


class NoMessagesError(Exception):
    """There are no messages to read; the text says why, to people."""


def run(candidate: Path, serving: Path, most: int, policy: "Policy") -> "Shadow":
    """Let both models read up to `most` of the newest requests; NoMessagesError where there are none."""
    from classifier.shadow import compare
    from classifier.suggest import Classifier
    from classifier.taxonomy import Taxonomy

    texts = _newest(most)
    if not texts:
        raise NoMessagesError("数据库里还没有需求")
    types = Taxonomy(policy.like)
    return compare(Classifier.load(serving, types), Classifier.load(candidate, types), texts)


def text(shadow: "Shadow", policy: "Policy") -> str:
    """Show the counts by question, and every suggestion that would be another one."""
    title = f"影子对比：最近 {shadow.messages} 条需求，现用和候选模型各读一遍（只读，已隐去姓名和联系方式）"
    rows = [
        (HEADS[head], f"{one.changed}", f"{one.sure} → {one.sure_after}", f"{one.sure_changed}（{one.share:.1%}）")
        for head, one in shadow.tallies.items()
    ]
    parts = [table(title, ("问题", "建议会变", "有把握的建议", "有把握的建议中会变"), rows)]
    if shadow.changes:
        names = words(policy)
        changed = [
            (HEADS[one.head], f"{_guess(one.before, names)} → {_guess(one.after, names)}", _short(one.text))
            for one in shadow.changes
        ]
        parts.append(table("会变的建议（现用 → 候选，后面是把握）", ("问题", "建议", "需求"), changed))
    return "\n\n".join(parts)


def refusals(shadow: "Shadow", most: float) -> list[str]:
    """Say of which questions more sure suggestions change than people may be surprised with."""
    return [
        f"影子对比：{HEADS[head]}有把握的建议 {one.sure} 条中 {one.sure_changed} 条会变（{one.share:.0%}），"
        f"超过 {most:.0%}，请先看上表（--changed 可调）"
        for head, one in shadow.too_many(most).items()
    ]


def _guess(guess: "Guess", names: dict[str, str]) -> str:
    return f"{names.get(guess.value, guess.value)} {guess.confidence:.0%}{'' if guess.sure else '（不确定）'}"


def _short(said: str) -> str:
    flat = " ".join(said.split())
    return flat if len(flat) <= _LENGTH else flat[: _LENGTH - 1] + "…"


def _newest(most: int) -> list[str]:
    from handlers import teaching

    settings = load()
    try:
        with opened(settings, write=False) as database:
            return database.run_sync(partial(teaching.newest, most=most))
    except WrongSettingError as reason:
        raise NoMessagesError(str(reason)) from None
