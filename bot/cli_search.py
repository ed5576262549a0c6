"""`yingxu index`: add requests that are older than the search to its index."""

from functools import partial
from typing import TYPE_CHECKING

import click

from bot.opening import opened
from bot.settings import load

if TYPE_CHECKING:
    from storage.database import Store

BATCH = 200
"""Requests in one transaction: a quarter of a second."""

_ABOUT = """为已有需求补建检索索引（升级后运行一次；可以重复运行，只处理还没有索引的需求）。

使用 SQLite 时请先停止机器人；使用 PostgreSQL 时可以边运行边补建。"""


@click.command(help=_ABOUT)
def index() -> None:
    """Index all requests that are not in the index yet, one batch a transaction, and say how far it is."""
    with opened(load(), write=True) as database:
        batch, done = database.run_sync(partial(_batch, 0)), 0
        while batch is not None:
            last, kept = batch
            done += kept
            click.echo(f"已建立 {done} 个需求的索引", err=True)
            batch = database.run_sync(partial(_batch, last))
    click.echo(f"完成，共 {done} 个")


def _batch(after: int, store: "Store") -> tuple[int, int] | None:
    """Keep the next requests beyond an id; returns the last id and how many, None if there is none."""
    from handlers.requests import alike
    from storage import search

    rows = search.not_kept(store, after, BATCH)
    for request_id, description in rows:
        alike.keep(store, request_id, description)
    return (rows[-1][0], len(rows)) if rows else None
