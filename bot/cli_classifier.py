"""`yingxu classifier`: try the model, judge it, see its card; `cli_training` trains, `cli_release` releases."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from bot.cli_feedback import feedback
from bot.cli_release import promote, rollback
from bot.cli_training import check, speed, study, train
from bot.models import (
    DIRECTORY,
    FILE,
    POLICY,
    annotated,
    frozen,
    labelled_by,
    models_dir,
    packaged,
    policy,
    progress,
    rows_of,
    serving,
    traps,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifier.evaluate import Report
    from classifier.labels import Row
    from classifier.taxonomy import Taxonomy

FAILED = 1
_WRITTEN = click.Path(dir_okay=False, path_type=Path)


@click.group(help="分类模型：检查语料、训练、评估、试用、启用、回退。")
def classifier() -> None:
    """Gather the commands of the classifier."""


for command in (check, train, study, speed, promote, rollback, feedback):
    classifier.add_command(command)


@classifier.command(help="评估模型：默认用自带的、从未参与训练的评估集和陷阱题；也可给出自己的 JSONL 语料。")
@click.argument("corpus", nargs=-1, type=FILE)
@click.option("--model", type=DIRECTORY, help="模型目录，默认为现用模型。")
@click.option("--against", type=DIRECTORY, help="与另一个模型在同样的消息上比较（成对自助法，2000 次，95% 区间）。")
@click.option("--report", "page", type=_WRITTEN, help="另写一份自带图的 HTML 报告（可靠性图、混淆矩阵）。")
@click.option("--curve", is_flag=True, help="报告里加学习曲线（用自带语料训练多次，约一分钟）。")
@click.option("--fields", is_flag=True, help="改为评估字段提取（公司、电话、期限等），默认用自带的标注集。")
@click.option("--pairs", is_flag=True, help="改为评估相似需求的检索（成对的说法），默认用自带的对照集。")
@POLICY
def evaluate(
    corpus: "Sequence[Path]",
    model: Path | None,
    against: Path | None,
    page: Path | None,
    curve: bool,
    fields: bool,
    pairs: bool,
    rules: Path | None,
) -> None:
    """Judge a model on labelled messages, the extraction of fields on annotated ones, or likeness on pairs."""
    if fields or pairs:
        (_evaluate_fields if fields else _evaluate_pairs)(corpus)
        return
    from classifier.evaluate import evaluate as run
    from classifier.model import BadModelError

    home, types = model or serving(), labelled_by(corpus, rules)
    rows = rows_of(corpus or frozen(), types.types)
    try:
        report = run(home, rows, types)
        click.echo(report.text())
        if not corpus:
            click.echo(_traps(home))
        if against:
            click.echo(_compared(home, against, rows, types))
    except BadModelError as error:
        click.echo(f"模型不可用：{error}", err=True)
        sys.exit(FAILED)
    if page:
        _write_page(page, report, home.name, curve=curve)


def _traps(home: Path) -> str:
    from classifier.evaluate import answers
    from classifier.model import load
    from classifier.traps import table

    rows = rows_of(traps())
    return "\ntraps by rule of the guide\n" + table(rows, answers(load(home), rows))


def _compared(home: Path, against: Path, rows: "Sequence[Row]", types: "Taxonomy") -> str:
    from classifier.comparing import table
    from classifier.gate import judge
    from classifier.model import load

    verdict = judge(load(home), load(against), rows, taxonomy=types)
    return f"\nours {home}, theirs {against}\n{table(verdict.differences)}"


def _write_page(page: Path, report: "Report", name: str, *, curve: bool) -> None:
    from classifier import picture, study

    with progress("学习曲线") as step:
        lines = study.curve(rows_of(packaged()), step) if curve else []
    page.write_text(picture.page(report, f"分类模型 {name}", lines), "utf-8")
    click.echo(f"报告已写入 {page}", err=True)


def _evaluate_fields(sets: "Sequence[Path]") -> None:
    from classifier.extract import extract
    from classifier.extract.score import read_messages, table

    try:
        messages = read_messages(sets or annotated())
    except (ValueError, KeyError, TypeError) as error:
        click.echo(f"不是标注好的消息：{error!r}", err=True)
        sys.exit(FAILED)
    click.echo(table(messages, lambda text, now: extract(text, now=now)))


def _evaluate_pairs(sets: "Sequence[Path]") -> None:
    from classifier.pairs import packaged, read_pairs, table

    try:
        pairs = read_pairs(sets or packaged())
    except (ValueError, KeyError, TypeError) as error:
        click.echo(f"不是成对的说法：{error!r}", err=True)
        sys.exit(FAILED)
    click.echo(table(pairs))


@classifier.command(help='逐行判断 FILE（默认标准输入）：纯文本行或 JSONL {"id","text"}，输出 JSONL。')
@click.argument("file", default="-", type=click.File("rb"))
@click.option("--text", "texts", multiple=True, help="直接判断这句话（可重复），不读文件。")
@click.option("--as", "form", type=click.Choice(["jsonl", "text"]), default="jsonl", help="输出格式，默认 jsonl。")
@POLICY
def predict(file: BinaryIO, texts: tuple[str, ...], form: str, rules: Path | None) -> None:
    """Judge lines of text."""
    from bot.predictions import Predictor

    predictor = Predictor.load(serving(), policy(rules))
    if predictor.degraded:
        click.echo(predictor.degraded, err=True)
    for line in predictor.texts(texts) if texts else predictor.lines(file):
        # A lone surrogate from JSON cannot be written as UTF-8.
        said = predictor.told(line) if form == "text" else json.dumps(line, ensure_ascii=False)
        click.echo(said.encode("utf-8", "replace"))


@classifier.command(help="现用模型的说明：版本、语料、作者、方法、各项得分、各项的把握门槛。")
@click.argument("model", required=False, type=DIRECTORY)
def card(model: Path | None) -> None:
    """Show the card of the serving model, or of another."""
    from classifier.model import BadModelError, load
    from classifier.releases import record_of

    home = model or serving()
    try:
        found = load(home)
    except BadModelError as error:
        click.echo(f"模型不可用：{error}", err=True)
        sys.exit(FAILED)
    click.echo(f"模型目录 {home}（模型根目录 {models_dir()}）")
    described = found.card | {"thresholds": found.thresholds, "temperatures": found.temperatures}
    described |= {"promoted": record} if (record := record_of(home)) else {}
    click.echo(json.dumps(described, ensure_ascii=False, indent=2))
