"""Reports as JSON, in the documented spelling: field names, their order, and numbers as strings.

Pure: reports in, bytes out. Times are rounded down to the client's unit. A field that only some orders have is left out
of the others' reports; what an order of any kind could have and this one has not is zero, -1 or empty.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec import field

from rialto.contracts.amounts import ZERO
from rialto.contracts.vocabulary import OrderState, TimeInForce
from rialto.core.catalog import Catalog
from rialto.streams.framing import TimeUnit
from rialto.streams.user_data.reports import (
    UNKNOWN_ID,
    BalanceReport,
    Execution,
    ExecutionReport,
    ListChange,
    ListReport,
    LockReport,
    PositionReport,
    Prevented,
    RejectReason,
    Report,
    Traded,
)
from rialto.wire.orders import (
    ALLOCATED,
    LIST_DONE,
    LIST_EXECUTING,
    LIST_REJECTED,
    LIST_RESPONSE,
    LIST_STARTED,
    LIST_UPDATED,
    NEVER,
    NO_TRADE,
    list_id,
    pegging,
    prevented_quantity,
)
from rialto.wire.vocabulary import (
    CONTINGENCY_NAMES,
    ORDER_TYPE_NAMES,
    SELF_TRADE_PREVENTION_NAMES,
    SIDE_NAMES,
    STATUS_NAMES,
    TIME_IN_FORCE_NAMES,
    WORKING_FLOOR_NAMES,
    expiry_reason,
)

NO_REASON: Final = "NONE"
NO_COMMISSION: Final = "0"
REJECTED: Final = "REJECTED"

EXECUTION_NAMES: Final[Mapping[Execution, str]] = MappingProxyType(
    {
        Execution.NEW: "NEW",
        Execution.CANCELED: "CANCELED",
        Execution.REPLACED: "REPLACED",
        Execution.REJECTED: REJECTED,
        Execution.TRADE: "TRADE",
        Execution.EXPIRED: "EXPIRED",
        Execution.PREVENTION: "TRADE_PREVENTION",
    }
)
REASON_NAMES: Final[Mapping[RejectReason, str]] = MappingProxyType(
    {
        RejectReason.INSUFFICIENT_BALANCE: "INSUFFICIENT_BALANCES",
        RejectReason.WOULD_TRIGGER: "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY",
        RejectReason.WOULD_TAKE: "WOULD_MATCH_IMMEDIATELY",
        RejectReason.PRICE_RELATIONSHIP: "OCO_BAD_PRICES",
    }
)
LIST_STATUSES: Final[Mapping[ListChange, tuple[str, str]]] = MappingProxyType(
    {
        ListChange.PLACED: (LIST_STARTED, LIST_EXECUTING),
        ListChange.RENAMED: (LIST_UPDATED, LIST_EXECUTING),
        ListChange.ENDED: (LIST_DONE, LIST_DONE),
        ListChange.REFUSED: (LIST_RESPONSE, LIST_REJECTED),
    }
)

_encode: Final = msgspec.json.Encoder().encode


class _ExecutionReport(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    event_type: str = field(name="e")
    event_time: int = field(name="E")
    symbol: str = field(name="s")
    client_order_id: str = field(name="c")
    side: str = field(name="S")
    order_type: str = field(name="o")
    time_in_force: str = field(name="f")
    quantity: str = field(name="q")
    price: str = field(name="p")
    stop_price: str = field(name="P")
    trailing_delta: int | None = field(name="d", default=None)
    trailing_time: int | None = field(name="D", default=None)
    iceberg_quantity: str = field(name="F")
    order_list_id: int = field(name="g")
    original_client_order_id: str = field(name="C")
    execution: str = field(name="x")
    status: str = field(name="X")
    reject_reason: str = field(name="r")
    order_id: int = field(name="i")
    last_quantity: str = field(name="l")
    executed: str = field(name="z")
    last_price: str = field(name="L")
    commission: str = field(name="n")
    commission_asset: str | None = field(name="N")
    time: int = field(name="T")
    trade_id: int = field(name="t")
    prevented_match_id: int | None = field(name="v", default=None)
    prevented_quantity: str | None = field(name="A", default=None)
    last_prevented_quantity: str | None = field(name="B", default=None)
    trade_group_id: int | None = field(name="u", default=None)
    counter_order_id: int | None = field(name="U", default=None)
    counter_symbol: str | None = field(name="Cs", default=None)
    prevented_execution_quantity: str | None = field(name="pl", default=None)
    prevented_execution_price: str | None = field(name="pL", default=None)
    prevented_execution_quote: str | None = field(name="pY", default=None)
    execution_id: int = field(name="I")
    is_on_book: bool = field(name="w")
    is_maker: bool = field(name="m")
    ignored: bool = field(name="M")
    placed_at: int = field(name="O")
    executed_quote: str = field(name="Z")
    last_quote: str = field(name="Y")
    quote_quantity: str = field(name="Q")
    working_time: int | None = field(name="W", default=None)
    self_trade_prevention: str = field(name="V")
    strategy_id: int | None = field(name="j", default=None)
    strategy_type: int | None = field(name="J", default=None)
    match_type: str | None = field(name="b", default=None)
    allocation_id: int | None = field(name="a", default=None)
    working_floor: str | None = field(name="k", default=None)
    used_sor: bool | None = field(name="uS", default=None)
    peg_price_type: str | None = field(name="gP", default=None)
    peg_offset_type: str | None = field(name="gOT", default=None)
    peg_offset_value: int | None = field(name="gOV", default=None)
    pegged_price: str | None = field(name="gp", default=None)
    expiry_reason: str | None = field(name="eR", default=None)


class _ListedOrder(msgspec.Struct):
    symbol: str = field(name="s")
    order_id: int = field(name="i")
    client_order_id: str = field(name="c")


class _ListStatus(msgspec.Struct):
    event_type: str = field(name="e")
    event_time: int = field(name="E")
    symbol: str = field(name="s")
    list_id: int = field(name="g")
    contingency: str = field(name="c")
    status: str = field(name="l")
    order_status: str = field(name="L")
    reject_reason: str = field(name="r")
    client_order_id: str = field(name="C")
    time: int = field(name="T")
    orders: list[_ListedOrder] = field(name="O")


class _AmountChanged(msgspec.Struct):
    event_type: str = field(name="e")
    event_time: int = field(name="E")
    asset: str = field(name="a")
    change: str = field(name="d")
    time: int = field(name="T")


class _Balance(msgspec.Struct):
    asset: str = field(name="a")
    free: str = field(name="f")
    locked: str = field(name="l")


class _Position(msgspec.Struct):
    event_type: str = field(name="e")
    event_time: int = field(name="E")
    updated_at: int = field(name="u")
    balances: list[_Balance] = field(name="B")


class _Terminated(msgspec.Struct):
    event_type: str = field(name="e")
    event_time: int = field(name="E")


def encode_report(report: Report, catalog: Catalog, time_us: int, unit: TimeUnit) -> bytes:
    """Encode a report of a command of some time."""
    divisor = unit.value
    time = time_us // divisor
    match report:
        case ExecutionReport():
            return _encode(_execution_report(report, catalog, time, divisor))
        case PositionReport():
            balances = [_Balance(catalog.asset(asset).name, free, locked) for asset, free, locked in report.balances]
            return _encode(_Position("outboundAccountPosition", time, time, balances))
        case ListReport():
            return _encode(_list_status(report, catalog, time))
        case BalanceReport():
            return _encode(_AmountChanged("balanceUpdate", time, catalog.asset(report.asset).name, report.change, time))
        case LockReport():
            return _encode(
                _AmountChanged("externalLockUpdate", time, catalog.asset(report.asset).name, report.change, time)
            )


def encode_terminated(time_us: int, unit: TimeUnit) -> bytes:
    """Encode the last message of a stream that ends."""
    return _encode(_Terminated("eventStreamTerminated", unit.of(time_us)))


def _execution_report(report: ExecutionReport, catalog: Catalog, time: int, divisor: int) -> _ExecutionReport:
    order, traded, prevented = report.order, report.traded, report.prevented
    is_rejected = report.execution is Execution.REJECTED
    return _ExecutionReport(
        event_type="executionReport",
        event_time=time,
        symbol=catalog.symbol(order.symbol).name,
        client_order_id=report.client_order_id,
        side=SIDE_NAMES[order.side],
        order_type=ORDER_TYPE_NAMES[order.order_type],
        time_in_force=TIME_IN_FORCE_NAMES[order.time_in_force],
        quantity=order.quantity,
        price=order.price,
        stop_price=(order.terms and order.terms.stop_price) or ZERO,
        iceberg_quantity=(order.terms and order.terms.iceberg_quantity) or ZERO,
        order_list_id=list_id(order),
        original_client_order_id=report.original_client_order_id,
        execution=EXECUTION_NAMES[report.execution],
        status=REJECTED if is_rejected else STATUS_NAMES[order.status],
        reject_reason=_reason(report.reject_reason),
        order_id=order.order_id,
        last_quantity=traded.quantity if traded else ZERO,
        executed=order.executed,
        last_price=traded.price if traded else ZERO,
        commission=traded.fee if traded else NO_COMMISSION,
        commission_asset=catalog.asset(traded.fee_asset).name if traded else None,
        time=time,
        trade_id=NO_TRADE if traded is None or traded.trade_id is None else traded.trade_id,
        execution_id=UNKNOWN_ID if report.execution_id is None else report.execution_id,
        is_on_book=_is_on_book(report),
        is_maker=traded is not None and traded.is_maker,
        ignored=traded is not None,
        placed_at=order.placed_at_us // divisor if order.placed_at_us else NEVER,
        executed_quote=order.executed_quote,
        last_quote=traded.quote_quantity if traded else ZERO,
        quote_quantity=order.quote_quantity,
        self_trade_prevention=SELF_TRADE_PREVENTION_NAMES[order.self_trade_prevention],
        **_conditions(order, divisor),
        **({} if prevented is None else _prevention(prevented, catalog)),
        **({} if traded is None or traded.allocation_id is None else _allocation(traded)),
    )


def _is_on_book(report: ExecutionReport) -> bool:
    """Tell whether an order works and may rest. One that does not rest is told of as working when it starts."""
    order = report.order
    if not order.working_at_us or not order.status.is_open:
        return False
    rests = order.order_type.has_limit and order.time_in_force is TimeInForce.GOOD_TILL_CANCELED
    return rests or report.execution is Execution.NEW


def _conditions(order: OrderState, divisor: int) -> dict[str, Any]:
    """Return the fields that only some orders have and this one does."""
    fields: dict[str, Any] = {}
    if order.working_at_us:
        fields["working_time"] = order.working_at_us // divisor
    if order.prevented_match_id:
        fields["prevented_match_id"] = order.prevented_match_id
        fields["prevented_quantity"] = prevented_quantity(order)
    if order.expiry_reason is not None:
        fields["expiry_reason"] = expiry_reason(order)
    if order.working_floor is not None:
        fields |= {"working_floor": WORKING_FLOOR_NAMES[order.working_floor], "used_sor": True}
    terms = order.terms
    if terms is None:
        return fields
    fields |= {
        "trailing_delta": terms.trailing_delta,
        "strategy_id": terms.strategy_id,
        "strategy_type": terms.strategy_type,
    }
    if order.trailing_since_us:
        fields["trailing_time"] = order.trailing_since_us // divisor
    peg = pegging(order)
    if peg is not None:
        fields |= {
            "peg_price_type": peg.price_type,
            "peg_offset_type": peg.offset_type,
            "peg_offset_value": peg.offset_value,
            "pegged_price": peg.price,
        }
    return fields


def _prevention(prevented: Prevented, catalog: Catalog) -> dict[str, Any]:
    match = prevented.match
    counter_symbol, counter_order_id = prevented.counter_order
    return {
        "last_prevented_quantity": prevented.own.quantity,
        "trade_group_id": match.trade_group,
        "counter_order_id": counter_order_id,
        "counter_symbol": catalog.symbol(counter_symbol).name,
        "prevented_execution_quantity": match.quantity,
        "prevented_execution_price": match.price,
        "prevented_execution_quote": match.quote_quantity,
    }


def _allocation(traded: Traded) -> dict[str, Any]:
    return {"match_type": ALLOCATED, "allocation_id": traded.allocation_id}


def _list_status(report: ListReport, catalog: Catalog, time: int) -> _ListStatus:
    state = report.list
    symbol = catalog.symbol(state.symbol).name
    status, order_status = LIST_STATUSES[report.change]
    return _ListStatus(
        event_type="listStatus",
        event_time=time,
        symbol=symbol,
        list_id=state.list_id,
        contingency=CONTINGENCY_NAMES[state.contingency],
        status=status,
        order_status=order_status,
        reject_reason=_reason(report.reject_reason),
        client_order_id=state.client_order_id,
        time=time,
        orders=[_ListedOrder(symbol, order_id, name) for order_id, name in state.members],
    )


def _reason(reason: RejectReason | None) -> str:
    return NO_REASON if reason is None else REASON_NAMES[reason]
