"""Where models and corpora lie, and how far a long piece of work has come, for the commands of the classifier."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from classifier.labels import Row
    from classifier.taxonomy import Taxonomy
    from handlers.policy import Policy

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)
FEEDBACK = click.option(
    "--feedback", type=FILE, multiple=True, help="人工判定（yingxu classifier feedback 导出的 JSONL），可重复。"
)
POLICY = click.option(
    "--policy", "rules", type=FILE, help="规则文件：自己的语料用其中 types 的键标注，默认 YINGXU_POLICY 指向的文件。"
)
_STEPS = {"words": "分词", "folds": "逐个作者检验", "model": "训练模型", "saved": "写入", "study": "比较"}


def models_dir() -> Path:
    """Return the directory of the models of this deployment."""
    from bot.settings import load

    return load().data_dir / "models"


def serving() -> Path:
    """Return the directory of the model that serves, the packaged one if none was promoted."""
    from classifier.releases import current
    from classifier.suggest import PACKAGED

    return current(models_dir()) or PACKAGED


def policy(rules: Path | None = None) -> "Policy":
    """Return the rules of a policy file, by default of the configured one. Raises PolicyError."""
    from bot.settings import load
    from handlers.policy import load as read

    return read(rules or load().policy)


def taxonomy(rules: Path | None = None) -> "Taxonomy":
    """Return the types of need of a policy file, as `policy` finds it."""
    from classifier.taxonomy import Taxonomy

    return Taxonomy(policy(rules).like)


def labelled_by(corpus: Sequence[Path], rules: Path | None) -> "Taxonomy":
    """Return the types by which messages are labelled: one's own by the policy's, the packaged ones by the built-in."""
    from classifier.taxonomy import BUILT_IN

    return taxonomy(rules) if corpus else BUILT_IN


def packaged() -> list[Path]:
    """Return the corpus that models learn from by default."""
    return _data("corpus")


def frozen() -> list[Path]:
    """Return the messages kept apart for judging."""
    return _data("frozen")


def traps() -> list[Path]:
    """Return the trap tests."""
    return _data("traps")


def second() -> list[Path]:
    """Return what a second person made of some of the messages."""
    return _data("second")


def annotated() -> list[Path]:
    """Return the messages whose fields are annotated."""
    return _data("fields")


def rows_of(paths: Sequence[Path], types: tuple[str, ...] = ()) -> "list[Row]":
    """Return messages labelled by these types, or the built-in; BadCorpusError names a row that cannot be used."""
    from classifier.labels import TYPES, read_rows

    return read_rows(paths, types or TYPES)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show how far it is on stderr: a bar on a terminal, a line for each step elsewhere."""
    if not sys.stderr.isatty():
        yield lambda step, done, steps: click.echo(f"{done}/{steps} {_STEPS.get(step, step)}", err=True)
        return
    with click.progressbar(length=1_000, label=what, file=sys.stderr) as bar:

        def show(step: str, done: int, steps: int) -> None:
            bar.label = f"{what} · {_STEPS.get(step, step)}"
            bar.update(round(1_000 * done / max(1, steps)) - bar.pos)

        yield show


def _data(name: str) -> list[Path]:
    return sorted(Path(str(files("classifier") / "data" / name)).glob("*.jsonl"))
