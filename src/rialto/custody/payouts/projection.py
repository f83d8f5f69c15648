"""Payouts in SQL: which are not closed, and what each cost."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, insert

from rialto.contracts.amounts import text_of
from rialto.custody.payouts.model import KIND, Payout, payout_of
from rialto.custody.payouts.tables import payouts
from rialto.projections.records import StreamRecord
from rialto.projections.streams import payloads_of

OPEN: Final = "open"
DECIDED: Final = "decided"
CLOSED: Final = "closed"


class PayoutProjection:
    """Writes the table of payouts. Each row is made of all the events of its payout: they are few."""

    kinds = frozenset({KIND})

    def apply(self, connection: Connection, records: Sequence[StreamRecord]) -> None:
        """Write the payouts that something happened to."""
        ids = sorted({record.id for record in records})
        events = payloads_of(connection, KIND, ids)
        rows = [_row(id_, payout) for id_ in ids if (payout := payout_of(events[id_])) is not None]
        connection.execute(delete(payouts).where(payouts.c.id.in_(ids)))
        connection.execute(insert(payouts), rows)

    def empty(self, connection: Connection) -> None:
        """Take every row out."""
        connection.execute(delete(payouts))


def _row(id_: str, payout: Payout) -> dict[str, Any]:
    decided, cost = payout.decided, payout.cost
    last = payout.live[-1].signed if payout.live else None
    phase = CLOSED if payout.is_closed else OPEN if decided is None else DECIDED
    return {
        "id": id_,
        "network": payout.network,
        "purpose": payout.purpose.value,
        "phase": phase,
        "outcome": None if decided is None else decided.outcome.value,
        "transaction_id": (decided.transaction if decided else None) or (last.transaction if last else None),
        "attempts": len(payout.variants),
        "fee": None if cost is None else cost.fee,
        "cost_asset": None if cost is None else cost.asset,
        "cost": None if cost is None else text_of(cost.units),
        "remainder": None if cost is None else cost.remainder,
        "opened_at_us": payout.opened_at_us,
        "decided_at_us": None if decided is None else decided.at_us,
    }
