"""The tables of sub-accounts, beside those of people, which they are. None can be rebuilt from the journal."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, String, Table

from rialto.identity.tables import KEY_LENGTH, metadata

REMARK_LENGTH_MAX: Final = 64

sub_accounts: Final = Table(
    "sub_accounts",
    metadata,
    Column("owner", BigInteger, autoincrement=False),
    Column("parent", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    # Whose money a managed one holds.
    Column("investor", BigInteger),
    Column("remark", String(REMARK_LENGTH_MAX), nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    # When its master froze it, and since when it may trade futures and options; NULL for not.
    Column("frozen_at_us", BigInteger),
    Column("futures_since_us", BigInteger),
    Column("options_since_us", BigInteger),
    PrimaryKeyConstraint("owner"),
    ForeignKeyConstraint(["owner"], ["owners.id"]),
    ForeignKeyConstraint(["parent"], ["owners.id"]),
    ForeignKeyConstraint(["investor"], ["owners.id"]),
    Index("sub_accounts_by_parent", "parent", "owner"),
    Index("sub_accounts_by_investor", "investor", "owner"),
)

# When the addresses a sub-account's key may be used from were last changed.
sub_account_key_changes: Final = Table(
    "sub_account_key_changes",
    metadata,
    Column("key", String(KEY_LENGTH)),
    Column("changed_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("key"),
    ForeignKeyConstraint(["key"], ["api_keys.key"]),
)
