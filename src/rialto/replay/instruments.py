"""Inferring from a recording what it trades: symbols with their assets, ticks and lots.

A recording does not say what its symbols are made of. So it is read once before it is replayed: a tick is the greatest
common divisor of the prices seen, a lot that of the quantities, and the assets follow from the symbol's name. This is
enough to replay what was recorded; a live market may have a finer scale than a short recording shows.
"""

from collections.abc import Callable, Iterator
from math import gcd
from typing import Final

import msgspec

from rialto.foundation.failures import ExpectedFailure
from rialto.replay.recording import DamagedLine, Level, OnDamage, RecordedDepth, RecordedTrade, Recording
from rialto.wire.decimals import UNITS_MAX

SYMBOLS_MAX: Final = 1_000
PROGRESS_LINES: Final = 10_000
ASSET_LENGTH_MAX: Final = 16
HEADROOM: Final = 10
"""The highest price allowed, as a multiple of the highest one recorded."""

QUOTES: Final = (
    "FDUSD", "USDT", "USDC", "TUSD", "BUSD", "USDP", "USD1", "BIDR", "BVND", "IDRT", "BKRW",
    "AUD", "BRL", "EUR", "GBP", "JPY", "MXN", "NGN", "PLN", "RON", "RUB", "TRY", "UAH", "USD", "ZAR", "ARS", "COP",
    "CZK", "DAI", "PAX", "VAI", "UST", "BTC", "ETH", "BNB", "SOL", "TRX", "XRP", "DOT",
)  # fmt: skip
"""What markets are quoted in, the longer codes before those they end with."""

FALLBACK_QUOTE_LENGTH: Final = 3
UNNAMED: Final = ""
"""The symbol of a snapshot: that of the recording, if it has one only."""


class UnreplayableRecording(ExpectedFailure):
    """There is nothing in a recording to replay, or more than fits."""


class Instrument(msgspec.Struct, frozen=True):
    """A symbol and its scales, in units of 1e-8."""

    symbol: str
    base: str
    quote: str
    tick: int
    lot: int
    price_max: int


class Content(msgspec.Struct, frozen=True):
    """What a recording holds."""

    instruments: tuple[Instrument, ...]
    messages: int
    damaged_lines: int
    started_at_us: int
    """The time of the first trade; without trades, when the first message was received."""


class _Scale:
    """What has been seen of a symbol's prices and quantities."""

    __slots__ = ("lot", "price_max", "tick")

    def __init__(self) -> None:
        self.tick = self.lot = self.price_max = 0

    def see(self, price: int, quantity: int) -> None:
        self.tick = gcd(self.tick, price)
        self.lot = gcd(self.lot, quantity)
        self.price_max = max(self.price_max, price)

    def merge(self, other: "_Scale") -> None:
        self.tick, self.lot = gcd(self.tick, other.tick), gcd(self.lot, other.lot)
        self.price_max = max(self.price_max, other.price_max)

    def instrument(self, symbol: str) -> Instrument:
        base, quote = split_symbol(symbol)
        tick = self.tick or 1
        price_max = min(self.price_max * HEADROOM, UNITS_MAX) // tick * tick
        return Instrument(symbol, base, quote, tick, self.lot or 1, price_max)


def infer(recording: Recording, on_damage: OnDamage, on_progress: Callable[[int], object] | None = None) -> Content:
    """Read a whole recording and return what it holds; `on_progress` is told the lines read.

    Errors: `UnreplayableRecording`; `DamagedLine` unless damage is skipped.
    """
    scales: dict[str, _Scale] = {}
    messages = damaged = started_at_us = received_at_us = 0
    for item in recording.read():
        if isinstance(item, DamagedLine):
            if on_damage is OnDamage.REFUSE:
                raise item
            damaged += 1
            continue
        if on_progress is not None and item.number % PROGRESS_LINES == 0:
            on_progress(item.number)
        messages += 1
        message = item.message
        if message is None:
            continue
        received_at_us = received_at_us or item.received_at_ns // 1_000
        if isinstance(message, RecordedTrade):
            started_at_us = started_at_us or message.traded_at_us
            _scale_of(message.symbol, scales).see(message.price, message.quantity)
        else:
            scale = _scale_of(message.symbol, scales)
            sides = (*message.bids, *message.asks) if isinstance(message, RecordedDepth) else (message.bid, message.ask)
            for level in _present(sides):
                scale.see(level.price, level.quantity)
    unnamed = scales.pop(UNNAMED, None)
    if unnamed is not None and len(scales) == 1:
        next(iter(scales.values())).merge(unnamed)
    if not scales:
        raise UnreplayableRecording(
            f"the recording {recording.path} holds no trade, bookTicker or depth message "
            f"({messages} other messages, {damaged} damaged lines)"
        )
    instruments = tuple(scale.instrument(symbol) for symbol, scale in scales.items())
    return Content(instruments, messages, damaged, started_at_us or received_at_us)


def split_symbol(symbol: str) -> tuple[str, str]:
    """Return the base and quote asset that a symbol's name is made of.

    What follows an underscore names a contract (`BTCUSD_PERP`) and is no part of either. Of a name that ends with no
    known quote, the last three characters are taken for it; one that is too short for that is quoted in USD.
    """
    pair = symbol.partition("_")[0] or symbol.replace("_", "")
    known = next((quote for quote in QUOTES if pair.endswith(quote) and len(pair) > len(quote)), None)
    quote = known or (pair[-FALLBACK_QUOTE_LENGTH:] if len(pair) > FALLBACK_QUOTE_LENGTH else "USD")
    base = pair.removesuffix(quote)[:ASSET_LENGTH_MAX]
    return (base, quote) if base and base != quote else (f"{quote}0", quote)


def _scale_of(symbol: str, scales: dict[str, _Scale]) -> _Scale:
    scale = scales.get(symbol)
    if scale is None:
        if len(scales) >= SYMBOLS_MAX:
            raise UnreplayableRecording(f"the recording holds more than {SYMBOLS_MAX} symbols: split it")
        scale = scales[symbol] = _Scale()
    return scale


def _present(levels: tuple[Level | None, ...]) -> Iterator[Level]:
    return (level for level in levels if level is not None)
