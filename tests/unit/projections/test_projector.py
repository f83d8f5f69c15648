"""The projector keeps order, tells how far behind it is, outlives a failing database, and ends cleanly."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from io import StringIO

import pytest
import structlog
from sqlalchemy import Engine

from rialto.contracts.events import Outcome
from rialto.foundation import logging
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.projections import tables
from rialto.projections.projector import ProjectionsAhead, ProjectionsBehind, ProjectionsStopped, Projector
from rialto.projections.writer import OutcomesMissing, Writer
from tests.databases import contents
from tests.outcomes import Exchange

OUTCOMES = Exchange().run([(step % 7, step * 7 % 31, step) for step in range(300)])


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    migrate(sqlite_url)
    engine = open_engine(sqlite_url, Access.REBUILDABLE)
    yield engine
    engine.dispose()


@pytest.fixture
async def projector(engine: Engine) -> AsyncIterator[Projector]:
    projector = Projector(engine, lag_max=100)
    projector.start(len(OUTCOMES))
    yield projector
    await projector.close(timeout=10)


def break_database(url: str) -> None:
    alter(url, "ALTER TABLE orders RENAME TO away")


def mend_database(url: str) -> None:
    alter(url, "ALTER TABLE away RENAME TO orders")


def alter(url: str, statement: str) -> None:
    engine = open_engine(url, Access.DURABLE)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


async def test_what_is_accepted_is_written(projector: Projector, engine: Engine) -> None:
    assert (projector.watermark, projector.lag, projector.is_full) == (0, 0, False)
    projector.accept(OUTCOMES[:40])
    projector.accept(OUTCOMES[40:90])
    await projector.wait_for(90, timeout=10)
    assert (projector.watermark, projector.lag) == (90, 0)
    assert Writer(engine).watermark == 90


async def test_waiters_are_told_as_their_number_is_reached(projector: Projector) -> None:
    waiting = [asyncio.ensure_future(projector.wait_for(sequence, timeout=10)) for sequence in (300, 20, 10, 20)]
    await asyncio.sleep(0)
    projector.accept(OUTCOMES[:20])
    await asyncio.gather(*waiting[1:])
    assert not waiting[0].done()
    projector.accept(OUTCOMES[20:300])
    await waiting[0]


async def test_waiting_ends(projector: Projector) -> None:
    projector.accept(OUTCOMES[:5])
    with pytest.raises(ProjectionsBehind, match=r"6 was needed within 0.05 s"):
        await projector.wait_for(6, timeout=0.05)
    projector.accept(OUTCOMES[5:6])
    await projector.wait_for(6, timeout=10)


async def test_a_gap_is_refused_and_repeats_are_skipped(projector: Projector) -> None:
    projector.accept(OUTCOMES[:10])
    projector.accept(OUTCOMES[:10])
    projector.accept(OUTCOMES[5:12])
    with pytest.raises(OutcomesMissing, match="outcome 14 .* where 13 follows"):
        projector.accept(OUTCOMES[13:20])
    await projector.wait_for(12, timeout=10)
    assert projector.lag == 0


async def test_it_is_full_when_the_database_cannot_keep_up(projector: Projector, sqlite_url: str) -> None:
    break_database(sqlite_url)
    projector.accept(OUTCOMES[:99])
    assert not projector.is_full
    projector.accept(OUTCOMES[99:150])
    assert (projector.lag, projector.is_full) == (150, True)
    mend_database(sqlite_url)
    await projector.wait_for(150, timeout=10)
    assert (projector.lag, projector.is_full) == (0, False)


async def test_a_failing_database_is_tried_again_and_logged_once(projector: Projector, sqlite_url: str) -> None:
    output = StringIO()
    logging.configure("info", output)
    try:
        projector.accept(OUTCOMES[:10])
        await projector.wait_for(10, timeout=10)
        for first in (10, 100):
            break_database(sqlite_url)
            projector.accept(OUTCOMES[first : first + 50])
            projector.accept(OUTCOMES[first + 50 : first + 90])
            # Long enough for several tries: the delays begin at 50 ms and double.
            with pytest.raises(ProjectionsBehind):
                await projector.wait_for(first + 90, timeout=0.5)
            mend_database(sqlite_url)
            await projector.wait_for(first + 90, timeout=10)
        lines = [json.loads(line) for line in output.getvalue().splitlines()]
    finally:
        structlog.reset_defaults()
    assert [line["event"] for line in lines] == ["projections stopped", "projections resumed"] * 2
    assert lines[0]["error"] == "(sqlite3.OperationalError) no such table: orders"
    assert "exception" not in lines[0]
    assert lines[0]["after"] == 10


async def test_after_a_failure_nothing_is_missing_or_twice(
    projector: Projector, sqlite_url: str, engine: Engine
) -> None:
    for first in range(0, 300, 100):
        break_database(sqlite_url)
        projector.accept(OUTCOMES[first : first + 100])
        await asyncio.sleep(0.01)
        mend_database(sqlite_url)
        await projector.wait_for(first + 100, timeout=10)
    written = contents(sqlite_url, tables.metadata)
    writer = Writer(engine)
    writer.clear()
    writer.write(OUTCOMES[:300])
    assert contents(sqlite_url, tables.metadata) == written


async def test_a_lost_connection_is_made_again(postgres_url: str) -> None:
    migrate(postgres_url)
    engine = open_engine(postgres_url, Access.REBUILDABLE)
    projector = Projector(engine, lag_max=100)
    projector.start(0)
    for first in range(0, 300, 100):
        projector.accept(OUTCOMES[first : first + 100])
        await projector.wait_for(first + 100, timeout=10)
        alter(
            postgres_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
    await projector.close(timeout=10)
    written = contents(postgres_url, tables.metadata)
    writer = Writer(engine)
    writer.clear()
    writer.write(OUTCOMES[:300])
    engine.dispose()
    assert contents(postgres_url, tables.metadata) == written


async def test_a_commit_whose_answer_was_lost_is_not_repeated(
    projector: Projector, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_by_ourselves = Writer.write

    def commit_and_lose_the_answer(_writer: Writer, outcomes: Sequence[Outcome]) -> None:
        monkeypatch.undo()
        written_by_ourselves(Writer(engine), outcomes)
        raise ConnectionError("the line went dead")

    monkeypatch.setattr(Writer, "write", commit_and_lose_the_answer)
    projector.accept(OUTCOMES[:10])
    await projector.wait_for(10, timeout=10)
    projector.accept(OUTCOMES[10:20])
    await projector.wait_for(20, timeout=10)


async def test_closing_writes_what_is_left(engine: Engine) -> None:
    projector = Projector(engine, lag_max=100)
    projector.start(0)
    projector.accept(OUTCOMES)
    await projector.close(timeout=10)
    assert Writer(engine).watermark == len(OUTCOMES)


async def test_closing_does_not_wait_for_a_failing_database(engine: Engine, sqlite_url: str) -> None:
    projector = Projector(engine, lag_max=100)
    projector.start(0)
    break_database(sqlite_url)
    projector.accept(OUTCOMES)
    waiting = asyncio.ensure_future(projector.wait_for(1, timeout=10))
    await asyncio.sleep(0)
    await projector.close(timeout=10)
    with pytest.raises(ProjectionsStopped, match="shutting down"):
        await waiting
    with pytest.raises(ProjectionsStopped):
        await projector.wait_for(1, timeout=10)
    mend_database(sqlite_url)
    assert Writer(engine).watermark == 0


async def test_it_goes_on_from_what_is_written(engine: Engine) -> None:
    Writer(engine).write_all(OUTCOMES[:250])
    projector = Projector(engine, lag_max=100)
    assert (projector.watermark, projector.lag) == (250, 0)
    projector.start(250)
    with pytest.raises(OutcomesMissing):
        projector.accept(OUTCOMES[260:])
    projector.accept(OUTCOMES[240:])
    await projector.wait_for(len(OUTCOMES), timeout=10)
    await projector.close(timeout=10)


async def test_a_database_ahead_of_the_journal_is_refused(engine: Engine) -> None:
    Writer(engine).write_all(OUTCOMES[:200])
    projector = Projector(engine, lag_max=100)
    with pytest.raises(ProjectionsAhead, match="up to sequence 200, but the journal ends at 199.*rebuild"):
        projector.start(199)
