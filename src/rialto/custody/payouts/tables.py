"""The table of payouts: a row for each, as its events tell it. Written by its projection, rebuilt from the journal."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, MetaData, PrimaryKeyConstraint, String, Table, Text

from rialto.foundation.database import AmountText

ID_LENGTH: Final = 32

metadata: Final = MetaData()

payouts: Final = Table(
    "payouts",
    metadata,
    Column("id", String(ID_LENGTH), nullable=False),
    Column("network", String(32), nullable=False),
    Column("purpose", String(16), nullable=False),
    # open, decided, closed
    Column("phase", String(16), nullable=False),
    Column("outcome", String(16)),
    Column("transaction_id", String(128)),
    Column("attempts", BigInteger, nullable=False),
    # What the network took, in its own unit: digits. What of it is not in the ledger: more is held than it says.
    Column("fee", Text),
    Column("cost_asset", BigInteger),
    Column("cost", AmountText()),
    Column("remainder", Text),
    Column("opened_at_us", BigInteger, nullable=False),
    Column("decided_at_us", BigInteger),
    PrimaryKeyConstraint("id"),
    Index("payouts_by_phase", "network", "phase", "opened_at_us", "id"),
)
