"""The addresses someone has named, and whether their money may only go to those.

Owns the tables `allow_list` and `allow_list_switches`. While the list is on, only addresses that are on it, and have
been for a day, are paid; after it was switched off nothing is paid for as long. So whoever steals a session gains time
for nobody but the person it was stolen from. Calls block: off the event loop.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from rialto.custody.withdrawals.tables import allow_list, allow_list_switches
from rialto.foundation.database import one_at_a_time
from rialto.foundation.failures import ExpectedFailure

ENTRIES_MAX: Final = 200
NAME_LENGTH_MAX: Final = 64


class AllowListFull(ExpectedFailure):
    """As many addresses are listed as may be."""


class AddressListed(ExpectedFailure):
    """The address is on the list already."""


class NoSuchEntry(ExpectedFailure):
    """There is no such entry of this person's."""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """An address someone named. `coin` is empty where any asset of the network may go there."""

    id: int
    owner: int
    network: str
    coin: str
    address: str
    tag: str
    name: str
    origin: str
    is_allowed: bool
    added_at_us: int


class Standing(msgspec.Struct, frozen=True):
    """What the list says about paying an address."""

    is_on: bool
    switched_at_us: int
    """When the switch was last touched; 0: never."""
    entry: Entry | None
    """What allows the address."""


class AllowList:
    """Everybody's lists."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, entry: Entry) -> Entry:
        """Put an address on its owner's list; its id is given here. Errors: `AllowListFull`, `AddressListed`."""
        values = msgspec.structs.asdict(entry)
        del values["id"]
        with self._engine.begin() as connection:
            one_at_a_time(connection, f"allow list of {entry.owner}")
            if _count(connection, entry.owner) >= ENTRIES_MAX:
                raise AllowListFull(f"the list holds {ENTRIES_MAX} addresses; take one off before you add another")
            try:
                id_ = connection.execute(insert(allow_list).values(values).returning(allow_list.c.id)).scalar_one()
            except IntegrityError as error:
                raise AddressListed(f"{entry.address} is on the list already") from error
        return msgspec.structs.replace(entry, id=id_)

    def remove(self, owner: int, id_: int) -> Entry:
        """Take an address off its owner's list. Errors: `NoSuchEntry`."""
        mine = (allow_list.c.id == id_, allow_list.c.owner == owner)
        with self._engine.begin() as connection:
            row = connection.execute(select(allow_list).where(*mine)).one_or_none()
            if row is None:
                raise NoSuchEntry(f"there is no entry {id_} on your list")
            connection.execute(delete(allow_list).where(*mine))
        return msgspec.convert(tuple(row), Entry)

    def entries(self, owner: int) -> list[Entry]:
        """List an owner's addresses, the oldest first."""
        return self._entries(allow_list.c.owner == owner)

    def is_on(self, owner: int) -> bool:
        """Tell whether an owner's money may only go to listed addresses."""
        return self._switch(owner)[0]

    def switch(self, owner: int, *, is_on: bool, now_us: int) -> bool:
        """Switch an owner's list on or off; tell whether that changed anything."""
        with self._engine.begin() as connection:
            one_at_a_time(connection, f"allow list of {owner}")
            if self._switch_in(connection, owner)[0] == is_on:
                return False
            connection.execute(delete(allow_list_switches).where(allow_list_switches.c.owner == owner))
            connection.execute(insert(allow_list_switches).values(owner=owner, is_on=is_on, changed_at_us=now_us))
        return True

    def standing(self, owner: int, network: str, coin: str, address: str, tag: str | None) -> Standing:
        """Tell what an owner's list says about paying an asset to an address."""
        is_on, switched_at_us = self._switch(owner)
        c = allow_list.c
        found = self._entries(
            (c.owner == owner)
            & (c.network == network)
            & (c.address == address)
            & (c.tag == (tag or ""))
            & c.coin.in_(("", coin))
            & c.is_allowed.is_(True)
        )
        return Standing(is_on, switched_at_us, min(found, key=lambda entry: entry.added_at_us, default=None))

    def _entries(self, condition: ColumnElement[bool]) -> list[Entry]:
        with self._engine.connect() as connection:
            rows = connection.execute(select(allow_list).where(condition).order_by(allow_list.c.id)).all()
        return [msgspec.convert(tuple(row), Entry) for row in rows]

    def _switch(self, owner: int) -> tuple[bool, int]:
        with self._engine.connect() as connection:
            return self._switch_in(connection, owner)

    @staticmethod
    def _switch_in(connection: Connection, owner: int) -> tuple[bool, int]:
        c = allow_list_switches.c
        row: Any = connection.execute(select(c.is_on, c.changed_at_us).where(c.owner == owner)).one_or_none()
        return (False, 0) if row is None else (bool(row.is_on), row.changed_at_us)


def _count(connection: Connection, owner: int) -> int:
    statement = select(func.count()).select_from(allow_list).where(allow_list.c.owner == owner)
    return connection.scalar(statement) or 0
