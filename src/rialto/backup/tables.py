"""What only SQL knows, out of one database and into another of either kind.

A table becomes a file of JSON lines: first its name, its columns with their kinds, and the number its automatic ids go
on after; then a list for every row. A file can be read back by any later release: it is put into a schema of the
revision it was taken from, which is then migrated.

Which tables these are is nobody's list to keep. Everything in the database that is not a projection, and so cannot be
rebuilt from the journal, is taken; a table that no part declares is refused, because its columns are not known.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import sqlalchemy
from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy.types import TypeEngine

import rialto.custody.addresses.tables
import rialto.custody.deposits.tables
import rialto.custody.networks.tables
import rialto.custody.payouts.tables
import rialto.custody.recovery.tables
import rialto.custody.refills.tables
import rialto.custody.reserves.tables
import rialto.custody.signing.heads
import rialto.custody.travel_rule.tables
import rialto.custody.withdrawals.tables
import rialto.foundation.leases
import rialto.gateway.standing.tables
import rialto.gateway.wallet.tables
import rialto.identity.factors.tables
import rialto.identity.operator_tables
import rialto.identity.people_tables
import rialto.identity.privacy.tables
import rialto.identity.screening.tables
import rialto.identity.sub_account_tables
import rialto.identity.tables
import rialto.identity.verification.tables
import rialto.products.distributions.tables
import rialto.products.dust.projection
import rialto.products.fiat.cards.tables
import rialto.products.fiat.tables
import rialto.products.transfers.plans.tables
import rialto.products.transfers.tables
import rialto.projections.tables
from rialto.backup.manifest import BackedUpTable, created
from rialto.foundation.database import Access, AmountText, open_engine
from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.migrating import newest_revision, revision_of

DURABLE: Final[tuple[MetaData, ...]] = (
    rialto.foundation.leases.metadata,
    rialto.identity.tables.metadata,
    rialto.custody.networks.tables.metadata,
    rialto.custody.addresses.tables.metadata,
    rialto.custody.deposits.tables.durable,
    rialto.custody.withdrawals.tables.durable,
    rialto.custody.signing.heads.metadata,
    rialto.custody.travel_rule.tables.metadata,
    rialto.custody.reserves.tables.metadata,
    rialto.gateway.wallet.tables.metadata,
    rialto.products.distributions.tables.metadata,
    rialto.products.fiat.tables.metadata,
    rialto.identity.factors.tables.metadata,
    rialto.identity.privacy.tables.metadata,
    rialto.gateway.standing.tables.metadata,
)
"""The tables of the parts whose rows are the only record of what they hold."""

REBUILDABLE: Final[tuple[MetaData, ...]] = (
    rialto.projections.tables.metadata,
    rialto.products.distributions.tables.projected,
    rialto.custody.deposits.tables.projected,
    rialto.custody.recovery.tables.metadata,
    rialto.products.dust.projection.metadata,
    rialto.products.fiat.tables.projected,
    rialto.custody.payouts.tables.metadata,
    rialto.custody.refills.tables.metadata,
    rialto.custody.withdrawals.tables.projected,
    rialto.products.transfers.plans.tables.metadata,
    rialto.products.transfers.tables.metadata,
)
"""The tables that are written from the journal."""

ALL_TABLES: Final = {
    str(table.name): table for metadata in (*DURABLE, *REBUILDABLE) for table in metadata.tables.values()
}
"""Every table there is, by name."""

REVISION_TABLE: Final = "alembic_version"
ROWS_AT_ONCE: Final = 1_000

_KINDS: Final[tuple[tuple[str, type[TypeEngine[Any]], TypeEngine[Any]], ...]] = (
    ("amount", AmountText, AmountText()),
    ("bytes", LargeBinary, LargeBinary()),
    ("boolean", Boolean, Boolean()),
    ("integer", Integer, BigInteger()),
    ("text", String, String()),
)
"""What a column's values are called in a file, for what type of column, and the type they are put back as."""

_READ_AS: Final[dict[str, Any]] = {"amount": str, "bytes": bytes, "boolean": bool, "integer": int, "text": str}


class UndeclaredTable(ExpectedFailure):
    """The database holds a table that no part of the program declares, or another schema than this program's."""


class DatabaseNotEmpty(ExpectedFailure):
    """The database to restore into has tables already."""


class TableHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line of a table's file."""

    table: str
    columns: tuple[tuple[str, str], ...]
    """The name of each, and the kind of its values."""

    last_id: tuple[str, int] | None
    """The column of automatic ids and the highest that was ever given out; None for a table without."""


def durable_tables(connection: Connection) -> list[Table]:
    """List every table of a database that is not a projection, each after those it refers to.

    Errors: `UndeclaredTable`.
    """
    declared = {table.name: table for metadata in DURABLE for table in metadata.sorted_tables}
    rebuildable = {table.name for metadata in REBUILDABLE for table in metadata.tables.values()}
    found = set(sqlalchemy.inspect(connection).get_table_names()) - {REVISION_TABLE}
    unknown = sorted(found - rebuildable - set(declared))
    if unknown:
        raise UndeclaredTable(
            f"the database holds {', '.join(unknown)}, which this program does not know how to back up; "
            "run the version that made them, or keep other programs' tables in a database of their own"
        )
    return [table for name, table in declared.items() if name in found]


