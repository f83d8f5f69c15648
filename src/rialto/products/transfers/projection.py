"""Transfers' events into their table."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from rialto.products.transfers.model import STREAM_KIND
from rialto.products.transfers.rules import read_event
from rialto.products.transfers.tables import transfers
from rialto.projections.records import StreamRecord


class TransfersProjection:
    """Writes the table of transfers."""

    kinds = frozenset({STREAM_KIND})

    def apply(self, connection: Connection, records: Sequence[StreamRecord]) -> None:
        """Write a row for each record."""
        connection.execute(insert(transfers), [_row(record) for record in records])

    def empty(self, connection: Connection) -> None:
        """Take every row out."""
        connection.execute(transfers.delete())


def _row(record: StreamRecord) -> dict[str, object]:
    event = read_event(record.payload)
    return {
        "transfer": record.sequence,
        "family": event.family,
        "asked_by": event.asked_by,
        "from_owner": event.source.owner,
        "from_class": event.source.kind.account_class.value,
        "from_scope": event.source.kind.scope,
        "to_owner": event.destination.owner,
        "to_class": event.destination.kind.account_class.value,
        "to_scope": event.destination.kind.scope,
        "asset": event.asset,
        "amount": event.amount,
        "channel": event.channel.value,
        "client_id": event.client_id,
        "moved_at_us": record.recorded_at_us,
    }
