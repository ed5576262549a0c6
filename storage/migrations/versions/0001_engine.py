"""Create the tables of the engine."""

import sqlalchemy as sa
from alembic import op

revision = "0001_engine"
down_revision = None
branch_labels = None
depends_on = None

_Moment = sa.BigInteger
_RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", _RowId, primary_key=True),
        sa.Column("queue", sa.String(20), nullable=False),
        sa.Column("lane", sa.String(200), nullable=False),
        sa.Column("dedup", sa.String(300), nullable=False),
        sa.Column("tag", sa.String(200), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", _Moment, nullable=False),
        sa.Column("tried_at", _Moment),
        sa.Column("lease_until", _Moment),
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("created_at", _Moment, nullable=False),
        sa.Column("done_at", _Moment),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.UniqueConstraint("queue", "dedup", name="job_once"),
    )
    _partial("job_due", ["queue", "due_at", "id"], "state = 'ready'")
    _partial("job_head", ["queue", "lane"], "state = 'ready' OR state = 'leased'", unique=True)
    _partial("job_line", ["queue", "lane", "id"], "state = 'waiting' OR state = 'held' OR state = 'later'")
    _partial("job_later", ["due_at"], "state = 'later'")
    _partial("job_lease", ["lease_until"], "state = 'leased'")
    _partial("job_over", ["done_at"], "state = 'done' OR state = 'dead' OR state = 'cancelled'")
    _partial("job_told", ["lane", "id"], "state = 'done' AND queue = 'wecom'")
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("offset_us", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "kf_cursor",
        sa.Column("open_kfid", sa.String(100), primary_key=True),
        sa.Column("cursor", sa.String(200), nullable=False),
        sa.Column("caught_up", sa.Boolean, nullable=False),
        sa.Column("updated_at", _Moment, nullable=False),
    )
    op.create_table(
        "limit_bucket",
        sa.Column("key", sa.String(250), primary_key=True),
        sa.Column("arrival", sa.Float(53), nullable=False),
    )
    op.create_table(
        "card",
        sa.Column("slot", sa.String(200), primary_key=True),
        sa.Column("chat", sa.String(200), nullable=False),
        sa.Column("message_id", sa.String(120), nullable=False),
        sa.Column("sent_at", _Moment, nullable=False),
    )
    op.create_index("card_message", "card", ["message_id"])


def _partial(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, "job", columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    for table in ("card", "limit_bucket", "kf_cursor", "clock", "job"):
        op.drop_table(table)
