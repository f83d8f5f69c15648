"""The rows that files are made of, read from either database."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from rialto.contracts.events import Outcome, TradeExecuted
from rialto.contracts.market import TradesAggregated
from rialto.contracts.vocabulary import Side
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.portal import source as source_module
from rialto.portal.source import AGGREGATED_TRADES, TRADES, Source
from rialto.projections.writer import Writer
from tests.outcomes import Exchange

START_US = 1_700_000_000_000_000


def outcomes() -> list[Outcome]:
    """Trades of two symbols, each also as an aggregate of its own."""
    exchange = Exchange()
    stated = exchange.run([(step * 5 % 8, step * 11 % 200, step % 50) for step in range(600)])
    last = [0, 0]
    for outcome in stated:
        for event in list(outcome.events):
            if isinstance(event, TradeExecuted):
                last[event.symbol] += 1
                buyer_is_maker = event.taker_side is Side.SELL
                ids = (event.trade_id, event.trade_id)
                what = (event.price, event.quantity, *ids, outcome.time_us, buyer_is_maker)
                outcome.market.append(TradesAggregated(event.symbol, last[event.symbol], *what))
    return stated


OUTCOMES = outcomes()
EXPECTED = [
    [
        (
            event.trade_id,
            event.price,
            event.quantity,
            event.quote_quantity,
            outcome.time_us,
            event.taker_side is Side.SELL,
        )
        for outcome in OUTCOMES
        for event in outcome.events
        if isinstance(event, TradeExecuted) and event.symbol == symbol
    ]
    for symbol in (0, 1)
]


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    writing = open_engine(migrated_url, Access.REBUILDABLE)
    Writer(writing).write(OUTCOMES)
    writing.dispose()
    reading = open_engine(migrated_url, Access.READ_ONLY)
    yield reading
    reading.dispose()


def test_a_stretch_of_time_is_read_whole_and_in_order(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "PAGE_ROWS", 3)
    pages = 0

    def after_page() -> None:
        nonlocal pages
        pages += 1

    source = Source(engine, after_page)
    assert source.symbols() == [(0, "PAIR0"), (1, "PAIR1")]
    for symbol, expected in enumerate(EXPECTED):
        assert len(expected) > 20
        assert source.first(TRADES, symbol) == expected[0]
        times = sorted({row[4] for row in expected})
        for start_us, end_us in (
            *pairwise(times[::5]),
            (0, times[3]),
            (times[-3], times[-1] + 1),
            (times[2], times[2]),
        ):
            within = [row for row in expected if start_us <= row[4] < end_us]
            assert list(source.between(TRADES, symbol, start_us, end_us)) == within
            aggregated = list(source.between(AGGREGATED_TRADES, symbol, start_us, end_us))
            assert [(row[1], row[2], row[3], row[4], row[5], row[6]) for row in aggregated] == [
                (price, quantity, id_, id_, time_us, is_maker) for id_, price, quantity, _, time_us, is_maker in within
            ]
            before = [row for row in expected if row[4] < start_us]
            assert source.last_before(TRADES, symbol, start_us) == (before[-1] if before else None)
    assert pages > 20
    assert source.first(TRADES, 9) is None
    assert list(source.between(TRADES, 9, 0, 2**62)) == []


def test_every_read_is_served_by_an_index(sqlite_url: str) -> None:
    migrate(sqlite_url)
    writing = open_engine(sqlite_url, Access.REBUILDABLE)
    Writer(writing).write(OUTCOMES)
    plans: list[str] = []

    class Planned(Source):
        def _rows(self, statement: object) -> list[object]:  # type: ignore[override]
            with writing.connect() as connection:
                text = statement.compile(writing, compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]
                plans.extend(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))
            return super()._rows(statement)  # type: ignore[arg-type, return-value]

    source = Planned(writing)
    for tape in (TRADES, AGGREGATED_TRADES):
        plans.clear()
        assert list(source.between(tape, 0, START_US, 2**62))
        source.last_before(tape, 0, 2**62)
        index = "public_trades" if tape is TRADES else "sqlite_autoindex_aggregated_trades_1"
        assert plans
        assert [plan for plan in plans if f"USING INDEX {index} (symbol=?" not in plan] == []
    writing.dispose()
