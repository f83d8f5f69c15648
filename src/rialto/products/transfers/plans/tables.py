"""The table of planned transfers: a projection of their events."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, MetaData, PrimaryKeyConstraint, String, Table

from rialto.foundation.database import AmountText
from rialto.products.transfers.tables import WORD_LENGTH_MAX

metadata: Final = MetaData()

REASON_LENGTH_MAX: Final = 255

planned_transfers: Final = Table(
    "planned_transfers",
    metadata,
    # The number people know it by: that of its command in the journal.
    Column("plan", BigInteger, autoincrement=False),
    Column("id", String(32), nullable=False),
    Column("family", BigInteger, nullable=False, autoincrement=False),
    Column("asked_by", BigInteger, nullable=False, autoincrement=False),
    Column("from_owner", BigInteger, nullable=False, autoincrement=False),
    Column("from_class", String(WORD_LENGTH_MAX), nullable=False),
    Column("to_owner", BigInteger, nullable=False, autoincrement=False),
    Column("to_class", String(WORD_LENGTH_MAX), nullable=False),
    Column("asset", BigInteger, nullable=False, autoincrement=False),
    Column("amount", AmountText(), nullable=False),
    Column("due_us", BigInteger, nullable=False, autoincrement=False),
    Column("state", String(WORD_LENGTH_MAX), nullable=False),
    Column("transfer", BigInteger, autoincrement=False),
    Column("reason", String(REASON_LENGTH_MAX), nullable=False),
    Column("planned_at_us", BigInteger, nullable=False, autoincrement=False),
    PrimaryKeyConstraint("plan"),
    Index("planned_transfers_by_id", "id", unique=True),
    Index("planned_transfers_by_day", "state", "due_us", "plan"),
    Index("planned_transfers_by_source", "from_owner", "planned_at_us", "plan"),
)
