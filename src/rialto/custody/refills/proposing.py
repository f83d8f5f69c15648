"""How much should lie hot: what should be brought from the tiers behind, or moved there. Pure but for `Tiers`.

The hot addresses are what a thief of this machine would have; the warm tier needs two of three keys, the cold one none
that is online. Nothing is moved here: what is wanted is proposed to operators.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from rialto.contracts.amounts import units_of
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.core.runtime import Runtime
from rialto.custody.chains.adapter import ChainAdapter, HotAddress
from rialto.custody.chains.amounts import LEDGER_PLACES, to_chain, to_ledger
from rialto.custody.chains.network import ChainAsset
from rialto.custody.chains.tiers import Tier
from rialto.custody.refills.model import Direction
from rialto.foundation.settings.withdrawals import WithdrawalSettings

WORTH_FEES: Final = 10
"""What moves between tiers is worth so many withdrawal fees of the asset at least."""

KEPT_FOR_COST: Final = 100
"""Of a chain's own coin, one part in so many of what a tier holds stays there, for what moving costs."""


class Proposal(msgspec.Struct, frozen=True):
    """What should be moved on a network. Amounts are in the chain's units."""

    network: str
    asset: str
    direction: Direction
    amount: int
    hot: int
    total: int
    reason: str
    tier: str = ""
    """From which tier, or into which."""


def propose(
    network: str, asset: str, hot: int, total: int, wanted: int, settings: WithdrawalSettings
) -> Proposal | None:
    """Propose what brings the hot holdings to their target; `wanted` is what waits to be paid and cannot be."""
    target = total * settings.hot_percent // 100 + wanted
    if hot < wanted or hot * 100 < total * settings.hot_percent_min:
        reason = f"{wanted} wait to be paid" if hot < wanted else f"below {settings.hot_percent_min} % is hot"
        amount = min(target, total) - hot
        return Proposal(network, asset, Direction.REFILL, amount, hot, total, reason) if amount > 0 else None
    if hot * 100 > total * settings.hot_percent_max and hot > target:
        reason = f"above {settings.hot_percent_max} % is hot"
        return Proposal(network, asset, Direction.DRAIN, hot - target, hot, total, reason)
    return None


class Tiers:
    """What each tier of a network holds, and what should be moved."""

    def __init__(
        self,
        runtime: Runtime,
        adapter: ChainAdapter,
        hot: Sequence[HotAddress],
        tiers: Sequence[Tier],
        custody: int,
        settings: WithdrawalSettings,
        wanted: Callable[[], Mapping[str, int]],
    ) -> None:
        """`tiers` in the order in which they are drawn on; what is drained goes to the first.

        `wanted` tells what waits to be paid and cannot be, by asset, in the chain's units.
        """
        self._runtime = runtime
        self._adapter = adapter
        self._hot = hot
        self._tiers = tiers
        self._custody = custody
        self._settings = settings
        self._wanted = wanted

    async def proposals(self) -> list[Proposal]:
        """List what should be moved. Errors: `NodeUnavailable`, `RuntimeBusy`, `RuntimeStopped`."""
        network = self._adapter.network
        addresses = [*(each.address for each in self._hot), *(tier.home.address for tier in self._tiers)]
        held = await self._adapter.balances(addresses, network.assets)
        answer = await self._runtime.ask(Balances(self._custody))
        assert isinstance(answer, BalancesAnswer)
        ledger = {each.asset: -units_of(each.free) for each in answer.balances}
        wanted = self._wanted()
        found = []
        for asset in network.assets:
            known = self._runtime.catalog.asset_named(asset.asset)
            units = 0 if known is None else ledger.get(known.id, 0)
            total = _to_chain_down(max(0, units), asset.decimals)
            hot = sum(held.get((each.address, asset.asset), 0) for each in self._hot)
            proposal = propose(network.name, asset.asset, hot, total, wanted.get(asset.asset, 0), self._settings)
            behind = {each.name: held.get((each.home.address, asset.asset), 0) for each in self._tiers}
            placed = None if proposal is None else place(proposal, asset, behind)
            if placed is not None:
                found.append(placed)
        return found


def place(proposal: Proposal, asset: ChainAsset, behind: Mapping[str, int]) -> Proposal | None:
    """Name the tier: the first that has what is wanted, else the one that has most; None if it is not worth moving.

    `behind` is what each tier holds, in the order in which they are drawn on.
    """
    if proposal.direction is Direction.DRAIN:
        tier, amount = next(iter(behind)), proposal.amount
    else:
        able = {name: held - (held // KEPT_FOR_COST if asset.contract is None else 0) for name, held in behind.items()}
        enough = (name for name, held in able.items() if held >= proposal.amount)
        tier = next(enough, max(able, key=lambda name: able[name]))
        amount = min(proposal.amount, able[tier])
    if amount < max(1, WORTH_FEES * asset.withdrawal_fee):
        return None
    return msgspec.structs.replace(proposal, tier=tier, amount=amount)


def _to_chain_down(units: int, decimals: int) -> int:
    if decimals >= LEDGER_PLACES:
        return to_chain(units, decimals)
    coarse = to_ledger(1, decimals).units
    return units // coarse
