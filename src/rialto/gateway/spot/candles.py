"""Candles: the newest from memory, older ones from history, in UTC or another time zone."""

from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.market import Candle
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import (
    LIMIT_DEFAULT,
    EndTime,
    Interval,
    Limit,
    StartTime,
    SymbolName,
    find_symbol,
)
from rialto.projections.history import History
from rialto.wire.candle_zones import ZonedInterval
from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import UtcOffset
from rialto.wire.parameters import Parameters

PAGE: Final = 1_000
PARTS_MAX: Final = 24_000
"""How many shorter candles are read at most to compose those of another time zone; beyond, fewer are answered."""

ONE_SECOND: Final = "1s"


class CandleParameters(Parameters, frozen=True):
    """Which candles."""

    symbol: SymbolName
    interval: Interval
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    time_zone: Annotated[int, UtcOffset()] = 0
    limit: Limit = LIMIT_DEFAULT


class Kline(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One candle as the API writes it: a row. Its close time is the last moment within it."""

    open_time: int
    open: str
    high: str
    low: str
    close: str
    volume: str
    close_time: int
    quote_volume: str
    trades: int
    taker_buy_volume: str
    taker_buy_quote_volume: str
    unused: str = "0"


KLINES: Final = Endpoint(
    "GET",
    "/api/v3/klines",
    summary="List candles of a symbol.",
    parameters=CandleParameters,
    response=list[Kline],
    sbe_message="KlinesResponse",
    weight=2,
    websocket_method="klines",
)
UI_KLINES: Final = Endpoint(
    "GET",
    "/api/v3/uiKlines",
    summary="List candles of a symbol, as charts show them.",
    parameters=CandleParameters,
    response=list[Kline],
    sbe_message="KlinesResponse",
    weight=2,
    websocket_method="uiKlines",
)


class Candles:
    """Reads candles."""

    def __init__(self, runtime: Runtime, history: History) -> None:
        self._runtime = runtime
        self._history = history

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(KLINES, self.klines), Route(UI_KLINES, self.klines)]

    async def klines(self, call: Call, parameters: CandleParameters) -> list[Kline]:
        """List candles, oldest first: from a start on, or else the newest."""
        symbol = find_symbol(self._runtime.catalog, parameters.symbol).id
        start_us, end_us, limit = parameters.start_time, parameters.end_time, parameters.limit
        if start_us is not None and end_us is not None and end_us < start_us:
            return []
        zone = ZonedInterval(parameters.interval, parameters.time_zone)
        if zone.is_utc:
            candles = await self._read(symbol, parameters.interval, start_us, end_us, limit)
        else:
            candles = await self._compose(symbol, zone, start_us, end_us, limit)
        return [_row(call, candle) for candle in candles]

    async def _read(
        self, symbol: int, interval: str, start_us: int | None, end_us: int | None, limit: int
    ) -> list[Candle]:
        """Read candles of the core's own intervals, across the boundary of what memory keeps."""
        market = self._runtime.market
        kept_from_us = market.candles_kept_from_us(symbol, interval)
        if start_us is not None and start_us >= kept_from_us:
            return market.candles(symbol, interval, start_us=start_us, end_us=end_us, limit=limit)
        newer_start_us = None if start_us is None else kept_from_us
        newer = market.candles(symbol, interval, start_us=newer_start_us, end_us=end_us, limit=limit)
        if start_us is None and (len(newer) == limit or kept_from_us == 0):
            return newer
        if interval == ONE_SECOND:
            # Candles of one second are not stored: those memory has let go are gone.
            if start_us is None:
                return newer
            raise ErrorCode.MORE_THAN_XX_HOURS.error()
        older_end_us = kept_from_us - 1 if end_us is None else min(end_us, kept_from_us - 1)
        wanted = limit if start_us is not None else limit - len(newer)
        older = await self._history.candles(symbol, interval, start_us=start_us, end_us=older_end_us, limit=wanted)
        return (older + newer)[:limit]

    async def _compose(
        self, symbol: int, zone: ZonedInterval, start_us: int | None, end_us: int | None, limit: int
    ) -> list[Candle]:
        limit = max(1, min(limit, PARTS_MAX // zone.parts_max))
        now_us = self._runtime.now_us()
        last_us = zone.start_of(now_us if end_us is None else min(end_us, now_us))
        first_us = zone.back(last_us, limit - 1) if start_us is None else zone.first_from(start_us)
        parts: list[Candle] = []
        parts_wanted = limit * zone.parts_max
        from_us, to_us = first_us, zone.next(last_us) - 1
        while len(parts) < parts_wanted and from_us <= to_us:
            page = await self._read(symbol, zone.base, from_us, to_us, min(PAGE, parts_wanted - len(parts)))
            if not page:
                break
            parts += page
            from_us = page[-1].closes_at_us
        return zone.compose(parts)[:limit]


def _row(call: Call, candle: Candle) -> Kline:
    return Kline(
        call.time(candle.opened_at_us),
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        candle.volume,
        call.time(candle.closes_at_us) - 1,
        candle.quote_volume,
        candle.trades,
        candle.taker_buy_volume,
        candle.taker_buy_quote_volume,
    )
