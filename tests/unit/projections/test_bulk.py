"""Whatever their number, rows arrive once each; and statements stay within what SQLite takes."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from rialto.foundation.database import Access, open_engine
from rialto.projections import tables
from rialto.projections.bulk import ROWS_PER_STATEMENT, BulkStatements
from rialto.projections.rows import ORDER_CHANGE_VALUES
from tests.databases import contents

SQLITE_PARAMETERS_MAX = 32_766


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.REBUILDABLE)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("count", [0, 1, 3, 17, 1_023, 1_024, 2_500])
def test_any_number_of_rows_is_inserted_and_changed(engine: Engine, migrated_url: str, count: int) -> None:
    zero, one = "0.00000000", "-1.50000000"
    fixed = ("mine", "buy", "limit", "good_till_canceled", one, one, zero, zero, zero, "none", zero, 0, "new", 1, 1)
    later = (0, None, None, 0, zero, None, None)
    orders = [(number, 0, 5, *fixed, *later) for number in range(count)]

    def changes(**values: object) -> list[tuple[object, ...]]:
        return [(number, 0, *map(values.get, ORDER_CHANGE_VALUES)) for number in range(count)]

    records = [("kind\\n", "tab\t\"'", number, bytes([0, 92, 255]), number, 1) for number in range(count)]
    bulk = BulkStatements(engine)
    with engine.begin() as connection:
        bulk.insert(connection, tables.orders, orders)
        bulk.insert(connection, tables.stream_records, records)
        bulk.change_orders(connection, changes(executed=one, prevented=one, prevented_match_id=7, status="filled"))
        bulk.change_orders(connection, changes(executed_quote=one, updated_at_us=3, working_floor="exchange"))
    held = contents(migrated_url, tables.metadata)
    assert held["orders"] == [
        (*order[:10], one, one, "none", one, 7, "filled", 1, 3, 0, None, None, 0, zero, "exchange", None)
        for order in orders
    ]
    assert held["stream_records"] == records


def test_the_largest_statement_is_within_sqlites_limit() -> None:
    widest = max(len(table.columns) for table in tables.metadata.sorted_tables)
    assert widest * max(ROWS_PER_STATEMENT) <= SQLITE_PARAMETERS_MAX
