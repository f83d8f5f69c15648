"""Writes the files that are missing: every complete day and month of every symbol since its first trade.

What is there is never written again, so a run can end anywhere and the next goes on from there; days that passed while
nothing ran are written when something does. A file without a row is not made: a day nothing traded has candles, which
carry the price on, and no trades. Used from one thread at a time.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from rialto.portal import layout
from rialto.portal.candle_rows import CandleRows, Write
from rialto.portal.files import CsvZip, is_published
from rialto.portal.layout import Group
from rialto.portal.source import AGGREGATED_TRADES, TRADES, Row, Source

TRADES_KIND: Final = "trades"
AGGREGATED_KIND: Final = "aggTrades"

_log = structlog.stdlib.get_logger(__name__)


class Published(NamedTuple):
    """What a run wrote: files, and their rows of trades."""

    files: int
    trades: int


class Publisher:
    """Writes files under a directory."""

    def __init__(self, directory: Path, source: Source) -> None:
        self._directory = directory
        self._source = source
        self._files = 0
        self._trades = 0

    def publish(self, complete_at_us: int, on_progress: Callable[[int], object] = lambda _files: None) -> Published:
        """Write what is missing of the time before one at which everything earlier is known.

        `on_progress` is told how many files are written. Errors: OSError, SQLAlchemy's own, what the source's
        `after_page` raises; nothing half-written is seen then.
        """
        self._files = self._trades = 0
        for symbol, name in self._source.symbols():
            if not layout.is_servable(name):
                _log.warning("symbol has no historical files", symbol=name, reason="its name cannot be part of a path")
                continue
            for group in self._missing(symbol, name, complete_at_us):
                self._write(symbol, name, group)
                on_progress(self._files)
        return Published(self._files, self._trades)

    def _missing(self, symbol: int, name: str, complete_at_us: int) -> Iterator[Group]:
        first = self._source.first(TRADES, symbol)
        if first is None:
            return
        for group in layout.groups(first[TRADES.columns.index(TRADES.time)], complete_at_us):
            if not is_published(self._directory / _last_path(name, group)):
                yield group

    def _write(self, symbol: int, name: str, group: Group) -> None:
        with ExitStack() as unfinished:

            def create(path: str) -> CsvZip:
                file = CsvZip(self._directory / path)
                unfinished.callback(file.discard)
                return file

            files = [create(layout.candles_path(name, interval, group.period)) for interval in group.intervals]
            writes: dict[str, Write] = {
                interval: file.write for interval, file in zip(group.intervals, files, strict=True)
            }
            if group.has_trades:
                trades = create(layout.trades_path(TRADES_KIND, name, group.period))
                aggregated = create(layout.trades_path(AGGREGATED_KIND, name, group.period))
                self._write_aggregated(symbol, group, aggregated.write)
                self._write_trades(symbol, group, writes, trades.write)
                files = [trades, aggregated, *files]
            else:
                self._write_trades(symbol, group, writes, None)
            # The candles of the longest interval last: they tell that the others are there.
            self._files += sum(file.publish() for file in files)
            unfinished.pop_all()

    def _write_aggregated(self, symbol: int, group: Group, write: Write) -> None:
        divisor = group.period.time_divisor
        for row in self._source.between(AGGREGATED_TRADES, symbol, group.start_us, group.end_us):
            id_, price, quantity, first, last, time_us, buyer_is_maker = row
            write(f"{id_},{price},{quantity},{first},{last},{time_us // divisor},{bool(buyer_is_maker)},True\n")

    def _write_trades(self, symbol: int, group: Group, writes: dict[str, Write], write: Write | None) -> None:
        divisor = group.period.time_divisor
        candles = CandleRows(writes, time_divisor=divisor)
        before = self._source.last_before(TRADES, symbol, group.start_us)
        if before is not None:
            candles.carry_on(_price_of(before), group.start_us)
        for row in self._source.between(TRADES, symbol, group.start_us, group.end_us):
            candles.add(row)
            if write is not None:
                id_, price, quantity, quote_quantity, time_us, buyer_is_maker = row
                times = f"{time_us // divisor},{bool(buyer_is_maker)},True\n"
                write(f"{id_},{price},{quantity},{quote_quantity},{times}")
                self._trades += 1
        candles.finish(group.end_us)


def _last_path(name: str, group: Group) -> str:
    """Return which file of a group is published last, and is never without a row."""
    return layout.candles_path(name, group.intervals[-1], group.period)


def _price_of(trade: Row) -> str:
    price: str = trade[1]
    return price
