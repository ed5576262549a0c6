"""The doctor: looks at everything a deployment needs and says in one line a check what is wrong and what to do."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot import probe
from bot.settings import Settings, WrongSettingError
from classifier import suggest
from classifier.releases import current
from classifier.taxonomy import BUILT_IN, Taxonomy
from handlers import policy as rules
from handlers.messages import Value
from handlers.requests import calendar
from storage.database import Database, Unsafe, is_fault

LEAST_FREE = 500 * 1024 * 1024
"""Bytes below which a busy week of attachments would not fit."""
MOST_SKEW = 60
"""Seconds the clock may be off: beyond it time limits and signatures become doubtful."""
_DECEMBER = 12
_FLAWED = ((3, 7, 0), (3, 51, 2))
"""SQLite versions that can damage a WAL file written through several connections (fixed in 3.51.3)."""


class Check(Value, frozen=True):
    """One line of the report."""

    ok: bool
    name: str
    what: str
    remedy: str = ""

    def line(self) -> str:
        """Render as `✓ name: what` or `✗ name: what（remedy）`."""
        remedy = f"（{self.remedy}）" if self.remedy else ""
        return f"{'✓' if self.ok else '✗'} {self.name}: {self.what}{remedy}"


def examine(settings: Settings, now: datetime) -> Iterator[Check]:
    """Make every check, one after the other; `now` is real time."""
    yield Check(
        ok=True, name="设置", what=f"数据目录 {settings.data_dir.resolve()}，监听 {settings.host}:{settings.port}"
    )
    yield from _policy(settings, now)
    yield _database(settings)
    yield _space(settings.data_dir)
    yield _model(settings)
    yield from asyncio.run(_platforms(settings, now))


# --- the rules --------------------------------------------------------------------------------------------------------


def _policy(settings: Settings, now: datetime) -> Iterator[Check]:
    try:
        policy = rules.load(settings.policy)
    except rules.PolicyError as error:
        yield Check(ok=False, name="规则", what=str(error), remedy="修改 YINGXU_POLICY 指向的文件")
        return
    if policy.people == rules.load().people:
        remedy = "把自己的人员写进一个文件，用 YINGXU_POLICY 指向它"
        yield Check(ok=False, name="规则", what="人员仍是自带的示例", remedy=remedy)
    else:
        yield Check(ok=True, name="规则", what=f"{len(policy.people)} 人")
    yield _calendar(policy, now)


def _calendar(policy: rules.Policy, now: datetime) -> Check:
    """Tell whether this year's public holidays are known, and from December on those of the next.

    They are published in November; time limits of the last days of December already run into January.
    """
    local = now.astimezone(policy.zone)
    this = local.year
    own = {day.year for day in (*policy.calendar.holidays, *policy.calendar.workdays)}
    missing = [
        year for year in (this, this + 1) if year not in own and not calendar.is_known(now.date().replace(year, 1, 1))
    ]
    if not missing:
        return Check(ok=True, name="日历", what=f"{this}、{this + 1} 年的节假日已知")
    years = "、".join(map(str, missing))
    what = f"不知道 {years} 年的节假日，将按周一至周五计算，只有元旦、劳动节和国庆节的固定日期放假"
    remedy = "公布后升级 chinesecalendar，或写进规则文件的 calendar.holidays 与 workdays"
    return Check(ok=this not in missing and local.month < _DECEMBER, name="日历", what=what, remedy=remedy)


# --- the machine ------------------------------------------------------------------------------------------------------


def _database(settings: Settings) -> Check:
    if settings.database.startswith("sqlite"):
        return _sqlite(settings.database)
    database = Database(settings.database, threads=1)
    try:
        database.start()
        newest = database.is_newest()
    except Exception as error:
        if not is_fault(error):
            raise
        remedy = "检查 YINGXU_DATABASE_URL 与 PostgreSQL 是否在运行"
        return Check(ok=False, name="数据库", what=f"PostgreSQL 连接失败（{type(error).__name__}）", remedy=remedy)
    finally:
        database.close()
    if newest:
        return Check(ok=True, name="数据库", what="PostgreSQL，结构为最新")
    return Check(ok=False, name="数据库", what="PostgreSQL，结构不是最新", remedy="运行 yingxu db upgrade")


def _sqlite(url: str) -> Check:
    version = f"SQLite {sqlite3.sqlite_version}{_flaw()}"
    path = Path(url.removeprefix("sqlite:///"))
    home = _existing(path.parent)
    if not _writable(home) or (path.exists() and not _writable(path)):
        return Check(ok=False, name="数据库", what=f"{path} 不可写", remedy="给运行用户写权限")
    if not path.exists():
        return Check(ok=True, name="数据库", what=f"{version}；{path} 将在 serve 启动时建立")
    database = Database(url, reader=True)
    try:
        database.start()
        newest = database.is_newest()
    except Unsafe as error:
        return Check(ok=False, name="数据库", what=str(error), remedy="把数据目录放到本机磁盘")
    except Exception as error:  # noqa: BLE001 - whatever a damaged or foreign file leads to, the remedy is the same
        what = f"{path} 无法读取（{type(error).__name__}）"
        return Check(ok=False, name="数据库", what=what, remedy="从备份恢复该文件；不要删除它")
    finally:
        database.close()
    state = "结构为最新" if newest else "结构将在 serve 启动时升级"
    return Check(ok=True, name="数据库", what=f"{version}；{path} 可写，{state}，WAL，synchronous=FULL")


def _flaw() -> str:
    if _FLAWED[0] <= sqlite3.sqlite_version_info <= _FLAWED[1]:
        return "（此版本多连接写 WAL 可能损坏文件；应需以文件锁保证只有一个进程、一个连接写入，不受影响）"
    return ""


def _space(data_dir: Path) -> Check:
    free = shutil.disk_usage(_existing(data_dir)).free
    what = f"数据目录所在磁盘剩余 {free // (1024 * 1024)} MiB"
    return Check(ok=free >= LEAST_FREE, name="磁盘", what=what, remedy="" if free >= LEAST_FREE else "清理或扩容")


def _model(settings: Settings) -> Check:
    card = suggest.describe(current(settings.data_dir / "models"), _taxonomy(settings))
    if "degraded" in card:
        what = f"模型不可用，将只按规则判断：{card['degraded']}"
        return Check(ok=False, name="分类模型", what=what, remedy="重新安装，或运行 yingxu classifier train 与 promote")
    return Check(ok=True, name="分类模型", what=f"版本 {card['version']}，语料 {card['corpus_size']} 条")


def _taxonomy(settings: Settings) -> Taxonomy:
    """Return the types of need of the rules; of rules that cannot be read another line tells."""
    try:
        return Taxonomy(rules.load(settings.policy).like)
    except rules.PolicyError:
        return BUILT_IN


def _existing(path: Path) -> Path:
    """Return the path, or the nearest folder above it that exists."""
    path = path.resolve()
    return next(place for place in (path, *path.parents) if place.exists())


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK)


# --- the platforms ----------------------------------------------------------------------------------------------------


async def _platforms(settings: Settings, now: datetime) -> list[Check]:
    try:
        wecom, feishu = settings.platforms()
    except WrongSettingError as error:
        return [Check(ok=False, name="平台", what=str(error), remedy="写进环境变量或 .env")]
    start = asyncio.get_running_loop().time()
    answers = await asyncio.gather(probe.wecom(wecom), probe.feishu(feishu))
    took = asyncio.get_running_loop().time() - start
    names = (("企业微信", wecom.api_base), ("飞书", feishu.api_base))
    checks = [
        check for (name, base), answer in zip(names, answers, strict=True) for check in _asked(name, base, answer)
    ]
    return [*checks, _clock([answer.date for answer in answers if answer.date], now, took)]


def _asked(name: str, base: str, answer: probe.Answer) -> list[Check]:
    if not answer.reached:
        return [Check(ok=False, name=f"{name}网络", what=f"{base} {answer.fault}", remedy=answer.remedy)]
    reached = Check(ok=True, name=f"{name}网络", what=f"{base} 可达")
    what = answer.fault or "有效"
    return [reached, Check(ok=not answer.fault, name=f"{name}凭证", what=what, remedy=answer.remedy)]


def _clock(dates: list[datetime], now: datetime, took: float) -> Check:
    """Compare with the Date header of the platforms; the header counts whole seconds."""
    if not dates:
        return Check(ok=True, name="时钟", what="没有平台回答，无从比较")
    skew = max(abs((date - now).total_seconds()) for date in dates)
    if skew > MOST_SKEW + took:
        return Check(ok=False, name="时钟", what=f"与平台相差约 {skew:.0f} 秒", remedy="开启时间同步（NTP）")
    return Check(ok=True, name="时钟", what="与平台一致")
