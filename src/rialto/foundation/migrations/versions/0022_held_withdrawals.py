"""What the signer says of withdrawals it will not sign."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("withdrawals", sa.Column("refusal", sa.String(16), nullable=False, server_default=sa.text("''")))
    op.add_column("withdrawals", sa.Column("waits_until_us", sa.BigInteger(), nullable=False, server_default="0"))
