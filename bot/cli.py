"""The `yingxu` command. Exit codes: 0 ok, 1 a check failed, 2 wrong usage or setting (contract.md, section 2)."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from bot.cli_classifier import classifier
from bot.cli_import import import_
from bot.cli_privacy import privacy
from bot.cli_search import index
from bot.settings import WrongSettingError, load

FAILED, WRONG = 1, 2


def main() -> NoReturn:
    """Run the command line; a wrong setting, policy or state of the database is one clear line, never a traceback."""
    # In a console of another encoding Chinese must neither fail nor end the command.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        yingxu(prog_name="yingxu")
    except WrongSettingError as error:
        click.echo(str(error), err=True)
    except Exception as error:
        line = _understood(error)
        if line is None:
            raise
        click.echo(line, err=True)
    sys.exit(WRONG)


def _understood(error: Exception) -> str | None:
    """Put what people can mend into one line; None for a fault of ours."""
    from classifier.labels import BadCorpusError
    from handlers.policy import PolicyError
    from storage.database import InUse, Unsafe, is_fault

    if isinstance(error, PolicyError):
        return f"YINGXU_POLICY: {error}"
    if isinstance(error, BadCorpusError):
        return str(error)
    if isinstance(error, InUse | Unsafe):
        return f"YINGXU_DATABASE_URL: {error}"
    if is_fault(error):
        return f"YINGXU_DATABASE_URL: 无法使用数据库（{type(error).__name__}）"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return None


_ABOUT = """应需：在企业微信接待客户、在飞书协同处理的需求助手。

设置用环境变量（前缀 YINGXU_）或工作目录中的 .env。"""


@click.group(help=_ABOUT, context_settings={"help_option_names": ["-h", "--help"]})
def yingxu() -> None:
    """Gather the commands."""


yingxu.add_command(classifier)
yingxu.add_command(privacy)
yingxu.add_command(import_)
yingxu.add_command(index)


@yingxu.command(help="运行机器人（对接真实平台）。")
def serve() -> None:
    """Serve the real platforms."""
    from bot.serve import serve as run

    run(load())


@yingxu.command(help="试用：内置两个平台的模拟器，一个人扮演客户、处理人和管理者。")
@click.option("--port", type=click.IntRange(0, 65535), help="页面的端口，默认 8080；被占用时换一个空闲的。")
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="保留数据的目录，下次接着玩。")
@click.option("--terminal", is_flag=True, help="在终端里聊天（页面照样可用）。")
def sandbox(port: int | None, data_dir: Path | None, *, terminal: bool) -> None:
    """Serve against the built-in simulators."""
    from bot.sandbox.main import run

    run(port, data_dir, terminal=terminal)


@yingxu.command(help="体检：设置、规则、数据库、时钟、日历、平台凭证与网络，每项一行。")
def doctor() -> None:
    """Check everything a deployment needs."""
    from bot.clock import Clock
    from bot.doctor import examine

    passed = True
    for check in examine(load(), Clock().real()):
        click.echo(check.line())
        passed = passed and check.ok
    if not passed:
        sys.exit(FAILED)


@yingxu.command(help="以表格列出现行规则。")
def policy() -> None:
    """Print the rules in force as tables."""
    from bot.rulebook import tables
    from handlers.policy import load as rules

    click.echo(tables(rules(load().policy)), nl=False)


@yingxu.command(help="列出机器人可能说的每一句话（占位处填示例）。")
def wording() -> None:
    """Print every sentence the bot can say."""
    from bot.phrasebook import phrases
    from handlers.policy import load as rules

    click.echo(phrases(rules(load().policy)), nl=False)


@yingxu.group(help="数据库。")
def db() -> None:
    """Gather the commands of the database."""


@db.command(help="把表结构升级到最新；可重复执行。")
def upgrade() -> None:
    """Bring the tables to the newest revision."""
    from bot.opening import reach
    from storage.database import Database

    database = Database(load().database, threads=1)
    reach(database)
    try:
        database.upgrade()
    finally:
        database.close()
    click.echo("数据库结构已是最新")
