"""Add what people made of the classifier's suggestions."""

import sqlalchemy as sa
from alembic import op

revision = "0009_labels"
down_revision = "0008_chat_customer"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "label",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=10), nullable=False),
        sa.Column("suggested", sa.String(length=20), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("final", sa.String(length=20), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"]),
        sa.PrimaryKeyConstraint("request_id", "head"),
    )
    op.create_index("label_decided", "label", ["head", "sure", "at", "kept"])
