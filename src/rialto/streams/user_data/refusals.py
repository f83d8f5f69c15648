"""Orders that were not accepted, for the reasons that an account is told of besides the reply.

These are what only the matching engine finds: missing funds, and prices that the market does not permit. An order whose
form or filters are wrong is refused in the reply alone.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from msgspec.structs import replace

from rialto.contracts import rejections
from rialto.contracts.amounts import ZERO
from rialto.contracts.commands import Command, NewOrder, PlaceOrder, PlaceOrderList, ReplaceOrder
from rialto.contracts.events import CommandRejected, Outcome, PartRefused, ReplacePart
from rialto.contracts.rejections import Rejection
from rialto.contracts.vocabulary import OrderListState, OrderState, OrderStatus, SelfTradePrevention
from rialto.core.catalog import Catalog
from rialto.streams.user_data.reports import (
    UNKNOWN_ID,
    Execution,
    ExecutionReport,
    ListChange,
    ListReport,
    RejectReason,
    Report,
)
from rialto.wire.decimals import to_text, to_units

Item = TypeVar("Item")

_REASONS: Final[Mapping[type, RejectReason]] = MappingProxyType(
    {
        rejections.InsufficientBalance: RejectReason.INSUFFICIENT_BALANCE,
        rejections.WouldTrigger: RejectReason.WOULD_TRIGGER,
        rejections.WouldTake: RejectReason.WOULD_TAKE,
        rejections.PriceRelationship: RejectReason.PRICE_RELATIONSHIP,
    }
)


def reject_reason(rejection: Rejection | None) -> RejectReason | None:
    """Return the reason an account is told for a refusal, or None if it is not told of it."""
    return _REASONS.get(type(rejection))


def refused_account(outcome: Outcome, command: Command | None) -> int | None:
    """Return whose order or list was refused for a reason that is told, if one was."""
    if isinstance(command, PlaceOrder | PlaceOrderList | ReplaceOrder) and _told_reason(outcome, command) is not None:
        return command.account
    return None


def refusal_reports(catalog: Catalog, outcome: Outcome, command: Command | None) -> list[Report]:
    """Tell of the orders that were refused. Precondition: `refused_account` names an account."""
    reason = _told_reason(outcome, command)
    assert reason is not None, "the refusal is told of"
    match command:
        case PlaceOrder() | ReplaceOrder():
            return [_refused(catalog, command, command.order, reason)]
        case PlaceOrderList():
            state = OrderListState(
                list_id=UNKNOWN_ID,
                symbol=command.symbol,
                account=command.account,
                client_order_id=command.client_order_id,
                contingency=command.contingency,
                one_pays_the_other=command.one_pays_the_other,
                orders=_of_three([UNKNOWN_ID for _ in command.orders]),
                client_order_ids=_of_three([order.client_order_id for order in command.orders]),
                placed_at_us=outcome.time_us,
            )
            orders: list[Report] = [_refused(catalog, command, order, reason) for order in command.orders]
            return [*orders, ListReport(ListChange.REFUSED, state, reason)]
        case _:
            return []


def _told_reason(outcome: Outcome, command: Command | None) -> RejectReason | None:
    if outcome.events and isinstance(outcome.events[0], CommandRejected):
        return reject_reason(outcome.events[0].rejection)
    if not isinstance(command, ReplaceOrder):
        return None
    refused = (event for event in outcome.events if isinstance(event, PartRefused))
    placements = (part.rejection for part in refused if part.part is ReplacePart.PLACEMENT)
    return reject_reason(next(placements, None))


def _of_three(items: list[Item]) -> tuple[Item, Item, Item | None]:
    first, second, *third = items
    return first, second, third[0] if third else None


def _refused(
    catalog: Catalog, command: PlaceOrder | PlaceOrderList | ReplaceOrder, new: NewOrder, reason: RejectReason
) -> ExecutionReport:
    order = _never_placed(command.account, command.symbol, new, catalog.symbol(command.symbol).spec.prevention_default)
    return ExecutionReport(
        execution=Execution.REJECTED,
        order=order,
        execution_id=None,
        client_order_id=new.client_order_id,
        reject_reason=reason,
    )


def _never_placed(account: int, symbol: int, new: NewOrder, prevention_default: SelfTradePrevention) -> OrderState:
    """Return an order as it was asked for. It has no id and no times."""
    terms = new.terms
    if terms is not None:
        terms = replace(
            terms,
            stop_price=None if terms.stop_price is None else _full(terms.stop_price),
            iceberg_quantity=None if terms.iceberg_quantity is None else _full(terms.iceberg_quantity),
        )
    return OrderState(
        order_id=UNKNOWN_ID,
        symbol=symbol,
        account=account,
        client_order_id=new.client_order_id,
        side=new.side,
        order_type=new.order_type,
        time_in_force=new.time_in_force,
        price=_full(new.price),
        quantity=_full(new.quantity),
        quote_quantity=_full(new.quote_quantity),
        executed=ZERO,
        executed_quote=ZERO,
        self_trade_prevention=new.self_trade_prevention or prevention_default,
        prevented=ZERO,
        prevented_match_id=0,
        status=OrderStatus.NEW,
        placed_at_us=0,
        updated_at_us=0,
        working_at_us=0,
        terms=terms,
    )


def _full(amount: str | None) -> str:
    """Write an amount as the core does, whatever the client left out."""
    return ZERO if amount is None else to_text(to_units(amount))
