"""Batches of outcomes into SQL: one transaction a batch, the watermark in it.

The watermark is the sequence number up to which everything is written. It moves in the same transaction as the rows, so
a crash repeats nothing and loses nothing; and it moves only from where this writer believes it to be, so that two
writers on one database cannot interleave. Used from one thread at a time.

Rows go many to a statement. SQLite's driver hands the interpreter's lock over at every statement, and a thread that
competes with a busy event loop waits for it each time: row by row, that costs several times what the writing does.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, insert, select

from rialto.contracts.events import Outcome
from rialto.contracts.vocabulary import HOUSE_ACCOUNTS, HOUSE_OWNER
from rialto.projections import tables
from rialto.projections.rows import ORDER_CHANGE_KEY, ORDER_CHANGE_VALUES, Batch, Row

ROWS_PER_STATEMENT: Final = (256, 64, 16, 4, 1)
"""Few sizes, so that each statement is prepared once; the largest stays below every driver's limit of parameters."""


class OutcomesMissing(Exception):
    """An outcome does not follow the last one: what lies between was not handed over."""


class WatermarkMoved(Exception):
    """Someone else wrote to the projections meanwhile."""


class Writer:
    """Writes what follows the watermark."""

    def __init__(self, engine: Engine) -> None:
        """Read the watermark, and start tables that were never written to at 0."""
        self._engine = engine
        self._statements = _Statements(engine)
        self._watermark = 0
        self.resume()

    @property
    def watermark(self) -> int:
        """The sequence number up to which everything is written."""
        return self._watermark

    def resume(self) -> None:
        """Read the watermark anew: after an error it is not known whether the transaction was committed."""
        with self._engine.begin() as connection:
            sequence = connection.scalar(select(tables.watermark.c.sequence))
            if sequence is None:
                sequence = 0
                _start(connection)
        self._watermark = sequence

    def write(self, outcomes: Sequence[Outcome]) -> None:
        """Write outcomes, in order; those at or below the watermark are written already and skipped.

        All or nothing. Errors: `OutcomesMissing`, `WatermarkMoved`, SQLAlchemy's own; then call `resume` before more.
        """
        new = [outcome for outcome in outcomes if outcome.sequence > self._watermark]
        if not new:
            return
        check_consecutive(self._watermark, new)
        batch = Batch(new)
        with self._engine.begin() as connection:
            for table, rows in batch.inserts.items():
                for statement, part in self._statements.inserting(table, rows):
                    connection.exec_driver_sql(statement, part)
            for statement, part in self._statements.changing_orders(batch.order_changes):
                connection.exec_driver_sql(statement, part)
            self._move_watermark(connection, batch.last_sequence)
        self._watermark = batch.last_sequence

    def clear(self) -> None:
        """Empty every projection, back to watermark 0. Touches no other table."""
        with self._engine.begin() as connection:
            for table in tables.metadata.sorted_tables:
                connection.execute(table.delete())
            _start(connection)
        self._watermark = 0

    def _move_watermark(self, connection: Connection, sequence: int) -> None:
        table = tables.watermark
        statement = table.update().where(table.c.sequence == self._watermark).values(sequence=sequence)
        if connection.execute(statement).rowcount != 1:
            raise WatermarkMoved(
                f"the projections are not at sequence {self._watermark} any more: another process writes to them; "
                "let one process run"
            )


def check_consecutive(last: int, outcomes: Sequence[Outcome]) -> None:
    """Make sure that outcomes follow the sequence number `last` without a gap.

    Errors: `OutcomesMissing`.
    """
    for expected, outcome in enumerate(outcomes, start=last + 1):
        if outcome.sequence != expected:
            raise OutcomesMissing(
                f"outcome {outcome.sequence} was handed to the projections where {expected} follows; "
                "replay the journal from there"
            )


def _start(connection: Connection) -> None:
    """Write what is there before the first command."""
    connection.execute(insert(tables.watermark), {"id": 1, "sequence": 0})
    connection.execute(
        insert(tables.accounts),
        [
            {"account": account, "owner": HOUSE_OWNER, "account_class": account_class.value, "scope": 0}
            for account, account_class in HOUSE_ACCOUNTS
        ],
    )


class _Statements:
    """SQL texts for many rows at a time, in the driver's own spelling of parameters, made once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._inserts = {table: self._insert(table) for table in tables.metadata.sorted_tables}
        # An insert takes its parameters' types from the columns; rows that are joined with have to state them.
        columns = [tables.orders.c[name] for name in (*ORDER_CHANGE_KEY, *ORDER_CHANGE_VALUES)]
        parameter = "?" if engine.dialect.paramstyle == "qmark" else "%s"
        casts = (f"CAST({parameter} AS {column.type.compile(engine.dialect)})" for column in columns)
        self._change_row = f"({', '.join(casts)})"

    def inserting(self, table: Table, rows: Sequence[Row]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Give the statements that insert the rows, with their parameters."""
        head, row = self._inserts[table]
        for part in _parts(rows):
            yield f"{head} VALUES {', '.join([row] * len(part))}", tuple(chain.from_iterable(part))

    def changing_orders(self, rows: Sequence[Row]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Give the statements that change orders, with their parameters. SQLite and PostgreSQL number the columns of
        VALUES alike."""
        keys, values = ORDER_CHANGE_KEY, ORDER_CHANGE_VALUES
        matches = " AND ".join(f"orders.{name} = new.column{n}" for n, name in enumerate(keys, start=1))
        changes = ", ".join(f"{name} = new.column{n}" for n, name in enumerate(values, start=len(keys) + 1))
        for part in _parts(rows):
            listed = ", ".join([self._change_row] * len(part))
            yield (
                f"UPDATE orders SET {changes} FROM (VALUES {listed}) AS new WHERE {matches}",  # noqa: S608 (the names are ours)
                tuple(chain.from_iterable(part)),
            )

    def _insert(self, table: Table) -> tuple[str, str]:
        """Split an insert of one row into what comes before VALUES and the row's parameters."""
        head, row = str(insert(table).compile(self._engine)).split(" VALUES ")
        return head, row


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    start = 0
    for size in ROWS_PER_STATEMENT:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size
