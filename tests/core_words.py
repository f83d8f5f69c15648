"""Commands that lead to the events and refusals of orders that wait and depend on each other."""

from typing import Final

from rialto.contracts import commands
from rialto.contracts.commands import Command, NewOrder, OrderReference
from rialto.contracts.symbol_rules import (
    EVERY_FEATURE,
    ExchangeLimits,
    PercentPrice,
    Reference,
    ReferenceMethod,
    SymbolRules,
    SymbolStatus,
    TrailingRange,
)
from rialto.contracts.vocabulary import (
    Contingency,
    OrderTerms,
    OrderType,
    Peg,
    PegPrice,
    Side,
    TimeInForce,
    commission_of,
)
from tests.exchange import BTC, BTCUSDT

GTC: Final = TimeInForce.GOOD_TILL_CANCELED
ALICE, BOB = 5, 6
"""Who `tests.exchange.found` opens accounts for."""
RULES: Final = SymbolRules(reference=Reference(ReferenceMethod.EXTERNAL))


def order(side: Side, kind: OrderType, price: str | None, quantity: str | None, name: str, **terms: object) -> NewOrder:
    """An order with terms."""
    asked = OrderTerms(**terms) if terms else None  # type: ignore[arg-type]
    return NewOrder(name, side, kind, GTC, price, quantity, None, None, asked)


def place(account: int, new: NewOrder, *, is_routed: bool = False, symbol: int = BTCUSDT) -> commands.PlaceOrder:
    """A command that places it."""
    return commands.PlaceOrder(account, symbol, new, is_routed)


def sell(price: str, name: str, **terms: object) -> NewOrder:
    """A limit order to sell one."""
    return order(Side.SELL, OrderType.LIMIT, price, "1", name, **terms)


def buy(price: str, name: str, **terms: object) -> NewOrder:
    """A limit order to buy one."""
    return order(Side.BUY, OrderType.LIMIT, price, "1", name, **terms)


def stop(stop_price: str, name: str, **terms: object) -> NewOrder:
    """A stop-loss order to sell one."""
    return order(Side.SELL, OrderType.STOP_LOSS, None, "1", name, stop_price=stop_price, **terms)


def order_list(
    contingency: Contingency, *orders: NewOrder, name: str = "list", pays: bool = False
) -> commands.PlaceOrderList:
    """A list of Alice's."""
    return commands.PlaceOrderList(ALICE, BTCUSDT, name, contingency, pays, orders)


def named(name: str) -> OrderReference:
    """An order by its owner's name for it."""
    return OrderReference(client_order_id=name)


OCO: Final = Contingency.ONE_CANCELS_THE_OTHER
OTO: Final = Contingency.ONE_TRIGGERS_THE_OTHER

LIVELY: Final[list[Command]] = [
    commands.SetSymbolStatus(BTCUSDT, SymbolStatus.TRADING),
    commands.SetReferencePrice(BTCUSDT, "50000"),
    commands.SetCommission(ALICE, None, commission_of("0.001", "0.002")),
    commands.SetDiscount(BTC, "0.75"),
    commands.SetAccountDiscount(ALICE, True),
    commands.SetExchangeLimits(ExchangeLimits(1000)),
    commands.SetAssetLimit(BTC, "90"),
    commands.ReportBlockTrade(BTCUSDT, "50000", "100", Side.BUY),
    place(ALICE, sell("50000", "first")),
    place(BOB, buy("50000", "second")),
    place(ALICE, stop("49000", "stop")),
    place(ALICE, order(Side.SELL, OrderType.TAKE_PROFIT, None, "1", "trail", stop_price="50500", trailing_delta=100)),
    place(ALICE, sell("52000", "iceberg", iceberg_quantity="0.5", strategy_id=1, strategy_type=1_000_000)),
    commands.AmendOrder(ALICE, BTCUSDT, named("iceberg"), "smaller", "0.75"),
    place(ALICE, order(Side.SELL, OrderType.LIMIT, None, "1", "pegged", peg=Peg(PegPrice.PRIMARY))),
    commands.ReplaceOrder(
        ALICE, BTCUSDT, named("nothing"), None, None, commands.ReplaceMode.ALLOW_FAILURE, sell("53000", "replacement")
    ),
    order_list(OTO, buy("48500", "working"), sell("54000", "pending")),
    place(BOB, buy("51000", "bid")),
    place(ALICE, sell("51000", "rise")),
    place(BOB, buy("48900", "low")),
    place(ALICE, sell("48900", "fall")),
    place(BOB, sell("48000", "lower")),
    commands.CancelAllOrders(ALICE, BTCUSDT),
]
"""What a lively exchange sees; the pool comes behind it."""

