"""Names of market streams: `btcusdt@depth@100ms` to the topic it asks for.

First step of every subscription. A name is what a client writes and what it gets back in combined messages; a topic
is what it means, with the symbol by id. Pure: the catalogue comes in as a function.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final, NamedTuple

from rialto.wire.vocabulary import INTERVALS

NAME_LENGTH_MAX: Final = 128
PARTIAL_LEVELS: Final = frozenset({5, 10, 20})
FAST_SUFFIX: Final = "100ms"
OFFSET_SUFFIX: Final = "+08:00"
OFFSET_S: Final = 8 * 3_600
WINDOWS: Final = {"1h": 3_600_000_000, "4h": 14_400_000_000, "1d": 86_400_000_000}
"""The sizes of rolling windows, in microseconds."""

WINDOW_PREFIX: Final = "ticker_"
ALL_SUFFIX: Final = "@arr"


class Kind(StrEnum):
    """What a stream carries. The values are the words of the stream names; those of SBE streams say so."""

    TRADE = "trade"
    AGGREGATED_TRADE = "aggTrade"
    DEPTH = "depth"
    PARTIAL_DEPTH = "partialDepth"
    BOOK_TICKER = "bookTicker"
    CANDLE = "kline"
    MINI_TICKER = "miniTicker"
    TICKER = "ticker"
    ALL_MINI_TICKERS = "!miniTicker@arr"
    AVERAGE_PRICE = "avgPrice"
    BLOCK_TRADE = "blockTrade"
    REFERENCE_PRICE = "referencePrice"
    WINDOW_TICKER = "windowTicker"
    ALL_WINDOW_TICKERS = "!windowTicker@arr"
    SBE_TRADES = "sbe:trade"
    SBE_BEST_BID_ASK = "sbe:bestBidAsk"
    SBE_DEPTH = "sbe:depth"
    SBE_PARTIAL_DEPTH = "sbe:depth20"


class Topic(NamedTuple):
    """What a stream is about. Fields that do not apply to its kind keep their defaults."""

    kind: Kind
    symbol: int = 0
    fast: bool = False
    levels: int = 0
    interval: str = ""
    offset_s: int = 0


class UnknownStream(Exception):
    """The name is not that of a stream offered here; the message says why."""


_PLAIN: Final = {
    kind.value: kind
    for kind in (
        Kind.TRADE,
        Kind.AGGREGATED_TRADE,
        Kind.BOOK_TICKER,
        Kind.MINI_TICKER,
        Kind.TICKER,
        Kind.AVERAGE_PRICE,
        Kind.BLOCK_TRADE,
        Kind.REFERENCE_PRICE,
    )
}


_SBE: Final = {
    "trade": Topic(Kind.SBE_TRADES),
    "bestBidAsk": Topic(Kind.SBE_BEST_BID_ASK),
    "depth": Topic(Kind.SBE_DEPTH),
    "depth20": Topic(Kind.SBE_PARTIAL_DEPTH, levels=20),
}

FindSymbol = Callable[[str], int | None]
"""Gives the id of a symbol by its upper-case name."""


def parse_stream_name(name: str, find_symbol: FindSymbol) -> Topic:
    """Return the topic the name of a JSON stream stands for. Raises UnknownStream."""
    _check_length(name)
    if name == Kind.ALL_MINI_TICKERS:
        return Topic(Kind.ALL_MINI_TICKERS)
    if name.startswith(f"!{WINDOW_PREFIX}") and name.endswith(ALL_SUFFIX):
        return _parse_window(name, Kind.ALL_WINDOW_TICKERS, name[1 : -len(ALL_SUFFIX)])
    return _parse(name, find_symbol, _parse_type)


def parse_sbe_stream_name(name: str, find_symbol: FindSymbol) -> Topic:
    """Return the topic the name of an SBE stream stands for. Raises UnknownStream."""
    return _parse(name, find_symbol, _parse_sbe_type)


def _check_length(name: str) -> None:
    if len(name) > NAME_LENGTH_MAX:
        raise UnknownStream(f"stream name of {len(name)} characters is longer than {NAME_LENGTH_MAX}")


def _parse(name: str, find_symbol: FindSymbol, parse_type: Callable[[str, str], Topic]) -> Topic:
    _check_length(name)
    symbol_name, separator, rest = name.partition("@")
    if not separator or not symbol_name or not rest:
        raise UnknownStream(f"unknown stream `{name}`, expected `<symbol>@<type>` such as `btcusdt@trade`")
    if symbol_name != symbol_name.lower():
        raise UnknownStream(f"symbol of stream `{name}` must be lowercase: `{symbol_name.lower()}`")
    topic = parse_type(name, rest)
    symbol = find_symbol(symbol_name.upper())
    if symbol is None:
        raise UnknownStream(f"unknown symbol `{symbol_name.upper()}` in stream `{name}`")
    return topic._replace(symbol=symbol)


def _parse_type(name: str, rest: str) -> Topic:
    """Read what follows the symbol; the topic's symbol is left open."""
    kind = _PLAIN.get(rest)
    if kind is not None:
        return Topic(kind)
    word, _, suffix = rest.partition("@")
    if word.startswith("kline_"):
        return _parse_candle(name, word.removeprefix("kline_"), rest.removeprefix(word))
    if rest.startswith(WINDOW_PREFIX):
        return _parse_window(name, Kind.WINDOW_TICKER, rest)
    if word.startswith("depth") and rest in (word, f"{word}@{FAST_SUFFIX}"):
        levels = word.removeprefix("depth")
        if not levels:
            return Topic(Kind.DEPTH, fast=bool(suffix))
        if levels.isascii() and levels.isdecimal() and int(levels) in PARTIAL_LEVELS:
            return Topic(Kind.PARTIAL_DEPTH, fast=bool(suffix), levels=int(levels))
        raise UnknownStream(f"unknown depth `{levels}` in stream `{name}`, expected 5, 10 or 20 levels")
    raise UnknownStream(f"unknown stream type `{rest}` in stream `{name}`")


def _parse_sbe_type(name: str, rest: str) -> Topic:
    """Read what follows the symbol; the topic's symbol is left open."""
    topic = _SBE.get(rest)
    if topic is None:
        raise UnknownStream(f"unknown stream type `{rest}` in stream `{name}`, expected one of {', '.join(_SBE)}")
    return topic


def _parse_window(name: str, kind: Kind, rest: str) -> Topic:
    window = rest.removeprefix(WINDOW_PREFIX)
    if window not in WINDOWS:
        raise UnknownStream(f"unknown window `{window}` in stream `{name}`, expected one of {', '.join(WINDOWS)}")
    return Topic(kind, interval=window)


def _parse_candle(name: str, interval: str, suffix: str) -> Topic:
    if interval not in INTERVALS:
        raise UnknownStream(f"unknown interval `{interval}` in stream `{name}`, expected one of {', '.join(INTERVALS)}")
    if suffix not in ("", f"@{OFFSET_SUFFIX}"):
        raise UnknownStream(f"unknown time zone `{suffix[1:]}` in stream `{name}`, expected {OFFSET_SUFFIX}")
    return Topic(Kind.CANDLE, interval=interval, offset_s=OFFSET_S if suffix else 0)
