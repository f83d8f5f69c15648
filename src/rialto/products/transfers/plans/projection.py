"""Planned transfers' events into their table."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, update

from rialto.products.transfers.plans.model import KIND, CarriedOut, Failed, Planned, PlanState, read_event
from rialto.products.transfers.plans.tables import REASON_LENGTH_MAX, planned_transfers
from rialto.projections.records import StreamRecord


class PlansProjection:
    """Writes the table of planned transfers."""

    kinds = frozenset({KIND})

    def apply(self, connection: Connection, records: Sequence[StreamRecord]) -> None:
        """Write what was planned and what came of it, in order."""
        mine = planned_transfers.c.id
        for record in records:
            match read_event(record.payload):
                case Planned() as event:
                    connection.execute(insert(planned_transfers).values(_row(record, event)))
                case CarriedOut(transfer):
                    values: dict[str, object] = {"state": PlanState.CARRIED_OUT.value, "transfer": transfer}
                    connection.execute(update(planned_transfers).where(mine == record.id).values(values))
                case Failed(reason):
                    values = {"state": PlanState.FAILED.value, "reason": reason[:REASON_LENGTH_MAX]}
                    connection.execute(update(planned_transfers).where(mine == record.id).values(values))

    def empty(self, connection: Connection) -> None:
        """Take every row out."""
        connection.execute(planned_transfers.delete())


def _row(record: StreamRecord, event: Planned) -> dict[str, object]:
    return {
        "plan": record.sequence,
        "id": record.id,
        "family": event.family,
        "asked_by": event.asked_by,
        "from_owner": event.source.owner,
        "from_class": event.source.kind.account_class.value,
        "to_owner": event.destination.owner,
        "to_class": event.destination.kind.account_class.value,
        "asset": event.asset,
        "amount": event.amount,
        "due_us": event.due_us,
        "state": PlanState.WAITING.value,
        "transfer": None,
        "reason": "",
        "planned_at_us": record.recorded_at_us,
    }
