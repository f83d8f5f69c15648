"""Every read of history is served by an index, in the index's order: nothing is scanned, nothing is sorted."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.projections import pages, tables
from rialto.projections.bulk import ROWS_PER_STATEMENT, BulkStatements
from rialto.projections.pages import FillFilter, OrderFilter, Page
from rialto.projections.rows import ORDER_CHANGE_KEY, ORDER_CHANGE_VALUES
from rialto.projections.writer import Writer
from tests.outcomes import Exchange

OUTCOMES = Exchange().run([(step * 5 % 8, step * 11 % 200, step % 50) for step in range(400)])


@pytest.fixture
def planned(sqlite_url: str) -> Iterator[Engine]:
    migrate(sqlite_url)
    engine = open_engine(sqlite_url, Access.REBUILDABLE)
    Writer(engine).write(OUTCOMES)
    yield engine
    engine.dispose()


def plan(engine: Engine, statement: str, parameters: object = ()) -> list[str]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        return [row[-1] for row in rows]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (pages.order_page(5, 0, 9, None), "sqlite_autoindex_orders_1 (symbol=? AND order_id=?)"),
        (pages.order_page(5, 0, None, "x"), "orders_by_client_order_id (account=? AND symbol=? AND client_order_id=?)"),
        (pages.orders_page(5, 0, None, None, None, 9), "orders_by_account (account=? AND symbol=?)"),
        (pages.orders_page(5, 0, 7, None, None, 9), "orders_by_account (account=? AND symbol=? AND order_id>?)"),
        (pages.orders_page(5, 0, None, 1, None, 9), "orders_by_time (account=? AND symbol=? AND placed_at_us>?)"),
        (pages.orders_page(5, 0, None, None, 1, 9), "orders_by_time (account=? AND symbol=? AND placed_at_us<?)"),
        (
            pages.orders_page(5, 0, None, 1, 2, 9),
            "orders_by_time (account=? AND symbol=? AND placed_at_us>? AND placed_at_us<?)",
        ),
        (pages.fills_page(5, 0, None, None, None, None, 9), "sqlite_autoindex_fills_1 (account=? AND symbol=?)"),
        (
            pages.fills_page(5, 0, None, 7, None, None, 9),
            "sqlite_autoindex_fills_1 (account=? AND symbol=? AND trade_id>?)",
        ),
        (pages.fills_page(5, 0, 7, None, None, None, 9), "fills_by_order (account=? AND symbol=? AND order_id=?)"),
        (
            pages.fills_page(5, 0, 7, 8, None, None, 9),
            "fills_by_order (account=? AND symbol=? AND order_id=? AND trade_id>?)",
        ),
        (
            pages.fills_page(5, 0, None, None, 1, 2, 9),
            "fills_by_time (account=? AND symbol=? AND traded_at_us>? AND traded_at_us<?)",
        ),
        (pages.orders_before_page(5, OrderFilter(), None, 9), "orders_of_account_by_time (account=?)"),
        (
            pages.orders_before_page(5, OrderFilter(start_us=1, end_us=2), (2, 0, 9), 9),
            "orders_of_account_by_time (account=? AND placed_at_us>? AND placed_at_us<?)",
        ),
        (
            pages.orders_before_page(5, OrderFilter(0), (2, 0, 9), 9),
            "orders_by_time (account=? AND symbol=? AND placed_at_us<?)",
        ),
        (pages.fills_before_page(5, FillFilter(), None, 9), "fills_of_account_by_time (account=?)"),
        (
            pages.fills_before_page(5, FillFilter(), (2, 0, 9, 1), 9),
            "fills_of_account_by_time (account=? AND traded_at_us<?)",
        ),
        (pages.fills_before_page(5, FillFilter(0), None, 9), "fills_by_time (account=? AND symbol=?)"),
        (pages.order_list_page(5, 9, None), "order_lists_by_account (account=? AND list_id=?)"),
        (pages.order_list_page(5, None, "x"), "order_lists_by_client_order_id (account=? AND client_order_id=?)"),
        (pages.order_lists_page(5, None, None, None, 9), "order_lists_by_account (account=?)"),
        (pages.order_lists_page(5, 7, None, None, 9), "order_lists_by_account (account=? AND list_id>?)"),
        (
            pages.order_lists_page(5, None, 1, 2, 9),
            "order_lists_by_time (account=? AND placed_at_us>? AND placed_at_us<?)",
        ),
        (pages.these_order_lists_page(5, [1, 2]), "order_lists_by_account (account=? AND list_id=?)"),
        (
            pages.allocations_page(5, 0, None, None, None, None, 9),
            "allocations_by_account (account=? AND symbol=?)",
        ),
        (
            pages.allocations_page(5, 0, None, 7, None, None, 9),
            "allocations_by_account (account=? AND symbol=? AND allocation_id>?)",
        ),
        (
            pages.allocations_page(5, 0, 7, 8, None, None, 9),
            "allocations_by_order (account=? AND symbol=? AND order_id=? AND allocation_id>?)",
        ),
        (
            pages.allocations_page(5, 0, None, None, 1, 2, 9),
            "allocations_by_time (account=? AND symbol=? AND allocated_at_us>? AND allocated_at_us<?)",
        ),
        (
            pages.amendments_page(5, 0, 7, 3, 9),
            "sqlite_autoindex_amendments_1 (symbol=? AND order_id=? AND execution_id>?)",
        ),
        (
            pages.prevented_match_page(5, 0, 3),
            "prevented_matches_by_id (account=? AND symbol=? AND prevented_match_id=?)",
        ),
        (
            pages.prevented_matches_page(5, 0, 7, None, 9),
            "sqlite_autoindex_prevented_matches_1 (account=? AND symbol=? AND order_id=?)",
        ),
        (
            pages.prevented_matches_page(5, 0, 7, 3, 9),
            "sqlite_autoindex_prevented_matches_1 (account=? AND symbol=? AND order_id=? AND prevented_match_id>?)",
        ),
        (pages.trades_page(0, None, 9), "public_trades (symbol=?)"),
        (pages.trades_page(0, 7, 9), "public_trades (symbol=? AND trade_id>?)"),
        (
            pages.candles_page(0, "1m", 1, 2, 9),
            "sqlite_autoindex_candles_1 (symbol=? AND interval=? AND opened_at_us>?",
        ),
        (
            pages.minutes_page([0, 1], 1, 2),
            "sqlite_autoindex_candles_1 (symbol=? AND interval=? AND opened_at_us>? AND opened_at_us<?)",
        ),
        (
            pages.aggregated_trades_page(0, 7, None, None, 9),
            "sqlite_autoindex_aggregated_trades_1 (symbol=? AND aggregate_id>?)",
        ),
        (
            pages.aggregated_trades_page(0, None, 1, 2, 9),
            "aggregated_trades_by_time (symbol=? AND traded_at_us>? AND traded_at_us<?)",
        ),
        (pages.block_trades_page(0, 7, 9), "sqlite_autoindex_block_trades_1 (symbol=? AND block_trade_id>?)"),
        (pages.ledger_page(5, None, 9), "ledger_entries_by_account (account=?)"),
        (pages.ledger_page(5, (1, 1), 9), "ledger_entries_by_account (account=? AND (sequence,position)>(?,?))"),
    ],
)
def test_every_page_is_served_by_an_index_in_its_order(planned: Engine, page: Page, expected: str) -> None:
    compiled = page.statement.compile(planned, compile_kwargs={"render_postcompile": True})
    parameters = tuple(compiled.params[name] for name in compiled.positiontup or [])
    steps = plan(planned, str(compiled), parameters)
    assert expected in steps[0]
    assert steps[0].startswith("SEARCH")
    # What else is shown of a row is found by its key.
    joined = "USING INDEX sqlite_autoindex_orders_1 (symbol=? AND order_id=?) LEFT-JOIN"
    assert all(joined in step for step in steps[1:]), steps


def test_changes_of_orders_find_them_by_their_key(planned: Engine) -> None:
    values = {"executed": "1.00000000", "status": "filled"}
    row = (1, 0, *map(values.get, ORDER_CHANGE_VALUES))
    for count in ROWS_PER_STATEMENT:
        steps = plan(planned, BulkStatements(planned).change_statement(count), row * count)
        assert any("sqlite_autoindex_orders_1 (symbol=? AND order_id=?)" in step for step in steps), steps
        assert not any(step.startswith("SCAN orders") for step in steps), steps
    assert {column.name for column in tables.orders.primary_key} == set(ORDER_CHANGE_KEY)
