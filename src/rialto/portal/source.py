"""What the files are made of, read from SQL page by page, so that memory holds one page of one symbol.

Ids of trades and of aggregated trades grow with time within a symbol. So a stretch of time is a range of ids, whose
ends are found by halving, and rows are read in the order of an index. Every page is a transaction of its own: a long
one would keep SQLite's log from being folded in. Errors: SQLAlchemy's own.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, ColumnElement, Engine, Select, select, true

from rialto.projections.tables import aggregated_trades, fills, symbols

PAGE_ROWS: Final = 2_000

Row = Sequence[Any]


class Tape(NamedTuple):
    """One kind of rows of every symbol: its columns in the order they are read, which id orders them, and when."""

    columns: tuple[Column[Any], ...]
    conditions: tuple[ColumnElement[bool], ...]
    symbol: Column[int]
    id: Column[int]
    time: Column[int]


TRADES: Final = Tape(
    (
        *(fills.c.trade_id, fills.c.price, fills.c.quantity, fills.c.quote_quantity, fills.c.traded_at_us),
        fills.c.is_buyer,
    ),
    (fills.c.is_maker == true(),),
    fills.c.symbol,
    fills.c.trade_id,
    fills.c.traded_at_us,
)
"""Id, price, quantity, quote quantity, time, whether the buyer was the maker. Every trade has one maker's side."""

AGGREGATED_TRADES: Final = Tape(
    tuple(aggregated_trades.c[name] for name in aggregated_trades.c.keys() if name != "symbol"),  # noqa: SIM118
    (),
    aggregated_trades.c.symbol,
    aggregated_trades.c.aggregate_id,
    aggregated_trades.c.traded_at_us,
)
"""Id, price, quantity, first and last trade id, time, whether the buyer was the maker."""


class Source:
    """Reads symbols and their trades."""

    def __init__(self, engine: Engine, after_page: Callable[[], None] = lambda: None) -> None:
        """`after_page` is called when a page was read and before it is used: to rest, or to stop by raising."""
        self._engine = engine
        self._after_page = after_page

    def symbols(self) -> list[tuple[int, str]]:
        """List the symbols, id and name."""
        rows = self._rows(select(symbols.c.symbol, symbols.c.name).order_by(symbols.c.symbol))
        return [(row[0], row[1]) for row in rows]

    def first(self, tape: Tape, symbol: int) -> Row | None:
        """Return the first row of a symbol, if it has any."""
        return self._next(tape, symbol, 0)

    def last_before(self, tape: Tape, symbol: int, time_us: int) -> Row | None:
        """Return the last row of a symbol before a time, if there is one."""
        following = self.first_id_from(tape, symbol, time_us)
        statement = _of(tape, symbol).where(tape.id < following).order_by(tape.id.desc()).limit(1)
        return next(iter(self._rows(statement)), None)

    def first_id_from(self, tape: Tape, symbol: int, time_us: int) -> int:
        """Return the id from which on the rows of a symbol are not before a time; beyond its last if all are."""
        newest = self._rows(_of(tape, symbol).order_by(tape.id.desc()).limit(1))
        if not newest:
            return 0
        position = tape.columns.index(tape.id), tape.columns.index(tape.time)
        low, high = 0, newest[0][position[0]] + 1
        while low < high:
            middle = (low + high) // 2
            found = self._next(tape, symbol, middle)
            if found is None or found[position[1]] >= time_us:
                high = middle
            else:
                low = found[position[0]] + 1
        return low

    def between(self, tape: Tape, symbol: int, start_us: int, end_us: int) -> Iterator[Row]:
        """Yield the rows of a symbol from a time on and before another, in order."""
        start, end = (self.first_id_from(tape, symbol, time_us) for time_us in (start_us, end_us))
        position = tape.columns.index(tape.id)
        while start < end:
            in_range = (tape.id >= start) & (tape.id < end)
            page = self._rows(_of(tape, symbol).where(in_range).order_by(tape.id).limit(PAGE_ROWS))
            self._after_page()
            yield from page
            if len(page) < PAGE_ROWS:
                return
            start = page[-1][position] + 1

    def _next(self, tape: Tape, symbol: int, id_: int) -> Row | None:
        rows = self._rows(_of(tape, symbol).where(tape.id >= id_).order_by(tape.id).limit(1))
        return rows[0] if rows else None

    def _rows(self, statement: Select[Any]) -> list[Row]:
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(statement)]


def _of(tape: Tape, symbol: int) -> Select[Any]:
    return select(*tape.columns).where(*tape.conditions, tape.symbol == symbol)
