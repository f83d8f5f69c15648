"""However outcomes reach the projections, what they come to is the same: in batches of any size, over any restarts,
handed over twice, through the projector's thread, or rebuilt from the start.
"""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.projections import tables
from rialto.projections.projector import Projector
from rialto.projections.rebuild import rebuild
from rialto.projections.writer import Writer
from tests.databases import contents
from tests.outcomes import Exchange, Step

# Every kind of step is in every example, with orders that rest, trade in part and whole, and are canceled.
ALWAYS: list[Step] = [(kind, choice, 7 * choice % 50) for choice in range(4) for kind in (0, 0, 2, 7, 4, 5, 6)]
STEPS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 200), st.integers(0, 50)), max_size=60).map(
    lambda steps: ALWAYS + steps
)

# One database serves all examples of a test; each begins by emptying it.
ONE_DATABASE = [HealthCheck.function_scoped_fixture]


def check_rebuilt_equals_incremental(url: str, steps: list[Step], data: st.DataObject) -> None:
    exchange = Exchange()
    outcomes = exchange.run(steps)
    engine = open_engine(url, Access.REBUILDABLE)
    try:
        assert rebuild(engine, [outcomes], lambda _: None) == len(outcomes)
        rebuilt = contents(url, tables.metadata)
        writer = Writer(engine)
        writer.clear()
        while writer.watermark < len(outcomes):
            size = data.draw(st.integers(1, 30), label="batch")
            repeated = data.draw(st.integers(0, min(3, writer.watermark)), label="handed over again")
            writer.write(outcomes[writer.watermark - repeated : writer.watermark + size])
            if data.draw(st.booleans(), label="restart"):
                writer = Writer(engine)
        assert contents(url, tables.metadata) == rebuilt
    finally:
        engine.dispose()
    # And what it comes to is what the exchange that stated the outcomes knows of its orders.
    assert rebuilt["watermark"] == [(1, len(outcomes))]
    rows = {(row[1], row[0]): row for row in rebuilt["orders"]}
    assert rows.keys() == exchange.orders.keys()
    for key, order in exchange.orders.items():
        assert rows[key] == tuple(
            getattr(value, "value", value) for value in (getattr(order, name) for name in order.__struct_fields__)
        )


@given(steps=STEPS, data=st.data())
@settings(max_examples=60, suppress_health_check=ONE_DATABASE)
def test_rebuilt_equals_incremental_on_sqlite(sqlite_url: str, steps: list[Step], data: st.DataObject) -> None:
    migrate(sqlite_url)
    check_rebuilt_equals_incremental(sqlite_url, steps, data)


@given(steps=STEPS, data=st.data())
@settings(max_examples=10, suppress_health_check=ONE_DATABASE)
def test_rebuilt_equals_incremental_on_postgres(postgres_url: str, steps: list[Step], data: st.DataObject) -> None:
    migrate(postgres_url)
    check_rebuilt_equals_incremental(postgres_url, steps, data)


@given(steps=STEPS, sizes=st.lists(st.integers(1, 20), min_size=1), lives=st.integers(1, 3), waits=st.booleans())
@settings(max_examples=25, suppress_health_check=ONE_DATABASE)
def test_the_projector_writes_what_a_rebuild_does(
    sqlite_url: str, steps: list[Step], sizes: list[int], lives: int, waits: bool
) -> None:
    """Each life of the process accepts a part, closes, and the next goes on from the watermark."""
    migrate(sqlite_url)
    outcomes = Exchange().run(steps)
    engine = open_engine(sqlite_url, Access.REBUILDABLE)

    async def live(until: int) -> None:
        projector = Projector(engine, lag_max=1_000)
        projector.start(until)
        first = projector.watermark
        for number in range(len(outcomes)):
            size = sizes[number % len(sizes)]
            projector.accept(outcomes[first : min(first + size, until)])
            first += size
            await asyncio.sleep(0)
        if waits:
            await projector.wait_for(until, timeout=10)
            assert (projector.watermark, projector.lag) == (until, 0)
        await projector.close(timeout=10)
        assert projector.watermark == until

    try:
        rebuild(engine, [outcomes], lambda _: None)
        rebuilt = contents(sqlite_url, tables.metadata)
        Writer(engine).clear()
        for life in range(1, lives + 1):
            asyncio.run(live(len(outcomes) * life // lives))
        assert contents(sqlite_url, tables.metadata) == rebuilt
    finally:
        engine.dispose()
