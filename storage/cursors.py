"""How far each KF account has been read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from storage.prepared import prepare
from storage.store import Store
from storage.tables.engine import kf_cursor
from storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to read on; `caught_up` once the first ever pull came to its end."""

    cursor: str = ""
    caught_up: bool = False


_GET = prepare(
    select(kf_cursor.c.cursor, kf_cursor.c.caught_up).where(kf_cursor.c.open_kfid == bindparam("at")), Cursor
)
_SAVE = upsert(kf_cursor, ["open_kfid"], ["cursor", "caught_up", "updated_at"])


def get(store: Store, open_kfid: str) -> Cursor:
    """Return where to read on; the beginning if the account was never read."""
    return store.execute(_GET, {"at": open_kfid}).first() or Cursor()


def save(store: Store, open_kfid: str, cursor: Cursor, now: datetime) -> None:
    """Note where to read on."""
    values = {"open_kfid": open_kfid, "cursor": cursor.cursor, "caught_up": cursor.caught_up, "updated_at": now}
    store.execute(_SAVE, values)
