"""The feed: turns what the core states into messages of market streams.

Trades, aggregated trades and best prices follow from outcomes, as they are released. Depth, candles, statistics and
averages are taken from the market views by timers. Nothing is built for a topic that nobody reads; depth updates are
taken even then, so that what waits for a taker stays small, and dropped.

State: what was last said of statistics and averages, to say only what changed, and within a command the trades that go
into one message. It belongs to the event loop's thread.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from rialto.contracts.events import BlockTradeReported, Outcome, TradeExecuted
from rialto.contracts.market import (
    BookTickerChanged,
    Candle,
    DepthUpdate,
    TickerStatistics,
    TradesAggregated,
)
from rialto.contracts.queries import Account, ReferencePrice, ReferencePriceAnswer
from rialto.contracts.symbol_rules import ReferenceMethod
from rialto.contracts.vocabulary import HOUSE_OWNER, AccountClass, AccountKind
from rialto.core.runtime import Runtime
from rialto.streams import payloads, sbe_payloads, ticker_payloads
from rialto.streams.candles import CandleStreams
from rialto.streams.depth import SLOW_US, DepthStreams
from rialto.streams.framing import TimeUnit
from rialto.streams.hub import Hub
from rialto.streams.names import Kind, Topic
from rialto.streams.schedule import Schedule
from rialto.streams.windows import WindowStreams
from rialto.wire.figures import AVERAGE_MINUTES, average_price
from rialto.wire.sbe.answers import stream_codec

T = TypeVar("T")


class MarketFeed:
    """Publishes market data to a hub."""

    def __init__(self, hub: Hub, runtime: Runtime) -> None:
        self._hub = hub
        self._runtime = runtime
        self._candles = CandleStreams(runtime.market, self._say_candle)
        self._depth = DepthStreams(hub, runtime.market, self._symbol_name)
        self._windows = WindowStreams(hub, runtime, self._symbol_name)
        self._traded: dict[int, list[TradeExecuted]] = {}
        self._said_statistics: dict[int, tuple[str, ...]] = {}
        self._said_averages: dict[int, tuple[str, int]] = {}
        self._schedule = Schedule(runtime.now_us)
        self._depth.schedule(self._schedule)
        self._schedule.every(SLOW_US, self._state_figures)
        self._schedule.every(SLOW_US, self._state_candles)
        self._schedule.every(SLOW_US, self._state_reference_prices)
        self._schedule.every(SLOW_US, self._state_windows)

    def start(self) -> None:
        """Begin to publish. Must be called on the event loop, once."""
        stream_codec()
        self._hub.watch(self._depth.note_subscription)
        self._runtime.subscribe(self._take_outcomes)
        self._schedule.start()

    def watch_depth(self, watcher: Callable[[Sequence[DepthUpdate]], None]) -> None:
        """Call `watcher` with what changed in the books, ten times a second, whoever reads it here."""
        self._depth.watch(watcher)

    async def stop(self) -> None:
        """End the timers."""
        await self._schedule.stop()

    def _symbol_name(self, symbol: int) -> str:
        return self._runtime.catalog.symbol(symbol).name

    # --- outcomes ----------------------------------------------------------------------------------------------

    def _take_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        if not self._hub.is_read:
            return
        for outcome in outcomes:
            for event in outcome.events:
                if type(event) is TradeExecuted:
                    self._note_trade(event)
                    self._windows.note_trade(event.symbol)
                    self._say(Topic(Kind.TRADE, event.symbol), payloads.trade, event, outcome.time_us)
                elif type(event) is BlockTradeReported:
                    self._say(Topic(Kind.BLOCK_TRADE, event.symbol), payloads.block_trade, event, outcome.time_us)
            for update in outcome.market:
                if type(update) is TradesAggregated:
                    topic = Topic(Kind.AGGREGATED_TRADE, update.symbol)
                    self._say(topic, payloads.aggregated_trade, update, outcome.time_us)
                elif type(update) is BookTickerChanged:
                    self._say_book_ticker(update, outcome.time_us)
            if self._traded:
                self._say_traded(outcome.time_us)

    def _say(self, topic: Topic, encode: Callable[[T, str, int, TimeUnit], bytes], stated: T, time_us: int) -> None:
        """Publish what a payload function makes of something the core stated."""
        if self._hub.reads(topic):
            name = self._symbol_name(topic.symbol)
            self._hub.publish(topic, lambda unit: encode(stated, name, time_us, unit))

    def _say_book_ticker(self, changed: BookTickerChanged, time_us: int) -> None:
        name = partial(self._symbol_name, changed.symbol)
        topic = Topic(Kind.BOOK_TICKER, changed.symbol)
        self._hub.publish(topic, lambda _unit: payloads.book_ticker(changed, name()))
        topic = Topic(Kind.SBE_BEST_BID_ASK, changed.symbol)
        self._hub.publish_binary(topic, lambda: sbe_payloads.best_bid_ask(changed, name(), time_us), newest_only=True)

    def _note_trade(self, executed: TradeExecuted) -> None:
        """Gather the trades of a command that are told of in SBE, for one message by symbol."""
        if self._hub.reads(Topic(Kind.SBE_TRADES, executed.symbol)):
            self._traded.setdefault(executed.symbol, []).append(executed)

    def _say_traded(self, time_us: int) -> None:
        traded, self._traded = self._traded, {}
        for symbol, executed in traded.items():
            build = partial(sbe_payloads.trades, executed, self._symbol_name(symbol), time_us)
            self._hub.publish_binary(Topic(Kind.SBE_TRADES, symbol), build)

    # --- statistics and averages -------------------------------------------------------------------------------

    async def _state_figures(self, now_us: int) -> None:
        self._state_averages(now_us)
        if not any(self._hub.topics(kind) for kind in (Kind.TICKER, Kind.MINI_TICKER, Kind.ALL_MINI_TICKERS)):
            return
        changed: list[tuple[TickerStatistics, str]] = []
        for statistics in self._runtime.market.take_changed_statistics():
            symbol = statistics.symbol
            self._say(Topic(Kind.TICKER, symbol), ticker_payloads.ticker, statistics, now_us)
            said = (
                statistics.last,
                statistics.open,
                statistics.high,
                statistics.low,
                statistics.volume,
                statistics.quote_volume,
            )
            if self._said_statistics.get(symbol) != said:
                self._said_statistics[symbol] = said
                self._say(Topic(Kind.MINI_TICKER, symbol), ticker_payloads.mini_ticker, statistics, now_us)
                changed.append((statistics, self._symbol_name(symbol)))
        if changed:
            self._hub.publish(
                Topic(Kind.ALL_MINI_TICKERS), lambda unit: ticker_payloads.mini_tickers(changed, now_us, unit)
            )  # fmt: skip

    async def _state_windows(self, now_us: int) -> None:
        self._windows.beat(now_us)

    def _state_averages(self, now_us: int) -> None:
        topics = self._hub.topics(Kind.AVERAGE_PRICE)
        said = {}
        for topic in topics:
            average = self._average(topic.symbol)
            if average is None:
                continue
            said[topic.symbol] = average
            if self._said_averages.get(topic.symbol) != average:
                self._hub.publish(topic, partial(self._average_payload, topic.symbol, average, now_us))
        self._said_averages = said

    def _average_payload(self, symbol: int, average: tuple[str, int], now_us: int, unit: TimeUnit) -> bytes:
        price, last_traded_at_us = average
        return ticker_payloads.average_price(price, last_traded_at_us, self._symbol_name(symbol), now_us, unit)

    def _average(self, symbol: int) -> tuple[str, int] | None:
        """Return the average price of the last minutes, and when the symbol last traded."""
        candles = self._runtime.market.candles(symbol, "1m", start_us=None, end_us=None, limit=AVERAGE_MINUTES)
        trades = self._runtime.market.trades(symbol, 1)
        if not candles or not trades:
            return None
        return average_price(candles), trades[-1].traded_at_us

    async def _state_reference_prices(self, now_us: int) -> None:
        """Say them every second, changed or not: who has just subscribed waits no longer than that."""
        for topic in self._hub.topics(Kind.REFERENCE_PRICE):
            symbol = self._runtime.catalog.symbol(topic.symbol)
            if symbol.spec.rules.reference.method is ReferenceMethod.NONE:
                continue
            answer = await self._runtime.ask(ReferencePrice(topic.symbol, now_us))
            assert isinstance(answer, ReferencePriceAnswer)
            if answer.since_us:
                build = partial(payloads.reference_price, answer.price, symbol.name, answer.since_us)
                self._hub.publish(topic, build)

    # --- candles -----------------------------------------------------------------------------------------------

    async def _state_candles(self, now_us: int) -> None:
        topics = self._hub.topics(Kind.CANDLE)
        if topics:
            # Answers come after everything submitted before: no trade timed before now is still on its way.
            await self._runtime.ask(Account(HOUSE_OWNER, AccountKind(AccountClass.FEES)))
            self._candles.beat(now_us, topics, self._runtime.market.take_changed_candles())

    def _say_candle(self, topic: Topic, candle: Candle, is_closed: bool) -> None:
        name = self._symbol_name(topic.symbol)
        now_us = self._runtime.now_us()
        self._hub.publish(
            topic,
            lambda unit: payloads.candle(candle, name, topic.interval, now_us, unit, is_closed=is_closed),
        )
