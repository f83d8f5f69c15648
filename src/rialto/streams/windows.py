"""Statistics over rolling windows of an hour, four hours and a day: what each stream says at every beat.

A window opens on a minute and closes with the beat, so that it is up to a minute wider than its name. It changes when
its symbol trades and when it moves on by a minute; what has not changed is not said again. State: the symbols that
traded since the last beat, and per window and symbol what was said last.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from rialto.contracts.market import Candle
from rialto.core.runtime import Runtime
from rialto.streams import ticker_payloads
from rialto.streams.hub import Hub
from rialto.streams.names import WINDOWS, Kind, Topic

MINUTE_US: Final = 60_000_000

Figures = tuple[str, ...]


class WindowStreams:
    """Follows the windows that are read."""

    def __init__(self, hub: Hub, runtime: Runtime, symbol_name: Callable[[int], str]) -> None:
        self._hub = hub
        self._runtime = runtime
        self._symbol_name = symbol_name
        self._traded: set[int] = set()
        self._minute_us = 0
        self._said: dict[str, dict[int, Figures]] = {window: {} for window in WINDOWS}

    def note_trade(self, symbol: int) -> None:
        """Note that a symbol has traded."""
        self._traded.add(symbol)

    def beat(self, now_us: int) -> None:
        """Say what changed since the last beat."""
        traded, self._traded = self._traded, set()
        minute_us = now_us - now_us % MINUTE_US
        moved, self._minute_us = minute_us != self._minute_us, minute_us
        singles = self._hub.topics(Kind.WINDOW_TICKER)
        everything = {topic.interval for topic in self._hub.topics(Kind.ALL_WINDOW_TICKERS)}
        for window in WINDOWS:
            said = self._said[window]
            wanted = {topic.symbol for topic in singles if topic.interval == window}
            if window in everything:
                wanted.update(symbol.id for symbol in self._runtime.catalog.symbols)
            for symbol in said.keys() - wanted:
                del said[symbol]
            looked_at = wanted if moved else wanted & traded | wanted - said.keys()
            self._say(window, sorted(looked_at), now_us)

    def _say(self, window: str, symbols: list[int], now_us: int) -> None:
        """Say the windows of symbols that show something else than when they were last said."""
        from_us = max(0, now_us - WINDOWS[window])
        from_us -= from_us % MINUTE_US
        said = self._said[window]
        changed: list[tuple[Candle, str]] = []
        for symbol in symbols:
            candle = self._runtime.market.candle_from(symbol, from_us)
            figures = (candle.open, candle.high, candle.low, candle.close, candle.volume, f"{candle.first_trade_id}")
            if said.get(symbol) != figures and (candle.trades or symbol in said):
                name = self._symbol_name(symbol)
                changed.append((candle, name))
                self._hub.publish(
                    Topic(Kind.WINDOW_TICKER, symbol, interval=window),
                    partial(ticker_payloads.window_ticker, candle, name, window, from_us, now_us),
                )
            said[symbol] = figures
        if changed:
            self._hub.publish(
                Topic(Kind.ALL_WINDOW_TICKERS, interval=window),
                partial(ticker_payloads.window_tickers, changed, window, from_us, now_us),
            )
