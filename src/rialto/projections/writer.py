"""Batches of outcomes into SQL: one transaction a batch, the watermark in it.

The watermark is the sequence number up to which everything is written. It moves in the same transaction as the rows, so
a crash repeats nothing and loses nothing; and it moves only from where this writer believes it to be, so that two
writers on one database cannot interleave. Used from one thread at a time.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Engine, insert, select

from rialto.contracts.events import Outcome
from rialto.contracts.vocabulary import HOUSE_ACCOUNTS, HOUSE_OWNER
from rialto.projections import tables
from rialto.projections.bulk import BulkStatements
from rialto.projections.products import ProductProjection, project_records
from rialto.projections.rows import Batch

BATCH_OUTCOMES_MAX: Final = 4_000
"""How many outcomes are written in one transaction at most."""


class OutcomesMissing(Exception):
    """An outcome does not follow the last one: what lies between was not handed over."""


class WatermarkMoved(Exception):
    """Someone else wrote to the projections meanwhile."""


class Writer:
    """Writes what follows the watermark."""

    def __init__(self, engine: Engine, products: Sequence[ProductProjection] = ()) -> None:
        """Read the watermark, and start tables that were never written to at 0.

        `products` turn the records of their streams into tables of their own.
        """
        self._engine = engine
        self._products = products
        self._bulk = BulkStatements(engine)
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
                self._bulk.insert(connection, table, rows)
            self._bulk.change_orders(connection, batch.order_changes)
            self._bulk.put(connection, tables.daily_balances, batch.closing_balances)
            project_records(connection, self._products, batch.records)
            self._move_watermark(connection, batch.last_sequence)
        self._watermark = batch.last_sequence

    def write_all(self, outcomes: Sequence[Outcome]) -> None:
        """Write any number of outcomes, a batch at a time. Errors: those of `write`, with earlier batches written."""
        for first in range(0, len(outcomes), BATCH_OUTCOMES_MAX):
            self.write(outcomes[first : first + BATCH_OUTCOMES_MAX])

    def clear(self) -> None:
        """Empty every projection, those of products too, back to watermark 0. Touches no other table."""
        with self._engine.begin() as connection:
            self._bulk.empty(connection)
            for product in self._products:
                product.empty(connection)
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
