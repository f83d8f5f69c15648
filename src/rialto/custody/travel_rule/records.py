"""What was said about transfers: kept sealed under the key of who said it.

Owns the table `travel_rule_records`. Calls block: off the event loop.

Invariant: about a transfer one thing is said, once.
"""

from collections.abc import Iterable
from contextlib import suppress
from enum import Enum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select, update

from rialto.custody.travel_rule.tables import travel_rule_records
from rialto.identity.verification.vault import Vault

RECORDS_MAX: Final = 1_000
"""How many of an owner's records one listing looks at, the newest first."""


class Direction(Enum):
    """Which way a transfer goes."""

    WITHDRAWAL = "withdrawal"
    DEPOSIT = "deposit"


class Said(msgspec.Struct, frozen=True):
    """What was said: the questionnaire and, by a broker, its customer, both as sent."""

    questionnaire: str
    person: str = ""


class Record(msgspec.Struct, frozen=True):
    """One record."""

    id: int
    owner: int
    subject: str
    said: Said
    given_at_us: int


class Records:
    """Keeps them."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def begin(self, owner: int, direction: Direction, said: Said, now_us: int) -> int:
        """Keep what is said about a transfer that is about to be asked for; return the record's number."""
        use = _use(direction)
        with self._vault.master_key.sealing(), self._engine.begin() as connection:
            sealed = self._vault.seal(connection, owner, use, msgspec.msgpack.encode(said))
            values = {"owner": owner, "direction": direction.value, "sealed": sealed, "given_at_us": now_us}
            statement = insert(travel_rule_records).values(values).returning(travel_rule_records.c.id)
            return int(connection.execute(statement).scalar_one())

    def settle(self, record: int, direction: Direction, subject: str) -> int:
        """State which transfer a record is about; return the number of the one that is kept, the first."""
        c = travel_rule_records.c
        with self._engine.begin() as connection:
            mine = update(travel_rule_records).where(c.id == record)
            # The first write makes two at once go one after the other.
            connection.execute(mine.values(subject=None))
            about = (c.direction == direction.value, c.subject == subject)
            kept = connection.scalar(select(c.id).where(*about))
            if kept is None:
                connection.execute(mine.values(subject=subject))
                return record
            connection.execute(delete(travel_rule_records).where(c.id == record))
        return int(kept)

    def drop(self, record: int) -> None:
        """Forget what was said about a transfer that was refused."""
        c = travel_rule_records.c
        with self._engine.begin() as connection:
            connection.execute(delete(travel_rule_records).where(c.id == record, c.subject.is_(None)))

    def of_owner(self, owner: int, direction: Direction, ids: Iterable[int] | None = None) -> dict[str, Record]:
        """List an owner's records by what they are about. Errors: `BrokenSeal`."""
        c = travel_rule_records.c
        conditions = [c.owner == owner, c.direction == direction.value, c.subject.is_not(None)]
        if ids is not None:
            conditions.append(c.id.in_(list(ids)))
        columns = (c.id, c.owner, c.subject, c.sealed, c.given_at_us)
        statement = select(*columns).where(*conditions).order_by(c.id.desc()).limit(RECORDS_MAX)
        with self._engine.connect() as connection:
            rows = connection.execute(statement).all()
            return {row.subject: self._record(connection, row, direction) for row in rows}

    def about(self, direction: Direction, subject: str) -> Record | None:
        """Return what was said about a transfer. Errors: `BrokenSeal`; KeyError if it can be read no more."""
        c = travel_rule_records.c
        columns = (c.id, c.owner, c.subject, c.sealed, c.given_at_us)
        statement = select(*columns).where(c.direction == direction.value, c.subject == subject)
        with self._engine.connect() as connection:
            row = connection.execute(statement).one_or_none()
            return None if row is None else self._record(connection, row, direction)

    def after(self, record: int, limit: int) -> tuple[list[tuple[Direction, Record]], int | None]:
        """List what was said in records after one, if it still can be read, and the last one; None where there is none.

        Errors: `BrokenSeal`.
        """
        c = travel_rule_records.c
        columns = (c.id, c.owner, c.direction, c.subject, c.sealed, c.given_at_us)
        statement = select(*columns).where(c.id > record, c.subject.is_not(None)).order_by(c.id).limit(limit)
        found = []
        with self._engine.connect() as connection:
            rows = connection.execute(statement).all()
            for row in rows:
                direction = Direction(row.direction)
                # Of who is erased nothing can be read.
                with suppress(KeyError):
                    found.append((direction, self._record(connection, row, direction)))
        return found, rows[-1].id if rows else None

    def told(self, owner: int, direction: Direction) -> frozenset[str]:
        """Return about which of an owner's transfers something was said."""
        c = travel_rule_records.c
        statement = select(c.subject).where(c.owner == owner, c.direction == direction.value, c.subject.is_not(None))
        with self._engine.connect() as connection:
            return frozenset(connection.scalars(statement))

    def _record(self, connection: Connection, row: Any, direction: Direction) -> Record:
        plain = self._vault.open(connection, row.owner, _use(direction), row.sealed)
        return Record(row.id, row.owner, row.subject, msgspec.msgpack.decode(plain, type=Said), row.given_at_us)


def _use(direction: Direction) -> str:
    return f"travel rule {direction.value}"
