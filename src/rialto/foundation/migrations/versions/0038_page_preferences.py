"""What people choose of the page and of mail, and when API keys were last used."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0035"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "page_preferences",
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner"),
        sa.ForeignKeyConstraint(["owner"], ["owners.id"]),
    )
    op.create_table(
        "api_key_uses",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("used_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sa.ForeignKeyConstraint(["key"], ["api_keys.key"]),
    )
