"""History: orders, fills, trades, candles and ledger entries beyond what the core holds, read from SQL.

Every read first waits, a bounded time, until what the runtime had released when it was asked is written, so that a
client sees its own writes. Then it runs on a small pool of threads. How many reads may be under way is bounded too.

Pages, as the API page's general rules have them: from an id or a start time on, the oldest that fit; otherwise the
newest that fit, up to an end time if there is one. Either way in ascending order, and at most 1,000. All times given
are included.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Engine, Select
from sqlalchemy.exc import SQLAlchemyError

from rialto.contracts.market import Candle, RecentTrade, TradesAggregated
from rialto.contracts.vocabulary import OrderState
from rialto.projections import pages
from rialto.projections.candle_gaps import newest_without_gaps, oldest_without_gaps
from rialto.projections.pages import FillFilter, OrderFilter, Page
from rialto.projections.records import (
    AggregateRecord,
    AllocationRecord,
    AmendmentRecord,
    BlockTradeRecord,
    LedgerEntry,
    ListedFill,
    NamedOrderList,
    PreventedMatchRecord,
    SymbolCandle,
)
from rialto.projections.watermark import Watermark

READ_THREADS: Final = 4
READS_MAX: Final = 64
WATERMARK_TIMEOUT_S: Final = 2.0
MINUTE_US: Final = 60_000_000
MINUTE_ROWS_MAX: Final = 6_000

_Struct = TypeVar("_Struct", bound=msgspec.Struct)


class HistoryBusy(Exception):
    """As many reads are under way as there may be."""


class HistoryUnavailable(Exception):
    """The database could not be read."""


class History:
    """Reads of the past.

    Every method may raise `HistoryBusy`, `ProjectionsBehind`, `ProjectionsStopped` and `HistoryUnavailable`.
    """

    def __init__(
        self,
        engine: Engine,
        projected: Watermark,
        last_sequence: Callable[[], int],
        watermark_timeout_s: float = WATERMARK_TIMEOUT_S,
    ) -> None:
        """`engine` has `READ_THREADS` connections; `last_sequence` tells what the runtime released last."""
        self._engine = engine
        self._projected = projected
        self._last_sequence = last_sequence
        self._watermark_timeout_s = watermark_timeout_s
        self._threads = ThreadPoolExecutor(READ_THREADS, thread_name_prefix="history")
        self._reads = 0
        self.failures = 0
        """How often the database could not be read."""

    @property
    def reads_under_way(self) -> int:
        """How many reads have begun and not ended."""
        return self._reads

    def close(self) -> None:
        """Let the reads under way end and stop the threads."""
        self._threads.shutdown()

    async def order(
        self, account: int, symbol: int, *, order_id: int | None = None, client_order_id: str | None = None
    ) -> OrderState | None:
        """Find an order by the exchange's id, the client's own, or both; the newest that fits."""
        found = await self.read(OrderState, pages.order_page(account, symbol, order_id, client_order_id))
        return found[0] if found else None

    async def orders(
        self,
        account: int,
        symbol: int,
        *,
        from_order_id: int | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
        limit: int,
    ) -> list[OrderState]:
        """List an account's orders on a symbol. The times are those of placing."""
        return await self.read(OrderState, pages.orders_page(account, symbol, from_order_id, start_us, end_us, limit))

    async def fills(
        self,
        account: int,
        symbol: int,
        *,
        order_id: int | None = None,
        from_trade_id: int | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
        limit: int,
    ) -> list[ListedFill]:
        """List an account's sides of trades on a symbol, of one order or all."""
        return await self.read(
            ListedFill, pages.fills_page(account, symbol, order_id, from_trade_id, start_us, end_us, limit)
        )

    async def orders_before(
        self, account: int, wanted: OrderFilter, before: tuple[int, int, int] | None, limit: int
    ) -> list[OrderState]:
        """List an account's orders on every symbol, before one of a time, a symbol and an id."""
        return await self.read(OrderState, pages.orders_before_page(account, wanted, before, limit))

    async def fills_before(
        self, account: int, wanted: FillFilter, before: tuple[int, int, int, int] | None, limit: int
    ) -> list[ListedFill]:
        """List an account's sides of trades on every symbol, before one of a time, a symbol, an id and a part."""
        return await self.read(ListedFill, pages.fills_before_page(account, wanted, before, limit))

    async def order_list(
        self, account: int, *, list_id: int | None = None, client_order_id: str | None = None
    ) -> NamedOrderList | None:
        """Find a list by the exchange's id, the client's own, or both; the newest that fits."""
        found = await self.read(NamedOrderList, pages.order_list_page(account, list_id, client_order_id))
        return found[0] if found else None

    async def these_order_lists(self, account: int, list_ids: Sequence[int]) -> list[NamedOrderList]:
        """List those of an account's lists that are named, however many."""
        found: list[NamedOrderList] = []
        for first in range(0, len(list_ids), pages.PAGE_ROWS_MAX):
            page = pages.these_order_lists_page(account, list_ids[first : first + pages.PAGE_ROWS_MAX])
            found += await self.read(NamedOrderList, page)
        return found

    async def order_lists(
        self,
        account: int,
        *,
        from_id: int | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
        limit: int,
    ) -> list[NamedOrderList]:
        """List an account's lists. The times are those of placing."""
        return await self.read(NamedOrderList, pages.order_lists_page(account, from_id, start_us, end_us, limit))

    async def allocations(
        self,
        account: int,
        symbol: int,
        *,
        order_id: int | None = None,
        from_id: int | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
        limit: int,
    ) -> list[AllocationRecord]:
        """List what an account's routed orders on a symbol got."""
        page = pages.allocations_page(account, symbol, order_id, from_id, start_us, end_us, limit)
        return await self.read(AllocationRecord, page)

    async def amendments(
        self, account: int, symbol: int, order_id: int, *, from_id: int | None = None, limit: int
    ) -> list[AmendmentRecord]:
        """List the amendments of one of an account's orders, oldest first."""
        return await self.read(AmendmentRecord, pages.amendments_page(account, symbol, order_id, from_id, limit))

    async def prevented_match(self, account: int, symbol: int, prevented_match_id: int) -> PreventedMatchRecord | None:
        """Find a prevented match of an account's orders."""
        page = pages.prevented_match_page(account, symbol, prevented_match_id)
        found = await self.read(PreventedMatchRecord, page)
        return found[0] if found else None

    async def prevented_matches(
        self, account: int, symbol: int, order_id: int, *, from_id: int | None = None, limit: int
    ) -> list[PreventedMatchRecord]:
        """List the prevented matches of one of an account's orders."""
        page = pages.prevented_matches_page(account, symbol, order_id, from_id, limit)
        return await self.read(PreventedMatchRecord, page)

    async def trades(self, symbol: int, *, from_id: int | None = None, limit: int) -> list[RecentTrade]:
        """List a symbol's public trades."""
        return await self.read(RecentTrade, pages.trades_page(symbol, from_id, limit))

    async def aggregated_trades(
        self,
        symbol: int,
        *,
        from_id: int | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
        limit: int,
    ) -> list[TradesAggregated]:
        """List a symbol's aggregated trades, from an id on or by time."""
        page = pages.aggregated_trades_page(symbol, from_id, start_us, end_us, limit)
        return [TradesAggregated(*msgspec.structs.astuple(row)) for row in await self.read(AggregateRecord, page)]

    async def candles(
        self, symbol: int, interval: str, *, start_us: int | None = None, end_us: int | None = None, limit: int
    ) -> list[Candle]:
        """List a symbol's candles by when they open, intervals without trades included.

        Those without trades reach up to `end_us`, which must lie before what memory keeps: a candle is stored when it
        is closed, and it is closed at the first trade after it. There is no candle before the first trade, and none of
        one second.
        """
        stored = await self.read(Candle, pages.candles_page(symbol, interval, start_us, end_us, limit))
        if start_us is None:
            return newest_without_gaps(stored, interval, end_us=end_us, limit=limit)
        before: list[Candle] = []
        if not stored or stored[0].opened_at_us > start_us:
            before = await self.read(Candle, pages.candles_page(symbol, interval, None, start_us - 1, 1))
        return oldest_without_gaps(
            before[0] if before else None, stored, interval, start_us=start_us, end_us=end_us, limit=limit
        )

    async def minutes(self, symbols: Sequence[int], *, start_us: int, end_us: int) -> dict[int, list[Candle]]:
        """List stored one-minute candles of several symbols, in order, by symbol; those without trades are left out.

        At most `MINUTE_ROWS_MAX` are read, so that the range is short where the symbols are many.
        """
        minutes = (end_us - start_us) // MINUTE_US + 1
        assert len(symbols) * minutes <= MINUTE_ROWS_MAX, f"{minutes} minutes of {len(symbols)} symbols were asked for"
        found: defaultdict[int, list[Candle]] = defaultdict(list)
        for candle in await self.read(SymbolCandle, pages.minutes_page(symbols, start_us, end_us)):
            found[candle.symbol].append(candle)
        return found

    async def block_trades(self, symbol: int, *, from_id: int, limit: int) -> list[BlockTradeRecord]:
        """List a symbol's block trades from an id on."""
        return await self.read(BlockTradeRecord, pages.block_trades_page(symbol, from_id, limit))

    async def ledger(self, account: int, *, after: tuple[int, int] | None = None, limit: int) -> list[LedgerEntry]:
        """List what changed an account's balances: beyond an entry's sequence number and position, or the newest."""
        return await self.read(LedgerEntry, pages.ledger_page(account, after, limit))

    async def read(self, struct: type[_Struct], page: Page) -> list[_Struct]:
        """Read what the structs are made of, a row each, as of everything released before: for products' own tables."""
        if self._reads >= READS_MAX:
            raise HistoryBusy(f"{READS_MAX} reads of history are under way, the most there can be; try again")
        self._reads += 1
        try:
            await self._projected.wait_for(self._last_sequence(), self._watermark_timeout_s)
            loop = asyncio.get_running_loop()
            rows = await loop.run_in_executor(self._threads, self._select, page.statement)
        except SQLAlchemyError as error:
            self.failures += 1
            raise HistoryUnavailable("history cannot be read from the database now; try again") from error
        finally:
            self._reads -= 1
        found = [msgspec.convert(row, struct) for row in rows]
        return found[::-1] if page.newest_first else found

    def _select(self, statement: Select[Any]) -> list[tuple[Any, ...]]:
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(statement)]
