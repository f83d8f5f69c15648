"""Tickers: the last price, the best bid and ask, and 24 hours of trading, of one symbol, several or all."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, TypeVar

import msgspec

from rialto.contracts.market import TickerStatistics
from rialto.core.catalog import Symbol
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot import sbe_messages
from rialto.gateway.spot.parameters import SymbolSelection, find_symbol_of_status, select_symbols
from rialto.wire.decimals import ZERO
from rialto.wire.endpoints import Endpoint, one_or_several
from rialto.wire.errors import ErrorCode
from rialto.wire.figures import price_change
from rialto.wire.kinds import Choice
from rialto.wire.vocabulary import TickerType

T = TypeVar("T")

NO_TRADE: Final = -1


TickerKind = Annotated[TickerType, Choice(TickerType, ErrorCode.INVALID_TICKER_TYPE.error)]


class StatisticsParameters(SymbolSelection, frozen=True):
    """Which symbols, and how much of each."""

    type: TickerKind = TickerType.FULL


class PriceTicker(msgspec.Struct, frozen=True, rename="camel"):
    """The last price."""

    symbol: str
    price: str


class BookTicker(msgspec.Struct, frozen=True, rename="camel"):
    """The best bid and ask, and what rests there."""

    symbol: str
    bid_price: str
    bid_qty: str
    ask_price: str
    ask_qty: str


class FullTicker(msgspec.Struct, frozen=True, rename="camel"):
    """24 hours of a symbol, with how its price changed and its best bid and ask."""

    symbol: str
    price_change: str
    price_change_percent: str
    weighted_avg_price: str
    prev_close_price: str
    last_price: str
    last_qty: str
    bid_price: str
    bid_qty: str
    ask_price: str
    ask_qty: str
    open_price: str
    high_price: str
    low_price: str
    volume: str
    quote_volume: str
    open_time: int
    close_time: int
    first_id: int
    last_id: int
    count: int


class MiniTicker(msgspec.Struct, frozen=True, rename="camel"):
    """24 hours of a symbol, in short."""

    symbol: str
    open_price: str
    high_price: str
    low_price: str
    last_price: str
    volume: str
    quote_volume: str
    open_time: int
    close_time: int
    first_id: int
    last_id: int
    count: int


def _statistics_weight(parameters: StatisticsParameters) -> int:
    if parameters.symbol is not None:
        return 2
    if parameters.symbols is None:
        return 80
    count = len(parameters.symbols)
    if count <= 20:
        return 2
    return 40 if count <= 100 else 80


def _ticker_weight(parameters: SymbolSelection) -> int:
    return parameters.weigh(2, 4, 4)


PRICE: Final = Endpoint(
    "GET",
    "/api/v3/ticker/price",
    summary="Show the last price of symbols.",
    parameters=SymbolSelection,
    response=(PriceTicker, list[PriceTicker]),
    sbe_message=one_or_several("PriceTickerSymbolResponse", "PriceTickerResponse"),
    weight=_ticker_weight,
    weight_when_refused=2,
    websocket_method="ticker.price",
    is_from_memory=True,
)
BOOK: Final = Endpoint(
    "GET",
    "/api/v3/ticker/bookTicker",
    summary="Show the best bid and ask of symbols.",
    parameters=SymbolSelection,
    response=(BookTicker, list[BookTicker]),
    sbe_message=one_or_several("BookTickerSymbolResponse", "BookTickerResponse"),
    weight=_ticker_weight,
    weight_when_refused=2,
    websocket_method="ticker.book",
    is_from_memory=True,
)
STATISTICS: Final = Endpoint(
    "GET",
    "/api/v3/ticker/24hr",
    summary="Show the last 24 hours of symbols.",
    parameters=StatisticsParameters,
    response=(FullTicker, MiniTicker, list[FullTicker], list[MiniTicker]),
    sbe_message=sbe_messages.ticker("Ticker24h"),
    weight=_statistics_weight,
    weight_when_refused=2,
    websocket_method="ticker.24hr",
    is_from_memory=True,
)


class Tickers:
    """Reads tickers."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(PRICE, self.price), Route(BOOK, self.book), Route(STATISTICS, self.statistics)]

    def price(self, _call: Call, parameters: SymbolSelection) -> PriceTicker | list[PriceTicker]:
        """Show last prices."""
        return self._each(parameters, self._price)

    def book(self, _call: Call, parameters: SymbolSelection) -> BookTicker | list[BookTicker]:
        """Show best bids and asks."""
        return self._each(parameters, self._book)

    def statistics(
        self, call: Call, parameters: StatisticsParameters
    ) -> FullTicker | MiniTicker | Sequence[FullTicker | MiniTicker]:
        """Show 24 hours."""
        market = self._runtime.market
        write = _full if parameters.type is TickerType.FULL else _mini
        return self._each(parameters, lambda symbol: write(call, symbol, market.statistics(symbol.id)))

    def _each(self, selection: SymbolSelection, read: Callable[[Symbol], T]) -> T | list[T]:
        catalog = self._runtime.catalog
        if selection.symbol is not None:
            return read(find_symbol_of_status(catalog, selection.symbol, selection.symbol_status))
        return [read(symbol) for symbol in select_symbols(catalog, selection)]

    def _price(self, symbol: Symbol) -> PriceTicker:
        last = self._runtime.market.trades(symbol.id, 1)
        return PriceTicker(symbol.name, last[-1].price if last else ZERO)

    def _book(self, symbol: Symbol) -> BookTicker:
        best = self._runtime.market.book_ticker(symbol.id)
        return BookTicker(symbol.name, best.bid_price, best.bid_quantity, best.ask_price, best.ask_quantity)


def _full(call: Call, symbol: Symbol, statistics: TickerStatistics) -> FullTicker:
    change, change_percent = price_change(statistics.open, statistics.last)
    has_traded = statistics.trades > 0
    return FullTicker(
        symbol=symbol.name,
        price_change=change,
        price_change_percent=change_percent,
        weighted_avg_price=statistics.weighted_average,
        prev_close_price=statistics.previous_close,
        last_price=statistics.last,
        last_qty=statistics.last_quantity,
        bid_price=statistics.bid_price,
        bid_qty=statistics.bid_quantity,
        ask_price=statistics.ask_price,
        ask_qty=statistics.ask_quantity,
        open_price=statistics.open,
        high_price=statistics.high,
        low_price=statistics.low,
        volume=statistics.volume,
        quote_volume=statistics.quote_volume,
        open_time=call.time(statistics.opened_at_us),
        close_time=call.time(statistics.closed_at_us),
        first_id=statistics.first_trade_id if has_traded else NO_TRADE,
        last_id=statistics.last_trade_id if has_traded else NO_TRADE,
        count=statistics.trades,
    )


def _mini(call: Call, symbol: Symbol, statistics: TickerStatistics) -> MiniTicker:
    has_traded = statistics.trades > 0
    return MiniTicker(
        symbol=symbol.name,
        open_price=statistics.open,
        high_price=statistics.high,
        low_price=statistics.low,
        last_price=statistics.last,
        volume=statistics.volume,
        quote_volume=statistics.quote_volume,
        open_time=call.time(statistics.opened_at_us),
        close_time=call.time(statistics.closed_at_us),
        first_id=statistics.first_trade_id if has_traded else NO_TRADE,
        last_id=statistics.last_trade_id if has_traded else NO_TRADE,
        count=statistics.trades,
    )
