"""Add what a deeper intake keeps: consent, parts of the description, origins, links and proofs of erasure."""

import sqlalchemy as sa
from alembic import op

revision = "0003_intake"
down_revision = "0002_desk"
branch_labels = None
depends_on = None

_Moment = sa.BigInteger
_RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("chat", sa.Column("consent", sa.String(length=20), nullable=False, server_default=""))
    op.add_column("chat", sa.Column("consent_at", _Moment, nullable=True))
    op.add_column("request", sa.Column("expected", sa.Text(), nullable=False, server_default=""))
    op.add_column("request", sa.Column("pain", sa.Text(), nullable=False, server_default=""))
    op.add_column("request", sa.Column("wanted_by", _Moment, nullable=True))
    op.add_column("request", sa.Column("reporter", sa.String(length=100), nullable=False, server_default=""))
    op.add_column("request", sa.Column("origin", sa.String(length=200), nullable=True))
    op.create_index("request_origin", "request", ["origin"], unique=True)
    op.create_table(
        "link",
        sa.Column("id", _RowId, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["request.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id", "other_id", "kind", name="link_once"),
    )
    op.create_index("link_other", "link", ["other_id", "kind"])
    op.create_table(
        "erasure",
        sa.Column("id", _RowId, nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("erasure_subject", "erasure", ["subject"])
