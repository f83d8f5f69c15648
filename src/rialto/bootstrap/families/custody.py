"""Custody, wired: networks from their file, an adapter each, their accounts in the ledger, and what follows them."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from rialto.bootstrap.parts import Parts
from rialto.custody.addresses.book import AddressBook
from rialto.custody.addresses.coins import CoinCalls
from rialto.custody.addresses.network_states import NetworkStates
from rialto.custody.addresses.routes import AddressCalls
from rialto.custody.deposits.history import DepositHistory
from rialto.custody.deposits.routes import DepositCalls
from rialto.custody.deposits.screened import ScreenedDeposits
from rialto.custody.deposits.service import Deposits
from rialto.custody.deposits.shortfall_routes import ShortfallCalls
from rialto.custody.deposits.shortfalls import Shortfalls
from rialto.custody.deposits.sightings import Sightings
from rialto.custody.figures import chain_metrics, deposit_metrics, read_waiting, reconciliation_metrics
from rialto.custody.following import Follower
from rialto.custody.networks.accounts import CustodyAccounts, open_custody_accounts
from rialto.custody.networks.configuration import read_networks
from rialto.custody.networks.registry import Holdings
from rialto.custody.networks.switches import Switches
from rialto.custody.reconciliation.payouts import PayoutsUnderWay
from rialto.custody.reconciliation.service import Reconciliation
from rialto.custody.recovery.returning import Returns
from rialto.custody.recovery.routes import RecoveryCalls
from rialto.custody.recovery.service import Recoveries
from rialto.foundation.periodic import PeriodicRead
from rialto.gateway.router import Route
from rialto.identity.people import NoSuchPerson


@dataclass(frozen=True)
class Custody:
    """The parts of custody that others are wired to."""

    holdings: Holdings
    accounts: CustodyAccounts
    switches: Switches
    addresses: AddressBook
    coins: CoinCalls
    address_calls: AddressCalls
    deposit_calls: DepositCalls
    deposits: Deposits
    screened: ScreenedDeposits
    deposit_history: DepositHistory
    followers: dict[str, Follower]
    """By network."""
    reconciliation: Reconciliation
    shortfalls: Shortfalls
    recoveries: Recoveries
    returns: Returns
    routes: list[Route[Any]]

    def start_reconciling(self, parts: Parts, payouts: PayoutsUnderWay) -> None:
        """Compare chains with the ledger from now on, allowing for payouts under way."""
        self.reconciliation.leaving, self.reconciliation.remainders = payouts.leaving, payouts.remainders
        parts.jobs.add(self.reconciliation)


async def open_custody(parts: Parts) -> Custody:
    """Open custody; without configured networks there is nothing to follow. Errors: `InvalidConfiguration`."""
    networks = await asyncio.to_thread(read_networks, parts.settings.data_directory)
    holdings = Holdings.open(networks)
    parts.stack.push_async_callback(holdings.close)
    switches = Switches(parts.people, networks)
    await asyncio.to_thread(switches.load)
    accounts = await open_custody_accounts(parts.runtime, networks)
    addresses = AddressBook(parts.people, holdings, parts.wall_clock_us)
    await asyncio.to_thread(addresses.refresh)
    sightings = Sightings(parts.people, parts.jobs.fence)
    deposits = Deposits(
        parts.runtime,
        parts.job_decisions,
        parts.history,
        holdings,
        accounts,
        addresses,
        switches,
        sightings,
        parts.wall_clock_us,
        _freezing(parts),
        lambda address: parts.identity.lists.address_hit(address) is not None,
    )
    history = DepositHistory(parts.history, holdings)
    followers = {
        name: Follower(each, holdings.adapter(name), sightings, deposits, deposits.settle)
        for name, each in networks.by_name.items()
    }
    coins = CoinCalls(parts.runtime, networks, switches, lambda network: followers[network].is_behind)
    parts.metrics.add(chain_metrics(list(followers.values()), deposits.figures))
    waiting = PeriodicRead("deposits", lambda: read_waiting(parts.people))
    await waiting.start()
    parts.stack.push_async_callback(waiting.stop)
    parts.metrics.add(deposit_metrics(waiting))
    reconciliation = Reconciliation(parts.runtime, parts.history, holdings, accounts, addresses, sightings, followers)
    parts.metrics.add(reconciliation_metrics(lambda: reconciliation.differences))
    for follower in followers.values():
        parts.jobs.add(follower)
    recoveries, returns = _recovering(parts, holdings, deposits, history, sightings, addresses)
    shortfalls = Shortfalls(parts.runtime, parts.decisions, parts.history, deposits)
    parts.jobs.add(shortfalls)
    address_calls = AddressCalls(addresses, networks, switches, _depositing(parts))
    deposit_calls = DepositCalls(history, holdings, parts.wall_clock_us)
    routes = [
        *address_calls.routes(),
        *coins.routes(),
        *NetworkStates(networks, switches, lambda network: followers[network].is_behind).routes(),
        *deposit_calls.routes(),
        *ShortfallCalls(shortfalls).routes(),
        *RecoveryCalls(recoveries, history, holdings).routes(),
    ]
    return Custody(
        holdings=holdings,
        accounts=accounts,
        switches=switches,
        addresses=addresses,
        coins=coins,
        address_calls=address_calls,
        deposit_calls=deposit_calls,
        deposits=deposits,
        screened=ScreenedDeposits(deposits, parts.decisions, parts.history),
        deposit_history=history,
        followers=followers,
        reconciliation=reconciliation,
        shortfalls=shortfalls,
        recoveries=recoveries,
        returns=returns,
        routes=routes,
    )


def _recovering(
    parts: Parts,
    holdings: Holdings,
    deposits: Deposits,
    history: DepositHistory,
    sightings: Sightings,
    addresses: AddressBook,
) -> tuple[Recoveries, Returns]:
    """Return what takes requests for what was mis-sent, and what sends it back."""
    runtime, decisions, now_us = parts.runtime, parts.decisions, parts.wall_clock_us
    recoveries = Recoveries(runtime, decisions, parts.history, holdings, deposits, history, sightings, now_us)
    return recoveries, Returns(runtime, decisions, holdings, deposits, recoveries, sightings, addresses, now_us)


def _depositing(parts: Parts) -> Callable[[int], bool]:
    """Return what tells whether an owner may bring something in; a sub-account may if its master may."""
    people, countries = parts.identity.people, parts.identity.countries

    def may_deposit(owner: int) -> bool:
        if not countries.are_any:
            return True
        person = people.find(owner)
        if person is not None and person.parent is not None:
            person = people.find(person.parent)
        return person is None or countries.may_deposit(person.country)

    return may_deposit


def _freezing(parts: Parts) -> Any:
    """Return what locks the account of someone who has what is not there any more."""

    def freeze(owner: int) -> None:
        # An owner that is no person has nothing to log in with; its keys are an operator's to revoke.
        with suppress(NoSuchPerson):
            parts.identity.people.freeze(owner, parts.wall_clock_us())

    return freeze
