"""The API's enumerations and how they map to the words of `contracts`, both ways.

Values the API knows and this exchange does not offer yet (stop orders) are listed too: a client that sends one is told
so, not that it misspelled something.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from rialto.contracts.vocabulary import OrderState, OrderStatus, OrderType, SelfTradePrevention, Side, TimeInForce


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


class CancelRestriction(Enum):
    """In which status an order may be canceled."""

    ONLY_NEW = "ONLY_NEW"
    ONLY_PARTIALLY_FILLED = "ONLY_PARTIALLY_FILLED"


class PegPriceType(Enum):
    """Which side of the book a pegged price follows."""

    PRIMARY_PEG = "PRIMARY_PEG"
    MARKET_PEG = "MARKET_PEG"


class PegOffsetType(Enum):
    """What a peg's offset counts."""

    PRICE_LEVEL = "PRICE_LEVEL"


class SymbolStatus(Enum):
    """The statuses a request may filter symbols by."""

    TRADING = "TRADING"
    HALT = "HALT"
    BREAK = "BREAK"


class TickerType(Enum):
    """How much a ticker says."""

    FULL = "FULL"
    MINI = "MINI"


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
    }
)
"""The order types this exchange offers."""

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
    }
)

INTERVALS: Final = (
    *("1s", "1m", "3m", "5m", "15m", "30m"),
    *("1h", "2h", "4h", "6h", "8h", "12h"),
    *("1d", "3d", "1w", "1M"),
)
"""The candle intervals; the core uses the same names."""

PERMISSIONS: Final = ("SPOT", "MARGIN", "LEVERAGED", *(f"TRD_GRP_{number:03}" for number in range(2, 26)))


def expiry_reason(order: OrderState) -> str | None:
    """Tell why the exchange ended an order, or None if it did not.

    The rule follows from the order itself: only market, immediate-or-cancel and fill-or-kill orders expire.
    """
    if order.status is not OrderStatus.EXPIRED:
        return None
    if order.order_type is OrderType.MARKET:
        return "INSUFFICIENT_LIQUIDITY"
    if order.time_in_force is TimeInForce.FILL_OR_KILL:
        return "UNFILLED_FOK_ORDER_EXPIRED"
    return "UNFILLED_IOC_QUANTITY_EXPIRED"
