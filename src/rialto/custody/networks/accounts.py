"""The ledger's custody accounts: one for each network, negative by what its chain holds, and one for what has no owner.

The house is their owner and the network's scope their scope. Scope 0, which no network has, is the suspense account: it
holds what came in and belongs to nobody yet (a missing tag, less than the minimum) on whichever network. The core lets
custody accounts be negative; the rules of deposits never let suspense be.
"""

from typing import Final

from rialto.contracts.commands import OpenAccount
from rialto.contracts.events import AccountOpened
from rialto.contracts.queries import Account, AccountAnswer
from rialto.contracts.vocabulary import HOUSE_OWNER, AccountClass, AccountKind
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.custody.networks.configuration import Networks

SUSPENSE_SCOPE: Final = 0


class CustodyAccounts:
    """The accounts, opened where they were not."""

    def __init__(self, suspense: int | None, by_network: dict[str, int]) -> None:
        self._suspense = suspense
        self._by_network = by_network

    @property
    def suspense(self) -> int:
        """The suspense account. Precondition: there is a network."""
        assert self._suspense is not None, "there is no network"
        return self._suspense

    def of(self, network: str) -> int:
        """Return the account of a network. Raises `KeyError` for one that there is not."""
        return self._by_network[network]


async def open_custody_accounts(runtime: Runtime, networks: Networks) -> CustodyAccounts:
    """Open the accounts that are not open yet; none without networks. Errors: those of `Runtime.submit`."""
    if not networks.by_name:
        return CustodyAccounts(None, {})
    suspense = await _account(runtime, SUSPENSE_SCOPE)
    scopes = {name: each.network.scope for name, each in networks.by_name.items()}
    return CustodyAccounts(suspense, {name: await _account(runtime, scope) for name, scope in scopes.items()})


async def _account(runtime: Runtime, scope: int) -> int:
    kind = AccountKind(AccountClass.CUSTODY, scope)
    try:
        answer = await runtime.ask(Account(HOUSE_OWNER, kind))
    except CommandRefused:
        # Another process may have been quicker; then the account is there when one asks again.
        try:
            opened = (await runtime.submit(OpenAccount(HOUSE_OWNER, kind))).events[0]
        except CommandRefused:
            answer = await runtime.ask(Account(HOUSE_OWNER, kind))
        else:
            assert isinstance(opened, AccountOpened)
            return opened.account
    assert isinstance(answer, AccountAnswer)
    return answer.account
