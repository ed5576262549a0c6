"""`yingxu classifier promote` and `rollback`: let a candidate serve if it is better and nowhere worse, and go back."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.models import DIRECTORY, FEEDBACK, FILE, POLICY, frozen, models_dir, policy, progress, rows_of, serving, traps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifier.model import Model
    from classifier.taxonomy import Taxonomy
    from handlers.policy import Policy

FAILED = 1
MOST_CHANGED = 25
"""Per cent of the sure suggestions about a question: when more change, somebody is to look first."""


@click.command(
    help="启用一个候选模型（默认 models/candidate）：任何一项明显变差，或没有一项变好，就拒绝；重启 serve 后生效。"
)
@click.argument("model", required=False, type=DIRECTORY)
@click.option("--data", type=FILE, multiple=True, help="评估用的 JSONL（未参与训练），默认自带评估集。")
@FEEDBACK
@click.option(
    "--shadow",
    type=click.IntRange(0),
    default=200,
    help="启用前让两个模型各读一遍最近多少条需求，列出会变的建议，默认 200；0 为不读。",
)
@click.option(
    "--changed",
    type=click.IntRange(0, 100),
    default=MOST_CHANGED,
    help="有把握的建议中会变的超过百分之几就拒绝，默认 25。",
)
@click.option("--force", is_flag=True, help="即使被拒绝也启用。")
@POLICY
def promote(
    model: Path | None,
    data: "Sequence[Path]",
    feedback: "Sequence[Path]",
    shadow: int,
    changed: int,
    force: bool,
    rules: Path | None,
) -> None:
    """Let a candidate serve, unless it is worse than the one in use, no better, or changes too many suggestions."""
    from classifier.model import BadModelError, load
    from classifier.releases import promote as run

    candidate = model or models_dir() / "candidate"
    try:
        house = policy(rules)
        refusals = _refusals(load(candidate), data, feedback, house)
        counts, surprises = _shadow(candidate, shadow, changed / 100, house)
        refusals += surprises
        for reason in refusals:
            click.echo(reason, err=True)
        if refusals and not force:
            click.echo("未启用；确认要用请加 --force", err=True)
            sys.exit(FAILED)
        record = {"at": _now().isoformat(timespec="seconds"), "forced_against": refusals, "shadow": counts}
        home = run(candidate, models_dir(), record)
    except (BadModelError, OSError) as error:
        click.echo(f"模型不可用：{error}", err=True)
        sys.exit(FAILED)
    click.echo(f"已启用 {home}，重启 serve 后生效；回退：yingxu classifier rollback")


def _refusals(ours: "Model", data: "Sequence[Path]", feedback: "Sequence[Path]", house: "Policy") -> list[str]:
    """Judge on each set; against a serving model that cannot be read nothing is worse.

    Own messages are labelled with the policy's types, the packaged ones with the built-in.
    """
    from classifier.comparing import table
    from classifier.feedback import read_decisions, unlearnt
    from classifier.gate import judge, nothing_gained
    from classifier.labels import TYPES, untyped
    from classifier.model import BadModelError
    from classifier.taxonomy import BUILT_IN, Taxonomy

    types = Taxonomy(house.like)
    _fits(ours, types)
    if not data and ours.heads["type"] != TYPES:
        return ["没有评判：模型的类型是规则自己的，请用 --data 给出按它们标注、没有参与训练的消息"]
    base = types if data else BUILT_IN
    recent = unlearnt(read_decisions(feedback, types, base.types), ours.card)
    if feedback:
        click.echo(f"候选模型没有学过的人工判定 {len(recent)} 条，也用来评判", err=True)
    try:
        theirs = _served(types)
    except BadModelError as error:
        click.echo(f"现用模型不可用（{error}），不作比较", err=True)
        return []
    trap_tests = rows_of(traps())
    with progress("评估"):
        # Whatever needs are called, an urgent one is as urgent: the packaged requests judge that for every model.
        asked = [row for row in untyped(rows_of(frozen())) if row.asked] if ours.heads["type"] != TYPES else []
        sets = (rows_of(data or frozen(), base.types), recent, asked)
        verdicts = [judge(ours, theirs, rows, trap_tests, base) for rows in sets if rows]
    for verdict in verdicts:
        click.echo(table(verdict.differences))
    worse = dict.fromkeys(reason for verdict in verdicts for reason in verdict.refusals)
    return [f"候选模型变差：{reason}" for reason in worse] + [
        f"候选模型没有变好：{reason}" for reason in nothing_gained(verdicts)
    ]


def _served(types: "Taxonomy") -> "Model":
    from classifier.model import load

    model = load(serving())
    _fits(model, types)
    return model


def _fits(model: "Model", types: "Taxonomy") -> None:
    from classifier.model import BadModelError

    if foreign := types.foreign(model.heads["type"]):
        raise BadModelError(f"模型的类型 {'、'.join(foreign)} 不在规则的 types 里")


def _shadow(candidate: Path, most: int, changed: float, house: "Policy") -> tuple[dict[str, Any], list[str]]:
    """Let both models read the newest requests; the counts, and why the candidate is held up."""
    from bot import shadowing

    if not most:
        return {}, []
    try:
        shadow = shadowing.run(candidate, serving(), most, house)
    except shadowing.NoMessagesError as reason:
        click.echo(f"没有做影子对比：{reason}", err=True)
        return {}, []
    click.echo("\n" + shadowing.text(shadow, house))
    return shadow.record(), shadowing.refusals(shadow, changed)


@click.command(help="回退到上一个启用过的模型；重启 serve 后生效。")
def rollback() -> None:
    """Go back to the model that served before."""
    from classifier.model import BadModelError
    from classifier.releases import rollback as run

    try:
        home = run(models_dir())
    except (BadModelError, OSError) as error:
        click.echo(f"无法回退：{error}", err=True)
        sys.exit(FAILED)
    click.echo(f"已回退到 {home or '自带的模型'}，重启 serve 后生效")


def _now() -> datetime:
    from bot.clock import Clock

    return Clock().real()
