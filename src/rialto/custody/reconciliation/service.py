"""Compares what chains hold with the ledger, one network after the other, without end.

A comparison counts only if nothing moved while it was made: the same newest block before and after, which is the one
that was followed to, and the same custody balances. What payouts under way may have taken out is allowed for, and
nothing else. An asset whose difference cannot be explained is not paid out until it can be again.

State: the newest comparison of each asset. None of it survives a restart: an asset is paid out before it was compared
for the first time, because a node that cannot be asked must not stop payouts for ever by being restarted.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec
import structlog
from sqlalchemy import or_, select

from rialto.contracts.amounts import units_of
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.core.errors import RuntimeBusy
from rialto.core.runtime import Runtime
from rialto.custody.addresses.book import AddressBook
from rialto.custody.chains.adapter import NodeUnavailable
from rialto.custody.deposits.model import State
from rialto.custody.deposits.sightings import Sightings
from rialto.custody.deposits.tables import deposit_totals, deposits, sightings
from rialto.custody.following import Follower
from rialto.custody.networks.accounts import CustodyAccounts
from rialto.custody.networks.registry import Holdings
from rialto.custody.reconciliation.model import Comparison, Known, compare
from rialto.foundation.tasks import end
from rialto.projections.history import History
from rialto.projections.pages import Page

ROUND_S: Final = 5
LIVE: Final = frozenset((State.CREDITED.value, State.HELD.value, State.HOUSE.value, State.SETTLED.value))

Leaving = Callable[[str], Awaitable[Mapping[str, int]]]
"""Tells what payouts under way on a network may have taken out, at most, in the chain's units by asset."""

Remainders = Callable[[str], Awaitable[Mapping[str, int]]]
"""Tells what payouts of a network left on the chain beyond what the ledger says, in the chain's units by asset."""

_log = structlog.stdlib.get_logger(__name__)


class _Total(msgspec.Struct, frozen=True, array_like=True):
    asset: str
    contract: str
    remainder: str
    shortfall: str


class _Standing(msgspec.Struct, frozen=True, array_like=True):
    asset: str
    chain_amount: str
    height: int | None
    state: str | None
    recorded: str | None


async def _nothing(_network: str) -> Mapping[str, int]:
    return {}


