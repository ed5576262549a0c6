"""Add what a chat remembers beside its draft, when to remind of it, and how large a kept file is."""

import sqlalchemy as sa
from alembic import op

revision = "0006_beside"
down_revision = "0005_privacy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chat", sa.Column("beside", sa.LargeBinary(), nullable=True))
    op.add_column("chat", sa.Column("remind_at", sa.BigInteger(), nullable=True))
    op.create_index("chat_remind", "chat", ["remind_at"])
    op.add_column("attachment", sa.Column("size", sa.BigInteger(), nullable=False, server_default="0"))
