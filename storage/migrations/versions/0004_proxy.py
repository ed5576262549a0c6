"""Add what a request somebody else brings needs: when it was reported, and customers found by their phone."""

import sqlalchemy as sa
from alembic import op

revision = "0004_proxy"
down_revision = "0003_intake"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request", sa.Column("reported_at", sa.BigInteger, nullable=True))
    op.create_index("customer_phone", "customer", ["phone"])
