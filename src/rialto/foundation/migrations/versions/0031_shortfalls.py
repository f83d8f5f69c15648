"""Whether something of a deposit is lacking, and whether it is claimed."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the column."""
    op.add_column("deposits", sa.Column("lack", sa.String(8), nullable=False, server_default=sa.text("''")))
    op.execute("UPDATE deposits SET lack = 'lacking' WHERE CAST(shortfall AS TEXT) <> '0.00000000'")
    op.create_index("deposits_by_lack", "deposits", ["lack", "owner"])
