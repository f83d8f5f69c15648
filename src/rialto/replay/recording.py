"""Recordings: files of exchange messages, one a line, read as a stream of typed messages.

A line is `<local time in ns> <JSON>`, the file plain or gzip. The JSON is a message of combined market streams,
`{"stream": "btcusdt@trade", "data": {…}}`, of spot or futures; or a snapshot of the book as REST answers it, which
names no symbol and so is understood only where the recording has one. First step of a replay. Nothing is ever read
whole: what is held is one line. Streams that do not shape a book (candles, tickers) are passed over, and so are trades
that futures settle outside the book. Prices and quantities become whole numbers of 1e-8.
"""

import gzip
import zlib
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from rialto.foundation.failures import ExpectedFailure
from rialto.wire import decimals
from rialto.wire.errors import ApiError

LINE_BYTES_MAX: Final = 8 << 20
"""A book of 100,000 levels fits; what is longer is damage."""

SYMBOL_LENGTH_MAX: Final = 32
MILLISECONDS_MAX: Final = 10**14
"""A time below is in milliseconds, one from here on in microseconds: streams state either."""

TIME_US_MAX: Final = 10**17
GZIP_MAGIC: Final = b"\x1f\x8b"


class RecordingUnreadable(ExpectedFailure):
    """The file is not there, or cannot be opened as a recording."""


class DamagedLine(ExpectedFailure):
    """A line is no message. Carries the number of the line, from 1, and what is wrong with it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class OnDamage(Enum):
    """What to do about a damaged line."""

    SKIP = "skip"
    REFUSE = "refuse"


class Level(msgspec.Struct, frozen=True, array_like=True):
    """A price level in units of 1e-8; a quantity of zero says that it is gone."""

    price: int
    quantity: int


class RecordedTrade(msgspec.Struct, frozen=True):
    """A trade of the recorded exchange."""

    symbol: str
    price: int
    quantity: int
    traded_at_us: int
    buyer_is_maker: bool


class RecordedTicker(msgspec.Struct, frozen=True):
    """The best bid and ask; None where a side was empty."""

    symbol: str
    update_id: int
    bid: Level | None
    ask: Level | None


class RecordedDepth(msgspec.Struct, frozen=True):
    """Levels that changed; or, of a snapshot, every level of the best ones. A snapshot's symbol is empty."""

    symbol: str
    update_id: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    is_snapshot: bool = False


Message = RecordedTrade | RecordedTicker | RecordedDepth


class Line(msgspec.Struct, frozen=True):
    """One line: its number, when it was received, and its message; None for one that is passed over."""

    number: int
    received_at_ns: int
    message: Message | None


class _Envelope(msgspec.Struct):
    stream: str | None = None
    data: msgspec.Raw = msgspec.Raw()
    update_id: int | None = msgspec.field(name="lastUpdateId", default=None)
    bids: list[tuple[str, str]] | None = None
    asks: list[tuple[str, str]] | None = None


class _Trade(msgspec.Struct):
    symbol: str = msgspec.field(name="s")
    price: str = msgspec.field(name="p")
    quantity: str = msgspec.field(name="q")
    traded_at: int = msgspec.field(name="T")
    buyer_is_maker: bool = msgspec.field(name="m")
    execution: str = msgspec.field(name="X", default="MARKET")


class _Ticker(msgspec.Struct):
    symbol: str = msgspec.field(name="s")
    update_id: int = msgspec.field(name="u")
    bid_price: str = msgspec.field(name="b")
    bid_quantity: str = msgspec.field(name="B")
    ask_price: str = msgspec.field(name="a")
    ask_quantity: str = msgspec.field(name="A")


class _Depth(msgspec.Struct):
    symbol: str = msgspec.field(name="s")
    update_id: int = msgspec.field(name="u")
    bids: list[tuple[str, str]] = msgspec.field(name="b")
    asks: list[tuple[str, str]] = msgspec.field(name="a")


_envelope: Final = msgspec.json.Decoder(_Envelope)
_trade: Final = msgspec.json.Decoder(_Trade)
_ticker: Final = msgspec.json.Decoder(_Ticker)
_depth: Final = msgspec.json.Decoder(_Depth)


class _Damage(Exception):
    """What is wrong with the line at hand."""


class Recording:
    """A recording on disk. Every reading starts at its beginning."""

    def __init__(self, path: Path) -> None:
        """Look at the file. Errors: `RecordingUnreadable`."""
        self.path = path
        try:
            with path.open("rb") as file:
                self._is_compressed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        except OSError as error:
            raise RecordingUnreadable(f"the recording {path} cannot be read: {error.strerror or error}") from error

    def read(self) -> Iterator[Line | DamagedLine]:
        """Yield every line, in order; a damaged one as the error that it is, for the caller to raise or to pass over.

        A compressed recording that ends within its compressed data, as one does whose recorder was killed, ends with a
        damaged line.
        """
        with self._open() as file:
            for number, text in _lines(file):
                if isinstance(text, _Damage):
                    yield DamagedLine(number, str(text))
                    continue
                try:
                    yield _read_line(number, text)
                except _Damage as damage:
                    yield DamagedLine(number, str(damage))

    def _open(self) -> BinaryIO | gzip.GzipFile:
        if self._is_compressed:
            # Read line by line from GzipFile itself: another buffer around it would lose what lies before a cut.
            return gzip.open(self.path, "rb")
        return self.path.open("rb")


