"""How far everyone was screened, for each set of lists: processes that read a new file at different times do not mix.

What was noted before is screened once more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Make the table anew."""
    op.drop_table("screening_progress")
    op.create_table(
        "screening_progress",
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("noted_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "version"),
    )