LATER_EVENTS: Final = frozenset(
    {
        *("OrderActivated", "OrderTriggered", "TrailingStarted", "OrderAmended", "OrderListPlaced", "OrderListEnded"),
        *("AllocationMade", "PartRefused", "BlockTradeReported", "SymbolStatusChanged", "ReferencePriceSet"),
        *("CommissionSet", "DiscountSet", "AccountDiscountSet", "ExchangeLimitsSet", "AssetLimitSet", "SymbolsPooled"),
    }
)
"""The events that `LIVELY` and a pool lead to."""

LATER_REFUSALS: Final[list[tuple[SymbolRules, list[Command], str]]] = [
    (RULES, [commands.SetSymbolStatus(BTCUSDT, SymbolStatus.HALT), place(ALICE, sell("9", "a"))], "MarketClosed"),
    (SymbolRules(EVERY_FEATURE - (1 << 6)), [place(ALICE, sell("9", "a", iceberg_quantity="0.5"))], "NotAllowed"),
    (RULES, [place(ALICE, sell("9", "a", iceberg_quantity="2"))], "IcebergExceedsQuantity"),
    (SymbolRules(iceberg_parts_max=1), [place(ALICE, sell("9", "a", iceberg_quantity="0.5"))], "TooManyIcebergParts"),
    (
        SymbolRules(percent_price=PercentPrice("1.1", "0.9", "1.1", "0.9", True)),
        [place(ALICE, sell("9", "a")), place(BOB, buy("9", "b")), place(ALICE, sell("10", "c"))],
        "PercentPrice",
    ),
    (
        SymbolRules(trailing=TrailingRange(5, 6, 5, 6)),
        [place(ALICE, order(Side.SELL, OrderType.STOP_LOSS, None, "1", "a", trailing_delta=7))],
        "TrailingDelta",
    ),
    (SymbolRules(position_max="100.00000000"), [place(ALICE, buy("9", "a"))], "MaxPosition"),
    (RULES, [commands.SetAssetLimit(BTC, "0.5"), place(ALICE, sell("9", "a"))], "MaxAsset"),
    (SymbolRules(algo_orders_max=1), [place(ALICE, stop("9", "a")), place(ALICE, stop("9", "b"))], "TooManyAlgoOrders"),
    (
        SymbolRules(iceberg_orders_max=1),
        [place(ALICE, sell("9", name, iceberg_quantity="0.5")) for name in "ab"],
        "TooManyIcebergOrders",
    ),
    (
        SymbolRules(order_lists_max=1),
        [order_list(OTO, sell("9", f"a{name}"), sell("9", f"b{name}"), name=name) for name in "xy"],
        "TooManyOrderLists",
    ),
    (
        RULES,
        [commands.SetExchangeLimits(ExchangeLimits(1)), *(place(ALICE, sell("9", name)) for name in "ab")],
        "TooManyOrdersOnExchange",
    ),
    (
        RULES,
        [commands.SetExchangeLimits(ExchangeLimits(0, 1)), *(place(ALICE, stop("9", name)) for name in "ab")],
        "TooManyAlgoOrdersOnExchange",
    ),
    (
        RULES,
        [
            commands.SetExchangeLimits(ExchangeLimits(0, 0, 1)),
            *(place(ALICE, sell("9", name, iceberg_quantity="0.5")) for name in "ab"),
        ],
        "TooManyIcebergOrdersOnExchange",
    ),
    (
        RULES,
        [
            commands.SetExchangeLimits(ExchangeLimits(0, 0, 0, 1)),
            *(order_list(OTO, sell("9", f"a{name}"), sell("9", f"b{name}"), name=name) for name in "xy"),
        ],
        "TooManyOrderListsOnExchange",
    ),
    (
        RULES,
        [place(ALICE, sell("9", "a")), place(BOB, buy("9", "b")), place(ALICE, stop("9", "c"))],
        "WouldTrigger",
    ),
    (RULES, [place(ALICE, sell("9", "a", peg=Peg(PegPrice.MARKET, 1)))], "NoPegPrice"),
    (RULES, [place(ALICE, stop("9", "a", peg=Peg(PegPrice.MARKET)))], "UnpeggableType"),
    (
        RULES,
        [place(ALICE, order(Side.SELL, OrderType.LIMIT_MAKER, None, "1", "a", peg=Peg(PegPrice.MARKET)))],
        "UnpeggablePrice",
    ),
    (RULES, [order_list(OCO, sell("9", "a"), stop("8", "b"))], "InvalidOrderList"),
    (
        RULES,
        [order_list(OCO, order(Side.SELL, OrderType.LIMIT_MAKER, "9", "1", "a"), stop("9", "b"))],
        "PriceRelationship",
    ),
    (
        RULES,
        [order_list(OTO, sell("9", f"a{name}"), sell("9", f"b{name}")) for name in "xy"],
        "DuplicateListClientOrderId",
    ),
    (RULES, [commands.CancelOrderList(ALICE, BTCUSDT, commands.ListReference(7))], "UnknownOrderList"),
    (
        RULES,
        [
            place(ALICE, sell("9", "a")),
            commands.CancelOrder(ALICE, BTCUSDT, named("a"), commands.CancelRestriction.ONLY_PARTIALLY_FILLED),
        ],
        "CancelRestricted",
    ),
    (
        RULES,
        [place(ALICE, sell("9", "a")), commands.AmendOrder(ALICE, BTCUSDT, named("a"), "a", "2")],
        "AmendIncreases",
    ),
    (
        RULES,
        [place(ALICE, sell("9", "a")), commands.AmendOrder(ALICE, BTCUSDT, named("a"), "a", "1")],
        "AmendChangesNothing",
    ),
    (
        RULES,
        [
            place(ALICE, order(Side.SELL, OrderType.LIMIT, "9", "2", "a")),
            place(BOB, buy("9", "b")),
            commands.AmendOrder(ALICE, BTCUSDT, named("a"), "a", "1"),
        ],
        "AmendBelowDone",
    ),
    (
        RULES,
        [
            order_list(OTO, buy("9", "a"), order(Side.SELL, OrderType.LIMIT, "10", None, "b"), pays=True),
            commands.AmendOrder(ALICE, BTCUSDT, named("b"), "b", "1"),
        ],
        "AmendPendingPaid",
    ),
    (
        SymbolRules(amendments_max=1),
        [
            place(ALICE, sell("9", "a")),
            *(commands.AmendOrder(ALICE, BTCUSDT, named("a"), "a", quantity) for quantity in ("0.9", "0.8")),
        ],
        "TooManyAmendments",
    ),
    (SymbolRules(), [commands.SetReferencePrice(BTCUSDT, "1")], "InvalidReferencePrice"),
    (RULES, [commands.PoolSymbols(BTC, (BTCUSDT,))], "InvalidPool"),
    (RULES, [place(ALICE, sell("9", "a"), is_routed=True)], "NotPooled"),
]
"""Rules of the symbol, commands of which only the last is refused, and how."""
