"""What must be settled before an account can be closed: money, orders, and whatever is under way.

Balances and open orders are asked of the core; what is under way is found by what the classification says of tables.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select

from rialto.contracts.amounts import units_of
from rialto.contracts.commands import CancelAllOrders
from rialto.contracts.queries import Balances, BalancesAnswer, OpenOrders, OrdersAnswer
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.identity.people import FrozenBy
from rialto.identity.privacy.obstacles import Obstacle
from rialto.identity.privacy.schema import Schema


class _Family(NamedTuple):
    """Whose accounts are looked at beside a person's own."""

    members: list[int]
    """Their sub-accounts."""
    is_frozen: bool
    """Whether one of them was frozen by somebody else."""
    invested: list[int]
    """Sub-accounts of others that hold their money."""


class Obligations:
    """Looks for them."""

    def __init__(
        self, runtime: Runtime, schema: Schema, readers: Engine, caught_up: Callable[[], Awaitable[None]]
    ) -> None:
        """`caught_up` waits until history tells of everything that has happened."""
        self._runtime = runtime
        self._schema = schema
        self._readers = readers
        self._caught_up = caught_up

    async def of(self, owner: int) -> list[Obstacle]:
        """List what keeps an account from being closed, with its sub-accounts, which are closed with it."""
        await self._caught_up()
        found = await self._own(owner)
        family = await asyncio.to_thread(self._family, owner)
        if family.is_frozen:
            found.add(Obstacle.SUB_ACCOUNTS)
        for each in (*family.members, *family.invested):
            if Obstacle.SUB_ACCOUNTS in found or await self._own(each):
                found.add(Obstacle.SUB_ACCOUNTS)
                break
        return [each for each in Obstacle if each in found]

    async def _own(self, owner: int) -> set[Obstacle]:
        accounts, found = await asyncio.to_thread(self._read, owner)
        for account in accounts:
            held = await self._runtime.ask(Balances(account))
            assert isinstance(held, BalancesAnswer)
            if any(units_of(each.free) or units_of(each.locked) for each in held.balances):
                found.add(Obstacle.MONEY)
            if await self._symbols(account):
                found.add(Obstacle.OPEN_ORDERS)
        return found

    async def cancel_orders(self, owner: int) -> None:
        """Take every open order of an account and of its sub-accounts back."""
        await self._caught_up()
        family = await asyncio.to_thread(self._family, owner)
        for each in (owner, *family.members):
            await self._cancel_own(each)

    async def _cancel_own(self, owner: int) -> None:
        accounts, _ = await asyncio.to_thread(self._read, owner)
        for account in accounts:
            for symbol in await self._symbols(account):
                try:
                    await self._runtime.submit(CancelAllOrders(account, symbol))
                except CommandRefused:
                    # They are gone meanwhile, or cannot be canceled now: it is looked at again before anything ends.
                    continue

    async def _symbols(self, account: int) -> list[int]:
        answer = await self._runtime.ask(OpenOrders(account))
        assert isinstance(answer, OrdersAnswer)
        return sorted({order.symbol for order in answer.orders})

    def _family(self, owner: int) -> _Family:
        sub_accounts, persons = self._schema.named("sub_accounts"), self._schema.named("people")
        subs, people = sub_accounts.c, persons.c
        frozen_by_others = people.frozen_by.is_not(None) & (people.frozen_by != FrozenBy.MASTER.value)
        with self._readers.connect() as connection:
            rows = connection.execute(
                select(subs.owner, frozen_by_others.label("is_frozen"))
                .select_from(sub_accounts.join(persons, people.owner == subs.owner))
                .where(subs.parent == owner)
                .order_by(subs.owner)
            ).all()
            others = (subs.investor == owner) & (subs.parent != owner)
            invested = list(connection.scalars(select(subs.owner).where(others).order_by(subs.owner)))
        return _Family([row.owner for row in rows], any(row.is_frozen for row in rows), invested)

    def _read(self, owner: int) -> tuple[list[int], set[Obstacle]]:
        """Return the accounts of an owner, and what is under way."""
        named = self._schema.named
        with self._readers.connect() as connection:
            accounts = named("accounts").c
            held = list(connection.scalars(select(accounts.account).where(accounts.owner == owner)))
            found = under_way(connection, self._schema, owner)
            operators = named("operators").c
            if connection.execute(select(operators.owner).where(operators.owner == owner)).first() is not None:
                found.add(Obstacle.OPERATOR)
        return held, found


def under_way(connection: Connection, schema: Schema, owner: int) -> set[Obstacle]:
    """Return what of an owner's is unfinished, as the classification tells it."""
    found = set()
    for declared in schema.personal:
        for rule in declared.open_unless:
            column = schema.table(declared).c[rule.column]
            is_open = (schema.of_owner(declared, owner), column.not_in(rule.values))
            if connection.execute(select(column).where(*is_open).limit(1)).first() is not None:
                found.add(rule.obstacle)
    return found