class Reconciliation:
    """The comparisons, and what they stop."""

    def __init__(
        self,
        runtime: Runtime,
        history: History,
        holdings: Holdings,
        accounts: CustodyAccounts,
        book: AddressBook,
        sightings: Sightings,
        followers: Mapping[str, Follower],
    ) -> None:
        self._runtime = runtime
        self._history = history
        self._holdings = holdings
        self._accounts = accounts
        self._book = book
        self._sightings = sightings
        self._followers = followers
        self._task: asyncio.Task[None] | None = None
        self.leaving: Leaving = _nothing
        self.remainders: Remainders = _nothing
        self.newest: dict[tuple[str, str], Comparison] = {}
        """The newest comparison of each asset, by network and name."""

    def is_stopped(self, network: str, asset: str) -> bool:
        """Tell whether payouts of an asset are stopped: its chain holds what the ledger cannot explain."""
        found = self.newest.get((network, asset))
        return found is not None and found.difference != 0

    @property
    def differences(self) -> dict[tuple[str, str], int]:
        """What cannot be explained, by network and asset, in the chain's units; 0 where all can."""
        return {key: each.difference for key, each in self.newest.items()}

    def start(self) -> None:
        """Compare from now on, in a task."""
        if self._holdings.names:
            self._task = asyncio.create_task(self._run(), name="reconciliation")

    async def stop(self) -> None:
        """Stop comparing; what was compared last says nothing any more."""
        await end(self._task)
        self.newest.clear()

    async def _run(self) -> None:
        while True:
            for network in self._holdings.names:
                try:
                    await self.check(network)
                except (NodeUnavailable, RuntimeBusy) as error:
                    _log.debug("not reconciled", network=network, reason=str(error))
                except Exception:
                    _log.exception("not reconciled", network=network)
            await asyncio.sleep(ROUND_S)

    async def check(self, network: str) -> bool:
        """Compare every asset of a network; tell whether it could be done. Errors: `NodeUnavailable`, of `History`."""
        follower, adapter = self._followers[network], self._holdings.adapter(network)
        assets = self._holdings.configured(network).network.assets
        async with follower.round:
            tip = await adapter.tip()
            head = await asyncio.to_thread(self._sightings.head, network)
            if head is None or head.hash != tip.hash:
                return False
            before = await self._custody(network)
            leaving = await self.leaving(network)
            held: defaultdict[str, int] = defaultdict(int)
            for (_, asset), amount in (await adapter.balances(self._book.holding(network), assets)).items():
                held[asset] += amount
            known = await self._known(network)
            remainders = await self.remainders(network)
            leaving_after = await self.leaving(network)
            if (await adapter.tip()).hash != tip.hash or await self._custody(network) != before:
                return False
        for listed in assets:
            name = listed.asset
            each = msgspec.structs.replace(
                known[name],
                custody_units=before.get(name, 0),
                remainder=known[name].remainder + remainders.get(name, 0),
                leaving_max=max(leaving.get(name, 0), leaving_after.get(name, 0)),
            )
            self._keep(compare(network, listed, held[name], each, tip.height))
        return True

    def _keep(self, found: Comparison) -> None:
        key = (found.network, found.asset)
        was = self.newest.get(key)
        self.newest[key] = found
        if found.difference and (was is None or was.difference != found.difference):
            _log.error(
                "custody does not reconcile: payouts stopped",
                network=found.network,
                asset=found.asset,
                held=found.held,
                least=found.least,
                most=found.most,
                height=found.height,
            )
        elif was is not None and was.difference and not found.difference:
            _log.info("custody reconciles again", network=found.network, asset=found.asset)

    async def _custody(self, network: str) -> dict[str, int]:
        answer = await self._runtime.ask(Balances(self._accounts.of(network)))
        assert isinstance(answer, BalancesAnswer)
        return {self._runtime.catalog.asset(each.asset).name: units_of(each.free) for each in answer.balances}

    async def _known(self, network: str) -> dict[str, Known]:
        """Sum up what deposits say beside the ledger's balances."""
        configured = self._holdings.configured(network).network
        remainder: defaultdict[str, int] = defaultdict(int)
        shortfall: defaultdict[str, int] = defaultdict(int)
        unrecorded: defaultdict[str, int] = defaultdict(int)
        for total in await self._totals(network):
            listed = configured.asset_of(total.contract or None)
            # Held while it was unlisted, and listed since: it is on the chain and not in the ledger.
            asset = total.asset or ("" if listed is None else listed.asset)
            remainder[asset] += int(total.remainder)
            shortfall[asset] += units_of(total.shortfall)
        for each in await self._standing(network):
            if each.recorded is not None and each.state in LIVE:
                unrecorded[each.asset] -= int(each.recorded)
            if each.height is not None:
                unrecorded[each.asset] += int(each.chain_amount)
        return {
            each.asset: Known(0, remainder[each.asset], shortfall[each.asset], unrecorded[each.asset])
            for each in configured.assets
        }

    async def _totals(self, network: str) -> list[_Total]:
        configured = self._holdings.configured(network).network
        contracts = [each.contract for each in configured.assets if each.contract is not None]
        c = deposit_totals.c
        statement = select(c.asset, c.contract, c.remainder, c.shortfall)
        statement = statement.where(c.network == network, or_(c.asset != "", c.contract.in_(contracts)))
        return await self._history.read(_Total, Page(statement, newest_first=False))

    async def _standing(self, network: str) -> list[_Standing]:
        """List what was seen and not settled, with what was recorded of it."""
        s, d = sightings.c, deposits.c
        statement = select(s.asset, s.chain_amount, s.height, d.state, d.chain_amount)
        statement = statement.select_from(sightings.outerjoin(deposits, d.stream == s.stream))
        statement = statement.where(s.network == network, s.is_settled.is_(False))
        return await self._history.read(_Standing, Page(statement, newest_first=False))
