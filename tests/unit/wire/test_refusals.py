"""Every rejection of the core has an error, per situation."""

from typing import get_args

import pytest

from rialto.contracts import rejections as core
from rialto.contracts.rejections import Bound, Rejection
from rialto.contracts.symbol_rules import Feature, SymbolStatus
from rialto.contracts.vocabulary import AccountClass, AccountKind, OrderStatus, PostingReason, SelfTradePrevention
from rialto.wire import refusals

KIND = AccountKind(AccountClass.SPOT)
ONE, TWO = "1.00000000", "2.00000000"
OWN_FAULT = (-1000, "An unknown error occurred while processing the request.", 500)
BAD_KEY = (-2015, "Invalid API-key, IP, or permissions for action.", 401)

OF_NEW_ORDERS: list[tuple[Rejection, tuple[int, str, int]]] = [
    (core.UnknownAsset(1), OWN_FAULT),
    (core.UnknownAccount(1), BAD_KEY),
    (core.NoSuchAccountOfOwner(1, KIND), BAD_KEY),
    (core.UnknownSymbol(1), (-1121, "Invalid symbol.", 400)),
    (core.UnknownOrder(), (-2010, "Unknown order sent.", 400)),
    (core.AssetExists(1), OWN_FAULT),
    (core.SymbolExists(1), OWN_FAULT),
    (core.AccountExists(1), OWN_FAULT),
    (core.InvalidSymbol("tick"), OWN_FAULT),
    (core.InvalidOrder("price"), (-1013, "Invalid price.", 400)),
    (core.InvalidOrder("quantity"), (-1013, "Invalid quantity.", 400)),
    (core.InvalidOrder("quote_quantity"), (-1013, "Invalid quoteOrderQty.", 400)),
    (core.InvalidOrder("time_in_force"), (-1115, "Invalid timeInForce.", 400)),
    (core.InvalidOrder("client_order_id"), (-1130, "Data sent for parameter 'newClientOrderId' is not valid.", 400)),
    (core.InvalidOrder("something new"), (-1014, "Unsupported order combination.", 400)),
    (core.InvalidAmount(ONE), (-1013, "Price * QTY is zero or less.", 400)),
    (core.InvalidAccount("scope"), OWN_FAULT),
    (core.InvalidReason(PostingReason.TRADE), OWN_FAULT),
    (core.WrongAccountClass(1), (-2010, "This symbol is restricted for this account.", 400)),
    (
        core.UnavailablePrevention(SelfTradePrevention.TRANSFER),
        (-1013, "This symbol does not allow the specified self-trade prevention mode.", 400),
    ),
    (core.PriceFilter(Bound.STEP, ONE, TWO), (-1013, "Filter failure: PRICE_FILTER", 400)),
    (core.LotSize(Bound.STEP, ONE, TWO), (-1013, "Filter failure: LOT_SIZE", 400)),
    (core.MarketLotSize(Bound.STEP, ONE, TWO), (-1013, "Filter failure: MARKET_LOT_SIZE", 400)),
    (core.Notional(Bound.MINIMUM, ONE, TWO), (-1013, "Filter failure: NOTIONAL", 400)),
    (core.TooManyOrders(200), (-1013, "Filter failure: MAX_NUM_ORDERS", 400)),
    (core.WouldTake(ONE, TWO), (-2010, "Order would immediately match and take.", 400)),
    (core.DuplicateClientOrderId("a"), (-2010, "Duplicate order sent.", 400)),
    (
        core.InsufficientBalance(1, 1, TWO, ONE),
        (-2010, "Account has insufficient balance for requested action.", 400),
    ),
    (core.MarketClosed(0, SymbolStatus.HALT), (-2010, "Market is closed.", 400)),
    (core.NotAllowed(Feature.ICEBERG), (-2010, "Iceberg orders are not supported for this symbol.", 400)),
    (core.IcebergExceedsQuantity(TWO, ONE), (-2010, "IcebergQty exceeds QTY.", 400)),
    (core.TooManyIcebergParts(3, 2), (-1013, "Filter failure: ICEBERG_PARTS", 400)),
    (core.PercentPrice(Bound.MAXIMUM, TWO, ONE, True), (-1013, "Filter failure: PERCENT_PRICE_BY_SIDE", 400)),
    (core.PercentPrice(Bound.MAXIMUM, TWO, ONE, False), (-1013, "Filter failure: PERCENT_PRICE", 400)),
    (core.TrailingDelta(Bound.MAXIMUM, 2, 1), (-1013, "Filter failure: TRAILING_DELTA", 400)),
    (core.MaxPosition(TWO, ONE), (-1013, "Filter failure: MAX_POSITION", 400)),
    (core.MaxAsset(0, TWO, ONE), (-1013, "Filter failure: MAX_ASSET", 400)),
    (core.TooManyAlgoOrders(1), (-1013, "Filter failure: MAX_NUM_ALGO_ORDERS", 400)),
    (core.TooManyIcebergOrders(1), (-1013, "Filter failure: MAX_NUM_ICEBERG_ORDERS", 400)),
    (core.TooManyOrderLists(1), (-1013, "Filter failure: MAX_NUM_ORDER_LISTS", 400)),
    (core.TooManyOrdersOnExchange(1), (-1013, "Filter failure: EXCHANGE_MAX_NUM_ORDERS", 400)),
    (core.TooManyAlgoOrdersOnExchange(1), (-1013, "Filter failure: EXCHANGE_MAX_NUM_ALGO_ORDERS", 400)),
    (core.TooManyIcebergOrdersOnExchange(1), (-1013, "Filter failure: EXCHANGE_MAX_NUM_ICEBERG_ORDERS", 400)),
    (core.TooManyOrderListsOnExchange(1), (-1013, "Filter failure: EXCHANGE_MAX_NUM_ORDER_LISTS", 400)),
    (core.WouldTrigger(ONE, TWO), (-2010, "Order would trigger immediately.", 400)),
    (core.NoPegPrice(0), (-2010, "Order book liquidity is too low for this pegged order.", 400)),
    (core.UnpeggableType(), (-2010, "This order type may not use pegged price.", 400)),
    (core.UnpeggablePrice(), (-2010, "This price peg cannot be used with this order type.", 400)),
    (core.InvalidOrderList(core.ListRule.SIZE), (-1014, "Unsupported order combination.", 400)),
    (core.PriceRelationship(), (-2010, "The relationship of the prices for the orders is not correct.", 400)),
    (core.DuplicateListClientOrderId("a"), (-2010, "Duplicate order sent.", 400)),
    (core.UnknownOrderList(), (-2010, "Unknown order sent.", 400)),
    (
        core.CancelRestricted(OrderStatus.NEW),
        (-2010, "Order was not canceled due to cancel restrictions.", 400),
    ),
    (core.AmendIncreases(TWO, ONE), (-2010, "Order amend (quantity increase) is not supported.", 400)),
    (core.AmendChangesNothing(ONE), (-2010, "The requested action would change no state; rejecting.", 400)),
    (core.AmendBelowDone(ONE, TWO), (-1013, "Filter failure: LOT_SIZE", 400)),
    (core.AmendPendingPaid(), (-2010, "Order amend (pending OPO order) is not supported.", 400)),
    (core.TooManyAmendments(1), (-1013, "Filter failure: MAX_NUM_ORDER_AMENDS", 400)),
    (core.InvalidReferencePrice(), OWN_FAULT),
    (core.InvalidPool("base"), OWN_FAULT),
    (core.NotPooled(0), (-2010, "This symbol does not support smart order routing.", 400)),
    (core.StaleVersion(1, 2), OWN_FAULT),
    (core.UnbalancedPostings(1, ONE), OWN_FAULT),
    (core.HoldExceeded(1, 1, ONE), OWN_FAULT),
    (core.RecordTooLarge("payload"), OWN_FAULT),
    (core.UnreadableCommand(), OWN_FAULT),
    (
        core.CapacityReached("price level"),
        (-1008, "Server is currently overloaded with other requests. Please try again in a few minutes.", 503),
    ),
]


