"""One account followed through the events of the core: what it has open, and the reports of what happens to it.

State: the account's open orders and lists as of the last outcome it was shown. Invariant: shown every outcome from a
moment on, in order, it holds what the core would answer (a property proves it). Events that restate an order are
believed; trades and prevented matches are applied to what is held.
"""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from rialto.contracts.events import (
    AllocationMade,
    Event,
    Fill,
    MatchPrevented,
    OrderActivated,
    OrderAmended,
    OrderCanceled,
    OrderExpired,
    OrderListEnded,
    OrderListPlaced,
    OrderPlaced,
    OrderTriggered,
    Outcome,
    TradeExecuted,
    TrailingStarted,
)
from rialto.contracts.executions import after_fill, after_prevention, after_routing, execution_id
from rialto.contracts.rejections import Rejection
from rialto.contracts.vocabulary import ExpiryReason, OrderListState, OrderState
from rialto.streams.user_data.refusals import reject_reason
from rialto.streams.user_data.reports import (
    Execution,
    ExecutionReport,
    ListChange,
    ListReport,
    Prevented,
    Report,
    Traded,
)

Key = tuple[int, int]
"""A symbol and an order there."""


class FollowedAccount:
    """An account and what it has open."""

    def __init__(self, account: int, orders: Iterable[OrderState] = (), lists: Iterable[OrderListState] = ()) -> None:
        self.account: Final = account
        self.orders: Final[dict[Key, OrderState]] = {(order.symbol, order.order_id): order for order in orders}
        self.lists: Final[dict[int, OrderListState]] = {each.list_id: each for each in lists}

    def follow(self, outcome: Outcome) -> list[Report]:
        """Take an outcome in and report what it did to the account's orders and lists, in the order of its events."""
        course = _Course(self, outcome)
        for position, event in enumerate(outcome.events):
            course.take(event, position)
        course.end()
        return course.reports


