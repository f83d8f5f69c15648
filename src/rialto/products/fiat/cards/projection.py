"""Orders paid by card in SQL: one row each, as it is now."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from rialto.contracts.amounts import sum_of, text_of, units_of
from rialto.products.fiat.cards import model
from rialto.products.fiat.cards.model import CARD_KIND, decode
from rialto.products.fiat.cards.tables import card_orders
from rialto.products.fiat.model import Stage
from rialto.projections.records import StreamRecord

DEPOSIT, PURCHASE, WITHDRAWAL, SALE = "deposit", "purchase", "withdrawal", "sale"
REASON_MAX: Final = 200
_ZERO: Final = text_of(0)


class CardProjection:
    """Writes the table of orders."""

    kinds = frozenset((CARD_KIND,))

    def apply(self, connection: Connection, records: Sequence[StreamRecord]) -> None:
        """Write what happened with orders."""
        for record in records:
            event = decode(record.payload)
            if isinstance(event, model.PurchaseOrdered | model.PayoutOrdered):
                connection.execute(insert(card_orders), {"order_no": record.id, **_first(event)})
                continue
            old = connection.execute(select(card_orders).where(card_orders.c.order_no == record.id)).one()
            values = {**_later(event, old), "updated_at_us": event.at_us}
            connection.execute(update(card_orders).where(card_orders.c.order_no == record.id).values(values))

    def empty(self, connection: Connection) -> None:
        """Take every row out."""
        connection.execute(card_orders.delete())


def _first(event: model.PurchaseOrdered | model.PayoutOrdered) -> dict[str, Any]:
    if isinstance(event, model.PurchaseOrdered):
        kind = DEPOSIT if event.is_deposit else PURCHASE
        other, other_amount = event.bought, event.obtained
    else:
        kind = WITHDRAWAL if event.is_withdrawal else SALE
        other, other_amount = event.sold, event.given
    return {
        "owner": event.owner, "kind": kind, "asset": event.asset, "amount": text_of(event.amount),
        "fee": text_of(event.fee), "other_asset": other, "other_amount": text_of(other_amount),
        "price": text_of(event.price), "stage": Stage.INITIAL.value, "payment": "", "url": "", "reason": "",
        "declines": 0, "refunds_waiting": 0, "refunded": _ZERO, "claim": _ZERO, "shortfall": _ZERO, "has_claim": False,
        "created_at_us": event.at_us, "updated_at_us": event.at_us,
    }  # fmt: skip


def _later(event: model.CardEvent, old: Any) -> dict[str, Any]:
    match event:
        case model.Opened():
            stage = Stage.PROCESSING.value if old.kind in (WITHDRAWAL, SALE) else old.stage
            return {"payment": event.payment, "url": event.url, "stage": stage}
        case model.Declined():
            return {"declines": old.declines + 1, "reason": event.reason[:REASON_MAX]}
        case model.Authorized():
            return {"stage": Stage.PROCESSING.value, "reason": ""}
        case model.Captured() | model.PaidOut():
            return {"stage": Stage.SUCCESSFUL.value}
        case model.Ended():
            stage = Stage.EXPIRED if event.is_expired else Stage.FAILED
            return {"stage": stage.value, "reason": event.reason[:REASON_MAX]}
        case model.RefundOrdered():
            return {"refunds_waiting": old.refunds_waiting + 1}
        case model.RefundPaid():
            return {
                "refunds_waiting": old.refunds_waiting - 1, "refunded": sum_of(old.refunded, text_of(event.amount)),
                "stage": Stage.REFUNDED.value if event.is_all else old.stage,
            }  # fmt: skip
        case model.RefundFailed():
            return {"refunds_waiting": old.refunds_waiting - 1, "reason": event.reason[:REASON_MAX]}
        case model.Disputed():
            return {**_lacking(event), "reason": event.reason[:REASON_MAX]}
        case model.DisputeClosed() | model.Covered():
            return _lacking(event)
        case _:
            raise AssertionError(f"{type(event).__name__} is only ever a first event")


def _lacking(event: model.Disputed | model.DisputeClosed | model.Covered) -> dict[str, Any]:
    claim = text_of(event.claim_after)
    return {"claim": claim, "shortfall": text_of(event.shortfall_after), "has_claim": units_of(claim) > 0}
