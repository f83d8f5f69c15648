"""The API's enumerations and how they map to the words of `contracts`, both ways."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from rialto.contracts.commands import CancelRestriction, ReplaceMode
from rialto.contracts.symbol_rules import ReferenceMethod, SymbolStatus
from rialto.contracts.vocabulary import (
    Contingency,
    ExpiryReason,
    OrderState,
    OrderStatus,
    OrderType,
    PegPrice,
    SelfTradePrevention,
    Side,
    TimeInForce,
    WorkingFloor,
)


class OrderTypeName(Enum):
    """Every order type the API names."""

    LIMIT = "LIMIT"
    LIMIT_MAKER = "LIMIT_MAKER"
    MARKET = "MARKET"
    STOP_LOSS = "STOP_LOSS"
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"


class ResponseType(Enum):
    """How much the reply to a new order says."""

    ACK = "ACK"
    RESULT = "RESULT"
    FULL = "FULL"


class PegOffsetType(Enum):
    """What a peg's offset counts."""

    PRICE_LEVEL = "PRICE_LEVEL"


class RateLimitExceededMode(Enum):
    """What becomes of a replacement when the account has placed too many orders."""

    DO_NOTHING = "DO_NOTHING"
    CANCEL_ONLY = "CANCEL_ONLY"


class TickerType(Enum):
    """How much a ticker says."""

    FULL = "FULL"
    MINI = "MINI"


SYMBOL_STATUSES: Final[Mapping[str, SymbolStatus]] = MappingProxyType(
    {"TRADING": SymbolStatus.TRADING, "HALT": SymbolStatus.HALT, "BREAK": SymbolStatus.BREAK}
)
"""The statuses a request may filter symbols by."""

SYMBOL_STATUS_NAMES: Final[Mapping[SymbolStatus, str]] = MappingProxyType(
    {
        SymbolStatus.TRADING: "TRADING",
        SymbolStatus.HALT: "HALT",
        SymbolStatus.BREAK: "BREAK",
        SymbolStatus.END_OF_DAY: "END_OF_DAY",
        SymbolStatus.CANCEL_ONLY: "CANCEL_ONLY",
    }
)

REFERENCE_METHOD_NAMES: Final[Mapping[ReferenceMethod, str]] = MappingProxyType(
    {ReferenceMethod.ARITHMETIC_MEAN: "ARITHMETIC_MEAN", ReferenceMethod.EXTERNAL: "EXTERNAL"}
)
"""How a reference price is calculated, where there is one."""

CANCEL_RESTRICTIONS: Final[Mapping[str, CancelRestriction]] = MappingProxyType(
    {"ONLY_NEW": CancelRestriction.ONLY_NEW, "ONLY_PARTIALLY_FILLED": CancelRestriction.ONLY_PARTIALLY_FILLED}
)

REPLACE_MODES: Final[Mapping[str, ReplaceMode]] = MappingProxyType(
    {"STOP_ON_FAILURE": ReplaceMode.STOP_ON_FAILURE, "ALLOW_FAILURE": ReplaceMode.ALLOW_FAILURE}
)

PEG_PRICES: Final[Mapping[str, PegPrice]] = MappingProxyType(
    {"PRIMARY_PEG": PegPrice.PRIMARY, "MARKET_PEG": PegPrice.MARKET}
)
PEG_PRICE_NAMES: Final[Mapping[PegPrice, str]] = MappingProxyType({value: name for name, value in PEG_PRICES.items()})

WORKING_FLOOR_NAMES: Final[Mapping[WorkingFloor, str]] = MappingProxyType(
    {WorkingFloor.EXCHANGE: "EXCHANGE", WorkingFloor.SMART_ORDER_ROUTING: "SOR"}
)

SIDES: Final[Mapping[str, Side]] = MappingProxyType({"BUY": Side.BUY, "SELL": Side.SELL})

TIMES_IN_FORCE: Final[Mapping[str, TimeInForce]] = MappingProxyType(
    {
        "GTC": TimeInForce.GOOD_TILL_CANCELED,
        "IOC": TimeInForce.IMMEDIATE_OR_CANCEL,
        "FOK": TimeInForce.FILL_OR_KILL,
    }
)

