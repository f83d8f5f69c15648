"""Distributions in SQL: what each owner was paid."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from rialto.contracts.amounts import text_of
from rialto.products.distributions.model import STREAM_KIND, BatchPaid, decode
from rialto.products.distributions.tables import dividends
from rialto.projections.records import StreamRecord


class DistributionProjection:
    """Writes the table of dividends."""

    kinds = frozenset((STREAM_KIND,))

    def apply(self, connection: Connection, records: Sequence[StreamRecord]) -> None:
        """Write what was paid."""
        rows = []
        for record in records:
            event = decode(record.payload)
            if isinstance(event, BatchPaid):
                rows += [
                    {
                        "sequence": record.sequence,
                        "position": position,
                        "owner": share.owner,
                        "asset": event.asset,
                        "amount": text_of(share.units),
                        "name": event.name,
                        "paid_at_us": event.at_us,
                    }
                    for position, share in enumerate(event.shares)
                ]
        if rows:
            connection.execute(insert(dividends), rows)

    def empty(self, connection: Connection) -> None:
        """Take every row out."""
        connection.execute(dividends.delete())
