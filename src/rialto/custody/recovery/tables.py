"""The table of recovery requests, projected from their streams and from those of the deposits they are settled by."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, MetaData, PrimaryKeyConstraint, String, Table, text

from rialto.foundation.database import AmountText

metadata: Final = MetaData()

recoveries: Final = Table(
    "recoveries",
    metadata,
    Column("id", String(32)),
    Column("owner", BigInteger, nullable=False),
    Column("network", String(20), nullable=False),
    Column("transaction_id", String(128), nullable=False),
    Column("coin", String(20), nullable=False),
    Column("state", String(32), nullable=False),
    Column("given", AmountText(), nullable=False),
    Column("fee", AmountText(), nullable=False),
    Column("operator", String(64), nullable=False),
    Column("reason", String(255), nullable=False),
    Column("filed_at_us", BigInteger, nullable=False),
    Column("answered_at_us", BigInteger),
    # Where it may be sent back to, and by which withdrawal it is.
    Column("address", String(256), nullable=False, server_default=text("''")),
    Column("tag", String(128), nullable=False, server_default=text("''")),
    Column("withdrawal", String(32)),
    PrimaryKeyConstraint("id"),
    Index("recoveries_by_owner", "owner", "filed_at_us"),
    Index("recoveries_by_state", "state", "filed_at_us"),
    Index("recoveries_by_withdrawal", "withdrawal"),
)
