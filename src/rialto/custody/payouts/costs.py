"""What transactions cost the house: read off the chain, rounded up to the ledger's units, and who pays it.

A cost is taken from the fees the house has earned in the chain's coin, or else from its treasury. Where neither has
enough it is owed, and taken later: until then the chain holds less than the ledger says, by an amount that is known.
"""

from typing import NamedTuple

from rialto.contracts.amounts import units_of
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.vocabulary import FEES_ACCOUNT, TREASURY_ACCOUNT
from rialto.core.runtime import Runtime
from rialto.custody.chains.adapter import ChainAdapter, TransactionState
from rialto.custody.chains.amounts import to_chain, to_ledger
from rialto.custody.payouts.model import CostBooked, Decided, Payout


class Cost(NamedTuple):
    """What is to be booked, and between which accounts."""

    event: CostBooked
    payer: int
    custody: int


class Costs:
    """Tells what payouts of one network cost."""

    def __init__(self, runtime: Runtime, adapter: ChainAdapter, custody: int) -> None:
        """`custody` is the ledger's account for what the network holds."""
        self._runtime = runtime
        self._adapter = adapter
        self._custody = custody
        self.owed = 0
        """How many payouts wait for the house to have what they cost, since the last that it had."""

    async def of(self, payout: Payout, decided: Decided) -> Cost | None:
        """Return what is to be booked for a payout; None as long as it is not known or cannot be paid.

        Errors: `NodeUnavailable`, `RuntimeBusy`, `RuntimeStopped`.
        """
        fee = await self._fee(payout, decided)
        coin = self._adapter.network.coin
        asset = self._runtime.catalog.asset_named(coin.asset)
        if fee is None or asset is None:
            return None
        credit = to_ledger(fee, coin.decimals)
        units = credit.units + (1 if credit.remainder else 0)
        remainder = to_chain(units, coin.decimals) - fee
        payer = await self._payer(asset.id, units)
        if payer is None:
            self.owed += 1
            return None
        self.owed = 0
        return Cost(CostBooked(asset.id, str(fee), units, str(remainder)), payer, self._custody)

    async def _fee(self, payout: Payout, decided: Decided) -> int | None:
        assert decided.transaction is not None, "what confirmed has an id"
        fee = (await self._adapter.status(decided.transaction)).fee
        if fee is None:
            return None
        for child in payout.children:
            assert child.signed is not None
            status = await self._adapter.status(child.signed.transaction, child.unsigned.spends)
            if status.state in (TransactionState.CONFIRMED, TransactionState.FAILED):
                if status.fee is None or status.confirmations < self._adapter.network.unlock_confirmations:
                    return None
                fee += status.fee
            elif status.state is not TransactionState.CONFLICTED:
                return None
        return fee

    async def _payer(self, asset: int, units: int) -> int | None:
        for account in (FEES_ACCOUNT, TREASURY_ACCOUNT):
            answer = await self._runtime.ask(Balances(account))
            assert isinstance(answer, BalancesAnswer)
            if any(each.asset == asset and units_of(each.free) >= units for each in answer.balances) or not units:
                return account
        return None
