"""`yingxu classifier`: train a model, judge it, try it, put it to work."""

import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FAILED = 1
MOST_LOSS = 0.02
"""A candidate may be this much worse in macro F1 before it is refused: so much is chance."""

_CORPUS = click.argument("corpus", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group(help="分类模型：训练、评估、试用、启用。")
def classifier() -> None:
    """Gather the commands of the classifier."""


@classifier.command(help="用 JSONL 语料训练一个候选模型（默认用自带语料），并打印交叉验证结果。")
@_CORPUS
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="模型目录，默认为数据目录下的 models/candidate。"
)
def train(corpus: "Sequence[Path]", out: Path | None) -> None:
    """Train a candidate and print what cross-validation says of it."""
    from classifier.labels import read_rows
    from classifier.train import across_authors
    from classifier.train import train as run

    def progress(what: str, done: int, steps: int) -> None:
        click.echo(f"{done}/{steps} {what}", err=True)

    target = out or _models() / "candidate"
    click.echo(run(corpus or _packaged(), target, progress).text())
    for author, report in across_authors(read_rows(corpus or _packaged())).items():
        click.echo(f"\n作者 {author} 的消息，由只学过其他作者的模型判断：\n{report.text()}")
    click.echo(f"模型已写入 {target}；启用：yingxu classifier promote {target}", err=True)


@classifier.command(help="在 JSONL 语料上评估模型（默认用自带语料，现用模型见过它，数字会偏高）。")
@_CORPUS
@click.option(
    "--model", type=click.Path(exists=True, file_okay=False, path_type=Path), help="模型目录，默认为现用模型。"
)
@click.option("--fields", is_flag=True, help="改为评估字段提取（公司、电话、期限等），默认用自带的标注集。")
def evaluate(corpus: "Sequence[Path]", model: Path | None, fields: bool) -> None:
    """Judge a model on labelled messages, or the extraction of fields on annotated ones."""
    if fields:
        _evaluate_fields(corpus or _annotated())
        return
    from classifier.evaluate import evaluate as run
    from classifier.labels import read_rows
    from classifier.model import BadModelError

    try:
        report = run(model or _serving(), read_rows(corpus or _packaged()))
    except BadModelError as error:
        click.echo(f"模型不可用：{error}", err=True)
        sys.exit(FAILED)
    click.echo(report.text())


def _evaluate_fields(sets: "Sequence[Path]") -> None:
    from classifier.extract import extract
    from classifier.extract.score import read_messages, table

    try:
        messages = read_messages(sets)
    except (ValueError, KeyError, TypeError) as error:
        click.echo(f"不是标注好的消息：{error!r}", err=True)
        sys.exit(FAILED)
    click.echo(table(messages, lambda text, now: extract(text, now=now)))


@classifier.command(help='逐行判断 FILE（默认标准输入）：纯文本行或 JSONL {"id","text"}，输出 JSONL。')
@click.argument("file", default="-", type=click.File("rb"))
def predict(file: BinaryIO) -> None:
    """Judge lines of text."""
    import json

    from bot.predictions import Predictor

    predictor = Predictor.load(_serving())
    if predictor.degraded:
        click.echo(predictor.degraded, err=True)
    for line in predictor.lines(file):
        # A lone surrogate from JSON cannot be written as UTF-8.
        click.echo(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace"))


@classifier.command(help="启用一个候选模型（默认 models/candidate）；下次启动 serve 时生效。")
@click.argument("model", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="即使比现用模型差也启用。")
def promote(model: Path | None, force: bool) -> None:
    """Let a candidate serve, unless it is worse than what serves."""
    from classifier.model import BadModelError
    from classifier.releases import promote as run
    from classifier.suggest import describe

    candidate = model or _models() / "candidate"
    losses = list(_losses(describe(candidate), describe(_serving())))
    if losses and not force:
        click.echo(f"候选模型不如现用模型，未启用：{'；'.join(losses)}", err=True)
        sys.exit(FAILED)
    try:
        home = run(candidate, _models())
    except (BadModelError, OSError) as error:
        click.echo(f"模型不可用：{error}", err=True)
        sys.exit(FAILED)
    click.echo(f"已启用 {home}，重启 serve 后生效")


def _losses(candidate: dict[str, Any], serving: dict[str, Any]) -> "Iterator[str]":
    """Name the questions that the candidate answers worse, with both figures."""
    figures, known = candidate.get("macro_f1", {}), serving.get("macro_f1", {})
    for head in known.keys() & figures.keys():
        if figures[head] < known[head] - MOST_LOSS:
            yield f"{head} macro F1 {figures[head]}，现用 {known[head]}"


def _models() -> Path:
    from bot.settings import load

    return load().data_dir / "models"


def _serving() -> Path:
    from classifier.releases import current
    from classifier.suggest import PACKAGED

    return current(_models()) or PACKAGED


def _packaged() -> list[Path]:
    corpus = Path(str(files("classifier") / "data" / "corpus"))
    return sorted(corpus.glob("*.jsonl"))


def _annotated() -> list[Path]:
    sets = Path(str(files("classifier") / "data" / "fields"))
    return sorted(sets.glob("*.jsonl"))
