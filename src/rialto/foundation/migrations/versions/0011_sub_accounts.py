"""Transfers, which are written from the journal, and sub-accounts, which are not."""

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables."""
    _create_transfers()
    _create_sub_accounts()
    op.create_table(
        "sub_account_key_changes",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("changed_at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["api_keys.key"]),
        sa.PrimaryKeyConstraint("key"),
    )


def _create_transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("transfer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("family", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asked_by", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_class", sa.String(length=32), nullable=False),
        sa.Column("from_scope", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to_owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to_class", sa.String(length=32), nullable=False),
        sa.Column("to_scope", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("amount", AmountText(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=64)),
        sa.Column("moved_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("transfer"),
    )
    op.create_index("transfers_by_source", "transfers", ["from_owner", "moved_at_us", "transfer"])
    op.create_index("transfers_by_destination", "transfers", ["to_owner", "moved_at_us", "transfer"])
    op.create_index("transfers_by_client_id", "transfers", ["family", "client_id"])


def _create_sub_accounts() -> None:
    op.create_table(
        "sub_accounts",
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parent", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("investor", sa.BigInteger()),
        sa.Column("remark", sa.String(length=64), nullable=False),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.Column("frozen_at_us", sa.BigInteger()),
        sa.Column("futures_since_us", sa.BigInteger()),
        sa.Column("options_since_us", sa.BigInteger()),
        sa.ForeignKeyConstraint(["owner"], ["owners.id"]),
        sa.ForeignKeyConstraint(["parent"], ["owners.id"]),
        sa.ForeignKeyConstraint(["investor"], ["owners.id"]),
        sa.PrimaryKeyConstraint("owner"),
    )
    op.create_index("sub_accounts_by_parent", "sub_accounts", ["parent", "owner"])
    op.create_index("sub_accounts_by_investor", "sub_accounts", ["investor", "owner"])
