"""Reports of an account as ExecutionReport<8> and ListStatus<N>, in the words of the dictionary. Pure.

A field that only some orders have is left out of the others' reports. Times have microseconds.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from rialto.contracts.amounts import ZERO
from rialto.contracts.events import Outcome
from rialto.contracts.vocabulary import Contingency, OrderListState, OrderState, OrderStatus
from rialto.core.catalog import Catalog
from rialto.fix.dictionary import Dictionary, Values
from rialto.fix.order_lists import INSTRUCTIONS, Instruction, instructions, written
from rialto.fix.orders import PEG_OFFSET_TYPES, TIMES_IN_FORCE
from rialto.fix.times import to_text
from rialto.streams.user_data.payloads import LIST_STATUSES
from rialto.streams.user_data.reports import (
    Execution,
    ExecutionReport,
    ListReport,
    Prevented,
    Report,
    Traded,
)
from rialto.wire import decimals
from rialto.wire.orders import ALLOCATED, pegging, prevented_quantity
from rialto.wire.vocabulary import (
    ORDER_TYPE_NAMES,
    SELF_TRADE_PREVENTION_NAMES,
    SIDE_NAMES,
    STATUS_NAMES,
    TIME_IN_FORCE_NAMES,
    WORKING_FLOOR_NAMES,
    expiry_reason,
)

EXECUTION_REPORT: Final = "8"
LIST_STATUS: Final = "N"

_EXECUTIONS: Final[Mapping[Execution, str]] = MappingProxyType(
    {
        Execution.NEW: "NEW",
        Execution.CANCELED: "CANCELED",
        Execution.REPLACED: "REPLACED",
        Execution.REJECTED: "REJECTED",
        Execution.TRADE: "TRADE",
        Execution.EXPIRED: "EXPIRED",
        # What self-trade prevention takes from an order has expired, even where some of the order is left.
        Execution.PREVENTION: "EXPIRED",
    }
)
_STATUSES: Final[Mapping[OrderStatus, str]] = MappingProxyType(
    {**STATUS_NAMES, OrderStatus.EXPIRED_IN_MATCH: STATUS_NAMES[OrderStatus.EXPIRED]}
)
_TIMES: Final[Mapping[str, str]] = MappingProxyType({short: word for word, short in TIMES_IN_FORCE.items()})
_OFFSETS: Final[Mapping[str, str]] = MappingProxyType({word: tier for tier, word in PEG_OFFSET_TYPES.items()})
_CONTINGENCIES: Final[Mapping[Contingency, str]] = MappingProxyType(
    {
        Contingency.ONE_CANCELS_THE_OTHER: "ONE_CANCELS_THE_OTHER",
        Contingency.ONE_TRIGGERS_THE_OTHER: "ONE_TRIGGERS_THE_OTHER",
        Contingency.ONE_TRIGGERS_ONE_CANCELS_THE_OTHER: "ONE_TRIGGERS_THE_OTHER",
    }
)


class ReportWriter:
    """Writes reports, each list of them once for all who are told of it."""

    def __init__(self, dictionary: Dictionary, catalog: Catalog) -> None:
        self._dictionary = dictionary
        self._catalog = catalog
        self._reports: Sequence[Report] = ()
        self._written: list[tuple[Report, str, bytes]] = []

    def written(self, outcome: Outcome, reports: Sequence[Report]) -> Sequence[tuple[Report, str, bytes]]:
        """Return the reports that FIX tells of, each with the type and the body of its message.

        Refusals are not among them: who asked is answered, the others are not told.
        """
        if self._reports is not reports:
            self._reports = reports
            self._written = [
                (report, message_type, self._dictionary.write(message_type, values))
                for report in reports
                for message_type, values in self._told(report, outcome.time_us, reports)
            ]
        return self._written

    def _told(self, report: Report, time_us: int, reports: Sequence[Report]) -> list[tuple[str, Values]]:
        if isinstance(report, ExecutionReport) and report.execution is not Execution.REJECTED:
            return [(EXECUTION_REPORT, self._execution_report(report, time_us))]
        if isinstance(report, ListReport) and report.list.list_id >= 0:
            return [(LIST_STATUS, self._list_status(report, time_us, reports))]
        return []

    def _code(self, field: str, word: str) -> str:
        return self._dictionary.code(field, word)

    def _execution_report(self, report: ExecutionReport, time_us: int) -> Values:
        order, traded = report.order, report.traded
        is_working = bool(order.working_at_us) and order.status.is_open
        values: dict[str, Any] = {
            "ExecID": report.execution_id,
            "ClOrdID": report.client_order_id,
            "OrigClOrdID": report.original_client_order_id or None,
            "OrderID": order.order_id,
            "OrderQty": None if order.quantity == ZERO else order.quantity,
            "Side": self._code("Side", SIDE_NAMES[order.side]),
            "Symbol": self._catalog.symbol(order.symbol).name,
            "TransactTime": to_text(time_us),
            "OrderCreationTime": to_text(order.placed_at_us),
            "ListID": order.list_id,
            "CashOrderQty": None if order.quote_quantity == ZERO else order.quote_quantity,
            "SelfTradePreventionMode": self._code(
                "SelfTradePreventionMode", SELF_TRADE_PREVENTION_NAMES[order.self_trade_prevention]
            ),
            "ExecType": self._code("ExecType", _EXECUTIONS[report.execution]),
            "CumQty": order.executed,
            "LeavesQty": _left(order),
            "CumQuoteQty": order.executed_quote,
            "LastQty": ZERO if traded is None else traded.quantity,
            "OrdStatus": self._code("OrdStatus", _STATUSES[order.status]),
            "WorkingIndicator": "Y" if is_working else None,
            "WorkingTime": to_text(order.working_at_us) if order.working_at_us else None,
        }
        values |= self._price(order)
        values |= self._terms(order)
        if order.prevented_match_id:
            values |= {"PreventedMatchID": order.prevented_match_id, "PreventedQty": prevented_quantity(order)}
        reason = expiry_reason(order)
        if reason is not None:
            values["ExpiryReason"] = self._code("ExpiryReason", reason)
        if order.working_floor is not None:
            values |= {"WorkingFloor": self._code("WorkingFloor", WORKING_FLOOR_NAMES[order.working_floor]), "SOR": "Y"}
        if traded is not None:
            values |= self._trade(traded)
        if report.prevented is not None:
            values |= self._prevention(report.prevented)
        return values

    def _price(self, order: OrderState) -> dict[str, Any]:
        """Return type, limit and patience, as the three stand in a request."""
        name = ORDER_TYPE_NAMES[order.order_type]
        peg = pegging(order)
        if peg is not None:
            kind = "PEGGED"
        elif order.order_type.is_contingent:
            kind = "STOP_LIMIT" if order.order_type.has_limit else "STOP"
        else:
            kind = "LIMIT" if order.order_type.has_limit else "MARKET"
        is_maker = name == "LIMIT_MAKER"
        patience = TIME_IN_FORCE_NAMES[order.time_in_force]
        values: dict[str, Any] = {
            "OrdType": self._code("OrdType", kind),
            "ExecInst": self._code("ExecInst", "PARTICIPATE_DONT_INITIATE") if is_maker else None,
            "Price": None if order.price == ZERO else order.price,
            "TimeInForce": self._code("TimeInForce", _TIMES[patience]) if order.order_type.has_limit else None,
        }
        if peg is None:
            return values
        return values | {
            "PegPriceType": self._code("PegPriceType", peg.price_type),
            "PegMoveType": self._code("PegMoveType", "FIXED"),
            "PegOffsetType": peg.offset_type and self._code("PegOffsetType", _OFFSETS[peg.offset_type]),
            "PegOffsetValue": peg.offset_value,
            "PeggedPrice": peg.price,
        }

    def _terms(self, order: OrderState) -> dict[str, Any]:
        terms = order.terms
        if terms is None:
            return {}
        values: dict[str, Any] = {
            "MaxFloor": terms.iceberg_quantity,
            "TargetStrategy": terms.strategy_type,
            "StrategyID": terms.strategy_id,
        }
        if not order.order_type.is_contingent:
            return values
        is_loss = ORDER_TYPE_NAMES[order.order_type].startswith("STOP_LOSS")
        rises = is_loss == (SIDE_NAMES[order.side] == "BUY")
        return values | {
            "TriggerType": self._code("TriggerType", "PRICE_MOVEMENT"),
            "TriggerAction": self._code("TriggerAction", "ACTIVATE"),
            "TriggerPrice": terms.stop_price,
            "TriggerPriceType": self._code("TriggerPriceType", "LAST_TRADE"),
            "TriggerPriceDirection": "U" if rises else "D",
            "TriggerTrailingDeltaBips": terms.trailing_delta,
            "TrailingTime": to_text(order.trailing_since_us) if order.trailing_since_us else None,
        }

    def _trade(self, traded: Traded) -> dict[str, Any]:
        matched = ALLOCATED if traded.allocation_id is not None else "AUTO_MATCH"
        fee: Values = {
            "MiscFeeAmt": traded.fee,
            "MiscFeeCurr": self._catalog.asset(traded.fee_asset).name,
            "MiscFeeType": self._code("MiscFeeType", "EXCHANGE_FEES"),
        }
        return {
            "AggressorIndicator": "N" if traded.is_maker else "Y",
            "TradeID": traded.trade_id,
            "AllocID": traded.allocation_id,
            "MatchType": self._code("MatchType", matched),
            "LastPx": traded.price,
            "NoMiscFees": [fee],
        }

    def _prevention(self, prevented: Prevented) -> dict[str, Any]:
        match = prevented.match
        counter_symbol, counter_order_id = prevented.counter_order
        return {
            "PreventedExecutionPrice": match.price,
            "PreventedExecutionQty": match.quantity,
            "TradeGroupID": match.trade_group,
            "CounterSymbol": self._catalog.symbol(counter_symbol).name,
            "CounterOrderID": counter_order_id,
            "LastPreventedQty": prevented.own.quantity,
        }

    def _list_status(self, report: ListReport, time_us: int, reports: Sequence[Report]) -> Values:
        state = report.list
        symbol = self._catalog.symbol(state.symbol).name
        status, order_status = LIST_STATUSES[report.change]
        contingency = _CONTINGENCIES[state.contingency]
        members = _in_order(state)
        types = _types(state, reports)
        held: list[list[Instruction]] = [[] for _ in members]
        if types:
            held = instructions(contingency, [types[order_id] for order_id, _ in members])
        return {
            "Symbol": symbol,
            "ListID": state.list_id,
            "ClListID": state.client_order_id,
            "OrigClListID": state.client_order_id,
            "ContingencyType": self._code("ContingencyType", contingency),
            "ListStatusType": self._code("ListStatusType", status),
            "ListOrderStatus": self._code("ListOrderStatus", order_status),
            "TransactTime": to_text(time_us),
            "NoOrders": [
                {
                    "ClOrdID": name,
                    "Symbol": symbol,
                    "OrderID": order_id,
                    INSTRUCTIONS: written(steps, self._dictionary) or None,
                }
                for (order_id, name), steps in zip(members, held, strict=True)
            ],
        }


def _left(order: OrderState) -> str:
    """Return what is left of an order to be executed."""
    if not order.status.is_open or order.quantity == ZERO:
        return ZERO
    units = decimals.to_units
    return decimals.to_text(units(order.quantity) - units(order.executed) - units(order.prevented))


def _in_order(state: OrderListState) -> list[tuple[int, str]]:
    """List the orders as FIX does, the one below before the one above."""
    members = list(state.members)
    if state.contingency is not Contingency.ONE_TRIGGERS_THE_OTHER:
        members[-2:] = reversed(members[-2:])
    return members


def _types(state: OrderListState, reports: Sequence[Report]) -> dict[int, str]:
    """Return the types of a list's orders by id, where the reports beside it tell of all of them."""
    types = {
        report.order.order_id: ORDER_TYPE_NAMES[report.order.order_type]
        for report in reports
        if isinstance(report, ExecutionReport) and report.order.list_id == state.list_id
    }
    return types if all(order_id in types for order_id, _ in state.members) else {}
