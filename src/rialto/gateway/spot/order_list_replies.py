"""How order lists look in replies: placed, canceled, queried."""

from collections.abc import Iterable
from typing import Any

import msgspec

from rialto.contracts.events import OrderCanceled, OrderExpired, OrderListEnded, OrderListPlaced, OrderPlaced, Outcome
from rialto.contracts.vocabulary import Contingency, OrderListState, OrderState
from rialto.core.catalog import Catalog
from rialto.gateway.call import Call
from rialto.gateway.spot.order_replies import CanceledOrder, canceled_order, placed_order
from rialto.projections.records import NamedOrderList
from rialto.wire.orders import LIST_DONE, LIST_EXECUTING, LIST_STARTED
from rialto.wire.vocabulary import CONTINGENCY_NAMES, ResponseType


class ListedOrder(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """An order of a list, by its names."""

    symbol: str
    order_id: int
    client_order_id: str


class OrderList(msgspec.Struct, frozen=True, rename="camel"):
    """A list and whether it still goes on."""

    order_list_id: int
    contingency_type: str
    list_status_type: str
    list_order_status: str
    list_client_order_id: str
    transaction_time: int
    symbol: str
    orders: list[ListedOrder]


class PlacedOrderList(OrderList, frozen=True, rename="camel"):
    """A new list, and what became of its orders: each as the reply to a new order, in the detail asked for."""

    order_reports: list[Any]


class CanceledOrderList(OrderList, frozen=True, rename="camel"):
    """A list that was taken back, and its orders that were still open."""

    order_reports: list[CanceledOrder]


def queried_list(call: Call, catalog: Catalog, found: NamedOrderList, *, is_open: bool) -> OrderList:
    """Write a list for a query."""
    symbol = catalog.symbol(found.symbol).name
    orders = [
        ListedOrder(symbol, order_id, client_order_id)
        for order_id, client_order_id in (
            (found.first_order_id, found.first_client_order_id),
            (found.second_order_id, found.second_client_order_id),
            (found.third_order_id, found.third_client_order_id),
        )
        if order_id is not None and client_order_id is not None
    ]
    head = _head(found.list_id, found.contingency, found.client_order_id, is_open=is_open)
    return OrderList(*head, call.time(found.placed_at_us), symbol, orders)


def placed_list(call: Call, catalog: Catalog, outcome: Outcome, response_type: ResponseType) -> PlacedOrderList:
    """Write the reply to a new list from its outcome."""
    state = next(event.list for event in outcome.events if isinstance(event, OrderListPlaced))
    placed = [event.order for event in outcome.events if isinstance(event, OrderPlaced)]
    is_open = not any(isinstance(event, OrderListEnded) and event.list == state for event in outcome.events)
    symbol = catalog.symbol(state.symbol).name
    return PlacedOrderList(
        *_head(state.list_id, state.contingency, state.client_order_id, is_open=is_open),
        call.time(outcome.time_us),
        symbol,
        [ListedOrder(symbol, order.order_id, order.client_order_id) for order in placed],
        [placed_order(call, catalog, outcome, order, response_type) for order in placed],
    )


def canceled_lists(call: Call, catalog: Catalog, outcome: Outcome, cancel_id: str) -> list[CanceledOrderList]:
    """Write the lists that a cancel of an id ended."""
    return [
        _canceled_list(call, catalog, outcome, event.list, cancel_id)
        for event in outcome.events
        if isinstance(event, OrderListEnded)
    ]


def _canceled_list(
    call: Call, catalog: Catalog, outcome: Outcome, state: OrderListState, cancel_id: str
) -> CanceledOrderList:
    symbol = catalog.symbol(state.symbol).name
    return CanceledOrderList(
        *_head(state.list_id, state.contingency, state.client_order_id, is_open=False),
        call.time(outcome.time_us),
        symbol,
        [ListedOrder(symbol, order_id, name) for order_id, name in state.members],
        [canceled_order(call, catalog, order, cancel_id, outcome.time_us) for order in _ended_orders(outcome, state)],
    )


def _ended_orders(outcome: Outcome, state: OrderListState) -> Iterable[OrderState]:
    for event in outcome.events:
        if isinstance(event, OrderCanceled | OrderExpired) and event.order.list_id == state.list_id:
            yield event.order


def _head(
    list_id: int, contingency: Contingency, client_order_id: str, *, is_open: bool
) -> tuple[int, str, str, str, str]:
    status, order_status = (LIST_STARTED, LIST_EXECUTING) if is_open else (LIST_DONE, LIST_DONE)
    return list_id, CONTINGENCY_NAMES[contingency], status, order_status, client_order_id
