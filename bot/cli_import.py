"""`yingxu import`: requests from a CSV or XLSX file, tried first and registered once (process.md A-023, A-031)."""

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bot import opening
from bot.settings import Settings, load
from bot.tables import table

if TYPE_CHECKING:
    from bot.importing import Judged, Plan
    from bot.sheets import Sheet
    from handlers.desk import Desk
    from handlers.policy import Policy
    from storage.database import Database

T = TypeVar("T")

FAILED = 1
_SHOWN = 20
"""Rows shown of those that are in order; of those that are not, all are."""
_ABOUT = """从 CSV 或 XLSX 文件登记需求。

默认只试算：列出可以登记的行、有问题的行（哪一行、哪一列、什么问题）和以前导入过的行，什么也不改。
确认后加 --yes 登记；重复导入同一个文件不会重复登记（按“外部编号”列，没有则按整行内容）。

第一行是列名，例如：公司、联系人、电话、邮箱、需求背景、需求描述、期望效果、紧急程度、需求类型、来源、外部编号、
登记人、反馈时间。退出码：0 全部可用，1 有问题的行，2 用法、设置或文件不对。"""


@click.command("import", help=_ABOUT)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--yes", is_flag=True, help="登记没有问题的行。使用 SQLite 时须先停止机器人（或改用 POST /api/intake 登记）。"
)
@click.option("--dry-run", is_flag=True, help="只试算（默认）。")
@click.option("--source", default="import", help="没有“来源”列时的来源：规则中 [sources] 的键或名称，默认 import。")
def import_(file: Path, source: str, *, yes: bool, dry_run: bool) -> None:
    """Try a file, and register what is good in it if that is wished."""
    from bot.sheets import BadSheetError, read
    from handlers.policy import load as rules

    if yes and dry_run:
        raise click.UsageError("--yes 和 --dry-run 只能选一个")
    settings = load()
    policy = rules(settings.policy)
    key = policy.source(source)
    if not key:
        raise click.BadParameter(f"没有这个来源，可选：{'、'.join(policy.sources.values())}", param_hint="--source")
    try:
        sheet = read(file)
    except BadSheetError as error:
        raise click.UsageError(f"{file}: {error}") from None
    if not _imported(sheet, key, settings, policy, write=yes):
        sys.exit(FAILED)


def _imported(sheet: "Sheet", source: str, settings: Settings, policy: "Policy", *, write: bool) -> bool:
    """Try, show and perhaps register; whether nothing was wrong."""
    from bot import importing
    from bot.clock import Clock
    from bot.house import opened

    desk, clock = opened(policy, settings.data_dir), Clock(turnable=settings.test_clock)
    # Before the first start there is nothing to look at, and a file can be tried all the same.
    there = write or opening.exists(settings)
    with opening.opened(settings, write=write) if there else nullcontext() as database:
        if database:
            clock.adopt(database.run_sync(clock.load))
            database.run_sync(desk.confirming.refresh)  # nothing sweeps here
        now = clock.now()
        rows = list(_watched(importing.judged(sheet, now, desk, source), len(sheet.rows), "检查"))
        numbers = database.run_sync(lambda store: importing.known(store, rows)) if database else {}
        gone = database.run_sync(lambda store: importing.erased(store, rows)) if database else frozenset()
        plan = importing.plan(rows, numbers, gone)
        click.echo(_report(plan, sheet, policy), nl=False)
        if write and database:
            _write(plan, now, database, desk)
        elif plan.good:
            click.echo(
                "以上只是试算，什么也没有登记。确认后加 --yes 登记；每条都会派给处理人并发送卡片，不会通知客户。"
            )
    return not plan.bad


def _watched(rows: "Iterator[T]", length: int, what: str) -> "Iterator[T]":
    """Go through something that takes a while, with a bar where somebody watches."""
    with click.progressbar(rows, length=length, label=what, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield from bar


def _write(plan: "Plan", now: datetime, database: "Database", desk: "Desk") -> None:
    from bot import importing

    batches = importing.batches(plan.good)
    entered = [
        one
        for batch in _watched(iter(batches), len(batches), "登记")
        for one in importing.register(batch, now, database, desk)
    ]
    new = [one.request.number for one in entered if one.new]
    span = f"：{new[0]} 至 {new[-1]}" if new else ""
    click.echo(f"已登记 {len(new)} 条{span}")


def _report(plan: "Plan", sheet: "Sheet", policy: "Policy") -> str:
    """Show what would become of every row, as tables."""
    parts = [f"可以登记 {len(plan.good)} 行，有问题 {len(plan.bad)} 行，已导入过 {len(plan.known)} 行"]
    parts[0] += f"，文件内重复 {len(plan.twice)} 行" if plan.twice else ""
    parts += [f"没有用到的列：{'、'.join(sheet.ignored)}"] if sheet.ignored else []
    if plan.good:
        rows = [_good(one, policy) for one in plan.good[:_SHOWN]]
        more = f"……另有 {len(plan.good) - _SHOWN} 行" if len(plan.good) > _SHOWN else ""
        parts.append(
            "\n".join(filter(None, (table("可以登记", ("行", "客户", "来源", "紧急程度", "需求"), rows), more)))
        )
    if plan.bad:
        wrong = [(str(one.row.number), *cells) for one in plan.bad for cells in _wrong(one, sheet)]
        parts.append(table("有问题", ("行", "列", "问题与改法"), wrong))
    known = [(str(row.number), f"已登记为 {number}") for row, number in plan.known]
    known += [(str(row.number), f"与第 {other} 行相同") for row, other in plan.twice]
    if known:
        more = f"\n……另有 {len(known) - _SHOWN} 行" if len(known) > _SHOWN else ""
        parts.append(table("不再登记", ("行", "原因"), known[:_SHOWN]) + more)
    return "\n\n".join(parts) + "\n"


def _good(one: "Judged", policy: "Policy") -> tuple[str, ...]:
    from handlers import showing
    from handlers.privacy import masked

    assert one.fit  # noqa: S101 - the plan holds only such
    form = one.fit.form
    level = showing.levels(policy).get(form.urgency, "由系统建议")
    need = showing.excerpt(masked(form.description.replace("\n", " ")), 30)
    return str(one.row.number), form.company or form.contact, policy.sources[form.source], level, need


def _wrong(one: "Judged", sheet: "Sheet") -> "Iterator[tuple[str, str]]":
    from handlers.intake.form import LABELS

    for key, why in one.problems.items():
        yield sheet.titles.get(key, f"{LABELS[key]}（没有这一列）"), why
