"""Comparing what came out of a replay with what went in: trade by trade, and candle by candle.

What is expected is computed from the recorded trades alone, plainly and in whole numbers, by other means than the
core's; what came out is what the runtime's outcomes and market views state. Both meet as they come: what waits here is
no more than the replayer has under way. The first difference of a kind is kept in words, the others are counted.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from rialto.contracts.events import Outcome, TradeExecuted
from rialto.contracts.market import Candle, CandleClosed
from rialto.contracts.vocabulary import Side
from rialto.replay.recording import RecordedTrade
from rialto.wire.decimals import ONE, to_text, to_units

INTERVAL: Final = "1m"
MINUTE_US: Final = 60_000_000
VIEWED_MAX: Final = 1_000
"""How many candles the market views answer with at once."""


class Differences(msgspec.Struct):
    """How many things were compared, how many differed, and the first that did."""

    compared: int = 0
    different: int = 0
    first: str | None = None

    def note(self, difference: str | None) -> None:
        """Count a comparison and what came of it."""
        self.compared += 1
        if difference is not None:
            self.different += 1
            self.first = self.first or difference


class _Minute(msgspec.Struct):
    """A candle in units of 1e-8, in the order of `Candle`."""

    opened_at_us: int
    closes_at_us: int
    open: int
    high: int
    low: int
    close: int
    volume: int = 0
    quote_volume: int = 0
    trades: int = 0
    taker_buy_volume: int = 0
    taker_buy_quote_volume: int = 0
    first_trade_id: int = 0
    last_trade_id: int = 0

    @classmethod
    def empty(cls, opened_at_us: int, price: int) -> "_Minute":
        return cls(opened_at_us, opened_at_us + MINUTE_US, price, price, price, price)

    @classmethod
    def of(cls, candle: Candle) -> "_Minute":
        figures = msgspec.structs.astuple(candle)
        return cls(*[to_units(figure) if isinstance(figure, str) else figure for figure in figures])


class _Minutes:
    """The one-minute candles of a symbol, from its recorded trades. Keeps as many as the market views show."""

    def __init__(self) -> None:
        self.trades = 0
        self.closed: deque[_Minute] = deque()
        """Those that the exchange has not stated as closed yet."""
        self._newest: deque[_Minute] = deque(maxlen=VIEWED_MAX + 1)

    def add(self, trade: RecordedTrade, time_us: int) -> None:
        self.trades += 1
        minute = self._minute_of(trade, time_us)
        quote_quantity = trade.price * trade.quantity // ONE
        minute.high, minute.low = max(minute.high, trade.price), min(minute.low, trade.price)
        minute.close = trade.price
        minute.trades += 1
        minute.volume += trade.quantity
        minute.quote_volume += quote_quantity
        minute.last_trade_id = self.trades
        if not trade.buyer_is_maker:
            minute.taker_buy_volume += trade.quantity
            minute.taker_buy_quote_volume += quote_quantity

    def _minute_of(self, trade: RecordedTrade, time_us: int) -> _Minute:
        """Return the candle of a time, a new one if need be. Times do not go back."""
        opened_at_us = time_us - time_us % MINUTE_US
        if self._newest and self._newest[-1].opened_at_us == opened_at_us:
            return self._newest[-1]
        if self._newest:
            self.closed.append(self._newest[-1])
        minute = _Minute.empty(opened_at_us, trade.price)
        minute.first_trade_id = self.trades
        self._newest.append(minute)
        return minute

    def viewed(self, now_us: int) -> list[_Minute]:
        """Return the newest candles up to a time, minutes without trades filled in."""
        if not self._newest:
            return []
        last_us = now_us - now_us % MINUTE_US
        first_us = max(self._newest[0].opened_at_us, last_us - (VIEWED_MAX - 1) * MINUTE_US)
        traded = {minute.opened_at_us: minute for minute in self._newest}
        close = next(each.close for each in reversed(self._newest) if each.opened_at_us <= first_us)
        filled: list[_Minute] = []
        for opened_at_us in range(first_us, last_us + 1, MINUTE_US):
            filled.append(traded.get(opened_at_us) or _Minute.empty(opened_at_us, close))
            close = filled[-1].close
        return filled


class Comparison:
    """What is expected of a replay that has its exchange to itself. A listener of the runtime's outcomes."""

    def __init__(self) -> None:
        self.trades = Differences()
        self.candles = Differences()
        self._expected: deque[tuple[int, int, RecordedTrade]] = deque()
        self._symbols: dict[int, _Minutes] = {}

    def expect(self, line: int, symbol: int, trade: RecordedTrade, time_us: int) -> None:
        """Expect a recorded trade, to be made next, at a time."""
        self._expected.append((line, symbol, trade))
        self._symbols.setdefault(symbol, _Minutes()).add(trade, time_us)

    def accept(self, outcomes: Sequence[Outcome]) -> None:
        """Compare what happened with what was expected."""
        for outcome in outcomes:
            for event in outcome.events:
                if isinstance(event, TradeExecuted):
                    self.trades.note(self._trade_difference(event))
            for update in outcome.market:
                if isinstance(update, CandleClosed) and update.interval == INTERVAL:
                    self._accept_candle(update.symbol, update.candle)

    def finish(self, names: Mapping[str, int], viewed: Callable[[int], Sequence[Candle]], now_us: int) -> None:
        """Compare what is left once everything is done: trades never made, and the candles as the views show them.

        `names` gives the symbols by name, `viewed` the newest one-minute candles of each up to now.
        """
        for line, symbol, trade in self._expected:
            self.trades.note(f"line {line}: the recorded trade {_shown(symbol, trade)} was not made")
        self._expected.clear()
        for name, symbol in names.items():
            minutes = self._symbols.get(symbol, _Minutes())
            for minute in minutes.closed:
                self.candles.note(f"{name}: the candle that opened at {minute.opened_at_us} µs was never closed")
            minutes.closed.clear()
            shown, expected = [_Minute.of(candle) for candle in viewed(symbol)], minutes.viewed(now_us)
            if len(shown) != len(expected):
                self.candles.note(f"{name}: the views show {len(shown)} candles instead of {len(expected)}")
            for seen, wanted in zip(shown, expected, strict=False):
                self.candles.note(_candle_difference(name, seen, wanted))

    def _trade_difference(self, event: TradeExecuted) -> str | None:
        if not self._expected:
            return (
                f"trade {event.trade_id} of symbol {event.symbol} was not recorded: {event.quantity} at {event.price}"
            )
        line, symbol, recorded = self._expected.popleft()
        is_equal = (
            event.symbol == symbol
            and to_units(event.price) == recorded.price
            and to_units(event.quantity) == recorded.quantity
            and (event.taker_side is Side.SELL) == recorded.buyer_is_maker
        )
        if is_equal:
            return None
        made = f"{event.quantity} at {event.price}, taker {event.taker_side.value}s, symbol {event.symbol}"
        return f"line {line}: the recorded trade {_shown(symbol, recorded)} was made as {made}"

    def _accept_candle(self, symbol: int, candle: Candle) -> None:
        closed = self._symbols.setdefault(symbol, _Minutes()).closed
        if closed:
            self.candles.note(_candle_difference(f"symbol {symbol}", _Minute.of(candle), closed.popleft()))
        else:
            self.candles.note(f"symbol {symbol}: a candle closed that was not expected: {candle}")


def _candle_difference(name: str, seen: _Minute, wanted: _Minute) -> str | None:
    return None if seen == wanted else f"{name}: the candle is {seen} instead of {wanted}"


def _shown(symbol: int, trade: RecordedTrade) -> str:
    side = "sell" if trade.buyer_is_maker else "buy"
    return f"{to_text(trade.quantity)} at {to_text(trade.price)}, taker {side}s, symbol {symbol}"
