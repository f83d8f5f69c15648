"""What everybody holds at one sequence number, read from the ledger's projection in one consistent look.

Every entry of the ledger states what its account held afterwards, so the last entry of each balance up to a sequence
number is what it was then: trading goes on meanwhile. Invariant: per asset, what users and the house hold is what
custody and the outside world owe; anything else is refused, and nothing is published.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, func, select

from rialto.contracts.amounts import units_of
from rialto.contracts.vocabulary import HOUSE_OWNER, AccountClass
from rialto.custody.reserves.verifier import Sums
from rialto.projections.tables import accounts, assets, ledger_entries, watermark

HOUSE_USER: Final = "house"
"""What the house's own money is called in the tree: it is owed too, to nobody else."""


class NotConserved(Exception):
    """The ledger does not sum to zero: nothing may be published before it is known why."""


class Liabilities(NamedTuple):
    """What is owed, and what stands against it."""

    sequence: int
    time_us: int
    users: Mapping[str, Sums]
    """By the owner's id as text; the house's own as `house`."""
    custody: Mapping[int, Sums]
    """What the ledger says is held, by the network's scope."""
    outside: Sums
    """What came in from nowhere a chain knows of: demonstrations, adjustments."""

    @property
    def totals(self) -> dict[str, int]:
        """Everything owed, by asset."""
        sums: defaultdict[str, int] = defaultdict(int)
        for held in self.users.values():
            for name, units in held.items():
                sums[name] += units
        return dict(sums)


def read_liabilities(engine: Engine, sequence: int | None = None) -> Liabilities:
    """Read what everybody held at a sequence number, or as of everything written now.

    Errors: `NotConserved`; ValueError for a sequence number that is not written yet; SQLAlchemy's own.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        written = connection.scalar(select(watermark.c.sequence)) or 0
        at = written if sequence is None else sequence
        if at > written:
            raise ValueError(f"history is written up to sequence {written}, not yet to {at}; try again in a moment")
        time_us = connection.scalar(
            select(func.max(ledger_entries.c.posted_at_us)).where(ledger_entries.c.sequence <= at)
        )
        return _gathered(connection, at, time_us or 0)


def _gathered(connection: Connection, sequence: int, time_us: int) -> Liabilities:
    entry = ledger_entries.c
    place = func.row_number().over(
        partition_by=(entry.account, entry.asset), order_by=(entry.sequence.desc(), entry.position.desc())
    )
    ranked = (
        select(entry.account, entry.asset, entry.balance, place.label("place")).where(entry.sequence <= sequence)
    ).subquery()
    last = (
        select(accounts.c.owner, accounts.c.account_class, accounts.c.scope, assets.c.name, ranked.c.balance)
        .select_from(ranked)
        .join(accounts, accounts.c.account == ranked.c.account)
        .join(assets, assets.c.asset == ranked.c.asset)
        .where(ranked.c.place == 1)
    )
    users: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    custody: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    outside: defaultdict[str, int] = defaultdict(int)
    total: defaultdict[str, int] = defaultdict(int)
    for owner, account_class, scope, asset, balance in connection.execute(last):
        units = units_of(balance)
        total[asset] += units
        if account_class == AccountClass.CUSTODY.value:
            custody[scope][asset] -= units
        elif account_class == AccountClass.EXTERNAL.value:
            outside[asset] -= units
        elif units:
            users[HOUSE_USER if owner == HOUSE_OWNER else str(owner)][asset] += units
    wrong = {asset: units for asset, units in total.items() if units}
    if wrong:
        raise NotConserved(f"at sequence {sequence} the ledger does not sum to zero: {wrong}, in units of 1e-8")
    return Liabilities(
        sequence,
        time_us,
        {user: dict(held) for user, held in users.items()},
        {scope: dict(held) for scope, held in custody.items()},
        dict(outside),
    )
