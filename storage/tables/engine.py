"""Tables of the engine: jobs, the clock, KF cursors, rate limits, and which message holds which card."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    or_,
)

from storage.tables.types import RowId, UtcDateTime, metadata

# States. Not yet begun: `later` (its moment has not come), `waiting` (in line behind another job of its lane),
# `ready` (the head of its lane; in the future while a retry waits). Begun: `leased`. Set aside: `held` (the customer's
# next word releases it). Over: `done`, `dead` (a person was told), `cancelled` (something newer says it better).
job = Table(
    "job",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("queue", String(20), nullable=False),
    Column("lane", String(200), nullable=False),
    Column("dedup", String(300), nullable=False),
    Column("tag", String(200), nullable=False, default=""),
    Column("payload", LargeBinary, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", UtcDateTime, nullable=False),
    Column("tried_at", UtcDateTime),
    Column("lease_until", UtcDateTime),
    Column("owner", String(120), nullable=False, default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("error", Text, nullable=False, default=""),
    Column("outcome", Text, nullable=False, default=""),
    UniqueConstraint("queue", "dedup", name="job_once"),
)


def state_is(*states: str) -> ColumnElement[bool]:
    """Compare the state with words: SQLite uses a partial index only for a condition spelt like its own."""
    return or_(*(job.c.state == literal_column(f"'{state}'") for state in states))


def _partial(name: str, *columns: str, states: tuple[str, ...], unique: bool = False) -> Index:
    where = state_is(*states)
    return Index(name, *(job.c[c] for c in columns), unique=unique, sqlite_where=where, postgresql_where=where)


HEAD = ("ready", "leased")
LINE = ("waiting", "held", "later")
OVER = ("done", "dead", "cancelled")

# The claim reads only this: heads of lanes, by when they may be worked.
_partial("job_due", "queue", "due_at", "id", states=("ready",))
# A lane has one head; the database itself refuses a second.
_partial("job_head", "queue", "lane", states=HEAD, unique=True)
_partial("job_line", "queue", "lane", "id", states=LINE)
_partial("job_later", "due_at", states=("later",))
_partial("job_lease", "lease_until", states=("leased",))
_partial("job_over", "done_at", states=OVER)
# What was told in a WeCom chat, for the rare message that WeCom takes and reports as failed. The state comes first:
# SQLite would otherwise compare every `queue = ?` with 'wecom' and plan the statement anew for each value (60 µs each).
TOLD = state_is("done") & (job.c.queue == literal_column("'wecom'"))
Index("job_told", job.c.lane, job.c.id, sqlite_where=TOLD, postgresql_where=TOLD)

# How far the test clock is ahead of real time; one row.
clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offset_us", BigInteger, nullable=False),
)

# How far each KF account has been read. `caught_up`: its first ever pull has come to the end.
kf_cursor = Table(
    "kf_cursor",
    metadata,
    Column("open_kfid", String(100), primary_key=True),
    Column("cursor", String(200), nullable=False, default=""),
    Column("caught_up", Boolean, nullable=False, default=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# The theoretical arrival time of the next call (GCRA), in seconds of real time since 1970.
limit_bucket = Table(
    "limit_bucket",
    metadata,
    Column("key", String(250), primary_key=True),
    Column("arrival", Float(53), nullable=False),
)

# Which platform message holds a slot: a later card for the slot updates it.
card = Table(
    "card",
    metadata,
    Column("slot", String(200), primary_key=True),
    Column("chat", String(200), nullable=False),
    Column("message_id", String(120), nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
)
Index("card_message", card.c.message_id)
