"""How products turn their records into tables of their own, in the transaction that writes everything else.

A product's tables can be thrown away and written anew from its records, like every projection. What a record moved is
not handed over: a product's event says all that its tables need.
"""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from rialto.projections.records import StreamRecord


class ProductProjection(Protocol):
    """Writes the tables of one product."""

    kinds: frozenset[str]
    """The kinds of streams whose records it reads."""

    def apply(self, connection: Connection, records: Sequence[StreamRecord]) -> None:
        """Write what records of its kinds say, in order. Raises nothing but SQLAlchemy's own: they have happened."""

    def empty(self, connection: Connection) -> None:
        """Take every row out of its tables."""


def project_records(
    connection: Connection, products: Sequence[ProductProjection], records: Sequence[StreamRecord]
) -> None:
    """Hand every product the records of its kinds."""
    if not records:
        return
    for product in products:
        own = [record for record in records if record.kind in product.kinds]
        if own:
            product.apply(connection, own)
