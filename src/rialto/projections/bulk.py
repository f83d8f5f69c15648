"""Many rows to a statement, in each database's own way. Used by `Writer`, inside its transaction.

SQLite's driver hands the interpreter over at every step and has to ask for it again, which beside a busy event loop
means waiting for its turn: so steps are made large, a thousand rows and more. PostgreSQL takes rows fastest by COPY.
Changes of orders are joined with a list of values, which both spell alike and whose columns both number alike.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, insert
from sqlalchemy.exc import DBAPIError

from rialto.projections import tables
from rialto.projections.rows import ORDER_CHANGE_KEY, ORDER_CHANGE_VALUES, Row

ROWS_PER_STATEMENT: Final = (1_024, 128, 16, 4, 1)
"""Few sizes, so that each statement is prepared once. The largest, times a table's columns, stays below the 32,766
parameters that SQLite allows."""


class BulkStatements:
    """Inserts and changes rows of the projections in bulk."""

    def __init__(self, engine: Engine) -> None:
        self._is_postgres = engine.dialect.name == "postgresql"
        self._driver_error = engine.dialect.loaded_dbapi.Error
        parameter = "?" if engine.dialect.paramstyle == "qmark" else "%s"
        self._inserts = {}
        for table in tables.metadata.sorted_tables:
            head, row = str(insert(table).compile(engine)).split(" VALUES ")
            self._inserts[table] = (head, row)
        # An insert takes the types of its parameters from the columns; rows that are joined with have to state them.
        columns = [tables.orders.c[name] for name in (*ORDER_CHANGE_KEY, *ORDER_CHANGE_VALUES)]
        casts = (f"CAST({parameter} AS {column.type.compile(engine.dialect)})" for column in columns)
        self._change = f"({', '.join(casts)})"

    def empty(self, connection: Connection) -> None:
        """Take every row out of every projection, at once however many there are."""
        every = tables.metadata.sorted_tables
        if self._is_postgres:
            connection.exec_driver_sql(f"TRUNCATE {', '.join(table.name for table in every)}")
            return
        for table in every:  # SQLite truncates when nothing is asked of the rows.
            connection.execute(table.delete())

    def insert(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows, each with a value for every column in the table's order."""
        head, row = self._inserts[table]
        if self._is_postgres:
            # The head of an insert names the table and its columns, quoted where they have to be; so does a COPY.
            command = head.replace("INSERT INTO", "COPY", 1) + " FROM STDIN"
            self._copy(connection, command, rows)
            return
        for part in _parts(rows):
            statement = f"{head} VALUES {', '.join([row] * len(part))}"
            connection.exec_driver_sql(statement, tuple(chain.from_iterable(part)))

    def _copy(self, connection: Connection, command: str, rows: Sequence[Row]) -> None:
        """Copy rows in. What the driver raises is raised as SQLAlchemy would: it does not see this statement."""
        cursor: Any = connection.connection.cursor()
        try:
            with cursor.copy(command) as copy:
                for row in rows:
                    copy.write_row(row)
        except self._driver_error as error:
            raise DBAPIError(command, None, error) from error
        finally:
            cursor.close()

    def put(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows, each with a value for every column; one with the key of a row that is there takes its place."""
        head, row = self._inserts[table]
        key = [column.name for column in table.primary_key]
        changed = ", ".join(f"{column.name} = excluded.{column.name}" for column in table.c if column.name not in key)
        for part in _parts(rows):
            values = ", ".join([row] * len(part))
            statement = f"{head} VALUES {values} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}"
            connection.exec_driver_sql(statement, tuple(chain.from_iterable(part)))

    def change_orders(self, connection: Connection, changes: Sequence[Row]) -> None:
        """Change orders: each row is `ORDER_CHANGE_KEY`, then `ORDER_CHANGE_VALUES`; None leaves a value as it is."""
        for part in _parts(changes):
            connection.exec_driver_sql(self.change_statement(len(part)), tuple(chain.from_iterable(part)))

    def change_statement(self, rows: int) -> str:
        """Spell the statement that changes so many orders."""
        keys, values = ORDER_CHANGE_KEY, ORDER_CHANGE_VALUES
        matches = " AND ".join(f"orders.{name} = new.column{n}" for n, name in enumerate(keys, start=1))
        numbered = enumerate(values, start=len(keys) + 1)
        changes = ", ".join(f"{name} = COALESCE(new.column{n}, orders.{name})" for n, name in numbered)
        listed = ", ".join([self._change] * rows)
        return f"UPDATE orders SET {changes} FROM (VALUES {listed}) AS new WHERE {matches}"  # noqa: S608 (our names)


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    start = 0
    for size in ROWS_PER_STATEMENT:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size
