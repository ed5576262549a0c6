"""`yingxu classifier`: look over a corpus, train a candidate, study what each part is worth, how fast it is."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.models import (
    FEEDBACK,
    FILE,
    POLICY,
    frozen,
    labelled_by,
    models_dir,
    packaged,
    progress,
    rows_of,
    second,
    serving,
    taxonomy,
    traps,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

FAILED = 1
_CORPUS = click.argument("corpus", nargs=-1, type=FILE)


@click.command(help="检查语料（默认自带）：标注冲突、近重复、与评估集雷同、套话模板、各类数量；有硬伤时退出码为 1。")
@_CORPUS
@POLICY
def check(corpus: "Sequence[Path]", rules: Path | None) -> None:
    """Look over a corpus before it is learnt from."""
    from classifier.corpus import check as run

    rows, judges = rows_of(corpus or packaged(), labelled_by(corpus, rules).types), rows_of(frozen())
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
@FEEDBACK
@click.option("--quarantine", type=click.IntRange(0), default=7, help="人工判定满几天后才采用，默认 7。")
@click.option("--age", type=click.IntRange(1), default=365, help="人工判定超过几天就不再采用，默认 365。")
@click.option(
    "--packaged",
    "beside",
    is_flag=True,
    help="自己的语料之外也用自带语料：类型只向自己的学，紧急程度、性质和闲聊两边都学。",
)
@POLICY
def train(
    corpus: "Sequence[Path]",
    out: Path | None,
    feedback: "Sequence[Path]",
    quarantine: int,
    age: int,
    beside: bool,
    rules: Path | None,
) -> None:
    """Train a candidate and print what held-out messages say of it."""
    from classifier.feedback import read_decisions, usable
    from classifier.train import train as run

    target, learnt = out or models_dir() / "candidate", corpus or packaged()
    types = labelled_by(corpus, rules).types
    decisions = read_decisions(feedback, taxonomy(rules), types) if feedback else []
    base = rows_of(packaged()) if beside and corpus else []
    chosen = usable(
        decisions, [*rows_of(learnt, types), *base], _now(), timedelta(days=quarantine), timedelta(days=age)
    )
    if feedback:
        click.echo(chosen.text(), err=True)
    with progress("训练") as step:
        trained = run(learnt, target, step, chosen.rows, chosen.until, types, base)
    click.echo(trained.report.text())
    for author, report in trained.authors.items():
        figures = "  ".join(f"{head} {part.macro_f1:.3f}" for head, part in report.heads.items())
        click.echo(f"作者 {author or '（未署名）'}，{report.size} 条，由其他作者的模型判断，macro F1：{figures}")
    click.echo(f"模型已写入 {target}；启用：yingxu classifier promote {target}", err=True)


@click.command(help="研究：每组特征去掉后各项得分（--ablation），或学习曲线（--curve）；打印 Markdown 表，约两分钟。")
@_CORPUS
@click.option("--ablation", is_flag=True, help="逐组去掉特征。")
@click.option("--curve", is_flag=True, help="用越来越多的消息训练。")
@POLICY
def study(corpus: "Sequence[Path]", ablation: bool, curve: bool, rules: Path | None) -> None:
    """Print what each part of the features is worth and what more messages bring."""
    from classifier import study as studies

    types = labelled_by(corpus, rules).types
    rows = rows_of(corpus or packaged(), types)
    if ablation or not curve:
        with progress("特征") as step:
            lines = studies.ablation(rows, step, types)
        click.echo(studies.table(lines, "left out"))
    if curve:
        with progress("曲线") as step:
            lines = studies.curve(rows, step, types)
        click.echo(studies.table(lines, "share of the messages learnt from"))


@click.command(help="测速：现用模型判断一条消息要多少 CPU 时间（自带语料），以及专门刁难的文本。")
def speed() -> None:
    """Print how long one message takes as `serve` reads it, and text made to be slow."""
    import time

    from bot.garbage import settle
    from classifier.speed import measure
    from classifier.suggest import Classifier

    texts = [row.text for row in rows_of(packaged())]
    classifier = Classifier.load(serving(), taxonomy())
    settle()
    click.echo(measure(classifier, texts, time.process_time).text())


def _now() -> datetime:
    from bot.clock import Clock

    return Clock().real()
