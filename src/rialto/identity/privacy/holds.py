"""Legal holds: of whom nothing may be destroyed, because an authority said so.

Owns the table `legal_holds`. A person may be held under several references at once; each is set and lifted by a
proposal of operators, once. Nothing that the person sees tells of it. Calls block: off the event loop.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, Select, insert, select, update

from rialto.foundation.failures import ExpectedFailure
from rialto.identity.people_tables import people
from rialto.identity.privacy.tables import legal_holds
from rialto.identity.sub_account_tables import sub_accounts

HOLDS_LISTED_MAX: Final = 500

c: Final = legal_holds.c


class Hold(msgspec.Struct, frozen=True, array_like=True):
    """A hold; it stands while it is not lifted."""

    id: int
    owner: int
    set_by: str
    lifted_by: str | None
    reference: str
    set_at_us: int
    lifted_at_us: int | None


class HoldRefused(ExpectedFailure):
    """A hold cannot be set or lifted: the message says why, for operators."""


class Holds:
    """The holds there are."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set(self, owner: int, reference: str, proposal: str, now_us: int) -> None:
        """Hold a person's data under a reference; what this proposal has set is set. Errors: `HoldRefused`."""
        with self._engine.begin() as connection:
            if not lock(connection, owner):
                raise HoldRefused(f"there is no person {owner}")
            if connection.scalar(select(c.id).where(c.set_by == proposal)) is not None:
                return
            if connection.scalar(select(c.id).where(*_standing(owner), c.reference == reference)) is not None:
                raise HoldRefused(f"person {owner} is held under {reference} already")
            values = {"owner": owner, "reference": reference, "set_by": proposal, "set_at_us": now_us}
            connection.execute(insert(legal_holds).values(values))

    def lift(self, owner: int, reference: str, proposal: str, now_us: int) -> None:
        """Lift a hold; what this proposal has lifted is lifted. Errors: `HoldRefused`."""
        values = {"lifted_by": proposal, "lifted_at_us": now_us}
        statement = update(legal_holds).where(*_standing(owner), c.reference == reference).values(values)
        with self._engine.begin() as connection:
            if connection.scalar(select(c.id).where(c.lifted_by == proposal)) is not None:
                return
            if connection.execute(statement).rowcount == 0:
                raise HoldRefused(f"person {owner} is not held under {reference}")

    def standing(self) -> list[Hold]:
        """List the holds that stand, newest first."""
        statement = select(legal_holds).where(c.lifted_at_us.is_(None)).order_by(c.id.desc()).limit(HOLDS_LISTED_MAX)
        with self._engine.connect() as connection:
            return [_hold(row) for row in connection.execute(statement)]


def lock(connection: Connection, owner: int) -> bool:
    """Make what holds, ends or keeps a person's data go one after the other; tell whether there is the person."""
    found = connection.scalar(select(people.c.owner).where(people.c.owner == owner).with_for_update())
    return found is not None


def held_alone() -> Select[tuple[int]]:
    """Select everyone who is held by themselves."""
    return select(c.owner).where(c.lifted_at_us.is_(None)).distinct()


def held_owners(connection: Connection) -> frozenset[int]:
    """Return everyone of whom nothing may be destroyed: who is held, with the sub-accounts of theirs."""
    held = held_alone()
    theirs = select(sub_accounts.c.owner).where(sub_accounts.c.parent.in_(held))
    return frozenset((*connection.scalars(held), *connection.scalars(theirs)))


def _standing(owner: int) -> tuple[Any, ...]:
    return (c.owner == owner, c.lifted_at_us.is_(None))


def _hold(row: Row[Any]) -> Hold:
    return msgspec.convert(tuple(row), Hold)