def _lines(file: BinaryIO | gzip.GzipFile) -> Iterator[tuple[int, bytes | _Damage]]:
    """Yield numbered lines without their ends; of one that is too long or unreadable, what is wrong with it."""
    number = 0
    while True:
        number += 1
        try:
            text = file.readline(LINE_BYTES_MAX)
            if not text:
                return
            is_too_long = False
            while len(text) == LINE_BYTES_MAX and not text.endswith(b"\n"):
                is_too_long = True
                text = file.readline(LINE_BYTES_MAX)
        except (EOFError, zlib.error, OSError) as error:
            yield number, _Damage(f"the file cannot be read on from here: {error}")
            return
        yield number, _Damage(f"longer than {LINE_BYTES_MAX} bytes") if is_too_long else text


def _read_line(number: int, text: bytes) -> Line:
    stamp, separator, json = text.partition(b" ")
    if not separator:
        raise _Damage(f"{_shown(text)} is not `<time in ns> <JSON>`")
    if not stamp.isdigit() or len(stamp) > 20 or stamp.startswith(b"0"):
        raise _Damage(f"{_shown(stamp)} is no local time in nanoseconds")
    try:
        envelope = _envelope.decode(json)
        return Line(number, int(stamp), _message(envelope))
    except msgspec.ValidationError as error:
        raise _Damage(f"not a message of a market stream: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _Damage(f"not JSON: {error}") from error


def _message(envelope: _Envelope) -> Message | None:
    if envelope.stream is None:
        return _snapshot(envelope)
    if not envelope.data:
        raise _Damage("`stream` stands in it without `data`")
    kind = envelope.stream.partition("@")[2].partition("@")[0]
    if kind == "trade":
        return _recorded_trade(_trade.decode(envelope.data))
    if kind == "bookTicker":
        return _recorded_ticker(_ticker.decode(envelope.data))
    if kind == "depth":
        depth = _depth.decode(envelope.data)
        return RecordedDepth(_symbol(depth.symbol), depth.update_id, _levels(depth.bids), _levels(depth.asks))
    return None


def _snapshot(envelope: _Envelope) -> RecordedDepth:
    if envelope.update_id is None or envelope.bids is None or envelope.asks is None:
        raise _Damage("neither `stream` and `data` nor `lastUpdateId`, `bids` and `asks` stand in it")
    return RecordedDepth("", envelope.update_id, _levels(envelope.bids), _levels(envelope.asks), is_snapshot=True)


def _recorded_trade(trade: _Trade) -> RecordedTrade | None:
    if trade.execution != "MARKET":
        return None
    price, quantity = units(trade.price), units(trade.quantity)
    if price == 0 or quantity == 0:
        raise _Damage(f"a trade of {trade.quantity!r} at {trade.price!r}")
    return RecordedTrade(_symbol(trade.symbol), price, quantity, _time_us(trade.traded_at), trade.buyer_is_maker)


def _recorded_ticker(ticker: _Ticker) -> RecordedTicker:
    bid = _best(ticker.bid_price, ticker.bid_quantity)
    ask = _best(ticker.ask_price, ticker.ask_quantity)
    if bid is not None and ask is not None and bid.price >= ask.price:
        raise _Damage(f"the best bid {ticker.bid_price!r} is not below the best ask {ticker.ask_price!r}")
    return RecordedTicker(_symbol(ticker.symbol), ticker.update_id, bid, ask)


def _best(price: str, quantity: str) -> Level | None:
    level = Level(units(price), units(quantity))
    return level if level.price and level.quantity else None


def _levels(pairs: list[tuple[str, str]]) -> tuple[Level, ...]:
    levels = tuple([Level(units(price), units(quantity)) for price, quantity in pairs])
    if any(level.price == 0 for level in levels):
        raise _Damage("a level at the price zero")
    return levels


@lru_cache(maxsize=1 << 16)
def units(text: str) -> int:
    """Read a decimal as a whole number of 1e-8. Errors: damage, for what is no price or quantity."""
    try:
        return decimals.to_units(decimals.canonical("number", text))
    except ApiError as error:
        raise _Damage(f"{text[:40]!r} is no price or quantity of at most 8 decimal places") from error


@lru_cache(maxsize=1 << 10)
def _symbol(name: str) -> str:
    is_plain = name.isascii() and name.replace("_", "").isalnum()
    if not is_plain or len(name) > SYMBOL_LENGTH_MAX:
        raise _Damage(f"{name[:40]!r} is no symbol of 1 to {SYMBOL_LENGTH_MAX} letters, digits and underscores")
    return name.upper()


def _time_us(time: int) -> int:
    time_us = time * 1_000 if time < MILLISECONDS_MAX else time
    if not 0 < time_us < TIME_US_MAX:
        raise _Damage(f"{time} is no time since 1970 in milliseconds or microseconds")
    return time_us


def _shown(text: bytes) -> str:
    return repr(text[:40].decode("utf-8", "replace").rstrip("\n"))
