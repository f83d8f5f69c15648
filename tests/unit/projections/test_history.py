"""Reads of history: what a client wrote is there, pages are those the API describes, and indices serve them."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from rialto.contracts.events import BlockTradeReported, Event, MatchPrevented, Outcome
from rialto.contracts.market import Candle, CandleClosed, RecentTrade
from rialto.contracts.vocabulary import OrderState, PostingReason, Side
from rialto.foundation.database import Access, open_engine
from rialto.projections.history import READ_THREADS, READS_MAX, History, HistoryBusy, HistoryUnavailable
from rialto.projections.projector import ProjectionsBehind, Projector
from rialto.projections.records import BlockTradeRecord
from rialto.projections.writer import Writer
from tests.outcomes import FIRST_ACCOUNT, START_US, Exchange

EXCHANGE = Exchange()
OUTCOMES = EXCHANGE.run([(step * 5 % 8, step * 11 % 200, step % 50) for step in range(400)])
ACCOUNT, SYMBOL = FIRST_ACCOUNT, 0
ORDERS = [order for key, order in sorted(EXCHANGE.orders.items()) if (order.account, order.symbol) == (ACCOUNT, SYMBOL)]
TIMES = sorted({order.placed_at_us for order in ORDERS})
MINUTE_US = 60_000_000


class Reading:
    """A history over a projector, and what the runtime is said to have released."""

    def __init__(self, url: str) -> None:
        self.released = len(OUTCOMES)
        self.writing = open_engine(url, Access.REBUILDABLE)
        self.reading = open_engine(url, Access.READ_ONLY, connections=READ_THREADS)
        self.projector = Projector(self.writing, lag_max=10_000)
        self.history = History(self.reading, self.projector, lambda: self.released)

    async def close(self) -> None:
        await self.projector.close(timeout=10)
        self.history.close()
        self.reading.dispose()
        self.writing.dispose()


@pytest.fixture
async def reading(migrated_url: str) -> AsyncIterator[Reading]:
    engine = open_engine(migrated_url, Access.REBUILDABLE)
    Writer(engine).write_all(OUTCOMES)
    engine.dispose()
    reading = Reading(migrated_url)
    reading.projector.start(len(OUTCOMES))
    yield reading
    await reading.close()


def ids(orders: list[OrderState]) -> list[int]:
    return [order.order_id for order in orders]


async def test_there_is_enough_to_read() -> None:
    assert len(ORDERS) > 20
    assert len(TIMES) > 10


async def test_orders_come_back_as_they_were_stated(reading: Reading) -> None:
    assert await reading.history.orders(ACCOUNT, SYMBOL, limit=1_000) == ORDERS


@pytest.mark.parametrize("limit", [1, 5, 1_000])
async def test_pages_of_orders(reading: Reading, limit: int) -> None:
    history, middle = reading.history, ORDERS[len(ORDERS) // 2]
    start, end = TIMES[len(TIMES) // 3], TIMES[2 * len(TIMES) // 3]

    assert await history.orders(ACCOUNT, SYMBOL, limit=limit) == ORDERS[-limit:]
    from_id = [order for order in ORDERS if order.order_id >= middle.order_id]
    assert await history.orders(ACCOUNT, SYMBOL, from_order_id=middle.order_id, limit=limit) == from_id[:limit]
    since = [order for order in ORDERS if order.placed_at_us >= start]
    assert await history.orders(ACCOUNT, SYMBOL, start_us=start, limit=limit) == since[:limit]
    until = [order for order in ORDERS if order.placed_at_us <= end]
    assert await history.orders(ACCOUNT, SYMBOL, end_us=end, limit=limit) == until[-limit:]
    between = [order for order in since if order.placed_at_us <= end]
    assert await history.orders(ACCOUNT, SYMBOL, start_us=start, end_us=end, limit=limit) == between[:limit]
    both = [order for order in from_id if order.placed_at_us <= end]
    found = await history.orders(ACCOUNT, SYMBOL, from_order_id=middle.order_id, end_us=end, limit=limit)
    assert found == both[:limit]


async def test_one_order_by_either_id(reading: Reading) -> None:
    history, one = reading.history, ORDERS[3]
    assert await history.order(ACCOUNT, SYMBOL, order_id=one.order_id) == one
    newest = [order for order in ORDERS if order.client_order_id == one.client_order_id][-1]
    assert newest != one
    assert await history.order(ACCOUNT, SYMBOL, client_order_id=one.client_order_id) == newest
    both = await history.order(ACCOUNT, SYMBOL, order_id=one.order_id, client_order_id=one.client_order_id)
    assert both == one
    assert await history.order(ACCOUNT, SYMBOL, order_id=one.order_id, client_order_id="other") is None
    assert await history.order(ACCOUNT + 1, SYMBOL, order_id=one.order_id) is None
    assert await history.order(ACCOUNT, SYMBOL + 1, client_order_id="other") is None


async def test_prevented_matches_are_found_by_id_and_by_order(reading: Reading) -> None:
    history = reading.history
    stated = [event for outcome in OUTCOMES for event in outcome.events if isinstance(event, MatchPrevented)]
    assert len(stated) > 5
    for match in stated:
        for side in (match.maker, match.taker):
            (found,) = await history.prevented_matches(
                side.account, match.symbol, side.order_id, from_id=match.prevented_match_id, limit=1
            )
            assert (found.prevented_match_id, found.mode, found.price) == (
                match.prevented_match_id,
                match.mode,
                match.price,
            )
            assert (found.maker_order_id, found.taker_order_id) == (match.maker.order_id, match.taker.order_id)
            assert (found.maker_quantity, found.taker_quantity) == (match.maker.quantity, match.taker.quantity)
            assert found.trade_group_id == (-1 if match.trade_group is None else match.trade_group)
            by_id = await history.prevented_match(side.account, match.symbol, match.prevented_match_id)
            assert by_id is not None
            assert by_id.prevented_match_id == match.prevented_match_id
    one, stranger = stated[0], FIRST_ACCOUNT + 100
    assert await history.prevented_match(stranger, one.symbol, one.prevented_match_id) is None
    assert await history.prevented_matches(stranger, one.symbol, one.taker.order_id, limit=9) == []


async def test_pages_of_fills(reading: Reading) -> None:
    history = reading.history
    every = await history.fills(ACCOUNT, SYMBOL, limit=1_000)
    assert len(every) > 20
    assert {(fill.account, fill.symbol) for fill in every} == {(ACCOUNT, SYMBOL)}
    # Sides of one trade with oneself stand together, the taker's first.
    assert [(fill.trade_id, fill.is_maker) for fill in every] == sorted(
        (fill.trade_id, fill.is_maker) for fill in every
    )
    middle = every[len(every) // 2]
    at_us = middle.traded_at_us
    pages_of = [
        ({}, every[-4:]),
        ({"from_trade_id": middle.trade_id}, [fill for fill in every if fill.trade_id >= middle.trade_id][:4]),
        ({"start_us": at_us}, [fill for fill in every if fill.traded_at_us >= at_us][:4]),
        ({"end_us": at_us}, [fill for fill in every if fill.traded_at_us <= at_us][-4:]),
        ({"start_us": at_us, "end_us": at_us}, [fill for fill in every if fill.traded_at_us == at_us][:4]),
        ({"order_id": middle.order_id}, [fill for fill in every if fill.order_id == middle.order_id][-4:]),
        (
            {"order_id": middle.order_id, "from_trade_id": middle.trade_id},
            [fill for fill in every if fill.order_id == middle.order_id and fill.trade_id >= middle.trade_id][:4],
        ),
    ]
    for filters, expected in pages_of:
        assert await history.fills(ACCOUNT, SYMBOL, limit=4, **filters) == expected, filters
        assert expected, filters


async def test_fills_add_up_to_what_their_orders_executed(reading: Reading) -> None:
    for order in ORDERS:
        fills = await reading.history.fills(ACCOUNT, SYMBOL, order_id=order.order_id, limit=1_000)
        executed = sum(int(fill.quantity.replace(".", "")) for fill in fills)
        assert executed == int(order.executed.replace(".", "")), order


async def test_public_trades_are_each_there_once(reading: Reading) -> None:
    history = reading.history
    every = await history.trades(SYMBOL, from_id=1, limit=1_000)
    assert [trade.trade_id for trade in every] == list(range(1, len(every) + 1))
    assert len(every) > 30
    assert await history.trades(SYMBOL, limit=3) == every[-3:]
    assert await history.trades(SYMBOL, from_id=7, limit=3) == every[6:9]
    assert await history.trades(SYMBOL + 9, limit=3) == []
    # The maker of a trade is its buyer, or else the taker is.
    for trade in every:
        assert isinstance(trade, RecentTrade)
    fills = {fill.trade_id: fill for fill in await history.fills(ACCOUNT, SYMBOL, limit=1_000) if fill.is_maker}
    assert fills
    for trade_id, fill in fills.items():
        assert every[trade_id - 1].buyer_is_maker == fill.is_buyer


async def test_the_ledger_is_read_on_from_an_entry(reading: Reading) -> None:
    history = reading.history
    every = await history.ledger(ACCOUNT, after=(0, 0), limit=1_000)
    assert [(entry.sequence, entry.position) for entry in every] == sorted(
        (entry.sequence, entry.position) for entry in every
    )
    assert {entry.account for entry in every} == {ACCOUNT}
    assert PostingReason.TRADE in {entry.reason for entry in every}
    seventh = every[6]
    assert await history.ledger(ACCOUNT, after=(seventh.sequence, seventh.position), limit=5) == every[7:12]
    assert await history.ledger(ACCOUNT, limit=5) == every[-5:]


def closed(minute: int, symbol: int = 7) -> CandleClosed:
    opens_us = minute * MINUTE_US
    price = volume = "5.00000000"
    candle = Candle(opens_us, opens_us + MINUTE_US, price, price, price, price, volume, volume, 1, volume, volume, 1, 1)
    return CandleClosed(symbol, "1m", candle)


async def test_minutes_of_several_symbols_are_read_at_once(reading: Reading) -> None:
    stated = [closed(minute, symbol) for minute in (2, 3, 5) for symbol in (7, 8, 9)]
    reading.projector.accept([Outcome(0, len(OUTCOMES) + 1, START_US * 2, [], list(stated))])
    reading.released += 1
    found = await reading.history.minutes([9, 7, 6], start_us=3 * MINUTE_US, end_us=5 * MINUTE_US)
    assert {symbol: [minute.opened_at_us // MINUTE_US for minute in minutes] for symbol, minutes in found.items()} == {
        7: [3, 5],
        9: [3, 5],
    }
    assert msgspec.structs.asdict(found[7][0]) == msgspec.structs.asdict(closed(3).candle) | {"symbol": 7}


async def test_block_trades_are_read_from_an_id_on(reading: Reading) -> None:
    sides = (Side.BUY, Side.SELL, Side.BUY)
    events: list[Event] = [
        BlockTradeReported(0, number, "5.00000000", "2.00000000", "10.00000000", side)
        for number, side in enumerate(sides, start=1)
    ]
    reading.projector.accept([Outcome(0, len(OUTCOMES) + 1, START_US * 2, events, [])])
    reading.released += 1
    expected = [
        BlockTradeRecord(0, number, "5.00000000", "2.00000000", "10.00000000", START_US * 2, side is Side.SELL)
        for number, side in enumerate(sides, start=1)
    ]
    assert await reading.history.block_trades(0, from_id=0, limit=9) == expected
    assert await reading.history.block_trades(0, from_id=2, limit=1) == expected[1:2]
    assert await reading.history.block_trades(1, from_id=0, limit=9) == []
    assert await reading.history.block_trades(0, from_id=2**63 - 1, limit=9) == []


async def test_candles_have_no_gaps(reading: Reading) -> None:
    candles = [closed(minute) for minute in (2, 3, 6)]
    reading.projector.accept([Outcome(0, len(OUTCOMES) + 1, START_US * 2, [], list(candles))])
    reading.released += 1

    async def minutes(**page: int) -> list[int]:
        found = await reading.history.candles(7, "1m", **page)
        return [candle.opened_at_us // MINUTE_US for candle in found]

    assert await minutes(limit=1_000) == [2, 3, 4, 5, 6]
    assert await minutes(limit=2) == [5, 6]
    assert await minutes(start_us=0, limit=3) == [2, 3, 4]
    assert await minutes(start_us=4 * MINUTE_US + 1, limit=9) == [5, 6]
    assert await minutes(start_us=4 * MINUTE_US, end_us=5 * MINUTE_US, limit=9) == [4, 5]
    assert await minutes(end_us=4 * MINUTE_US, limit=2) == [3, 4]
    assert await reading.history.candles(7, "3m", limit=5) == []
    assert await reading.history.candles(SYMBOL, "1s", limit=5) == []


async def test_times_beyond_every_column_are_harmless(reading: Reading) -> None:
    assert await reading.history.orders(ACCOUNT, SYMBOL, start_us=2**70, limit=5) == []
    assert await reading.history.orders(ACCOUNT, SYMBOL, end_us=2**70, limit=5) == ORDERS[-5:]


async def test_a_read_waits_for_its_callers_own_writes(migrated_url: str) -> None:
    reading = Reading(migrated_url)
    reading.projector.start(0)
    read = asyncio.ensure_future(reading.history.orders(ACCOUNT, SYMBOL, limit=1_000))
    await asyncio.sleep(0)
    reading.projector.accept(OUTCOMES)
    assert await read == ORDERS
    await reading.close()


async def test_a_read_does_not_wait_for_ever(reading: Reading) -> None:
    reading.released += 1
    impatient = History(reading.reading, reading.projector, lambda: reading.released, watermark_timeout_s=0.05)
    with pytest.raises(ProjectionsBehind, match=f"{reading.released} was needed within 0.05 s"):
        await impatient.trades(SYMBOL, limit=1)
    impatient.close()


async def test_reads_under_way_are_limited(reading: Reading) -> None:
    reading.released += 1
    waiting = [asyncio.ensure_future(reading.history.trades(SYMBOL, limit=1)) for _ in range(READS_MAX)]
    await asyncio.sleep(0)
    with pytest.raises(HistoryBusy, match=f"{READS_MAX} reads"):
        await reading.history.trades(SYMBOL, limit=1)
    reading.projector.accept([Outcome(0, reading.released, START_US * 2, [], [])])
    assert all(len(trades) == 1 for trades in await asyncio.gather(*waiting))
    assert len(await reading.history.trades(SYMBOL, limit=1)) == 1


async def test_a_database_that_cannot_be_read_is_named(reading: Reading) -> None:
    with reading.writing.begin() as connection:
        connection.exec_driver_sql("DROP TABLE fills")
    with pytest.raises(HistoryUnavailable, match="cannot be read"):
        await reading.history.trades(SYMBOL, limit=1)
