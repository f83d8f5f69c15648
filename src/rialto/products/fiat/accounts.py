"""The house's accounts of the ledger that stand for money others keep for it: banks, and who takes cards."""

from collections.abc import Awaitable, Callable
from typing import Final

from rialto.contracts.amounts import units_of
from rialto.contracts.commands import OpenAccount
from rialto.contracts.events import AccountOpened
from rialto.contracts.queries import Account, AccountAnswer, Balances, BalancesAnswer
from rialto.contracts.rejections import InsufficientBalance, NoSuchAccountOfOwner
from rialto.contracts.vocabulary import HOUSE_OWNER, AccountClass, AccountKind
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.products.fiat.rules import FiatRefused

TRIED_MAX: Final = 20
"""How often something is tried against a balance that changes."""


async def open_custody_account(runtime: Runtime, scope: int) -> int:
    """Return the custody account of a scope, opened now if there was none. Errors: those of the runtime."""
    kind = AccountKind(AccountClass.CUSTODY, scope)
    try:
        answer = await runtime.ask(Account(HOUSE_OWNER, kind))
        assert isinstance(answer, AccountAnswer)
        return answer.account
    except CommandRefused as refused:
        if not isinstance(refused.rejection, NoSuchAccountOfOwner):
            raise
    outcome = await runtime.submit(OpenAccount(HOUSE_OWNER, kind))
    opened = outcome.events[0]
    assert isinstance(opened, AccountOpened)
    return opened.account


async def held_of(runtime: Runtime, account: int, asset: int) -> tuple[int, int]:
    """Return what an account holds of an asset, free and locked, in units of 1e-8."""
    answer = await runtime.ask(Balances(account))
    assert isinstance(answer, BalancesAnswer)
    for each in answer.balances:
        if each.asset == asset:
            return units_of(each.free), units_of(each.locked)
    return 0, 0


async def against_balances(attempt: Callable[[], Awaitable[bool]], what: str) -> bool:
    """Try what reads balances and takes of them, again while they change between; return what it does.

    Errors: `FiatRefused` with `what` where they change too often, those of the attempt.
    """
    for _ in range(TRIED_MAX):
        try:
            return await attempt()
        except CommandRefused as refused:
            if not isinstance(refused.rejection, InsufficientBalance):
                raise
    raise FiatRefused(f"the balance changed too often to take back {what}")
