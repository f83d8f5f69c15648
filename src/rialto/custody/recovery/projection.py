"""Recovery requests in a table: filed, how they were answered, and how what is sent back fares."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from rialto.contracts.amounts import ZERO, text_of, units_of
from rialto.custody.deposits.model import KIND as DEPOSIT
from rialto.custody.deposits.model import DepositEvent, Settled
from rialto.custody.deposits.model import decode_event as decode_deposit
from rialto.custody.recovery.model import KIND, Filed, RecoveryEvent, RecoveryState, decode_event
from rialto.custody.recovery.tables import recoveries
from rialto.custody.withdrawals.model import KIND as WITHDRAWAL
from rialto.custody.withdrawals.model import Completed, Failed
from rialto.custody.withdrawals.model import Event as WithdrawalEvent
from rialto.custody.withdrawals.model import Refused as WithdrawalRefused
from rialto.custody.withdrawals.model import read as read_withdrawal
from rialto.projections.records import StreamRecord


class RecoveryProjection:
    """Writes `recoveries`."""

    kinds: frozenset[str] = frozenset((KIND, DEPOSIT, WITHDRAWAL))

    def apply(self, connection: Connection, records: Sequence[StreamRecord]) -> None:
        """Write what was asked and answered, in order."""
        for record in records:
            if record.kind == DEPOSIT:
                self._settle(connection, record, decode_deposit(record.payload))
            elif record.kind == WITHDRAWAL:
                _end_return(connection, record.id, read_withdrawal(record.payload))
            else:
                self._note(connection, record, decode_event(record.payload))

    def _settle(self, connection: Connection, record: StreamRecord, event: DepositEvent) -> None:
        if not isinstance(event, Settled) or not event.recovery:
            return
        back = event.back
        if back is None:
            values: dict[str, Any] = {"given": text_of(event.given.units), "fee": text_of(event.fee.units)}
            self._answer(connection, event.recovery, RecoveryState.SETTLED, event.operator, record, values)
            return
        values = {
            "given": text_of(event.given.units - back.fee_units),
            "fee": text_of(back.fee_units),
            "address": back.address,
            "tag": back.tag,
            "withdrawal": back.withdrawal,
        }
        self._answer(connection, event.recovery, RecoveryState.RETURNING, event.operator, record, values)

    def _note(self, connection: Connection, record: StreamRecord, event: RecoveryEvent) -> None:
        if not isinstance(event, Filed):
            values = {"reason": event.reason}
            self._answer(connection, record.id, RecoveryState.REFUSED, event.operator, record, values)
            return
        connection.execute(
            insert(recoveries).values(
                id=record.id,
                owner=event.owner,
                network=event.network,
                transaction_id=event.transaction,
                coin=event.coin,
                state=RecoveryState.FILED.value,
                given=ZERO,
                fee=ZERO,
                operator="",
                reason="",
                filed_at_us=event.at_us,
                answered_at_us=None,
                address=event.address,
                tag=event.tag,
                withdrawal=None,
            )
        )

    def empty(self, connection: Connection) -> None:
        """Take every row out."""
        connection.execute(delete(recoveries))

    @staticmethod
    def _answer(
        connection: Connection,
        id_: str,
        state: RecoveryState,
        operator: str,
        record: StreamRecord,
        values: dict[str, Any],
    ) -> None:
        answered = {"state": state.value, "operator": operator, "answered_at_us": record.recorded_at_us}
        connection.execute(update(recoveries).where(recoveries.c.id == id_).values(**answered, **values))


def _end_return(connection: Connection, withdrawal: str, event: WithdrawalEvent) -> None:
    """Write how what sends a deposit back ended: what could not be sent is on its owner's account, whole."""
    mine = recoveries.c.withdrawal == withdrawal
    if isinstance(event, Completed):
        connection.execute(update(recoveries).where(mine).values(state=RecoveryState.RETURNED.value))
    elif isinstance(event, Failed | WithdrawalRefused):
        row = connection.execute(select(recoveries.c.given, recoveries.c.fee).where(mine)).one_or_none()
        if row is not None:
            whole = text_of(units_of(row.given) + units_of(row.fee))
            values = {"state": RecoveryState.SETTLED.value, "given": whole, "fee": ZERO}
            connection.execute(update(recoveries).where(mine).values(values))
