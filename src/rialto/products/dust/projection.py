"""Dust in SQL: one row for each asset of each request."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, PrimaryKeyConstraint, String, Table, insert

from rialto.contracts.amounts import text_of
from rialto.foundation.database import AmountText
from rialto.products.dust.model import STREAM_KIND, decode
from rialto.projections.records import StreamRecord

metadata: Final = MetaData()

dust_exchanges: Final = Table(
    "dust_exchanges",
    metadata,
    # Of the request's command: the id clients know it by.
    Column("sequence", BigInteger, autoincrement=False),
    Column("position", BigInteger, autoincrement=False),
    Column("owner", BigInteger, nullable=False),
    Column("account_class", String(32), nullable=False),
    Column("asset", BigInteger, nullable=False),
    Column("target", BigInteger, nullable=False),
    Column("amount", AmountText(), nullable=False),
    Column("worth", AmountText(), nullable=False),
    Column("fee", AmountText(), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("sequence", "position"),
    Index("dust_exchanges_by_owner", "owner", "at_us"),
)


class DustProjection:
    """Writes the table of dust."""

    kinds = frozenset((STREAM_KIND,))

    def apply(self, connection: Connection, records: Sequence[StreamRecord]) -> None:
        """Write what was exchanged."""
        rows = []
        for record in records:
            event = decode(record.payload)
            rows += [
                {
                    "sequence": record.sequence,
                    "position": position,
                    "owner": event.owner,
                    "account_class": event.account_class,
                    "asset": each.asset,
                    "target": event.target,
                    "amount": text_of(each.amount),
                    "worth": text_of(each.worth),
                    "fee": text_of(each.fee),
                    "at_us": event.at_us,
                }
                for position, each in enumerate(event.exchanged)
            ]
        connection.execute(insert(dust_exchanges), rows)

    def empty(self, connection: Connection) -> None:
        """Take every row out."""
        connection.execute(dust_exchanges.delete())
