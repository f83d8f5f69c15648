"""Columns that are sealed under the master key, and how they are sealed again under another."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select, update

from rialto.foundation.secrets import MasterKey


class SealedColumn(NamedTuple):
    """A column of sealed values. Where it is empty there is nothing to be opened."""

    table: Table
    column: str
    key: str
    """The column that names a row."""
    use: Callable[[Any], bytes]
    """What a row's value is bound to, by the row's name."""


def reseal_column(connection: Connection, sealed: SealedColumn, old: MasterKey, new: MasterKey) -> int:
    """Seal every value of a column under a new master key; return how many there were. Errors: `BrokenSeal`."""
    key, column = sealed.table.c[sealed.key], sealed.table.c[sealed.column]
    rows = connection.execute(select(key, column).where(column.is_not(None)).with_for_update()).all()
    for name, envelope in rows:
        use = sealed.use(name)
        anew = new.seal(old.unseal(envelope, use), use)
        connection.execute(update(sealed.table).where(key == name).values({sealed.column: anew}))
    return len(rows)
