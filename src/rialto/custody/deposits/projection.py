"""Deposits as the journal tells them: a row each, as it is now, and sums of what the ledger's balances do not say."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from rialto.contracts.amounts import text_of, units_of
from rialto.custody.deposits.model import (
    KIND,
    Claimed,
    Covered,
    Credited,
    Held,
    HouseFunded,
    Opening,
    Released,
    Restored,
    Reversed,
    Settled,
    State,
    decode_event,
    number_of,
    state_of,
)
from rialto.custody.deposits.tables import deposit_totals, deposits
from rialto.projections.records import StreamRecord

LACKING: Final = "lacking"
CLAIMED: Final = "claimed"


class DepositProjection:
    """Writes `deposits` and `deposit_totals`."""

    kinds: frozenset[str] = frozenset((KIND,))

    def apply(self, connection: Connection, records: Sequence[StreamRecord]) -> None:
        """Write what happened to deposits, in order."""
        for record in records:
            event = decode_event(record.payload)
            _add_up(connection, record.id, -1)
            if isinstance(event, Credited | Held | HouseFunded):
                self._open(connection, record, event)
            else:
                self._change(connection, record, event)
            _add_up(connection, record.id, 1)

    def empty(self, connection: Connection) -> None:
        """Take every row out."""
        connection.execute(delete(deposits))
        connection.execute(delete(deposit_totals))

    def _open(self, connection: Connection, record: StreamRecord, event: Opening) -> None:
        # What was lacking of another amount of the same credit is lacking still.
        was = connection.scalar(select(deposits.c.lack).where(deposits.c.stream == record.id))
        connection.execute(delete(deposits).where(deposits.c.stream == record.id))
        place = event.place
        connection.execute(
            insert(deposits).values(
                stream=record.id,
                number=number_of(record.id),
                network=place.network,
                transaction_id=place.transaction,
                credit_index=place.index,
                address=place.address,
                tag=place.tag,
                contract=place.contract,
                asset=event.asset,
                owner=None if isinstance(event, HouseFunded) else event.owner,
                chain_amount=event.amount.chain,
                units=text_of(event.amount.units),
                remainder=event.amount.remainder,
                state=state_of(event).value,
                reason=event.reason.value if isinstance(event, Held) else "",
                shortfall=text_of(event.shortfall),
                is_due=False,
                height=event.height,
                recorded_at_us=record.recorded_at_us,
                changed_at_us=record.recorded_at_us,
                lack=_lack(event.shortfall, was or ""),
            )
        )

    def _change(
        self,
        connection: Connection,
        record: StreamRecord,
        event: Claimed | Covered | Released | Reversed | Restored | Settled,
    ) -> None:
        values: dict[str, Any] = {"changed_at_us": record.recorded_at_us}
        if isinstance(event, Covered | Reversed | Restored):
            was = connection.scalar(select(deposits.c.lack).where(deposits.c.stream == record.id)) or ""
            values |= {"shortfall": text_of(event.shortfall), "lack": _lack(event.shortfall, was)}
        match event:
            case Released():
                values |= {"state": State.CREDITED.value, "is_due": False}
                if event.others:
                    statement = update(deposits).where(deposits.c.stream == bindparam("other")).values(is_due=True)
                    connection.execute(statement, [{"other": other} for other in event.others])
            case Reversed():
                values |= {"state": State.REVERSED.value}
            case Restored():
                values |= {"state": event.state.value, "height": event.height}
            case Claimed():
                values |= {"lack": CLAIMED}
            case Covered():
                pass
            case Settled():
                values |= {
                    "state": State.SETTLED.value,
                    "asset": event.asset,
                    "owner": event.owner,
                    "units": text_of(event.amount.units),
                    "remainder": event.amount.remainder,
                }
        connection.execute(update(deposits).where(deposits.c.stream == record.id).values(values))


def _lack(shortfall: int, was: str) -> str:
    """Say whether something is lacking; a claim lasts until nothing is."""
    if not shortfall:
        return ""
    return CLAIMED if was == CLAIMED else LACKING


def _add_up(connection: Connection, stream: str, sign: int) -> None:
    """Add what a deposit's row comes to as it is now to the sums, or with -1 take it away before it changes."""
    row = connection.execute(select(deposits).where(deposits.c.stream == stream)).one_or_none()
    if row is None:
        return
    beyond = 0
    if row.state != State.REVERSED.value:
        # Nothing of what is unlisted is in the ledger.
        beyond = int(row.remainder) if row.asset else int(row.chain_amount)
    shortfall = units_of(row.shortfall)
    if not beyond and not shortfall:
        return
    c = deposit_totals.c
    key = (c.network == row.network, c.asset == row.asset, c.contract == row.contract)
    known = connection.execute(select(deposit_totals).where(*key)).one_or_none()
    values = {
        "remainder": str((0 if known is None else int(known.remainder)) + sign * beyond),
        "shortfall": text_of((0 if known is None else units_of(known.shortfall)) + sign * shortfall),
    }
    if known is None:
        place = {"network": row.network, "asset": row.asset, "contract": row.contract}
        connection.execute(insert(deposit_totals).values(**place, **values))
    else:
        connection.execute(update(deposit_totals).where(*key).values(values))
