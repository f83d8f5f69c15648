"""Who may speak for whom within a family: every call about sub-accounts begins by asking here.

Off the loop. Another family's sub-account and one that does not exist are refused in the same words, so that nobody
learns which addresses there are.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.gateway.call import Call
from rialto.identity.behaviour import DONE, BehaviourLog
from rialto.identity.sub_accounts import SubAccount, SubAccounts
from rialto.products.transfers.accounts import Accounts
from rialto.products.transfers.family import Families
from rialto.wire.errors import ApiError
from rialto.wire.wallet_errors import WalletError

T = TypeVar("T")


class Members:
    """Finds the members of families. Raises `ApiError` for whoever may not ask; SQLAlchemy's own errors pass."""

    def __init__(
        self,
        sub_accounts: SubAccounts,
        families: Families,
        accounts: Accounts,
        behaviour: BehaviourLog,
        now_us: Callable[[], int],
    ) -> None:
        self.sub_accounts = sub_accounts
        self._families = families
        self._accounts = accounts
        self._behaviour = behaviour
        self.now_us = now_us
        """The time of day, which people and keys live by."""

    async def read(self, work: Callable[[], T]) -> T:
        """Read or write who belongs to whom, off the loop."""
        return await asyncio.to_thread(work)

    async def master(self, call: Call) -> int:
        """Return who calls, if it is no sub-account. Raises `ApiError` -4006."""
        if await self._families.of(call.owner) != call.owner:
            raise WalletError.MASTER_ONLY.error()
        return call.owner

    async def family(self, call: Call) -> int:
        """Return the master of the family that who calls belongs to."""
        return await self._families.of(call.owner)

    async def caller(self, call: Call) -> SubAccount:
        """Return the sub-account that calls. Raises `ApiError` -5021 for a master."""
        found = await self.read(lambda: self.sub_accounts.find(call.owner))
        if found is None:
            raise no_relation()
        return found

    async def member(self, call: Call, email: str) -> SubAccount:
        """Return a sub-account of the master that calls. Raises `ApiError` -4006, -5021."""
        return await self.member_of(await self.master(call), email)

    async def member_of(self, parent: int, email: str) -> SubAccount:
        """Return a master's sub-account by its address. Raises `ApiError` -5021."""
        found = await self.read(lambda: self.sub_accounts.find_by_email(email))
        if found is None or found.parent != parent:
            raise no_relation()
        return found

    async def invested(self, call: Call, email: str) -> SubAccount:
        """Return a managed sub-account that holds the money of who calls. Raises `ApiError` -4006, -5021."""
        investor = await self.master(call)
        found = await self.read(lambda: self.sub_accounts.find_by_email(email))
        if found is None or found.investor != investor:
            raise no_relation()
        return found

    async def named(self, parent: int, email: str | None) -> int | SubAccount:
        """Return the master, by their address or by none, or one of their sub-accounts. Raises `ApiError` -5021."""
        if email is None or email.casefold() == (await self.email_of(parent)).casefold():
            return parent
        return await self.member_of(parent, email)

    async def email_of(self, owner: int) -> str:
        """Return the address of an owner."""
        return (await self.emails_of([owner])).get(owner, "")

    async def emails_of(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return the addresses of owners."""
        wanted = set(numbers)
        return await self.read(lambda: self.sub_accounts.emails_of(wanted)) if wanted else {}

    async def create(
        self, call: Call, parent: int, name: str, now_us: int, *, investor: int | None = None, remark: str = ""
    ) -> SubAccount:
        """Make a sub-account with a spot account. Errors: those of `SubAccounts.create`."""
        call.check_window()
        made = await self.read(lambda: self.sub_accounts.create(parent, name, now_us, investor=investor, remark=remark))
        await self._accounts.opened(made.owner, AccountKind(AccountClass.SPOT))
        await self.note(call, made, "sub-account-made")
        return made

    async def note(self, call: Call, member: SubAccount, action: str, detail: str = "") -> None:
        """Write down what a master did to a sub-account, where both can read it."""
        where = (call.address, call.client)
        now_us = self.now_us()
        actor, told = f"owner {call.owner}", f"{member.email} {detail}".strip()
        for owner in (call.owner, member.owner):
            await self.read(partial(self._behaviour.note, owner, actor, action, *where, DONE, told, now_us))


def no_relation() -> ApiError:
    """State that there is no such sub-account of who asks."""
    return WalletError.NO_RELATION.error()


def owner_of(named: int | SubAccount) -> int:
    """Return the number of a master or a sub-account."""
    return named if isinstance(named, int) else named.owner
