"""`yingxu classifier`: look over a corpus, train a candidate, let it serve if it is no worse, and go back."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.models import frozen, models_dir, packaged, progress, rows_of, second, serving, traps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifier.feedback import Usable
    from classifier.labels import Row

FAILED = 1
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)
_CORPUS = click.argument("corpus", nargs=-1, type=_FILE)
_FEEDBACK = click.option(
    "--feedback", type=_FILE, multiple=True, help="人工判定（yingxu classifier feedback 导出的 JSONL），可重复。"
)


@click.command(help="检查语料（默认自带）：标注冲突、近重复、与评估集雷同、套话模板、各类数量；有硬伤时退出码为 1。")
@_CORPUS
def check(corpus: "Sequence[Path]") -> None:
    """Look over a corpus before it is learnt from."""
    from classifier.corpus import check as run

    rows, judges = rows_of(corpus or packaged()), rows_of(frozen())
    findings = run(rows, [*judges, *rows_of(traps())])
    click.echo(findings.text())
    if not corpus:
        from classifier.agreement import agreement

        click.echo(
            "\nlabelled again by a second person\n" + "\n".join(a.text() for a in agreement([*rows, *judges], second()))
        )
    sys.exit(0 if findings.sound else FAILED)


@click.command(help="用 JSONL 语料训练一个候选模型（默认自带语料），并打印每位作者由其他作者的模型判断的结果。")
@_CORPUS
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="模型目录，默认为数据目录下的 models/candidate。"
)
@_FEEDBACK
@click.option("--quarantine", type=click.IntRange(0), default=7, help="人工判定满几天后才采用，默认 7。")
@click.option("--age", type=click.IntRange(1), default=365, help="人工判定超过几天就不再采用，默认 365。")
def train(corpus: "Sequence[Path]", out: Path | None, feedback: "Sequence[Path]", quarantine: int, age: int) -> None:
    """Train a candidate and print what held-out messages say of it."""
    from classifier.train import train as run

    target, learnt = out or models_dir() / "candidate", corpus or packaged()
    decisions = _decisions(feedback, rows_of(learnt), timedelta(days=quarantine), timedelta(days=age))
    with progress("训练") as step:
        trained = run(learnt, target, step, decisions)
    click.echo(trained.report.text())
    for author, report in trained.authors.items():
        figures = "  ".join(f"{head} {part.macro_f1:.3f}" for head, part in report.heads.items())
        click.echo(f"作者 {author or '（未署名）'}，{report.size} 条，由其他作者的模型判断，macro F1：{figures}")
    click.echo(f"模型已写入 {target}；启用：yingxu classifier promote {target}", err=True)


def _decisions(paths: "Sequence[Path]", base: "Sequence[Row]", quarantine: timedelta, age: timedelta) -> "list[Row]":
    if not paths:
        return []
    from classifier.feedback import read_decisions, usable

    chosen: Usable = usable(read_decisions(paths), base, _now(), quarantine, age)
    click.echo(chosen.text(), err=True)
    return chosen.rows


@click.command(help="研究：每组特征去掉后各项得分（--ablation），或学习曲线（--curve）；打印 Markdown 表，约两分钟。")
@_CORPUS
@click.option("--ablation", is_flag=True, help="逐组去掉特征。")
@click.option("--curve", is_flag=True, help="用越来越多的消息训练。")
def study(corpus: "Sequence[Path]", ablation: bool, curve: bool) -> None:
    """Print what each part of the features is worth and what more messages bring."""
    from classifier import study as studies

    rows = rows_of(corpus or packaged())
    if ablation or not curve:
        with progress("特征") as step:
            lines = studies.ablation(rows, step)
        click.echo(studies.table(lines, "left out"))
    if curve:
        with progress("曲线") as step:
            lines = studies.curve(rows, step)
        click.echo(studies.table(lines, "share of the messages learnt from"))


@click.command(help="测速：现用模型判断一条消息要多少 CPU 时间（自带语料），以及专门刁难的文本。")
def speed() -> None:
    """Print how long one message takes, and text made to be slow."""
    import time

    from classifier.speed import measure
    from classifier.suggest import Classifier

    texts = [row.text for row in rows_of(packaged())]
    click.echo(measure(Classifier.load(serving()), texts, time.process_time).text())


@click.command(help="启用一个候选模型（默认 models/candidate）：在评估集上任何一项明显变差就拒绝；重启 serve 后生效。")
@click.argument("model", required=False, type=_DIRECTORY)
@click.option("--data", type=_FILE, multiple=True, help="评估用的 JSONL（未参与训练），默认自带评估集。")
@_FEEDBACK
@click.option("--force", is_flag=True, help="即使比现用模型差也启用。")
def promote(model: Path | None, data: "Sequence[Path]", feedback: "Sequence[Path]", force: bool) -> None:
    """Let a candidate serve, unless it is worse than what serves."""
    from classifier.model import BadModelError
    from classifier.releases import promote as run

    candidate = model or models_dir() / "candidate"
    try:
        refusals = _refusals(candidate, [rows_of(data or frozen()), *([rows_of(feedback)] if feedback else [])])
        for reason in refusals:
            click.echo(f"候选模型变差：{reason}", err=True)
        if refusals and not force:
            click.echo("未启用；确认要用请加 --force", err=True)
            sys.exit(FAILED)
        home = run(candidate, models_dir())
    except (BadModelError, OSError) as error:
        click.echo(f"模型不可用：{error}", err=True)
        sys.exit(FAILED)
    click.echo(f"已启用 {home}，重启 serve 后生效；回退：yingxu classifier rollback")


def _refusals(candidate: Path, sets: "Sequence[Sequence[Row]]") -> list[str]:
    """Judge on each set; against a serving model that cannot be read nothing is worse."""
    from classifier.comparing import table
    from classifier.gate import judge
    from classifier.model import BadModelError, load

    ours, trap_tests = load(candidate), rows_of(traps())
    try:
        theirs = load(serving())
    except BadModelError as error:
        click.echo(f"现用模型不可用（{error}），不作比较", err=True)
        return []
    found = []
    with progress("评估"):
        for rows in sets:
            verdict = judge(ours, theirs, rows, trap_tests)
            click.echo(table(verdict.differences))
            found += [reason for reason in verdict.refusals if reason not in found]
    return found


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
