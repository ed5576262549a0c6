"""Find the chats of a customer without looking through all of them."""

from alembic import op

revision = "0008_chat_customer"
down_revision = "0007_marks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("chat_customer", "chat", ["customer_id"])
