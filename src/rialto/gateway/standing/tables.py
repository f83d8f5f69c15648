"""The tables of accounts' standing. They are the only record of what they hold."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, MetaData, PrimaryKeyConstraint, String, Table

metadata: Final = MetaData()

trading_locks: Final = Table(
    "trading_locks",
    metadata,
    Column("owner", BigInteger, autoincrement=False),
    Column("locked_at_us", BigInteger, autoincrement=False),
    Column("until_us", BigInteger, nullable=False),
    Column("indicator", String(8), nullable=False),
    Column("symbol", String(32), nullable=False),
    PrimaryKeyConstraint("owner", "locked_at_us"),
)

# A row for whoever has ever moved the switch; it is on for everyone else.
fast_withdrawals: Final = Table(
    "fast_withdrawals",
    metadata,
    Column("owner", BigInteger, autoincrement=False),
    Column("is_on", Boolean, nullable=False),
    PrimaryKeyConstraint("owner"),
)
