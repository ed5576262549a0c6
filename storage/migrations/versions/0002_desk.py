"""Create the tables of the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0002_desk"
down_revision = "0001_engine"
branch_labels = None
depends_on = None

_Moment = sa.BigInteger
_RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("month", sa.String(length=10), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month"),
    )
    op.create_table(
        "customer",
        sa.Column("id", _RowId, nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("created_at", _Moment, nullable=False),
        sa.Column("updated_at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "chat",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("nickname", sa.Text(), nullable=False),
        sa.Column("last_inbound_at", _Moment, nullable=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("serving", sa.Boolean(), nullable=False),
        sa.Column("unreachable", sa.Boolean(), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=True),
        sa.Column("menu", sa.LargeBinary(), nullable=True),
        sa.Column("focus_id", sa.BigInteger(), nullable=True),
        sa.Column("focus", sa.String(length=20), nullable=False),
        sa.Column("focus_at", _Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "request",
        sa.Column("id", _RowId, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=200), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("background", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("impact", sa.Text(), nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("suggestion", sa.LargeBinary(), nullable=True),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("nature", sa.String(length=20), nullable=False),
        sa.Column("urgency", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.String(length=4), nullable=False),
        sa.Column("department", sa.String(length=60), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("scores", sa.LargeBinary(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("created_at", _Moment, nullable=False),
        sa.Column("respond_by", _Moment, nullable=True),
        sa.Column("resolve_by", _Moment, nullable=True),
        sa.Column("accepted_at", _Moment, nullable=True),
        sa.Column("responded_at", _Moment, nullable=True),
        sa.Column("delivered_at", _Moment, nullable=True),
        sa.Column("done_at", _Moment, nullable=True),
        sa.Column("closed_at", _Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("request_chat", "request", ["chat", "id"], unique=False)
    op.create_index("request_owner", "request", ["owner", "status"], unique=False)
    op.create_index("request_status", "request", ["status", "id"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", _RowId, nullable=False),
        sa.Column("chat", sa.String(length=200), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["request.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("attachment_chat", "attachment", ["chat", "request_id"], unique=False)
    op.create_index("attachment_request", "attachment", ["request_id"], unique=False)
    op.create_table(
        "due",
        sa.Column("id", _RowId, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["request.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id", "kind", name="due_once"),
    )
    op.create_index("due_at", "due", ["at"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", _RowId, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["request.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("event_request", "event", ["request_id", "id"], unique=False)
