"""The feed: turns what the core states into messages of market streams.

Trades, aggregated trades and best prices follow from outcomes, as they are released. Depth, candles, statistics and
averages are taken from the market views by timers. Nothing is built for a topic that nobody reads; depth updates are
taken even then, so that what waits for a taker stays small, and dropped.

State: what was last said of statistics and averages, to say only what changed. It belongs to the event loop's thread.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar

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
from rialto.streams import payloads
from rialto.streams.candles import CandleStreams
from rialto.streams.framing import TimeUnit
from rialto.streams.hub import Hub
from rialto.streams.names import PARTIAL_LEVELS, Kind, Topic
from rialto.streams.schedule import Schedule
from rialto.wire.figures import AVERAGE_MINUTES, average_price

FAST_US: Final = 100_000
SLOW_US: Final = 1_000_000

T = TypeVar("T")


class MarketFeed:
    """Publishes market data to a hub."""

    def __init__(self, hub: Hub, runtime: Runtime) -> None:
        self._hub = hub
        self._runtime = runtime
        self._candles = CandleStreams(runtime.market, self._say_candle)
        self._new_partials: set[Topic] = set()
        self._depth_watchers: list[Callable[[Sequence[DepthUpdate]], None]] = []
        self._said_statistics: dict[int, tuple[str, ...]] = {}
        self._said_averages: dict[int, tuple[str, int]] = {}
        self._schedule = Schedule(runtime.now_us)
        self._schedule.every(FAST_US, partial(self._state_depth, slow=False))
        self._schedule.every(SLOW_US, partial(self._state_depth, slow=True))
        self._schedule.every(SLOW_US, self._state_figures)
        self._schedule.every(SLOW_US, self._state_candles)
        self._schedule.every(SLOW_US, self._state_reference_prices)

    def start(self) -> None:
        """Begin to publish. Must be called on the event loop, once."""
        self._hub.watch(self._note_subscription)
        self._runtime.subscribe(self._take_outcomes)
        self._schedule.start()

    def watch_depth(self, watcher: Callable[[Sequence[DepthUpdate]], None]) -> None:
        """Call `watcher` with what changed in the books, ten times a second, whoever reads it here."""
        self._depth_watchers.append(watcher)

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
                    self._say(Topic(Kind.TRADE, event.symbol), payloads.trade, event, outcome.time_us)
                elif type(event) is BlockTradeReported:
                    self._say(Topic(Kind.BLOCK_TRADE, event.symbol), payloads.block_trade, event, outcome.time_us)
            for update in outcome.market:
                if type(update) is TradesAggregated:
                    topic = Topic(Kind.AGGREGATED_TRADE, update.symbol)
                    self._say(topic, payloads.aggregated_trade, update, outcome.time_us)
                elif type(update) is BookTickerChanged:
                    self._say_book_ticker(update)

    def _say(self, topic: Topic, encode: Callable[[T, str, int, TimeUnit], bytes], stated: T, time_us: int) -> None:
        """Publish what a payload function makes of something the core stated."""
        if self._hub.reads(topic):
            name = self._symbol_name(topic.symbol)
            self._hub.publish(topic, lambda unit: encode(stated, name, time_us, unit))

    def _say_book_ticker(self, changed: BookTickerChanged) -> None:
        topic = Topic(Kind.BOOK_TICKER, changed.symbol)
        self._hub.publish(topic, lambda _unit: payloads.book_ticker(changed, self._symbol_name(changed.symbol)))

    # --- depth -------------------------------------------------------------------------------------------------

    def _note_subscription(self, topic: Topic) -> None:
        """Remember who waits for a first look at a book that may be quiet."""
        if topic.kind is Kind.PARTIAL_DEPTH:
            self._new_partials.add(topic)

    async def _state_depth(self, now_us: int, *, slow: bool) -> None:
        partials = {topic for topic in self._new_partials if topic.fast is not slow}
        self._new_partials -= partials
        updates = self._runtime.market.take_depth_updates(slow=slow)
        if not slow:
            for watcher in self._depth_watchers:
                watcher(updates)
        for update in updates:
            symbol = update.symbol
            self._say(Topic(Kind.DEPTH, symbol, fast=not slow), payloads.depth, update, now_us)
            partials.update(Topic(Kind.PARTIAL_DEPTH, symbol, not slow, levels) for levels in PARTIAL_LEVELS)
        for topic in partials:
            self._hub.publish(topic, partial(self._partial_depth, topic))

    def _partial_depth(self, topic: Topic, _unit: TimeUnit) -> bytes:
        return payloads.partial_depth(self._runtime.market.depth(topic.symbol, topic.levels))

    # --- statistics and averages -------------------------------------------------------------------------------

    async def _state_figures(self, now_us: int) -> None:
        self._state_averages(now_us)
        if not any(self._hub.topics(kind) for kind in (Kind.TICKER, Kind.MINI_TICKER, Kind.ALL_MINI_TICKERS)):
            return
        changed: list[tuple[TickerStatistics, str]] = []
        for statistics in self._runtime.market.take_changed_statistics():
            symbol = statistics.symbol
            self._say(Topic(Kind.TICKER, symbol), payloads.ticker, statistics, now_us)
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
                self._say(Topic(Kind.MINI_TICKER, symbol), payloads.mini_ticker, statistics, now_us)
                changed.append((statistics, self._symbol_name(symbol)))
        if changed:
            self._hub.publish(
                Topic(Kind.ALL_MINI_TICKERS), lambda unit: payloads.mini_tickers(changed, now_us, unit)
            )  # fmt: skip

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
        return payloads.average_price(price, last_traded_at_us, self._symbol_name(symbol), now_us, unit)

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
