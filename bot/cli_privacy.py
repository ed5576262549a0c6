"""`yingxu privacy`: hand out, delete and prove what is kept of one customer (docs/privacy.md)."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.opening import opened
from bot.settings import Settings, load

if TYPE_CHECKING:
    from handlers.desk import Desk
    from handlers.erasing import Erased, Whole
    from storage.database import Database, Store
    from storage.erasures import Erasure

_WHO = "CHAT 是会话（如 kf:客服账号:客户 或 app:成员），也可以是一个需求编号，指提出它的客户。"
_TARGET = click.argument("target", metavar="CHAT|编号")


@click.group(help="客户资料：导出、删除、证明。")
def privacy() -> None:
    """Gather the commands about people's data."""


@privacy.command(help=f"导出一位客户的全部资料（文本）。{_WHO}")
@_TARGET
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="写入文件，默认打印。")
def export(target: str, out: Path | None) -> None:
    """Write down all that is kept of a customer."""
    from handlers.exporting import text

    settings = load()
    with opened(settings, write=False) as database:
        desk, now = _desk(settings), _now(settings, database)
        said = database.run_sync(lambda store: text(_whose(target, store), now, store, desk))
    if out:
        out.write_text(said, encoding="utf-8")
    else:
        click.echo(said, nl=False)


@privacy.command(help=f"删除一位客户的全部资料。默认只列出会删除什么；加 --yes 才删除，不能恢复。{_WHO}")
@_TARGET
@click.option("--yes", is_flag=True, help="删除。使用 SQLite 时须先停止机器人。")
def erase(target: str, *, yes: bool) -> None:
    """Delete all that is kept of a customer, or say what that would be."""
    from bot import files

    settings = load()
    with opened(settings, write=yes) as database:
        if not yes:
            his = database.run_sync(lambda store: _whose(target, store))
            click.echo(f"会话 {len(his.chats)} 个，需求 {len(his.requests)} 条。确认删除请加 --yes")
            return
        desk, now = _desk(settings), _now(settings, database)
        erased = database.run_sync(lambda store: _erased(target, now, store, desk))
    for one in erased.discards:
        files.discard(settings.data_dir, one.path)
    click.echo(_line(erased.proof))


@privacy.command(help="列出删除的证明：时间、缘由、凭证和数量，不含任何客户信息。")
@click.option("--chat", help="只看这个会话的：它是否删除过。")
@click.option("--most", type=click.IntRange(1), default=100, show_default=True, help="最多几行。")
def proofs(chat: str | None, most: int) -> None:
    """Print the proofs that something was deleted."""
    from storage import erasures

    with opened(load(), write=False) as database:
        found = database.run_sync(
            lambda store: erasures.proofs_of(store, chat) if chat else erasures.proofs(store, most)
        )
    for proof in found:
        click.echo(_line(proof))
    if not found:
        click.echo("没有删除记录")


def _line(proof: "Erasure") -> str:
    from handlers.wording import staff

    counts = " ".join(f"{kind}={n}" for kind, n in proof.numbers.items())
    return f"{proof.at:%Y-%m-%dT%H:%M:%SZ} {staff.ERASED_BY[proof.reason]} {proof.code} {counts}"


def _erased(target: str, now: datetime, store: "Store", desk: "Desk") -> "Erased":
    """Delete, and promise what staff are to be told of it; a running bot tells it, or the next one to start."""
    from bot.engine.shared import promises, put
    from handlers.erasing import erase as run

    erased = run(_whose(target, store), "operator", now, store, desk)
    put(store, promises(erased.outgoing), now)
    return erased


def _whose(target: str, store: "Store") -> "Whole":
    """Find the customer meant; raises click's error if there is nothing of him."""
    from handlers import erasing
    from storage import requests

    request = requests.by_number(store, target)
    his = erasing.of_customer(request.customer_id, store) if request else erasing.of_chat(target, store)
    if request is None and not erasing.is_known(his, store):
        raise click.BadParameter("没有这个会话或编号的资料", param_hint="CHAT|编号")
    return his


def _desk(settings: Settings) -> "Desk":
    from handlers.desk import Desk
    from handlers.policy import load as rules

    return Desk(rules(settings.policy))


def _now(settings: Settings, database: "Database") -> datetime:
    from bot.clock import Clock

    clock = Clock(turnable=settings.test_clock)
    clock.adopt(database.run_sync(clock.load))
    return clock.now()