@pytest.mark.parametrize(("rejection", "expected"), OF_NEW_ORDERS, ids=lambda case: str(case)[:40])
def test_of_new_orders(rejection: Rejection, expected: tuple[int, str, int]) -> None:
    error = refusals.of_new_order(rejection)
    assert (error.code, error.message, error.status) == expected


def test_every_rejection_is_in_the_table_above() -> None:
    assert {type(rejection) for rejection, _ in OF_NEW_ORDERS} == set(get_args(Rejection))


def test_a_cancel_and_an_amendment_have_codes_of_their_own() -> None:
    restricted = refusals.of_cancel(core.CancelRestricted(OrderStatus.NEW))
    assert (restricted.code, restricted.message) == (-2011, "Order was not canceled due to cancel restrictions.")
    cases: list[tuple[Rejection, tuple[int, str]]] = [
        (core.AmendIncreases(TWO, ONE), (-2038, "Order amend (quantity increase) is not supported.")),
        (core.TooManyAmendments(1), (-2038, "Filter failure: MAX_NUM_ORDER_AMENDS")),
        (core.Notional(Bound.MINIMUM, ONE, TWO), (-1013, "Filter failure: NOTIONAL")),
    ]
    for rejection, expected in cases:
        error = refusals.of_amendment(rejection)
        assert (error.code, error.message) == expected


def test_an_unknown_order_is_told_as_the_situation_has_it() -> None:
    canceled, queried = refusals.of_cancel(core.UnknownOrder()), refusals.of_query(core.UnknownOrder())
    assert (canceled.code, canceled.message) == (-2011, "Unknown order sent.")
    assert (queried.code, queried.message) == (-2013, "Order does not exist.")


@pytest.mark.parametrize(
    ("rejection", "expected"),
    [
        (core.InsufficientBalance(1, 1, TWO, ONE), True),
        (core.WouldTake(ONE, TWO), True),
        (core.DuplicateClientOrderId("a"), True),
        (core.PriceFilter(Bound.STEP, ONE, TWO), False),
        (core.TooManyOrders(1), False),
    ],
)
def test_tests_of_orders_look_at_form_and_filters_only(rejection: Rejection, expected: bool) -> None:
    assert refusals.is_of_matching(rejection) is expected
