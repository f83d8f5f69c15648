"""The tables of distributions: lists of shares, which only SQL holds, and what was paid, which the journal tells."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, MetaData, PrimaryKeyConstraint, String, Table

from rialto.foundation.database import AmountText

ID_LENGTH_MAX: Final = 40
NAME_LENGTH_MAX: Final = 80

metadata: Final = MetaData()
projected: Final = MetaData()

distribution_shares: Final = Table(
    "distribution_shares",
    metadata,
    Column("distribution", String(ID_LENGTH_MAX)),
    Column("owner", BigInteger, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    Column("amount", AmountText(), nullable=False),
    PrimaryKeyConstraint("distribution", "owner"),
)

dividends: Final = Table(
    "dividends",
    projected,
    # Of the batch's command, and the share's place in it: together the id clients know it by.
    Column("sequence", BigInteger, autoincrement=False),
    Column("position", BigInteger, autoincrement=False),
    Column("owner", BigInteger, nullable=False),
    Column("asset", BigInteger, nullable=False),
    Column("amount", AmountText(), nullable=False),
    Column("name", String(NAME_LENGTH_MAX), nullable=False),
    Column("paid_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("sequence", "position"),
    Index("dividends_by_owner", "owner", "paid_at_us"),
)
