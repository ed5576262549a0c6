"""Add the marks by which open requests that ask for the same thing are found."""

import sqlalchemy as sa
from alembic import op

revision = "0007_marks"
down_revision = "0006_beside"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mark",
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"]),
        sa.PrimaryKeyConstraint("mark", "request_id"),
    )
    op.create_index("mark_request", "mark", ["request_id"])
