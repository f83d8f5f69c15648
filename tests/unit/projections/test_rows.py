"""What each event comes to in rows."""

from typing import Final

from msgspec.structs import replace

from rialto.contracts.events import (
    CommandRejected,
    Event,
    Fill,
    MatchPrevented,
    OrderAmended,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderTriggered,
    Outcome,
    Posted,
    Prevention,
    TradeExecuted,
)
from rialto.contracts.executions import execution_id
from rialto.contracts.market import Candle, CandleClosed, TradesAggregated
from rialto.contracts.rejections import UnknownOrder
from rialto.contracts.vocabulary import (
    ExpiryReason,
    OrderState,
    OrderStatus,
    OrderTerms,
    OrderType,
    PostingReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
    WorkingFloor,
)
from rialto.projections import tables
from rialto.projections.rows import ORDER_CHANGE_VALUES, Batch

ZERO = "0.00000000"
LIMIT_ORDER = OrderState(
    order_id=7,
    symbol=1,
    account=5,
    client_order_id="mine",
    side=Side.SELL,
    order_type=OrderType.LIMIT,
    time_in_force=TimeInForce.GOOD_TILL_CANCELED,
    price="2.00000000",
    quantity="3.00000000",
    quote_quantity=ZERO,
    executed=ZERO,
    executed_quote=ZERO,
    self_trade_prevention=SelfTradePrevention.NONE,
    prevented=ZERO,
    prevented_match_id=0,
    status=OrderStatus.NEW,
    placed_at_us=100,
    updated_at_us=100,
    working_at_us=0,
)
LIMIT_ROW = (7, 1, 5, "mine", "sell", "limit", "good_till_canceled", "2.00000000", "3.00000000", ZERO)
BY_QUOTE = replace(
    LIMIT_ORDER,
    order_id=8,
    account=6,
    side=Side.BUY,
    order_type=OrderType.MARKET,
    price=ZERO,
    quantity=ZERO,
    quote_quantity="2.00000000",
)


LATER: Final = (0, None, None, 0, ZERO, None, None)
"""What an order without terms that never worked has in the last columns."""


def change(order_id: int, **values: object) -> tuple[object, ...]:
    """A change of an order on symbol 1."""
    return (order_id, 1, *(values.get(name) for name in ORDER_CHANGE_VALUES))


def traded(taker_status: OrderStatus, maker_order_id: int = 7) -> TradeExecuted:
    return TradeExecuted(
        symbol=1,
        trade_id=4,
        price="2.00000000",
        quantity="1.00000000",
        quote_quantity="2.00000000",
        taker_side=Side.BUY,
        maker=Fill(maker_order_id, 5, "1.00000000", "2.00000000", OrderStatus.PARTIALLY_FILLED, "0.00200000", 1),
        taker=Fill(8, 6, "1.00000000", "2.00000000", taker_status, "0.00100000", 0),
    )


def batch(*events: Event) -> Batch:
    return Batch([Outcome(0, 9, 200, list(events), [])])


def test_a_placed_order_is_a_row_of_all_its_fields() -> None:
    placed = batch(OrderPlaced(LIMIT_ORDER))
    assert placed.inserts == {tables.orders: [(*LIMIT_ROW, ZERO, ZERO, "none", ZERO, 0, "new", 100, 100, *LATER)]}
    assert placed.order_changes == []


def test_a_trade_is_two_fills_and_changes_both_orders() -> None:
    done = batch(OrderPlaced(BY_QUOTE), traded(OrderStatus.FILLED))
    shared = ("2.00000000", "1.00000000", "2.00000000")
    assert done.inserts[tables.fills] == [
        (4, 7, 1, 5, *shared, "0.00200000", 1, 200, False, True),
        (4, 8, 1, 6, *shared, "0.00100000", 0, 200, True, False),
    ]
    assert done.order_changes == [
        change(7, executed="1.00000000", executed_quote="2.00000000", status="partially_filled", updated_at_us=200)
    ]
    assert done.inserts[tables.orders][0][10:18] == ("1.00000000", "2.00000000", "none", ZERO, 0, "filled", 100, 200)


def test_a_filled_order_by_quote_amount_has_what_it_traded_as_its_quantity() -> None:
    filled = batch(OrderPlaced(BY_QUOTE), traded(OrderStatus.FILLED))
    assert filled.inserts[tables.orders][0][8:10] == ("1.00000000", "2.00000000")


