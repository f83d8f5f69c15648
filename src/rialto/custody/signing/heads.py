"""Where the signer's record stood when it was last seen, kept by who asks: a record that was put back shows.

The signer's record says what was signed, and so what must not be signed again. Whoever puts an older one in its place,
by malice or from a backup, makes it forget. What was seen is written down here before a signature is used; a record
that does not hold it, at its own number, is not asked for anything until operators have looked.

Owns the table `signer_heads`, of one row. Everything here blocks.
"""

from collections.abc import Callable
from typing import Final

import msgspec
import structlog
from sqlalchemy import BigInteger, Column, Engine, MetaData, PrimaryKeyConstraint, String, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from rialto.custody.signing.requests import SignerUnavailable
from rialto.foundation.failures import ExpectedFailure

_ONLY: Final = "signer"
_log = structlog.stdlib.get_logger(__name__)

metadata: Final = MetaData()

signer_heads: Final = Table(
    "signer_heads",
    metadata,
    Column("name", String(16), nullable=False),
    # The number of the last entry seen, and the hash of all entries up to it.
    Column("entry", BigInteger, nullable=False),
    Column("head", String(64), nullable=False),
    Column("seen_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("name"),
)


class Head(msgspec.Struct, frozen=True):
    """Where a record stands: the number of an entry, and the hash of all up to it."""

    entry: int
    head: str


class SignerPutBack(SignerUnavailable):
    """The signer's record does not hold what was seen of it before."""

    def __init__(self, seen: Head, told: Head) -> None:
        super().__init__(
            f"the signer's record is at entry {told.entry}, head {told.head}, and does not hold what was seen of it: "
            f"entry {seen.entry}, head {seen.head}; it was put back or replaced, and is not asked until operators have "
            "looked (docs/runbooks/signer.md)"
        )


class NotTheHead(ExpectedFailure):
    """What operators would accept is not what the signer tells."""


class SignerHeads:
    """What was seen."""

    def __init__(self, engine: Engine, now_us: Callable[[], int]) -> None:
        self._engine = engine
        self._now_us = now_us

    def last(self) -> Head | None:
        """Return what was seen last; None at the very beginning."""
        c = signer_heads.c
        with self._engine.connect() as connection:
            row = connection.execute(select(c.entry, c.head).where(c.name == _ONLY)).one_or_none()
        return None if row is None else Head(row.entry, row.head)

    def see(self, told: Head) -> None:
        """Write down where the record stands, unless more was seen already.

        Errors: `SignerPutBack`, if another head was seen at the same number.
        """
        c = signer_heads.c
        with self._engine.begin() as connection:
            statement = update(signer_heads).where(c.name == _ONLY, c.entry < told.entry)
            if connection.execute(statement.values(self._row(told))).rowcount:
                return
        seen = self.last() or self._begin(told)
        if seen.entry == told.entry and seen.head != told.head:
            raise SignerPutBack(seen, told)

    def accept(self, told: Head, by: str) -> None:
        """Take a record as it is from now on, whatever was seen before: operators have looked."""
        if self.last() is None:
            self._begin(told)
        with self._engine.begin() as connection:
            connection.execute(update(signer_heads).where(signer_heads.c.name == _ONLY).values(self._row(told)))
        _log.warning("the signer's record is taken as it is", entry=told.entry, head=told.head, by=by)

    def _begin(self, told: Head) -> Head:
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(signer_heads).values(name=_ONLY, **self._row(told)))
        except IntegrityError:
            # Another process was quicker.
            return self.last() or told
        return told

    def _row(self, told: Head) -> dict[str, int | str]:
        return {"entry": told.entry, "head": told.head, "seen_at_us": self._now_us()}
