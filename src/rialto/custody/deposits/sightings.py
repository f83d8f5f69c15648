"""What was seen on the chains: the newest blocks of the branch that is followed, and every credit to our addresses.

A block and what is in it are written together; going back to a fork takes both away together. Nothing here is money:
what is seen becomes money when it is recorded in the journal, and what is recorded is settled here. All of it may be
done twice. Owns `chain_blocks` and `sightings`; every method blocks.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select, update

from rialto.custody.chains.adapter import Block
from rialto.custody.deposits.tables import chain_blocks, sightings

SETTLED_AT_ONCE_MAX: Final = 500
SENDERS_KEPT_MAX: Final = 20


class Sighting(msgspec.Struct, frozen=True, array_like=True):
    """A credit as the followed branch has it."""

    stream: str
    number: int
    network: str
    transaction: str
    index: str
    address: str
    tag: str
    contract: str
    asset: str
    """Its name in the exchange; empty if it is not listed on the network."""
    chain_amount: str
    senders: str
    owner: int | None
    is_house: bool
    height: int | None
    block: str
    gone_at: int | None
    seen_at_us: int
    is_settled: bool = False


class Sightings:
    """The store of what was seen."""

    def __init__(self, engine: Engine, fence: Callable[[Connection], None] = lambda _connection: None) -> None:
        """`fence` makes a transaction fail at its end where another process follows the chains meanwhile."""
        self._engine = engine
        self._fence = fence

    def head(self, network: str) -> Block | None:
        """Return the newest block of the branch that is followed."""
        c = chain_blocks.c
        statement = select(chain_blocks).where(c.network == network).order_by(c.height.desc()).limit(1)
        return self._block(statement)

    def block(self, network: str, height: int) -> Block | None:
        """Return a block of the branch that is followed, if it is remembered."""
        c = chain_blocks.c
        return self._block(select(chain_blocks).where(c.network == network, c.height == height))

    def add(self, network: str, block: Block, found: Iterable[Sighting], blocks_kept: int) -> None:
        """Write the next block and what is in it. Raises `IntegrityError` if there is one of its height."""
        with self._engine.begin() as connection:
            values = {"network": network, "height": block.height, "hash": block.hash, "parent": block.parent}
            connection.execute(insert(chain_blocks).values(**values, time_us=block.time_us))
            oldest = block.height - blocks_kept
            c = chain_blocks.c
            connection.execute(delete(chain_blocks).where(c.network == network, c.height <= oldest))
            for each in found:
                _put(connection, each)
            self._fence(connection)

    def rewind(self, network: str, height: int) -> int:
        """Go back to a block of the followed branch; return how many credits are gone with those after it."""
        with self._engine.begin() as connection:
            c, s = chain_blocks.c, sightings.c
            connection.execute(delete(chain_blocks).where(c.network == network, c.height > height))
            gone = update(sightings).where(s.network == network, s.height > height)
            count = connection.execute(gone.values(height=None, gone_at=height + 1, is_settled=False)).rowcount
            self._fence(connection)
        return count

    def unsettled(self, network: str, height: int) -> list[Sighting]:
        """List what is not settled in blocks up to a height, oldest first, some at a time."""
        c = sightings.c
        conditions = (c.network == network, c.is_settled.is_(False), c.height <= height)
        return self._list(select(sightings).where(*conditions).order_by(c.height, c.stream).limit(SETTLED_AT_ONCE_MAX))

    def gone(self, network: str, height: int) -> list[Sighting]:
        """List what is not settled and has been gone since a height or longer."""
        c = sightings.c
        conditions = (c.network == network, c.height.is_(None), c.gone_at <= height, c.is_settled.is_(False))
        return self._list(select(sightings).where(*conditions).order_by(c.gone_at).limit(SETTLED_AT_ONCE_MAX))

    def settle(self, sighting: Sighting) -> None:
        """Note that nothing is to be recorded as things stand, unless they changed meanwhile."""
        c = sightings.c
        same_height = c.height.is_(None) if sighting.height is None else c.height == sighting.height
        same = (c.stream == sighting.stream, c.block == sighting.block, same_height)
        with self._engine.begin() as connection:
            connection.execute(update(sightings).where(*same).values(is_settled=True))
            self._fence(connection)

    def give(self, stream: str, owner: int) -> None:
        """Note whose a credit is after all."""
        with self._engine.begin() as connection:
            connection.execute(update(sightings).where(sightings.c.stream == stream).values(owner=owner))

    def _block(self, statement: Any) -> Block | None:
        with self._engine.connect() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else Block(row.height, row.hash, row.parent, row.time_us)

    def _list(self, statement: Any) -> list[Sighting]:
        with self._engine.connect() as connection:
            rows: Sequence[Any] = connection.execute(statement).all()
        return [msgspec.convert(tuple(row), Sighting) for row in rows]


def _put(connection: Connection, found: Sighting) -> None:
    c = sightings.c
    changed = {
        "height": found.height,
        "block": found.block,
        "gone_at": None,
        "chain_amount": found.chain_amount,
        "senders": found.senders,
        "is_settled": False,
    }
    if connection.execute(update(sightings).where(c.stream == found.stream).values(changed)).rowcount == 0:
        names = [column.name for column in sightings.columns]
        connection.execute(insert(sightings).values(dict(zip(names, msgspec.structs.astuple(found), strict=True))))
