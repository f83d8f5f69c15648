"""Tables of operators."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the tables of who is an operator, and of what operators ask for."""
    op.create_table(
        "operators",
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("roles", sa.String(length=128), nullable=False),
        sa.Column("named_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner"),
        sa.ForeignKeyConstraint(["owner"], ["owners.id"]),
    )
    op.create_table(
        "operator_actions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("shown", sa.String(length=1_000), nullable=False),
        sa.Column("proposer", sa.BigInteger(), nullable=False),
        sa.Column("approver", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("result", sa.String(length=1_000), nullable=False),
        sa.Column("proposed_at_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_at_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("operator_actions_by_status", "operator_actions", ["status", "proposed_at_us"])
