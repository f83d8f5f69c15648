"""Where people's money comes from."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "verification_funds",
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("given_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner"),
        sa.ForeignKeyConstraint(["owner"], ["people.owner"]),
    )