def test_an_expired_order_by_quote_amount_is_as_it_was_stated() -> None:
    ended = replace(BY_QUOTE, quantity="1.00000000", executed="1.00000000", status=OrderStatus.EXPIRED)
    expired = batch(
        OrderPlaced(BY_QUOTE), traded(OrderStatus.PARTIALLY_FILLED), OrderExpired(ended, ExpiryReason.NO_LIQUIDITY)
    )
    assert expired.inserts[tables.orders][0][8:18] == (
        "1.00000000",
        "2.00000000",
        "1.00000000",
        ZERO,
        "none",
        ZERO,
        0,
        "expired",
        100,
        100,
    )


def test_the_quantity_of_a_limit_order_stays() -> None:
    own = batch(OrderPlaced(LIMIT_ORDER), traded(OrderStatus.FILLED))
    assert own.inserts[tables.orders] == [
        (*LIMIT_ROW, "1.00000000", "2.00000000", "none", ZERO, 0, "partially_filled", 100, 200, *LATER)
    ]


def test_an_order_that_was_there_is_changed_once_to_its_last_state() -> None:
    canceled = replace(LIMIT_ORDER, executed="1.00000000", status=OrderStatus.CANCELED, updated_at_us=200)
    ended = batch(OrderPlaced(BY_QUOTE), traded(OrderStatus.FILLED), OrderCanceled(canceled))
    assert ended.order_changes == [
        change(
            7,
            client_order_id="mine",
            quantity="3.00000000",
            executed="1.00000000",
            executed_quote=ZERO,
            prevented=ZERO,
            prevented_match_id=0,
            status="canceled",
            updated_at_us=200,
            working_at_us=0,
            trailing_since_us=0,
            pegged_price=ZERO,
        )
    ]


def prevented(mode: SelfTradePrevention, maker: str, taker: str) -> MatchPrevented:
    """Order 7 rests, order 8 came in."""
    return MatchPrevented(
        1,
        3,
        mode,
        1,
        "2.00000000",
        "1.00000000",
        "2.00000000",
        None,
        Prevention(7, 5, maker, maker),
        Prevention(8, 5, taker, taker),
    )


def test_a_prevented_match_is_a_row_for_each_order_and_changes_what_it_took_from() -> None:
    done = batch(prevented(SelfTradePrevention.DECREMENT, "1.00000000", "1.00000000"))
    shared = (7, 8, "decrement", "2.00000000", "1.00000000", "1.00000000", -1, 200)
    assert done.inserts == {tables.prevented_matches: [(3, 1, 5, 7, *shared), (3, 1, 5, 8, *shared)]}
    assert done.order_changes == [
        change(order_id, prevented="1.00000000", prevented_match_id=3, updated_at_us=200) for order_id in (7, 8)
    ]


def test_what_a_prevented_match_leaves_alone_is_not_changed() -> None:
    done = batch(prevented(SelfTradePrevention.EXPIRE_TAKER, ZERO, "1.00000000"))
    assert [change[0] for change in done.order_changes] == [8]


def test_prevention_and_trades_of_one_batch_add_up_in_either_order() -> None:
    lost, trade = prevented(SelfTradePrevention.EXPIRE_MAKER, "1.00000000", ZERO), traded(OrderStatus.FILLED)
    expected = change(
        7,
        executed="1.00000000",
        executed_quote="2.00000000",
        prevented="1.00000000",
        prevented_match_id=3,
        status="partially_filled",
        updated_at_us=200,
    )
    for events in ((lost, trade), (trade, lost)):
        assert [change for change in batch(*events).order_changes if change[0] == 7] == [expected]


def test_an_order_placed_in_the_batch_keeps_what_it_lost() -> None:
    done = batch(OrderPlaced(LIMIT_ORDER), prevented(SelfTradePrevention.EXPIRE_MAKER, "1.00000000", ZERO))
    assert done.inserts[tables.orders] == [
        (*LIMIT_ROW, ZERO, ZERO, "none", "1.00000000", 3, "new", 100, 200, *LATER),
    ]


def test_a_filled_order_by_quote_amount_counts_what_it_lost() -> None:
    lost = prevented(SelfTradePrevention.DECREMENT, "1.00000000", "1.00000000")
    filled = batch(OrderPlaced(BY_QUOTE), lost, traded(OrderStatus.FILLED))
    assert filled.inserts[tables.orders][0][8] == "2.00000000"


