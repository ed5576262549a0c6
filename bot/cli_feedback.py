"""`yingxu classifier feedback`: what people decided, as a file to train with (docs/learning.md)."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from storage.database import Database


@click.command(
    help="导出人员对系统建议的判定（JSONL，供 train --feedback 使用），隐去电话、邮箱和姓名；可在机器人运行时执行。"
)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写入的文件。")
def feedback(out: Path) -> None:
    """Write every decided request whose words are still kept; the file appears only when it is complete."""
    from bot.opening import opened
    from bot.settings import load

    unfinished = out.with_name(f".{out.name}.partial")
    with opened(load(), write=False) as database:
        try:
            written, partly = _write(database, unfinished)
            unfinished.replace(out)
        finally:
            unfinished.unlink(missing_ok=True)
    click.echo(f"已导出 {written} 条判定到 {out}；其中 {partly} 条只判定了一部分问题，训练时只用判定过的")


def _write(database: "Database", path: Path) -> tuple[int, int]:
    """Write page by page, each read by itself, so that nobody waits; returns how many, and how many of them in part."""
    from handlers import teaching

    written = partly = last = 0
    with path.open("w", encoding="utf-8", errors="replace") as file:
        while page := database.run_sync(partial(teaching.page, after=last)):
            for row in page.rows:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            written, partly, last = written + len(page.rows), partly + page.partly, page.last
            click.echo(f"已导出 {written} 条…", err=True)
    return written, partly
