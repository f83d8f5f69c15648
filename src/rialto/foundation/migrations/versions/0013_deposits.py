"""Tables of networks and deposits."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "asset_switches",
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("asset", sa.String(length=16), nullable=False),
        sa.Column("deposits_open", sa.Boolean(), nullable=False),
        sa.Column("withdrawals_open", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("changed_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("network", "asset"),
    )
    op.create_table(
        "deposit_addresses",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=128), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )
    for name, columns in (
        ("deposit_addresses_by_owner", ["network", "owner"]),
        ("deposit_addresses_by_place", ["network", "place"]),
        ("deposit_addresses_by_address", ["network", "address", "tag"]),
    ):
        op.create_index(name, "deposit_addresses", columns, unique=True)
    op.create_table(
        "address_places",
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("next_place", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("network"),
    )
    _make_sightings()
    _make_deposits()
    _make_recoveries()


def _make_sightings() -> None:
    op.create_table(
        "chain_blocks",
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("height", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=128), nullable=False),
        sa.Column("parent", sa.String(length=128), nullable=False),
        sa.Column("time_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("network", "height"),
    )
    op.create_table(
        "sightings",
        *_arrived(),
        sa.Column("chain_amount", sa.Text(), nullable=False),
        sa.Column("senders", sa.Text(), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=True),
        sa.Column("is_house", sa.Boolean(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("block", sa.String(length=128), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at_us", sa.BigInteger(), nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("stream"),
    )
    op.create_index("sightings_by_owner", "sightings", ["owner", "seen_at_us"])
    op.create_index("sightings_by_height", "sightings", ["network", "height"])
    op.create_index("sightings_by_transaction", "sightings", ["transaction_id"])
    op.create_index(
        "sightings_unsettled",
        "sightings",
        ["network"],
        sqlite_where=sa.text("is_settled = 0"),
        postgresql_where=sa.text("NOT is_settled"),
    )
    op.create_index(
        "sightings_gone",
        "sightings",
        ["network", "gone_at"],
        sqlite_where=sa.text("height IS NULL"),
        postgresql_where=sa.text("height IS NULL"),
    )


def _make_deposits() -> None:
    op.create_table(
        "deposits",
        *_arrived(),
        sa.Column("owner", sa.BigInteger(), nullable=True),
        sa.Column("chain_amount", sa.Text(), nullable=False),
        sa.Column("units", AmountText(), nullable=False),
        sa.Column("remainder", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("shortfall", AmountText(), nullable=False),
        sa.Column("is_due", sa.Boolean(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stream"),
    )
    op.create_table(
        "deposit_totals",
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("asset", sa.String(length=16), nullable=False),
        sa.Column("contract", sa.String(length=128), nullable=False),
        sa.Column("remainder", sa.Text(), nullable=False),
        sa.Column("shortfall", AmountText(), nullable=False),
        sa.PrimaryKeyConstraint("network", "asset", "contract"),
    )
    op.create_index("deposits_by_number", "deposits", ["number"])
    op.create_index("deposits_by_owner", "deposits", ["owner", "asset"])
    op.create_index("deposits_by_state", "deposits", ["network", "state"])
    op.create_index("deposits_by_asset", "deposits", ["network", "asset"])


def _make_recoveries() -> None:
    op.create_table(
        "recoveries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("transaction_id", sa.String(length=128), nullable=False),
        sa.Column("coin", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("given", AmountText(), nullable=False),
        sa.Column("fee", AmountText(), nullable=False),
        sa.Column("operator", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("filed_at_us", sa.BigInteger(), nullable=False),
        sa.Column("answered_at_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("recoveries_by_owner", "recoveries", ["owner", "filed_at_us"])
    op.create_index("recoveries_by_state", "recoveries", ["state", "filed_at_us"])


def _arrived() -> list[sa.Column[Any]]:
    return [
        sa.Column("stream", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("transaction_id", sa.String(length=128), nullable=False),
        sa.Column("credit_index", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=128), nullable=False),
        sa.Column("tag", sa.String(length=128), nullable=False),
        sa.Column("contract", sa.String(length=128), nullable=False),
        sa.Column("asset", sa.String(length=16), nullable=False),
    ]
