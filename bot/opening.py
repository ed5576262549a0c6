"""Opening the database: the lock, the age of its tables, and the one line people read if it cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings, WrongSettingError

if TYPE_CHECKING:
    from storage.database import Database


@contextmanager
def opened(settings: Settings, *, write: bool) -> "Iterator[Database]":
    """Open the database for one command, with the newest tables, and close it afterwards.

    Without `write` it works beside a running bot and changes nothing. With it, a SQLite file must be free: it is made
    if there is none, and upgraded. Raises WrongSettingError (exit code 2) with what is to be done.
    """
    from storage.database import Database

    database = Database(settings.database, threads=1, reader=not write)
    if not write and not exists(settings):
        raise WrongSettingError(f"YINGXU_DATABASE_URL: 没有数据库（{database.url.database}）")
    begin(database, write=write)
    try:
        yield database
    finally:
        database.close()


def exists(settings: Settings) -> bool:
    """Whether there is something to read: always on PostgreSQL, and on SQLite if there is a file."""
    from storage.database import Database

    database = Database(settings.database, threads=1)
    path = database.url.database
    return database.dialect == "postgresql" or bool(path and Path(path).exists())


def begin(database: "Database", *, write: bool) -> None:
    """Reach the database and see to its tables; closes it again and raises WrongSettingError if that cannot be."""
    reach(database)
    try:
        _see_to_tables(database, write=write)
    except BaseException:
        database.close()
        raise


def reach(database: "Database") -> None:
    """Open the database whatever its age is, and take the lock of a SQLite file; raises WrongSettingError."""
    from storage.database import InUse, Unsafe, is_fault

    try:
        database.start()
    except InUse as error:
        raise WrongSettingError(f"YINGXU_DATABASE_URL: {error}；请先停止正在运行的 yingxu") from None
    except Unsafe as error:
        raise WrongSettingError(f"YINGXU_DATABASE_URL: {error}") from None
    except OSError as error:
        raise WrongSettingError(f"YINGXU_DATA_DIR: {error.strerror} {error.filename or ''}".rstrip()) from None
    except Exception as error:
        if not is_fault(error):
            raise
        raise WrongSettingError(f"YINGXU_DATABASE_URL: 无法打开数据库（{type(error).__name__}）") from None


def _see_to_tables(database: "Database", *, write: bool) -> None:
    """Upgrade a SQLite file that is ours alone; PostgreSQL is others' too, and is upgraded by whoever decides that."""
    if database.is_newest():
        return
    if not write or database.dialect == "postgresql":
        raise WrongSettingError("YINGXU_DATABASE_URL: 数据库结构不是最新，请先运行 yingxu db upgrade")
    database.upgrade()
