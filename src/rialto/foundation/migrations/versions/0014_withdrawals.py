"""Tables of withdrawals."""

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0014"
down_revision = "0013"

_ADDRESS = 256
_TAG = 128


def upgrade() -> None:
    """Make the tables."""
    _create_payouts()
    _create_withdrawals()
    _create_allow_list()
    op.create_table(
        "withdrawal_codes",
        sa.Column("withdrawal", sa.String(32), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("withdrawal"),
    )


def _create_payouts() -> None:
    op.create_table(
        "payouts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("network", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("transaction_id", sa.String(128)),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.Text()),
        sa.Column("cost_asset", sa.BigInteger()),
        sa.Column("cost", AmountText()),
        sa.Column("remainder", sa.Text()),
        sa.Column("opened_at_us", sa.BigInteger(), nullable=False),
        sa.Column("decided_at_us", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("payouts_by_phase", "payouts", ["network", "phase", "opened_at_us", "id"])


def _create_withdrawals() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("asset", sa.BigInteger(), nullable=False),
        sa.Column("coin", sa.String(16), nullable=False),
        sa.Column("network", sa.String(32), nullable=False),
        sa.Column("address", sa.String(_ADDRESS), nullable=False),
        sa.Column("tag", sa.String(_TAG)),
        sa.Column("contract", sa.String(_ADDRESS)),
        sa.Column("amount", AmountText(), nullable=False),
        sa.Column("fee", AmountText(), nullable=False),
        sa.Column("chain_amount", sa.Text(), nullable=False),
        sa.Column("value", AmountText()),
        sa.Column("client_id", sa.String(64)),
        sa.Column("wallet", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.BigInteger()),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("info", sa.Text(), nullable=False),
        sa.Column("approvals_needed", sa.BigInteger(), nullable=False),
        sa.Column("operators", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("is_to_go_alone", sa.Boolean(), nullable=False),
        sa.Column("payout", sa.String(32)),
        sa.Column("transaction_id", sa.String(128)),
        sa.Column("confirmations", sa.BigInteger(), nullable=False),
        sa.Column("requested_at_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_at_us", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("withdrawals_by_owner", "withdrawals", ["owner", "requested_at_us", "id"])
    op.create_index("withdrawals_by_recipient", "withdrawals", ["recipient", "requested_at_us", "id"])
    op.create_index("withdrawals_by_state", "withdrawals", ["state", "network", "requested_at_us", "id"])


def _create_allow_list() -> None:
    op.create_table(
        "allow_list",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("network", sa.String(32), nullable=False),
        sa.Column("coin", sa.String(16), nullable=False),
        sa.Column("address", sa.String(_ADDRESS), nullable=False),
        sa.Column("tag", sa.String(_TAG), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("origin", sa.String(64), nullable=False),
        sa.Column("is_allowed", sa.Boolean(), nullable=False),
        sa.Column("added_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    key = ["owner", "network", "address", "tag", "coin"]
    op.create_index("allow_list_by_owner", "allow_list", key, unique=True)
    op.create_table(
        "allow_list_switches",
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("changed_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner"),
    )
