"""The table of transfers: a projection of their events."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, MetaData, PrimaryKeyConstraint, String, Table

from rialto.foundation.database import AmountText
from rialto.products.transfers.model import CLIENT_ID_LENGTH_MAX

metadata: Final = MetaData()

WORD_LENGTH_MAX: Final = 32

transfers: Final = Table(
    "transfers",
    metadata,
    Column("transfer", BigInteger, autoincrement=False),
    Column("family", BigInteger, nullable=False, autoincrement=False),
    Column("asked_by", BigInteger, nullable=False, autoincrement=False),
    Column("from_owner", BigInteger, nullable=False, autoincrement=False),
    Column("from_class", String(WORD_LENGTH_MAX), nullable=False),
    Column("from_scope", BigInteger, nullable=False, autoincrement=False),
    Column("to_owner", BigInteger, nullable=False, autoincrement=False),
    Column("to_class", String(WORD_LENGTH_MAX), nullable=False),
    Column("to_scope", BigInteger, nullable=False, autoincrement=False),
    Column("asset", BigInteger, nullable=False, autoincrement=False),
    Column("amount", AmountText(), nullable=False),
    Column("channel", String(WORD_LENGTH_MAX), nullable=False),
    Column("client_id", String(CLIENT_ID_LENGTH_MAX)),
    Column("moved_at_us", BigInteger, nullable=False, autoincrement=False),
    PrimaryKeyConstraint("transfer"),
    Index("transfers_by_source", "from_owner", "moved_at_us", "transfer"),
    Index("transfers_by_destination", "to_owner", "moved_at_us", "transfer"),
    Index("transfers_by_client_id", "family", "client_id"),
)