ORDER_TYPES: Final[Mapping[OrderTypeName, OrderType]] = MappingProxyType(
    {
        OrderTypeName.LIMIT: OrderType.LIMIT,
        OrderTypeName.LIMIT_MAKER: OrderType.LIMIT_MAKER,
        OrderTypeName.MARKET: OrderType.MARKET,
        OrderTypeName.STOP_LOSS: OrderType.STOP_LOSS,
        OrderTypeName.STOP_LOSS_LIMIT: OrderType.STOP_LOSS_LIMIT,
        OrderTypeName.TAKE_PROFIT: OrderType.TAKE_PROFIT,
        OrderTypeName.TAKE_PROFIT_LIMIT: OrderType.TAKE_PROFIT_LIMIT,
    }
)

SELF_TRADE_PREVENTIONS: Final[Mapping[str, SelfTradePrevention]] = MappingProxyType(
    {
        "NONE": SelfTradePrevention.NONE,
        "EXPIRE_MAKER": SelfTradePrevention.EXPIRE_MAKER,
        "EXPIRE_TAKER": SelfTradePrevention.EXPIRE_TAKER,
        "EXPIRE_BOTH": SelfTradePrevention.EXPIRE_BOTH,
        "DECREMENT": SelfTradePrevention.DECREMENT,
        "TRANSFER": SelfTradePrevention.TRANSFER,
    }
)

SELF_TRADE_PREVENTION_NAMES: Final[Mapping[SelfTradePrevention, str]] = MappingProxyType(
    {mode: name for name, mode in SELF_TRADE_PREVENTIONS.items()}
)
SIDE_NAMES: Final[Mapping[Side, str]] = MappingProxyType({side: name for name, side in SIDES.items()})
TIME_IN_FORCE_NAMES: Final[Mapping[TimeInForce, str]] = MappingProxyType(
    {value: name for name, value in TIMES_IN_FORCE.items()}
)
ORDER_TYPE_NAMES: Final[Mapping[OrderType, str]] = MappingProxyType(
    {order_type: name.value for name, order_type in ORDER_TYPES.items()}
)
STATUS_NAMES: Final[Mapping[OrderStatus, str]] = MappingProxyType(
    {
        OrderStatus.NEW: "NEW",
        OrderStatus.PARTIALLY_FILLED: "PARTIALLY_FILLED",
        OrderStatus.FILLED: "FILLED",
        OrderStatus.CANCELED: "CANCELED",
        OrderStatus.EXPIRED: "EXPIRED",
        OrderStatus.EXPIRED_IN_MATCH: "EXPIRED_IN_MATCH",
        OrderStatus.PENDING_NEW: "PENDING_NEW",
    }
)

CONTINGENCY_NAMES: Final[Mapping[Contingency, str]] = MappingProxyType(
    {
        Contingency.ONE_CANCELS_THE_OTHER: "OCO",
        Contingency.ONE_TRIGGERS_THE_OTHER: "OTO",
        Contingency.ONE_TRIGGERS_ONE_CANCELS_THE_OTHER: "OTO",
    }
)
"""What a list is called. One that triggers is called so whatever its pending orders do to each other."""

INTERVALS: Final = (
    *("1s", "1m", "3m", "5m", "15m", "30m"),
    *("1h", "2h", "4h", "6h", "8h", "12h"),
    *("1d", "3d", "1w", "1M"),
)
"""The candle intervals; the core uses the same names."""

PERMISSIONS: Final = ("SPOT", "MARGIN", "LEVERAGED", *(f"TRD_GRP_{number:03}" for number in range(2, 26)))


EXPIRY_REASON_NAMES: Final[Mapping[ExpiryReason, str | None]] = MappingProxyType(
    {
        ExpiryReason.IMMEDIATE_OR_CANCEL: "UNFILLED_IOC_QUANTITY_EXPIRED",
        ExpiryReason.FILL_OR_KILL: "UNFILLED_FOK_ORDER_EXPIRED",
        ExpiryReason.NO_LIQUIDITY: "INSUFFICIENT_LIQUIDITY",
        ExpiryReason.SELF_TRADE_PREVENTION: None,
        ExpiryReason.OTHER_ORDER_OF_LIST: "OCO_TRIGGER",
        ExpiryReason.WORKING_ORDER_OF_LIST: "OTO_PHASE_ONE_EXPIRED",
        ExpiryReason.REJECTED: "REJECTED",
        ExpiryReason.PRICE_RANGE: "EXECUTION_RULE_PRICE_RANGE_EXCEEDED",
    }
)


def expiry_reason(order: OrderState) -> str | None:
    """Tell why the exchange ended an order, or None if it did not or the status says it: prevention has its own."""
    return None if order.expiry_reason is None else EXPIRY_REASON_NAMES[order.expiry_reason]