class _Course:
    """One outcome on its way through an account."""

    def __init__(self, followed: FollowedAccount, outcome: Outcome) -> None:
        self.reports: Final[list[Report]] = []
        self._account = followed.account
        self._orders = followed.orders
        self._lists = followed.lists
        self._sequence = outcome.sequence
        self._time_us = outcome.time_us
        self._routed: Key | None = None
        self._preventions: dict[Key, int] = {}
        """Where the last prevention of an order is among the reports: if that ended the order, it says so."""

    def take(self, event: Event, position: int) -> None:
        """Take one event; those of other accounts and other matters leave no trace."""
        match event:
            case TradeExecuted():
                self._trade_executed(event, position)
            case OrderPlaced() | OrderActivated() | OrderTriggered() | TrailingStarted():
                self._order_stands(event.order, position, is_placed=type(event) is OrderPlaced)
            case OrderCanceled():
                self._order_canceled(event, position)
            case OrderExpired():
                self._order_expired(event, position)
            case OrderAmended():
                self._order_amended(event, position)
            case MatchPrevented():
                self._match_prevented(event, position)
            case AllocationMade():
                if event.fill.account == self._account:
                    self._filled((event.symbol, event.fill.order_id), event.fill, _allocated(event), position)
            case OrderListPlaced() | OrderListEnded():
                self._list_changed(event)
            case _:
                pass

    def end(self) -> None:
        """Leave the account as the command leaves it."""
        order = None if self._routed is None else self._orders.get(self._routed)
        if self._routed is not None and order is not None:
            self._orders[self._routed] = after_routing(order)

    def _report(
        self,
        execution: Execution,
        order: OrderState,
        position: int,
        *,
        name: str | None = None,
        original_name: str = "",
        traded: Traded | None = None,
        prevented: Prevented | None = None,
        rejection: Rejection | None = None,
        is_maker: bool = False,
    ) -> None:
        self.reports.append(
            ExecutionReport(
                execution=execution,
                order=order,
                execution_id=execution_id(self._sequence, position, is_maker=is_maker),
                client_order_id=name or order.client_order_id,
                original_client_order_id=original_name,
                traded=traded,
                prevented=prevented,
                reject_reason=reject_reason(rejection),
            )
        )

    def _order_stands(self, order: OrderState, position: int, *, is_placed: bool) -> None:
        if order.account != self._account:
            return
        key = (order.symbol, order.order_id)
        self._orders[key] = order
        if is_placed and order.working_floor is not None:
            self._routed = key
        self._report(Execution.NEW, order, position)

    def _order_canceled(self, event: OrderCanceled, position: int) -> None:
        order = event.order
        if order.account == self._account:
            self._orders.pop((order.symbol, order.order_id), None)
            name = order.client_order_id
            self._report(Execution.CANCELED, order, position, name=event.cancel_id, original_name=name)

    def _order_expired(self, event: OrderExpired, position: int) -> None:
        order, key = event.order, (event.order.symbol, event.order.order_id)
        if order.account != self._account:
            return
        self._orders.pop(key, None)
        if event.reason is ExpiryReason.SELF_TRADE_PREVENTION and key in self._preventions:
            index = self._preventions[key]
            last = self.reports[index]
            assert isinstance(last, ExecutionReport)
            self.reports[index] = replace(last, order=order)
            return
        self._report(Execution.EXPIRED, order, position, rejection=event.rejection)

    def _order_amended(self, event: OrderAmended, position: int) -> None:
        order = event.order
        if order.account != self._account:
            return
        self._orders[order.symbol, order.order_id] = order
        self._report(Execution.REPLACED, order, position, original_name=event.previous_client_order_id)
        if order.list_id is not None and order.client_order_id != event.previous_client_order_id:
            renamed = _renamed(self._lists[order.list_id], order)
            self._lists[order.list_id] = renamed
            self.reports.append(ListReport(ListChange.RENAMED, renamed))

    def _trade_executed(self, event: TradeExecuted, position: int) -> None:
        """Report the incoming order first, as it was numbered first."""
        for fill, is_maker in ((event.taker, False), (event.maker, True)):
            if fill.account == self._account:
                traded = Traded(
                    price=event.price,
                    quantity=event.quantity,
                    quote_quantity=event.quote_quantity,
                    fee=fill.fee,
                    fee_asset=fill.fee_asset,
                    is_maker=is_maker,
                    trade_id=event.trade_id,
                )
                self._filled((event.symbol, fill.order_id), fill, traded, position)

    def _filled(self, key: Key, fill: Fill, traded: Traded, position: int) -> None:
        order = after_fill(self._orders[key], fill, self._time_us)
        if traded.is_maker:
            order = after_routing(order)
        if order.status.is_open:
            self._orders[key] = order
        else:
            del self._orders[key]
        self._report(Execution.TRADE, order, position, traded=traded, is_maker=traded.is_maker)

    def _match_prevented(self, event: MatchPrevented, position: int) -> None:
        for symbol, is_maker in ((event.taker_symbol, False), (event.symbol, True)):
            prevented = Prevented(event, is_maker)
            own = prevented.own
            if own.account != self._account or not prevented.takes:
                continue
            key = (symbol, own.order_id)
            order = after_prevention(self._orders[key], event.prevented_match_id, own, self._time_us)
            order = after_routing(order) if is_maker else order
            self._orders[key] = order
            self._preventions[key] = len(self.reports)
            self._report(Execution.PREVENTION, order, position, prevented=prevented, is_maker=is_maker)

    def _list_changed(self, event: OrderListPlaced | OrderListEnded) -> None:
        state = event.list
        if state.account != self._account:
            return
        if isinstance(event, OrderListPlaced):
            self._lists[state.list_id] = state
            self.reports.append(ListReport(ListChange.PLACED, state))
        else:
            self._lists.pop(state.list_id, None)
            self.reports.append(ListReport(ListChange.ENDED, state))


def _allocated(event: AllocationMade) -> Traded:
    return Traded(
        price=event.price,
        quantity=event.quantity,
        quote_quantity=event.quote_quantity,
        fee=event.fill.fee,
        fee_asset=event.fill.fee_asset,
        is_maker=False,
        allocation_id=event.allocation_id,
    )


def _renamed(state: OrderListState, order: OrderState) -> OrderListState:
    first, second, third = (
        order.client_order_id if order_id == order.order_id else name
        for order_id, name in zip(state.orders, state.client_order_ids, strict=True)
    )
    assert first is not None
    assert second is not None
    return replace(state, client_order_ids=(first, second, third))
