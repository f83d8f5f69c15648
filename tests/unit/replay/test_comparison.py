"""The comparison sees what is equal, and everything that is not: it cannot be satisfied by silence."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
import pytest

from rialto.contracts.events import Fill, Outcome, TradeExecuted
from rialto.contracts.market import Candle, CandleClosed
from rialto.contracts.vocabulary import OrderStatus, Side
from rialto.replay.comparison import MINUTE_US, Comparison
from rialto.replay.recording import RecordedTrade

ONE = 100_000_000
START_US = 1_699_999_980_000_000
FILL = Fill(1, 5, "1", "1", OrderStatus.FILLED, "0", 0)
CANDLE = Candle(
    opened_at_us=START_US,
    closes_at_us=START_US + MINUTE_US,
    open="10.00000000",
    high="12.33333333",
    low="9.00000000",
    close="12.33333333",
    volume="3.50000000",
    quote_volume="37.33333333",
    trades=4,
    taker_buy_volume="2.50000000",
    taker_buy_quote_volume="28.33333333",
    first_trade_id=1,
    last_trade_id=4,
)


def recorded(price: int = 10 * ONE, quantity: int = ONE, *, taker: Side = Side.BUY, at_us: int = 0) -> RecordedTrade:
    return RecordedTrade("BTCUSDT", price, quantity, START_US + at_us, buyer_is_maker=taker is Side.SELL)


def executed(**changes: Any) -> TradeExecuted:
    made = TradeExecuted(0, 1, "10.00000000", "1.00000000", "10.00000000", Side.BUY, FILL, FILL)
    return msgspec.structs.replace(made, **changes)


def expecting(*trades: RecordedTrade) -> Comparison:
    comparison = Comparison()
    for line, trade in enumerate(trades, 1):
        comparison.expect(line, 0, trade, trade.traded_at_us)
    return comparison


def _flat(minute: int, price: str, trade_id: int) -> Candle:
    """Return a candle of one trade of one coin, or of none."""
    opened_at_us = START_US + minute * MINUTE_US
    volume, quote, trades = ("1", price, 1) if trade_id else ("0", "0", 0)
    return Candle(
        opened_at_us, opened_at_us + MINUTE_US, price, price, price, price,
        volume, quote, trades, volume, quote, trade_id, trade_id,
    )  # fmt: skip


def _shown(candles: Sequence[Candle], _symbol: int) -> Sequence[Candle]:
    return candles


def outcome(*events: Any, market: Any = ()) -> Outcome:
    return Outcome(0, 1, START_US, list(events), list(market))


def test_an_equal_trade_is_equal() -> None:
    comparison = expecting(recorded())
    comparison.accept([outcome(executed())])
    assert (comparison.trades.compared, comparison.trades.different) == (1, 0)


@pytest.mark.parametrize(
    "change", [{"price": "10.00000001"}, {"quantity": "0.9"}, {"taker_side": Side.SELL}, {"symbol": 1}]
)
def test_a_different_trade_is_told_with_its_line(change: dict[str, Any]) -> None:
    comparison = expecting(recorded(), recorded())
    comparison.accept([outcome(executed()), outcome(executed(**change))])
    assert comparison.trades.different == 1
    assert comparison.trades.first is not None
    assert comparison.trades.first.startswith("line 2: the recorded trade 1.00000000 at 10.00000000, taker buys")


def test_a_trade_that_was_not_recorded_is_told() -> None:
    comparison = expecting()
    comparison.accept([outcome(executed(trade_id=7))])
    assert comparison.trades.first == "trade 7 of symbol 0 was not recorded: 1.00000000 at 10.00000000"


def test_a_trade_that_was_not_made_is_told() -> None:
    comparison = expecting(recorded())
    comparison.finish({}, lambda _: [], START_US)
    assert comparison.trades.different == 1
    assert comparison.trades.first == (
        "line 1: the recorded trade 1.00000000 at 10.00000000, taker buys, symbol 0 was not made"
    )


FIRST_MINUTE = (
    recorded(10 * ONE),
    recorded(12 * ONE, ONE // 2),
    recorded(9 * ONE, taker=Side.SELL),
    recorded(1_233_333_333, at_us=MINUTE_US - 1),
)
"""By hand: 10 + 6 + 9 + 12.33333333 quote, of which 28.33333333 bought."""


def test_a_candle_is_what_its_trades_come_to() -> None:
    comparison = expecting(*FIRST_MINUTE, recorded(11 * ONE, at_us=MINUTE_US))
    comparison.accept([outcome(market=[CandleClosed(0, "1m", CANDLE), CandleClosed(0, "1h", CANDLE)])])
    assert (comparison.candles.compared, comparison.candles.different) == (1, 0), comparison.candles.first


@pytest.mark.parametrize("field", Candle.__struct_fields__)
def test_every_figure_of_a_candle_is_compared(field: str) -> None:
    comparison = expecting(*FIRST_MINUTE, recorded(11 * ONE, at_us=MINUTE_US))
    value = getattr(CANDLE, field)
    wrong = msgspec.structs.replace(CANDLE, **{field: value + 1 if isinstance(value, int) else "77.00000000"})
    comparison.accept([outcome(market=[CandleClosed(0, "1m", wrong)])])
    assert comparison.candles.different == 1


def test_a_candle_that_never_closed_or_should_not_have_is_told() -> None:
    comparison = expecting(*FIRST_MINUTE, recorded(11 * ONE, at_us=MINUTE_US))
    comparison.finish({"BTCUSDT": 0}, lambda _: [], START_US + MINUTE_US)
    assert comparison.candles.first == f"BTCUSDT: the candle that opened at {START_US} µs was never closed"
    comparison = expecting(*FIRST_MINUTE)
    comparison.accept([outcome(market=[CandleClosed(0, "1m", CANDLE)])])
    assert comparison.candles.first is not None
    assert "was not expected" in comparison.candles.first


def test_the_views_must_show_every_minute_with_the_empty_ones_filled_in() -> None:
    trades = (recorded(10 * ONE), recorded(20 * ONE, at_us=2 * MINUTE_US))
    first, empty, last = _flat(0, "10", 1), _flat(1, "10", 0), _flat(2, "20", 2)
    shown = {"right": (first, empty, last), "short": (first, empty), "wrong": (first, last, last)}
    different = {}
    for name, candles in shown.items():
        comparison = expecting(*trades)
        comparison.accept([outcome(market=[CandleClosed(0, "1m", first)])])
        comparison.finish({"BTCUSDT": 0}, partial(_shown, candles), START_US + 2 * MINUTE_US)
        different[name] = comparison.candles.different
    assert different == {"right": 0, "short": 1, "wrong": 1}
