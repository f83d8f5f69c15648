"""What is counted of an account's orders, and who is locked for it."""

from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import Engine

from rialto.contracts.amounts import ZERO
from rialto.contracts.events import Event, Fill, OrderCanceled, OrderExpired, OrderPlaced, Outcome, TradeExecuted
from rialto.contracts.vocabulary import (
    ExpiryReason,
    OrderState,
    OrderStatus,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from rialto.foundation.database import Access, open_engine
from rialto.gateway.standing.locks import DAY_US, TradingLocks
from rialto.gateway.standing.ratios import Ratios, TradingRules

START_US = 1_700_000_400_000_000
ACCOUNT, SYMBOL = 7, 3
RULES = TradingRules(unfilled_orders_min=4, immediate_orders_min=3, resting_orders_min=3)
GTC, IOC = TimeInForce.GOOD_TILL_CANCELED, TimeInForce.IMMEDIATE_OR_CANCEL


def order(
    time_in_force: TimeInForce = GTC,
    executed: str = ZERO,
    lived_us: int = 0,
    order_type: OrderType = OrderType.LIMIT,
) -> OrderState:
    return OrderState(
        order_id=1,
        symbol=SYMBOL,
        account=ACCOUNT,
        client_order_id="x",
        side=Side.BUY,
        order_type=order_type,
        time_in_force=time_in_force,
        price="1.00000000",
        quantity="1.00000000",
        quote_quantity=ZERO,
        executed=executed,
        executed_quote=ZERO,
        self_trade_prevention=SelfTradePrevention.NONE,
        prevented=ZERO,
        prevented_match_id=0,
        status=OrderStatus.NEW,
        placed_at_us=START_US,
        updated_at_us=START_US + lived_us,
        working_at_us=START_US,
    )


def outcome(*events: Event, time_us: int = START_US) -> Outcome:
    return Outcome(0, 1, time_us, list(events), [])


def placed(
    count: int,
    time_in_force: TimeInForce = GTC,
    time_us: int = START_US,
    order_type: OrderType = OrderType.LIMIT,
) -> Outcome:
    return outcome(*[OrderPlaced(order(time_in_force, order_type=order_type))] * count, time_us=time_us)


def canceled(count: int, executed: str = ZERO, lived_us: int = 0) -> Outcome:
    return outcome(*[OrderCanceled(order(executed=executed, lived_us=lived_us))] * count)


def expired(count: int, executed: str = ZERO) -> Outcome:
    return outcome(*[OrderExpired(order(IOC, executed), ExpiryReason.IMMEDIATE_OR_CANCEL)] * count)


def traded(quantity: str) -> Outcome:
    own = Fill(1, ACCOUNT, quantity, "1.00000000", OrderStatus.PARTIALLY_FILLED, ZERO, 0)
    other = msgspec.structs.replace(own, account=8)
    return outcome(TradeExecuted(SYMBOL, 1, "1.00000000", quantity, quantity, Side.BUY, own, other))


def ratios_of(ratios: Ratios) -> dict[str, tuple[int, int]]:
    ((symbol, indicators),) = ratios.of_account(ACCOUNT)
    assert symbol == SYMBOL
    return {each.name: (each.orders, each.ratio) for each in indicators}


def test_what_is_not_filled_counts_as_unfilled() -> None:
    ratios = Ratios(RULES)
    ratios.on_outcomes([placed(4), traded("0.50000000")])
    assert ratios_of(ratios)["UFR"] == (4, 8_750)


def test_fills_of_earlier_orders_make_no_ratio_negative() -> None:
    ratios = Ratios(RULES)
    ratios.on_outcomes([placed(1), traded("5.00000000")])
    assert ratios_of(ratios)["UFR"] == (1, 0)


def test_orders_that_expire_unfilled_count_as_expired() -> None:
    ratios = Ratios(RULES)
    ratios.on_outcomes([placed(4, IOC), expired(2), expired(1, executed="0.10000000")])
    assert ratios_of(ratios)["IFER"] == (4, 5_000)
    assert ratios_of(ratios)["GCR"] == (0, 0)


def test_orders_taken_back_soon_count_as_canceled() -> None:
    ratios = Ratios(RULES)
    ratios.on_outcomes(
        [
            placed(4),
            placed(1, order_type=OrderType.MARKET),
            canceled(1, lived_us=2_499_999),
            canceled(1, lived_us=2_500_000),
            canceled(1, executed="0.10000000"),
        ]
    )
    assert ratios_of(ratios)["GCR"] == (4, 2_500)


def test_few_orders_lock_nobody() -> None:
    ratios = Ratios(RULES)
    ratios.on_outcomes([placed(2), canceled(2)])
    assert ratios.triggered() == []


def test_whoever_takes_everything_back_is_locked_once() -> None:
    ratios = Ratios(RULES)
    ratios.on_outcomes([placed(3), canceled(3)])
    ((account, symbol, indicator),) = ratios.triggered()
    assert (account, symbol, indicator.name, indicator.orders, indicator.ratio) == (ACCOUNT, SYMBOL, "GCR", 3, 10_000)
    assert len(ratios.triggered()) == 1
    ratios.forget(account, symbol)
    assert ratios.triggered() == []


def test_a_cycle_that_ended_is_looked_at_too_and_the_next_begins_anew() -> None:
    ratios = Ratios(RULES)
    ratios.on_outcomes([placed(4, IOC), placed(1, time_us=START_US + RULES.cycle_us)])
    assert ratios_of(ratios)["UFR"] == (1, 10_000)
    assert [triggered[2].name for triggered in ratios.triggered()] == ["UFR"]


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    yield engine
    engine.dispose()


def test_locks_last_and_double_within_a_day(engine: Engine) -> None:
    locks = TradingLocks(engine, RULES)
    first = locks.lock(1, "UFR", "BTCUSDT", START_US)
    assert first.until_us - first.locked_at_us == 300_000_000
    assert locks.is_locked(1, first.until_us - 1)
    assert not locks.is_locked(1, first.until_us)
    assert not locks.is_locked(2, START_US)
    second = locks.lock(1, "GCR", "BTCUSDT", first.until_us)
    assert second.until_us - second.locked_at_us == 600_000_000
    reopened = TradingLocks(engine, RULES)
    assert reopened.newest(1) == second
    assert reopened.is_locked(1, second.until_us - 1)
    later = locks.lock(1, "UFR", "BTCUSDT", second.locked_at_us + DAY_US)
    assert later.until_us - later.locked_at_us == 300_000_000
