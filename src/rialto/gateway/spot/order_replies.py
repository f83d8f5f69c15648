"""How orders look in replies: acknowledged, placed, filled, canceled, queried. From events and states to the wire."""

from collections.abc import Sequence
from typing import Any

import msgspec

from rialto.contracts.events import (
    AllocationMade,
    Event,
    Fill,
    MatchPrevented,
    OrderExpired,
    OrderPlaced,
    Outcome,
    Prevention,
    TradeExecuted,
)
from rialto.contracts.executions import after_fill, after_prevention
from rialto.contracts.vocabulary import OrderState, OrderStatus
from rialto.core.catalog import Catalog
from rialto.gateway.call import Call
from rialto.wire.decimals import ZERO
from rialto.wire.orders import ALLOCATED, NEVER, NO_TRADE, list_id, pegging, prevented_quantity
from rialto.wire.vocabulary import (
    ORDER_TYPE_NAMES,
    SELF_TRADE_PREVENTION_NAMES,
    SIDE_NAMES,
    STATUS_NAMES,
    TIME_IN_FORCE_NAMES,
    WORKING_FLOOR_NAMES,
    ResponseType,
    expiry_reason,
)


class Acknowledgement(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The shortest reply to a new order."""

    symbol: str
    order_id: int
    order_list_id: int
    client_order_id: str
    transact_time: int


class PreventedFill(msgspec.Struct, frozen=True, rename="camel", gc=False, omit_defaults=True):
    """A match of a new order that self-trade prevention prevented, and what it took from either order."""

    prevented_match_id: int
    maker_symbol: str
    maker_order_id: int
    price: str
    taker_prevented_quantity: str | None = None
    maker_prevented_quantity: str | None = None


class Conditions(msgspec.Struct, frozen=True, rename="camel", gc=False, omit_defaults=True, kw_only=True):
    """What only some orders have, and only they show: the page's conditional fields."""

    prevented_match_id: int | None = None
    prevented_quantity: str | None = None
    strategy_id: int | None = None
    strategy_type: int | None = None
    trailing_delta: int | None = None
    trailing_time: int | None = None
    used_sor: bool | None = None
    working_floor: str | None = None
    peg_price_type: str | None = None
    peg_offset_type: str | None = None
    peg_offset_value: int | None = None
    pegged_price: str | None = None
    expiry_reason: str | None = None


class PlacedConditions(Conditions, frozen=True, rename="camel", gc=False, omit_defaults=True, kw_only=True):
    """The same, with those that queries show of every order."""

    iceberg_qty: str | None = None
    stop_price: str | None = None


def conditions(call: Call, order: OrderState) -> dict[str, Any]:
    """Return the conditional fields that an order has."""
    fields: dict[str, Any] = {"prevented_quantity": prevented_quantity(order), "expiry_reason": expiry_reason(order)}
    if order.prevented_match_id:
        fields["prevented_match_id"] = order.prevented_match_id
    if order.working_floor is not None:
        fields |= {"used_sor": True, "working_floor": WORKING_FLOOR_NAMES[order.working_floor]}
    terms = order.terms
    if terms is None:
        return fields
    fields["iceberg_qty"] = terms.iceberg_quantity
    fields |= {
        "strategy_id": terms.strategy_id,
        "strategy_type": terms.strategy_type,
        "trailing_delta": terms.trailing_delta,
    }
    if order.order_type.is_contingent:
        fields["stop_price"] = terms.stop_price or ZERO
    if terms.trailing_delta is not None:
        fields["trailing_time"] = call.time(order.trailing_since_us) if order.trailing_since_us else -1
    peg = pegging(order)
    if peg is not None:
        fields |= {
            "peg_price_type": peg.price_type,
            "peg_offset_type": peg.offset_type,
            "peg_offset_value": peg.offset_value,
            "pegged_price": peg.price,
        }
    return fields


class PlacedOrder(PlacedConditions, frozen=True, rename="camel", omit_defaults=True):
    """A new order and where it stands. Prevented matches are told of when there were any."""

    symbol: str
    order_id: int
    order_list_id: int
    client_order_id: str
    transact_time: int
    price: str
    orig_qty: str
    executed_qty: str
    orig_quote_order_qty: str
    cummulative_quote_qty: str
    status: str
    time_in_force: str
    type: str
    side: str
    working_time: int
    self_trade_prevention_mode: str
    trade_group_id: int | None = None
    prevented_matches: list[PreventedFill] | None = None


class OrderFill(msgspec.Struct, frozen=True, rename="camel", gc=False, omit_defaults=True, kw_only=True):
    """One trade of a new order; of a routed one, an allocation and how it came about."""

    match_type: str | None = None
    price: str
    qty: str
    commission: str
    commission_asset: str
    trade_id: int
    alloc_id: int | None = None


class FilledOrder(PlacedOrder, frozen=True, rename="camel", kw_only=True):
    """A new order, where it stands, and every trade it made."""

    fills: list[OrderFill]


class CanceledOrder(PlacedConditions, frozen=True, rename="camel", gc=False, omit_defaults=True):
    """An order that was taken back, and the id of the cancel. Prevention is told of when it took something."""

    symbol: str
    orig_client_order_id: str
    order_id: int
    order_list_id: int
    client_order_id: str
    transact_time: int
    price: str
    orig_qty: str
    executed_qty: str
    orig_quote_order_qty: str
    cummulative_quote_qty: str
    status: str
    time_in_force: str
    type: str
    side: str
    self_trade_prevention_mode: str


class QueriedOrder(Conditions, frozen=True, rename="camel", gc=False, omit_defaults=True):
    """An order as queries show it. Only an expired one states why; prevention is told of when it took something."""

    symbol: str
    order_id: int
    order_list_id: int
    client_order_id: str
    price: str
    orig_qty: str
    executed_qty: str
    cummulative_quote_qty: str
    status: str
    time_in_force: str
    type: str
    side: str
    stop_price: str
    iceberg_qty: str
    time: int
    update_time: int
    is_working: bool
    working_time: int
    orig_quote_order_qty: str
    self_trade_prevention_mode: str


NewOrderReply = Acknowledgement | PlacedOrder | FilledOrder


def new_order(call: Call, catalog: Catalog, outcome: Outcome, response_type: ResponseType) -> NewOrderReply:
    """Write the reply to a new order from its outcome."""
    placed = next(event.order for event in outcome.events if isinstance(event, OrderPlaced))
    return placed_order(call, catalog, outcome, placed, response_type)


def placed_order(
    call: Call, catalog: Catalog, outcome: Outcome, placed: OrderState, response_type: ResponseType
) -> NewOrderReply:
    """Write what became of one of the orders that an outcome placed."""
    symbol = catalog.symbol(placed.symbol).name
    time = call.time(outcome.time_us)
    if response_type is ResponseType.ACK:
        return Acknowledgement(symbol, placed.order_id, list_id(placed), placed.client_order_id, time)
    # An order that others placed meanwhile is told of as it was placed, whatever follows.
    order = placed if placed.status is OrderStatus.PENDING_NEW else _after(placed, outcome)
    fields = (
        symbol,
        order.order_id,
        list_id(order),
        order.client_order_id,
        time,
        order.price,
        order.quantity,
        order.executed,
        order.quote_quantity,
        order.executed_quote,
        STATUS_NAMES[order.status],
        TIME_IN_FORCE_NAMES[order.time_in_force],
        ORDER_TYPE_NAMES[order.order_type],
        SIDE_NAMES[order.side],
        working_time(call, order),
        SELF_TRADE_PREVENTION_NAMES[order.self_trade_prevention],
        *_prevented_matches(catalog, outcome.events, order),
    )
    # The match itself is told of among the prevented ones.
    conditional = conditions(call, order) | {"prevented_match_id": None}
    if response_type is ResponseType.RESULT:
        return PlacedOrder(*fields, **conditional)
    return FilledOrder(*fields, **conditional, fills=_fills(catalog, outcome.events, order))


def working_time(call: Call, order: OrderState) -> int:
    """Return when an order started to work, or the number that stands for never."""
    return call.time(order.working_at_us) if order.working_at_us else NEVER


def _after(placed: OrderState, outcome: Outcome) -> OrderState:
    """Return the order as it stands after everything its placing led to."""
    order, key, time_us = placed, (placed.symbol, placed.order_id), outcome.time_us
    for event in outcome.events:
        fill = _fill_of(placed, event)
        if fill is not None:
            order = after_fill(order, fill, time_us)
        elif isinstance(event, MatchPrevented) and _is_taker(placed, event):
            order = after_prevention(order, event.prevented_match_id, event.taker, time_us)
        elif isinstance(event, OrderExpired) and (event.order.symbol, event.order.order_id) == key:
            order = event.order
    return order


def _fill_of(order: OrderState, event: Event) -> Fill | None:
    """Return what an event filled of an incoming order: by a trade, or by an allocation of trades made for it."""
    if isinstance(event, TradeExecuted):
        fill = event.taker
    elif isinstance(event, AllocationMade):
        fill = event.fill
    else:
        return None
    return fill if (event.symbol, fill.order_id) == (order.symbol, order.order_id) else None


def _fills(catalog: Catalog, events: Sequence[Event], order: OrderState) -> list[OrderFill]:
    fills = []
    for event in events:
        fill = _fill_of(order, event)
        if fill is None:
            continue
        assert isinstance(event, TradeExecuted | AllocationMade)
        is_allocated = isinstance(event, AllocationMade)
        fills.append(
            OrderFill(
                match_type=ALLOCATED if is_allocated else None,
                price=event.price,
                qty=event.quantity,
                commission=fill.fee,
                commission_asset=catalog.asset(fill.fee_asset).name,
                trade_id=NO_TRADE if is_allocated else event.trade_id,
                alloc_id=event.allocation_id if isinstance(event, AllocationMade) else None,
            )
        )
    return fills


def _lost(side: Prevention) -> str | None:
    """Tell what a prevented match took from an order, or None if it left it alone."""
    return None if side.quantity == ZERO else side.quantity


def _is_taker(order: OrderState, match: MatchPrevented) -> bool:
    """Tell whether an incoming order took part in a match."""
    return (match.taker_symbol, match.taker.order_id) == (order.symbol, order.order_id)


def _prevented_matches(
    catalog: Catalog, events: Sequence[Event], order: OrderState
) -> tuple[int | None, list[PreventedFill] | None]:
    """Return the trade group, if there is one and a match was prevented, and the matches, if there were any."""
    prevented = [event for event in events if isinstance(event, MatchPrevented) and _is_taker(order, event)]
    if not prevented:
        return None, None
    matches = [
        PreventedFill(
            match.prevented_match_id,
            catalog.symbol(match.symbol).name,
            match.maker.order_id,
            match.price,
            _lost(match.taker),
            _lost(match.maker),
        )
        for match in prevented
    ]
    return prevented[0].trade_group, matches


def canceled_order(
    call: Call, catalog: Catalog, order: OrderState, client_order_id: str, time_us: int
) -> CanceledOrder:
    """Write an order that was taken back at a time by a cancel of an id."""
    return CanceledOrder(
        catalog.symbol(order.symbol).name,
        order.client_order_id,
        order.order_id,
        list_id(order),
        client_order_id,
        call.time(time_us),
        order.price,
        order.quantity,
        order.executed,
        order.quote_quantity,
        order.executed_quote,
        STATUS_NAMES[order.status],
        TIME_IN_FORCE_NAMES[order.time_in_force],
        ORDER_TYPE_NAMES[order.order_type],
        SIDE_NAMES[order.side],
        SELF_TRADE_PREVENTION_NAMES[order.self_trade_prevention],
        **conditions(call, order),
    )


def queried_order(call: Call, catalog: Catalog, order: OrderState) -> QueriedOrder:
    """Write an order for a query."""
    conditional = conditions(call, order)
    stop_price, iceberg = conditional.pop("stop_price", ZERO), conditional.pop("iceberg_qty", None)
    return QueriedOrder(
        catalog.symbol(order.symbol).name,
        order.order_id,
        list_id(order),
        order.client_order_id,
        order.price,
        order.quantity,
        order.executed,
        order.executed_quote,
        STATUS_NAMES[order.status],
        TIME_IN_FORCE_NAMES[order.time_in_force],
        ORDER_TYPE_NAMES[order.order_type],
        SIDE_NAMES[order.side],
        stop_price,
        iceberg or ZERO,
        call.time(order.placed_at_us),
        call.time(order.updated_at_us),
        order.working_at_us > 0,
        working_time(call, order),
        order.quote_quantity,
        SELF_TRADE_PREVENTION_NAMES[order.self_trade_prevention],
        **conditional,
    )
