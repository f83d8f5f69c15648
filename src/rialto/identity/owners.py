"""Owners: who accounts belong to. People are numbered here, from 1; number 0 is the house, there from the start.

Owns the table `owners`. Names are unique and printable. What a person is beyond a name belongs to sign-up.
"""

from enum import Enum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Engine, Row, insert, select
from sqlalchemy.exc import IntegrityError

from rialto.identity.tables import OWNER_NAME_LENGTH_MAX, owners


class OwnerKind(Enum):
    """What an owner is."""

    PERSON = "person"
    HOUSE = "house"


class Owner(msgspec.Struct, frozen=True, array_like=True):
    """Someone accounts belong to."""

    id: int
    name: str
    kind: OwnerKind
    created_at_us: int


class InvalidOwnerName(Exception):
    """A name that is empty, too long or not printable."""


class OwnerNameTaken(Exception):
    """Another owner has the name."""


class Owners:
    """The owners there are. Every call reads or writes the database; none belongs on the hot path."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, name: str, now_us: int) -> Owner:
        """Register a person and give them the next number.

        Errors: `InvalidOwnerName`, `OwnerNameTaken`.
        """
        if not 1 <= len(name) <= OWNER_NAME_LENGTH_MAX or not name.isprintable() or name != name.strip():
            raise InvalidOwnerName(
                f"{name[:80]!r} is no name for an owner: give 1 to {OWNER_NAME_LENGTH_MAX} printable characters "
                "without space around them"
            )
        try:
            with self._engine.begin() as connection:
                statement = insert(owners).values(name=name, kind=OwnerKind.PERSON.value, created_at_us=now_us)
                created = connection.execute(statement.returning(owners)).one()
        except IntegrityError as error:
            raise OwnerNameTaken(f"an owner named {name!r} exists; choose another name") from error
        return _owner(created)

    def find(self, owner: int) -> Owner | None:
        """Find an owner by number."""
        return self._one(owners.c.id == owner)

    def find_named(self, name: str) -> Owner | None:
        """Find an owner by name, letter by letter."""
        return self._one(owners.c.name == name)

    def _one(self, condition: ColumnElement[bool]) -> Owner | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(owners).where(condition)).one_or_none()
        return None if row is None else _owner(row)


def _owner(row: Row[Any]) -> Owner:
    return msgspec.convert(tuple(row), Owner)
