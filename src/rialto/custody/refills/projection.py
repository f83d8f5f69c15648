"""Refills in SQL: what operators look at, and which are open."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert

from rialto.custody.refills.model import KIND, Refill, refills_of
from rialto.custody.refills.tables import refills
from rialto.projections.records import StreamRecord
from rialto.projections.streams import payloads_of


class RefillProjection:
    """Writes the table of refills. The rows of a stream are made of all its events: they are few."""

    kinds = frozenset({KIND})

    def apply(self, connection: Connection, records: Sequence[StreamRecord]) -> None:
        """Write the refills that something happened to."""
        streams = sorted({record.id for record in records})
        events = payloads_of(connection, KIND, streams)
        rows = [_row(stream, refill) for stream in streams for refill in refills_of(events[stream])]
        connection.execute(delete(refills).where(refills.c.stream.in_(streams)))
        connection.execute(insert(refills), rows)

    def empty(self, connection: Connection) -> None:
        """Take every row out."""
        connection.execute(delete(refills))


def _row(stream: str, refill: Refill) -> dict[str, Any]:
    proposed, approved, canceled, ended = refill.proposed, refill.approved, refill.canceled, refill.ended
    if ended is not None:
        result = ended.transaction or ended.reason
    else:
        result = "" if canceled is None else f"{canceled.operator}: {canceled.reason}"
    return {
        "id": refill.id,
        "stream": stream,
        "network": proposed.network,
        "asset": proposed.asset,
        "direction": proposed.direction.value,
        "tier": proposed.tier,
        "amount": proposed.amount,
        "hot": proposed.hot,
        "total": proposed.total,
        "reason": proposed.reason,
        "state": refill.state.value,
        "payout": refill.payout,
        "operators": "" if approved is None else f"{approved.proposer} {approved.approver}",
        "result": result,
        "proposed_at_us": proposed.at_us,
        "ended_at_us": refill.ended_at_us,
    }
