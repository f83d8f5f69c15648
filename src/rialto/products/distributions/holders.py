"""Who held how much of an asset: at the end of a day, or on average over a time. Read from the projections; blocking.

What counts is everything an owner holds, free and locked, in every kind of account. The house does not count.
"""

from collections import defaultdict
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Select, func, select

from rialto.contracts.amounts import units_of
from rialto.contracts.vocabulary import HOUSE_OWNER, AccountClass
from rialto.projections.tables import accounts, assets, daily_balances, ledger_entries


class Total(NamedTuple):
    """What is held of an asset, in units of 1e-8, by whom; what custody and the outside owe is shown positive."""

    owners: int = 0
    house: int = 0
    custody: int = 0
    outside: int = 0


ROWS_AT_ONCE: Final = 1_000
_OWING: Final = {AccountClass.CUSTODY: "custody", AccountClass.EXTERNAL: "outside"}


class Holders:
    """Reads holdings of the past."""

    def __init__(self, engine: Engine) -> None:
        """`engine` reads the projections."""
        self._engine = engine

    def at_end_of(self, day: int, asset: int) -> dict[int, int]:
        """Return what every owner held when a day ended (days of UTC since the epoch), in units of 1e-8."""
        table = daily_balances.c
        newest = (
            select(table.account, func.max(table.day).label("day"))
            .where(table.asset == asset, table.day <= day)
            .group_by(table.account)
        ).subquery()
        statement = (
            select(accounts.c.owner, table.free, table.locked)
            .join(newest, (newest.c.account == table.account) & (newest.c.day == table.day))
            .join(accounts, accounts.c.account == table.account)
            .where(table.asset == asset, accounts.c.owner != HOUSE_OWNER)
        )
        held: defaultdict[int, int] = defaultdict(int)
        with self._engine.connect() as connection:
            for owner, free, locked in connection.execute(statement):
                held[owner] += units_of(free) + units_of(locked)
        return {owner: units for owner, units in held.items() if units}

    def totals(self) -> dict[str, Total]:
        """Return what everybody holds now, by asset."""
        table = daily_balances.c
        newest = (
            select(table.account, table.asset, func.max(table.day).label("day"))
            .group_by(table.account, table.asset)
            .subquery()
        )
        is_newest = (newest.c.account == table.account) & (newest.c.asset == table.asset) & (newest.c.day == table.day)
        statement = (
            select(assets.c.name, accounts.c.owner, accounts.c.account_class, table.free, table.locked)
            .join(newest, is_newest)
            .join(accounts, accounts.c.account == table.account)
            .join(assets, assets.c.asset == table.asset)
        )
        found: defaultdict[str, Total] = defaultdict(Total)
        with self._engine.connect() as connection:
            rows = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(statement)
            for asset, owner, account_class, free, locked in rows:
                side = _OWING.get(AccountClass(account_class)) or ("house" if owner == HOUSE_OWNER else "owners")
                units = units_of(free) + units_of(locked)
                held = found[asset]
                found[asset] = held._replace(
                    **{side: getattr(held, side) + (-units if side in _OWING.values() else units)}
                )
        return dict(found)

    def over(self, start_us: int, end_us: int, asset: int) -> dict[int, int]:
        """Return what every owner held over a time, each unit weighed by how long, in units of 1e-8 and microseconds.

        Divided by the length of the time it is the average; for shares the weights do as they are.
        """
        weights: defaultdict[int, int] = defaultdict(int)
        with self._engine.connect() as connection:
            held = self._before(connection, start_us, asset)
            since = dict.fromkeys(held, start_us)
            for owner_account, balance, at_us in connection.execute(_changes(start_us, end_us, asset)):
                weights[owner_account] += held.get(owner_account, 0) * (at_us - since.get(owner_account, start_us))
                held[owner_account], since[owner_account] = units_of(balance), at_us
            for account, units in held.items():
                weights[account] += units * (end_us - since[account])
            everyone = connection.execute(select(accounts.c.account, accounts.c.owner))
            owners = {row.account: row.owner for row in everyone}
        by_owner: defaultdict[int, int] = defaultdict(int)
        for account, weight in weights.items():
            if owners[account] != HOUSE_OWNER and weight:
                by_owner[owners[account]] += weight
        return dict(by_owner)

    def _before(self, connection: Connection, at_us: int, asset: int) -> dict[int, int]:
        """Return what every account held just before a time."""
        entry = ledger_entries.c
        place = func.row_number().over(
            partition_by=entry.account, order_by=(entry.sequence.desc(), entry.position.desc())
        )
        ranked = (
            select(entry.account, entry.balance, place.label("place")).where(
                entry.asset == asset, entry.posted_at_us < at_us
            )
        ).subquery()
        last = select(ranked.c.account, ranked.c.balance).where(ranked.c.place == 1)
        return {account: units_of(balance) for account, balance in connection.execute(last)}


def _changes(start_us: int, end_us: int, asset: int) -> Select[Any]:
    entry = ledger_entries.c
    return (
        select(entry.account, entry.balance, entry.posted_at_us)
        .where(entry.asset == asset, entry.posted_at_us >= start_us, entry.posted_at_us < end_us)
        .order_by(entry.sequence, entry.position)
    )
