"""Add the keys by which requests and other documents are searched for."""

import sqlalchemy as sa
from alembic import op

revision = "0010_search"
down_revision = "0009_labels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.String(length=20), nullable=False),
        sa.Column("under", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject"),
    )
    op.create_table(
        "posting",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "subject"),
        sqlite_with_rowid=False,
    )
