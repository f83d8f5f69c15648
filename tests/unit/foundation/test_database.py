"""Engines keep what they promise, amounts stay exact, and models agree with migrations."""

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import DBAPIError

from rialto.backup.tables import DURABLE, REBUILDABLE
from rialto.foundation.database import Access, AmountText, InvalidDatabaseUrl, database_url, open_engine
from rialto.foundation.migrating import NewerDatabase, migrate
from rialto.identity import tables as identity_tables


def every_table() -> MetaData:
    together = MetaData()
    for metadata in (*DURABLE, *REBUILDABLE):
        for table in metadata.sorted_tables:
            table.to_metadata(together)
    return together


def test_models_and_migrations_agree(migrated_url: str) -> None:
    models = every_table()
    engine = open_engine(migrated_url, Access.READ_ONLY)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, models) == []
        # The comparison leaves primary keys out.
        inspector = sqlalchemy.inspect(connection)
        for table in models.sorted_tables:
            key = inspector.get_pk_constraint(table.name)["constrained_columns"]
            assert key == [column.name for column in table.primary_key], table.name
    engine.dispose()


def test_migrating_twice_changes_nothing(migrated_url: str) -> None:
    migrate(migrated_url)
    engine = open_engine(migrated_url, Access.READ_ONLY)
    with engine.connect() as connection:
        owners = connection.execute(select(identity_tables.owners)).all()
    engine.dispose()
    assert [tuple(row) for row in owners] == [(0, "house", "house", 0)]


def test_a_database_of_a_newer_version_is_refused(migrated_url: str) -> None:
    engine = open_engine(migrated_url, Access.DURABLE)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(NewerDatabase, match=r"'9999'.*run that version"):
        migrate(migrated_url)


def test_a_failed_migration_leaves_nothing(empty_url: str) -> None:
    engine = open_engine(empty_url, Access.DURABLE)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE fills (in_the_way INTEGER)")
    with pytest.raises(DBAPIError):
        migrate(empty_url)
    with engine.connect() as connection:
        assert sqlalchemy.inspect(connection).get_table_names() == ["fills"]
    engine.dispose()


@pytest.mark.parametrize(
    "amount",
    [
        "0.00000000",
        "-0.00000001",
        "0.10000000",
        "123456789012345.67890123",
        "1701411834604692317316873037158.84105727",
        "-1701411834604692317316873037158.84105728",
    ],
)
def test_amounts_come_back_exactly(empty_url: str, amount: str) -> None:
    metadata = MetaData()
    table = Table("exact", metadata, Column("id", Integer, primary_key=True), Column("amount", AmountText()))
    engine = open_engine(empty_url, Access.DURABLE)
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(table), {"id": 1, "amount": amount})
    with engine.connect() as connection:
        assert connection.scalar(select(table.c.amount).where(table.c.amount == amount)) == amount
    engine.dispose()


@pytest.mark.parametrize(
    ("access", "setting", "expected"),
    [
        (Access.DURABLE, "synchronous", 2),
        (Access.REBUILDABLE, "synchronous", 1),
        (Access.DURABLE, "journal_mode", "wal"),
        (Access.REBUILDABLE, "foreign_keys", 1),
        (Access.READ_ONLY, "busy_timeout", 10_000),
    ],
)
def test_sqlite_syncs_as_the_access_says(sqlite_url: str, access: Access, setting: str, expected: object) -> None:
    engine = open_engine(sqlite_url, access)
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {setting}").scalar() == expected
    engine.dispose()


@pytest.mark.parametrize(("access", "expected"), [(Access.DURABLE, "on"), (Access.REBUILDABLE, "off")])
def test_postgres_syncs_as_the_access_says(postgres_url: str, access: Access, expected: str) -> None:
    engine = open_engine(postgres_url, access)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == expected
    engine.dispose()


def test_readers_cannot_write(migrated_url: str) -> None:
    engine = open_engine(migrated_url, Access.READ_ONLY)
    with pytest.raises(DBAPIError, match=r"readonly|read-only"), engine.begin() as connection:
        connection.execute(identity_tables.owners.delete())
    engine.dispose()


def test_a_writer_holds_the_lock_from_its_beginning(sqlite_url: str) -> None:
    first, second = (open_engine(sqlite_url, Access.DURABLE) for _ in range(2))
    with second.connect() as waiting:
        waiting.exec_driver_sql("PRAGMA busy_timeout = 1")
        waiting.rollback()
        with first.begin(), pytest.raises(DBAPIError, match="locked"):
            waiting.exec_driver_sql("SELECT 1")
    first.dispose()
    second.dispose()


def test_parameters_stay_out_of_error_messages(migrated_url: str) -> None:
    engine = open_engine(migrated_url, Access.DURABLE)
    row = {"id": 0, "name": "not to be logged", "kind": "person", "created_at_us": 1}
    with pytest.raises(DBAPIError) as failed, engine.begin() as connection:
        connection.execute(insert(identity_tables.owners), row)
    engine.dispose()
    assert "not to be logged" not in str(failed.value)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://name:hidden@host/x", r"mysql://name:\*\*\*@host/x: mysql is not supported"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite+aiosqlite:///x", "is not supported"),
    ],
)
def test_other_databases_are_refused(url: str, message: str) -> None:
    with pytest.raises(InvalidDatabaseUrl, match=message) as refused:
        database_url(url)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_postgres_has_one_driver(scheme: str) -> None:
    assert database_url(f"{scheme}://a@b/c").drivername == "postgresql+psycopg"
