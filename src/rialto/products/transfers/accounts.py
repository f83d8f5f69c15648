"""The accounts of owners: found, opened when they are first needed, read."""

from typing import NamedTuple

from rialto.contracts.amounts import units_of
from rialto.contracts.commands import OpenAccount
from rialto.contracts.events import AccountOpened
from rialto.contracts.queries import Account, AccountAnswer, Balances, BalancesAnswer
from rialto.contracts.rejections import AccountExists, NoSuchAccountOfOwner
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime


class Holding:
    """What an account has of an asset, in units of 1e-8."""

    __slots__ = ("asset", "free", "locked")

    def __init__(self, asset: int, free: int, locked: int) -> None:
        self.asset = asset
        self.free = free
        self.locked = locked

    @property
    def total(self) -> int:
        """Free and locked together."""
        return self.free + self.locked


class AccountState(NamedTuple):
    """What an account holds, and when a balance last changed; 0 if none ever did."""

    holdings: list[Holding]
    changed_at_us: int


class Accounts:
    """Accounts by owner and kind. Errors of every call: those of `Runtime.submit` and `ask` but the ones named."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def find(self, owner: int, kind: AccountKind) -> int | None:
        """Find an account; None when it was never opened."""
        try:
            if kind.scope == 0 and kind.account_class is not AccountClass.ISOLATED_MARGIN:
                return await self._runtime.account_of(owner, kind.account_class)
            answer = await self._runtime.ask(Account(owner, kind))
        except CommandRefused as refused:
            if isinstance(refused.rejection, NoSuchAccountOfOwner):
                return None
            raise
        assert isinstance(answer, AccountAnswer)
        return answer.account

    async def opened(self, owner: int, kind: AccountKind) -> int:
        """Return an account, opening it if there is none yet."""
        found = await self.find(owner, kind)
        if found is not None:
            return found
        try:
            outcome = await self._runtime.submit(OpenAccount(owner, kind))
        except CommandRefused as refused:
            if isinstance(refused.rejection, AccountExists):
                return refused.rejection.account
            raise
        opened = outcome.events[0]
        assert isinstance(opened, AccountOpened)
        return opened.account

    async def holdings(self, owner: int, kind: AccountKind) -> list[Holding]:
        """List what an account holds, assets it has none of left out; nothing where there is no account."""
        return (await self.state(owner, kind)).holdings

    async def state(self, owner: int, kind: AccountKind) -> AccountState:
        """Return what an account holds, assets it has none of left out, and when that last changed."""
        account = await self.find(owner, kind)
        if account is None:
            return AccountState([], 0)
        answer = await self._runtime.ask(Balances(account))
        assert isinstance(answer, BalancesAnswer)
        held = (Holding(each.asset, units_of(each.free), units_of(each.locked)) for each in answer.balances)
        return AccountState([holding for holding in held if holding.total], answer.changed_at_us)
