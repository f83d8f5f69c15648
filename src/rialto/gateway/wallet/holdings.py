"""What an owner holds in each kind of account, asked of the core, and what it is worth."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple

from rialto.contracts.amounts import units_of
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.rejections import NoSuchAccountOfOwner
from rialto.contracts.vocabulary import AccountClass
from rialto.core.errors import CommandRefused
from rialto.core.prices import Prices
from rialto.core.runtime import Runtime

VALUED_IN: Final = "BTC"
"""What valuations are told in where nothing else is asked for."""


Withdrawing = Callable[[int], Awaitable[Mapping[str, int]]]
"""Tells what of an owner's locked balances waits to be paid out: units of 1e-8 by asset name."""


async def nothing_withdrawing(_owner: int) -> Mapping[str, int]:
    """Tell of an exchange that pays nothing out."""
    return {}


class Held(NamedTuple):
    """What is held of one asset, in units of 1e-8."""

    asset: int
    name: str
    free: int
    locked: int

    @property
    def total(self) -> int:
        """Free and locked together."""
        return self.free + self.locked


class Holdings:
    """Reads and values balances."""

    def __init__(self, runtime: Runtime, prices: Prices) -> None:
        self._runtime = runtime
        self._prices = prices

    async def of(self, owner: int, account_class: AccountClass) -> list[Held] | None:
        """List what an owner holds in an account, what is zero left out; None where there is no such account."""
        try:
            account = await self._runtime.account_of(owner, account_class)
        except CommandRefused as refused:
            if isinstance(refused.rejection, NoSuchAccountOfOwner):
                return None
            raise
        answer = await self._runtime.ask(Balances(account))
        assert isinstance(answer, BalancesAnswer)
        held = [
            Held(each.asset, self._runtime.catalog.asset(each.asset).name, units_of(each.free), units_of(each.locked))
            for each in answer.balances
        ]
        return sorted((each for each in held if each.total), key=lambda each: each.name)

    def worth(self, held: Held, asset: str = VALUED_IN) -> int:
        """Value what is held, in units of 1e-8 of another asset; 0 where no trades tell."""
        return self.value(held.asset, held.total, asset)

    def value(self, asset: int, units: int, into: str = VALUED_IN) -> int:
        """Value so many units of an asset in another; 0 where no trades tell."""
        other = self._runtime.catalog.asset_named(into)
        return 0 if other is None else self._prices.value(asset, units, other.id) or 0
