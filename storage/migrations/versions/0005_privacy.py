"""Add what an installation remembers of itself: the salt of its proofs of erasure, when it purges next."""

import sqlalchemy as sa
from alembic import op

revision = "0005_privacy"
down_revision = "0004_proxy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "memo",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
