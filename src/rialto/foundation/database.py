"""The database: engines, the type of amounts. SQLite embedded, PostgreSQL by URL.

One database holds two kinds of rows. What only SQL knows (people, keys) must survive a power cut once it is confirmed.
What is projected from the journal may lose its last transactions, because the watermark is lost with them and the
journal has them still; it must only never be torn. So an engine is opened for an `Access`, which sets how commits are
synced, per connection: SQLite's synchronous FULL or NORMAL (in WAL mode neither tears), PostgreSQL's synchronous_commit
on or off. Readers cannot write.

Owns no state. Knows no table: each part declares its own and brings its migration (`rialto.foundation.migrating`).
"""

from decimal import Decimal
from enum import Enum
from typing import Any, Final

import sqlalchemy
from sqlalchemy import URL, Connection, Dialect, Engine, Numeric, Table, Text, TypeDecorator, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from rialto.foundation.failures import ExpectedFailure

SQLITE_BUSY_TIMEOUT_MS: Final = 10_000
SQLITE_WAL_PAGES_MAX: Final = 4_000
CONNECT_TIMEOUT_S: Final = 5
IDLE_TIMEOUT_MS: Final = 30_000


class InvalidDatabaseUrl(ExpectedFailure):
    """A database URL that is neither a SQLite file nor PostgreSQL. The message never shows the URL's password."""


class Access(Enum):
    """What a connection is for."""

    DURABLE = "durable"
    """Writes that are lost in no crash once committed."""

    REBUILDABLE = "rebuildable"
    """Writes whose last transactions a power cut may undo, all in order and none in part."""

    READ_ONLY = "read_only"
    """Reads; a write is refused by the database."""


class AmountText(TypeDecorator[str]):
    """An exact amount as the contracts spell it: decimal text with eight places, any 128-bit number of units.

    NUMERIC(39, 8) on PostgreSQL. On SQLite it is text, because SQLite turns decimals of any declared numeric type into
    floating point. Text compares as text there: amounts can be tested for equality but not ordered or summed in
    SQLite's SQL, and no query of ours does.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        return dialect.type_descriptor(Numeric(39, 8) if dialect.name == "postgresql" else Text())

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> str | None:
        """Spell what the database gave as the contracts do."""
        return f"{value:f}" if isinstance(value, Decimal) else value


def database_url(text: str) -> URL:
    """Read a database URL and settle its driver.

    Errors: `InvalidDatabaseUrl`.
    """
    try:
        url = sqlalchemy.make_url(text)
    except sqlalchemy.exc.ArgumentError as error:
        raise InvalidDatabaseUrl(
            "the database URL cannot be read; give sqlite:///file or postgresql://user:password@host/name"
        ) from error
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite":
        raise InvalidDatabaseUrl(f"{shown}: {url.drivername} is not supported; give sqlite:///file or postgresql://…")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise InvalidDatabaseUrl(f"{shown} names no file; every connection must see the same: give sqlite:///file")
    return url


def open_engine(url_text: str, access: Access, *, connections: int = 1) -> Engine:
    """Open an engine with at most so many connections. Nothing is connected yet.

    A transaction that may write takes SQLite's write lock when it begins, so that waiting for it is bounded by the busy
    timeout and never fails half-way. Errors: `InvalidDatabaseUrl`.
    """
    url = database_url(url_text)
    # Parameters may be sealed secrets or people's data: they stay out of error messages, and so out of the log.
    shared: dict[str, Any] = {"pool_size": connections, "max_overflow": 0, "pool_timeout": 10, "hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        engine = sqlalchemy.create_engine(url, **shared)
        _prepare_sqlite(engine, access)
        return engine
    # Who is paused in the middle of a transaction holds nobody up for longer.
    options = {
        Access.DURABLE: f"-c synchronous_commit=on -c idle_in_transaction_session_timeout={IDLE_TIMEOUT_MS}",
        Access.REBUILDABLE: "-c synchronous_commit=off",
        Access.READ_ONLY: "-c default_transaction_read_only=on",
    }
    arguments = {"connect_timeout": CONNECT_TIMEOUT_S, "options": options[access], "application_name": "rialto"}
    try:
        return sqlalchemy.create_engine(url, paramstyle="format", pool_pre_ping=True, connect_args=arguments, **shared)
    except ModuleNotFoundError as error:
        raise InvalidDatabaseUrl(
            f"{url.render_as_string(hide_password=True)} needs the driver psycopg: install rialto[postgres]"
        ) from error


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insertion that can say what happens `on_conflict`, as both databases can in the same words."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def one_at_a_time(connection: Connection, what: str) -> None:
    """Let the transactions that say the same of themselves go on one after another, each until it ends.

    Asked for before reading what is decided by: how many there are of something, say, of which there may be so many.
    On SQLite a transaction that may write is alone from its beginning.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def _prepare_sqlite(engine: Engine, access: Access) -> None:
    pragmas = [f"busy_timeout = {SQLITE_BUSY_TIMEOUT_MS}", "foreign_keys = ON", "journal_mode = WAL"]
    pragmas += {
        Access.DURABLE: ["synchronous = FULL"],
        Access.REBUILDABLE: ["synchronous = NORMAL", f"wal_autocheckpoint = {SQLITE_WAL_PAGES_MAX}"],
        Access.READ_ONLY: ["query_only = ON"],
    }[access]
    begin = "BEGIN" if access is Access.READ_ONLY else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # The driver begins no transactions of its own; `begin_transaction` does.
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