def test_an_order_that_was_routed_and_rests_stands_in_its_own_book() -> None:
    routed = replace(LIMIT_ORDER, working_floor=WorkingFloor.SMART_ORDER_ROUTING)
    assert batch(OrderPlaced(routed)).inserts[tables.orders][0][-2] == "exchange"
    filled = replace(routed, order_id=8, account=6)
    assert batch(OrderPlaced(filled), traded(OrderStatus.FILLED)).inserts[tables.orders][0][-2] == "smart_order_routing"


def test_a_routed_order_loses_by_a_match_on_another_symbol_what_is_its_own() -> None:
    match = replace(prevented(SelfTradePrevention.DECREMENT, "1.00000000", "1.00000000"), taker_symbol=0)
    taker = replace(LIMIT_ORDER, symbol=0, order_id=8)
    done = batch(OrderPlaced(taker), match)
    assert done.inserts[tables.orders][0][13:15] == ("1.00000000", 3)
    assert [change[:2] for change in done.order_changes] == [(7, 1)]


def test_an_amendment_is_numbered_by_its_command_and_its_place_there() -> None:
    amended = OrderAmended(replace(LIMIT_ORDER, quantity="2.00000000"), "3.00000000", "mine")
    done = batch(posted("1.00000000", ZERO), amended)
    assert [row[2] for row in done.inserts[tables.amendments]] == [execution_id(9, 1)]


def test_what_restates_an_open_order_changes_it() -> None:
    terms = OrderTerms(stop_price="1.00000000")
    waiting = replace(LIMIT_ORDER, order_type=OrderType.STOP_LOSS_LIMIT, terms=terms)
    placed = batch(OrderPlaced(waiting))
    assert placed.inserts[tables.orders][0][20] == '["1.00000000",null,null,null,null,null]'
    works = replace(waiting, working_at_us=300, updated_at_us=300)
    amended = replace(works, quantity="2.00000000", client_order_id="smaller")
    restated = batch(OrderTriggered(works), OrderAmended(amended, "3.00000000", "mine"))
    changed = dict(zip(ORDER_CHANGE_VALUES, restated.order_changes[0][2:], strict=True))
    assert (changed["working_at_us"], changed["quantity"], changed["client_order_id"]) == (300, "2.00000000", "smaller")


def posted(free_change: str, locked_change: str) -> Posted:
    return Posted(5, 1, free_change, locked_change, "10.00000000", "2.50000000", PostingReason.TRADE)


def test_a_posting_is_an_entry_of_what_came_or_went() -> None:
    entries = batch(
        posted("-1.00000000", ZERO), posted("-1.00000000", "1.00000000"), posted("3.00000000", "-0.50000000")
    ).inserts
    assert entries == {
        tables.ledger_entries: [
            (9, 0, 5, 1, "-1.00000000", "12.50000000", "trade", 200),
            (9, 2, 5, 1, "2.50000000", "12.50000000", "trade", 200),
        ]
    }


def test_a_refusal_is_nothing_but_the_watermark() -> None:
    refused = batch(CommandRejected(UnknownOrder()))
    assert (refused.inserts, refused.order_changes, refused.last_sequence) == ({}, [], 9)


def test_an_aggregate_is_kept_as_the_market_views_state_it() -> None:
    aggregate = TradesAggregated(1, 4, "2.0", "3.0", 7, 9, 200, True)
    batch = Batch([Outcome(0, 9, 200, [], [aggregate])])
    assert batch.inserts == {tables.aggregated_trades: [(1, 4, "2.0", "3.0", 7, 9, 200, True)]}


def test_candles_of_a_second_are_not_kept() -> None:
    candle = Candle(60, 120, "1.0", "2.0", "3.0", "4.0", "5.0", "6.0", 7, "8.0", "9.0", 10, 11)
    closed = Batch([Outcome(0, 9, 200, [], [CandleClosed(1, interval, candle) for interval in ("1s", "1m")])])
    assert closed.inserts == {
        tables.candles: [(1, "1m", 60, 120, "1.0", "2.0", "3.0", "4.0", "5.0", "6.0", 7, "8.0", "9.0", 10, 11)]
    }
