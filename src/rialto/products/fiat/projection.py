"""Orders of fiat money in SQL: one row each, as it is now."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from rialto.contracts.amounts import ZERO, text_of, units_of
from rialto.products.fiat import model
from rialto.products.fiat.model import ORDER_KIND, Stage, decode, lacking_after
from rialto.products.fiat.reversals import NOBODY
from rialto.products.fiat.tables import fiat_orders
from rialto.projections.records import StreamRecord

REVERSAL: Final = "reversal"
_ZERO: Final = ZERO


class FiatProjection:
    """Writes the table of orders."""

    kinds = frozenset((ORDER_KIND,))

    def apply(self, connection: Connection, records: Sequence[StreamRecord]) -> None:
        """Write what happened with orders."""
        for record in records:
            event = decode(record.payload)
            if record.version == 1:
                connection.execute(insert(fiat_orders), {"order_no": record.id, **_first(event)})
                continue
            old = connection.execute(select(fiat_orders).where(fiat_orders.c.order_no == record.id)).one()
            values = {**_later(event, old), "updated_at_us": event.at_us}
            connection.execute(update(fiat_orders).where(fiat_orders.c.order_no == record.id).values(values))

    def empty(self, connection: Connection) -> None:
        """Take every row out."""
        connection.execute(fiat_orders.delete())


def _first(event: model.OrderEvent) -> dict[str, Any]:
    row: dict[str, Any] = {
        "owner": NOBODY, "kind": "deposit", "method": "bank_transfer", "indicated": _ZERO, "amount": _ZERO,
        "fee": _ZERO, "stage": Stage.INITIAL.value, "message": "", "reason": "", "entry": "", "claim": _ZERO,
        "shortfall": _ZERO, "has_claim": False, "created_at_us": event.at_us, "updated_at_us": event.at_us,
    }  # fmt: skip
    match event:
        case model.DepositOrdered():
            row.update(owner=event.owner, asset=event.asset, bank=event.bank, method=event.method)
            row.update(indicated=text_of(event.indicated))
        case model.WithdrawalOrdered():
            row.update(owner=event.owner, asset=event.asset, bank=event.bank, method=event.method, kind="withdrawal")
            row.update(_amounts(event.amount, event.fee))
        case model.Received():
            row.update(owner=event.owner, asset=event.asset, bank=event.bank, stage=Stage.SUCCESSFUL.value)
            row.update(_amounts(event.amount, event.fee), entry=event.entry)
        case model.Suspended():
            row.update(asset=event.asset, bank=event.bank, stage=Stage.SUSPENDED.value, reason=event.reason)
            row.update(_amounts(event.amount, 0), entry=event.entry)
        case model.Unexplained():
            row.update(asset=event.asset, bank=event.bank, stage=Stage.SUSPENDED.value, reason=event.reason)
            row.update(_amounts(event.amount, 0), entry=event.entry, kind=REVERSAL, shortfall=text_of(event.amount))
        case _:
            raise AssertionError(f"{type(event).__name__} is no first event of an order")
    return row


def _amounts(units: int, fee: int) -> dict[str, str]:
    return {"indicated": text_of(units), "amount": text_of(units - fee), "fee": text_of(fee)}


def _later(event: model.OrderEvent, old: Any) -> dict[str, Any]:
    match event:
        case model.Received():
            return {
                "amount": text_of(event.amount - event.fee), "fee": text_of(event.fee),
                "stage": Stage.SUCCESSFUL.value, "reason": "", "entry": event.entry,
            }  # fmt: skip
        case model.Assigned():
            return {"owner": event.owner, "stage": Stage.SUCCESSFUL.value, "reason": ""}
        case model.ReturnOrdered():
            return {"kind": "withdrawal", "stage": Stage.INITIAL.value}
        case model.Sent():
            return {"stage": Stage.PROCESSING.value, "message": event.message}
        case model.Paid():
            is_return = old.owner == NOBODY
            return {"stage": (Stage.REFUNDED if is_return else Stage.SUCCESSFUL).value, "entry": event.entry}
        case model.SentBack():
            is_return = old.owner == NOBODY
            return {"stage": (Stage.SUSPENDED if is_return else Stage.REFUNDED).value, "reason": event.reason}
        case model.Canceled():
            stage = Stage.EXPIRED if old.kind == "deposit" else Stage.FAILED
            return {"stage": stage.value, "reason": event.reason}
        case model.Reversed():
            whose = {"kind": "deposit", "owner": event.owner} if old.kind == REVERSAL else {}
            return {**whose, **_lacking(event, old), "stage": Stage.REFUNDED.value, "reason": event.reason}
        case model.PaidAgain() | model.Undone() | model.Covered():
            return _lacking(event, old)
        case _:
            raise AssertionError(f"{type(event).__name__} is only ever a first event")


def _lacking(event: model.Reversed | model.PaidAgain | model.Undone | model.Covered, old: Any) -> dict[str, Any]:
    claim, shortfall = lacking_after(units_of(old.claim), units_of(old.shortfall), event)
    return {"claim": text_of(claim), "shortfall": text_of(shortfall), "has_claim": claim > 0}
