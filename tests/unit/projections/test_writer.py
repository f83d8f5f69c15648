"""A batch is written whole with its watermark, in order, by one writer."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from rialto.contracts.events import CommandRejected, Outcome
from rialto.contracts.rejections import UnknownOrder
from rialto.contracts.vocabulary import HOUSE_ACCOUNTS
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import MIGRATIONS, migrate
from rialto.identity.owners import Owners
from rialto.identity.tables import metadata as identity_metadata
from rialto.projections import tables
from rialto.projections.rebuild import rebuild
from rialto.projections.writer import OutcomesMissing, WatermarkMoved, Writer
from tests.databases import contents
from tests.outcomes import Exchange

STEPS = [(step % 7, step * 7 % 31, step) for step in range(600)]
OUTCOMES = Exchange().run(STEPS)


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.REBUILDABLE)
    yield engine
    engine.dispose()


def test_the_first_writer_finds_the_house(engine: Engine, migrated_url: str) -> None:
    assert Writer(engine).watermark == 0
    held = contents(migrated_url, tables.metadata)
    assert held["accounts"] == [(account, 0, kind.value, 0, None) for account, kind in HOUSE_ACCOUNTS]
    assert held["watermark"] == [(1, 0)]


@pytest.mark.parametrize(
    ("revision", "account"),
    [("0002", "(0, 0, 'external', 0)"), ("0004", "(0, 0, 'external', 0, NULL)")],
    ids=["before self-trade prevention", "before block trades"],
)
def test_projections_that_lack_something_are_written_anew(empty_url: str, revision: str, account: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    old = open_engine(empty_url, Access.DURABLE)
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.exec_driver_sql("INSERT INTO watermark VALUES (1, 7)")
        connection.exec_driver_sql(f"INSERT INTO accounts VALUES {account}")
        connection.exec_driver_sql("INSERT INTO assets VALUES (0, 'OLD')")
    old.dispose()
    migrate(empty_url)
    engine = open_engine(empty_url, Access.REBUILDABLE)
    writer = Writer(engine)
    assert writer.watermark == 0
    writer.write_all(OUTCOMES)
    engine.dispose()
    assert ("OLD",) not in {row[1:] for row in contents(empty_url, tables.metadata)["assets"]}


def test_what_is_written_is_skipped(engine: Engine, migrated_url: str) -> None:
    Writer(engine).write(OUTCOMES[:50])
    once = contents(migrated_url, tables.metadata)
    again = Writer(engine)
    again.write(OUTCOMES[:50])
    again.write(OUTCOMES[10:20])
    assert again.watermark == 50
    assert contents(migrated_url, tables.metadata) == once


def test_a_gap_is_refused(engine: Engine) -> None:
    writer = Writer(engine)
    writer.write(OUTCOMES[:10])
    with pytest.raises(OutcomesMissing, match="outcome 12 was handed .* where 11 follows"):
        writer.write(OUTCOMES[11:20])
    with pytest.raises(OutcomesMissing, match="outcome 13 .* where 12 follows"):
        writer.write([OUTCOMES[10], OUTCOMES[12]])
    assert writer.watermark == Writer(engine).watermark == 10


def test_a_batch_that_fails_leaves_nothing(engine: Engine, migrated_url: str) -> None:
    writer = Writer(engine)
    writer.write(OUTCOMES[:10])
    before = contents(migrated_url, tables.metadata)

    def fail(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("UPDATE watermark"):
            raise ConnectionError("the line went dead")

    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(ConnectionError):
        writer.write(OUTCOMES[10:500])
    event.remove(engine, "before_cursor_execute", fail)
    assert contents(migrated_url, tables.metadata) == before
    writer.resume()
    writer.write(OUTCOMES[10:500])
    assert writer.watermark == 500


def test_a_commit_whose_answer_was_lost_is_not_repeated(engine: Engine, migrated_url: str) -> None:
    """The rows are in and the writer does not know: it reads the watermark and goes on after it."""
    unaware = Writer(engine)
    Writer(engine).write(OUTCOMES[:30])
    with pytest.raises((WatermarkMoved, DBAPIError)):
        unaware.write(OUTCOMES[:30])
    unaware.resume()
    unaware.write(OUTCOMES[:40])
    assert unaware.watermark == 40
    assert len(contents(migrated_url, tables.metadata)["ledger_entries"]) > 0


def test_a_second_writer_is_noticed(engine: Engine) -> None:
    """Refusals leave no rows whose keys could collide: the watermark alone tells."""
    refusals = [Outcome(0, sequence, 1, [CommandRejected(UnknownOrder())], []) for sequence in (1, 2)]
    first, second = Writer(engine), Writer(engine)
    first.write(refusals[:1])
    with pytest.raises(WatermarkMoved, match="not at sequence 0 any more: another process"):
        second.write(refusals)
    assert Writer(engine).watermark == 1


def test_rebuilding_leaves_identity_alone_and_tells_progress(engine: Engine, migrated_url: str) -> None:
    Owners(engine).create("alice", 1)
    identity = contents(migrated_url, identity_metadata)
    Writer(engine).write(OUTCOMES[:99])
    told: list[int] = []
    assert rebuild(engine, [OUTCOMES[:100], OUTCOMES[100:250]], told.append) == 250
    assert told == [100, 250]
    assert Writer(engine).watermark == 250
    assert contents(migrated_url, identity_metadata) == identity
