"""What is sent back of what was mis-sent."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("recoveries", sa.Column("address", sa.String(256), nullable=False, server_default=sa.text("''")))
    op.add_column("recoveries", sa.Column("tag", sa.String(128), nullable=False, server_default=sa.text("''")))
    op.add_column("recoveries", sa.Column("withdrawal", sa.String(32)))
    op.add_column("withdrawals", sa.Column("is_return", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("recoveries_by_withdrawal", "recoveries", ["withdrawal"])
