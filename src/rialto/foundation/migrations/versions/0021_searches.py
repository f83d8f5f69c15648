"""Indexes for searches of deposits and withdrawals by address and transaction."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the indexes."""
    op.create_index("sightings_by_address", "sightings", ["address", "seen_at_us"])
    op.create_index("withdrawals_by_address", "withdrawals", ["address", "requested_at_us"])
    op.create_index("withdrawals_by_transaction", "withdrawals", ["transaction_id"])