def export_tables(database_url: str, directory: Path) -> tuple[str, tuple[BackedUpTable, ...]]:
    """Write every durable table to files, as they all were at one moment; return the schema's revision and the tables.

    Errors: `UndeclaredTable`, OSError, SQLAlchemy's own.
    """
    engine = open_engine(database_url, Access.READ_ONLY)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                # One picture for all tables; SQLite's transactions have that without asking.
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                revision = revision_of(connection)
                if revision != newest_revision():
                    raise UndeclaredTable(
                        f"the database's schema is at revision {revision}, this program's at {newest_revision()}; "
                        "back it up with the version that runs on it, or start this one on it first"
                    )
                tables = [
                    BackedUpTable(str(table.name), _export(connection, table, file_of(directory, table.name)))
                    for table in durable_tables(connection)
                ]
    finally:
        engine.dispose()
    return revision, tuple(tables)


def file_of(directory: Path, table: str) -> Path:
    """Name a table's file."""
    return directory / f"{table}.jsonl"


def import_tables(database_url: str, directory: Path, tables: Iterable[BackedUpTable]) -> None:
    """Put exported tables into a database of their schema's revision, in place of what its migrations put there.

    All of them or none. Errors: SQLAlchemy's own, msgspec's when a file is not one that was exported.
    """
    files = [file_of(directory, table.name) for table in tables]
    heads = [read_head(file) for file in files]
    targets = [_target(head) for head in heads]
    engine = open_engine(database_url, Access.DURABLE)
    try:
        with engine.begin() as connection:
            for target in reversed(targets):
                connection.execute(target.delete())
            for file, head, target in zip(files, heads, targets, strict=True):
                for rows in _in_groups(read_rows(file, head)):
                    connection.execute(target.insert(), rows)
                _go_on_after(connection, head)
    finally:
        engine.dispose()


def check_empty(database_url: str) -> None:
    """Make sure that a database has no tables.

    Errors: `DatabaseNotEmpty`.
    """
    engine = open_engine(database_url, Access.READ_ONLY)
    try:
        names = sqlalchemy.inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if names:
        raise DatabaseNotEmpty(f"the database has tables already ({', '.join(names[:3])}, …); give an empty one")


def read_head(file: Path) -> TableHead:
    """Read the first line of a table's file. Errors: msgspec's when it is none."""
    with file.open("rb") as lines:
        return msgspec.json.decode(lines.readline(), type=TableHead)


def read_rows(file: Path, head: TableHead) -> Iterator[dict[str, Any]]:
    """Read a table's rows, by the columns' names. Errors: msgspec's when one is not what the head says."""
    fields = [(f"column_{number}", _READ_AS[kind] | None) for number, (_, kind) in enumerate(head.columns)]
    decoder = msgspec.json.Decoder(msgspec.defstruct("Row", fields, array_like=True, forbid_unknown_fields=True))
    names = [name for name, _ in head.columns]
    with file.open("rb") as lines:
        lines.readline()
        for line in lines:
            yield dict(zip(names, msgspec.structs.astuple(decoder.decode(line)), strict=True))


def _export(connection: Connection, table: Table, file: Path) -> int:
    """Write one table; return how many rows it has."""
    columns = tuple((str(column.name), kind_of(column)) for column in table.columns)
    head = TableHead(str(table.name), columns, _last_id(connection, table))
    encode, count = msgspec.json.Encoder().encode, 0
    statement = sqlalchemy.select(table).order_by(*table.primary_key)
    with created(file) as lines:
        lines.write(encode(head) + b"\n")
        result = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(statement)
        for group in result.partitions():
            lines.write(b"".join(encode(tuple(row)) + b"\n" for row in group))
            count += len(group)
    return count


def kind_of(column: Column[Any]) -> str:
    """Say what a column's values are called in a file.

    Errors: `UndeclaredTable` for a type that no file can hold yet.
    """
    for kind, declared, _ in _KINDS:
        if isinstance(column.type, declared):
            return kind
    raise UndeclaredTable(f"{column.table.name}.{column.name} is of a type that backups do not know: {column.type!r}")


def _last_id(connection: Connection, table: Table) -> tuple[str, int] | None:
    """Read the highest id that was given out, also to rows that are gone."""
    column = table.autoincrement_column
    if column is None:
        return None
    highest: int = connection.scalar(sqlalchemy.select(sqlalchemy.func.max(column))) or 0
    if connection.dialect.name == "sqlite":
        statement = sqlalchemy.text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    else:
        statement = sqlalchemy.text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, :column)::regclass)")
        statement = statement.bindparams(column=column.name)
    return str(column.name), max(highest, connection.scalar(statement.bindparams(table=table.name)) or 0)


def _go_on_after(connection: Connection, head: TableHead) -> None:
    """Have the next automatic id follow on the last that was ever given out: numbers are never given out twice."""
    if head.last_id is None:
        return
    column, last = head.last_id
    if connection.dialect.name == "sqlite":
        connection.execute(
            sqlalchemy.text("UPDATE sqlite_sequence SET seq = :last WHERE name = :table"),
            {"table": head.table, "last": last},
        )
        return
    connection.execute(
        sqlalchemy.text("SELECT setval(pg_get_serial_sequence(:table, :column), :last, :is_used)"),
        {"table": head.table, "column": column, "last": max(last, 1), "is_used": last > 0},
    )


def _target(head: TableHead) -> Table:
    types = {kind: put_as for kind, _, put_as in _KINDS}
    return Table(head.table, MetaData(), *(Column(name, types[kind]) for name, kind in head.columns))


def _in_groups(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group = []
    for row in rows:
        group.append(row)
        if len(group) == ROWS_AT_ONCE:
            yield group
            group = []
    if group:
        yield group
