"""Recoveries that are paid back on chain: what was mis-sent goes to an address, less what a withdrawal costs.

A deposit is settled to who asked for it as always, but stays in suspense for a withdrawal that the same record names.
That is then recorded, on a stream named after the deposit's, and paid like any other: once, each step before it is
taken. Who asked cannot take it back; what cannot be paid, or is refused by operators, comes to their account.
"""

import asyncio
import hashlib
from collections.abc import Callable
from typing import Final

import msgspec

from rialto.contracts.amounts import text_of
from rialto.contracts.vocabulary import StreamKey
from rialto.core.runtime import Runtime
from rialto.custody.addresses.book import AddressBook
from rialto.custody.chains.adapter import InvalidAddress, NodeUnavailable
from rialto.custody.chains.amounts import Inexact, to_chain, to_ledger
from rialto.custody.chains.network import ChainAsset
from rialto.custody.deposits import rules as deposit_rules
from rialto.custody.deposits.history import ListedDeposit
from rialto.custody.deposits.model import KIND as DEPOSIT
from rialto.custody.deposits.model import Return, Settled, decode_event
from rialto.custody.deposits.service import Deposits
from rialto.custody.deposits.sightings import Sightings
from rialto.custody.networks.registry import Holdings
from rialto.custody.recovery.model import Filed
from rialto.custody.recovery.service import NothingToRecover, Recoveries
from rialto.custody.withdrawals import rules as withdrawal_rules
from rialto.custody.withdrawals.destinations import is_tag
from rialto.custody.withdrawals.model import KIND as WITHDRAWAL
from rialto.custody.withdrawals.model import Requested
from rialto.projections.decisions import Decisions

SPOT: Final = 0


class NotReturnable(Exception):
    """A deposit that cannot be sent back as asked; the message says why, for operators."""


class Quote(msgspec.Struct, frozen=True):
    """What would be sent back of a deposit."""

    deposit: ListedDeposit
    asset: str
    """Empty for what is not listed: list it first."""
    units: int
    """What is held, in units of 1e-8."""
    fee_units: int
    """What is taken of it, unless operators take something else."""


class Returns:
    """Sends deposits back. Every method may raise the errors of `Decisions` and `History`."""

    def __init__(
        self,
        runtime: Runtime,
        decisions: Decisions,
        holdings: Holdings,
        deposits: Deposits,
        recoveries: Recoveries,
        sightings: Sightings,
        book: AddressBook,
        now_us: Callable[[], int],
    ) -> None:
        self._runtime = runtime
        self._decisions = decisions
        self._holdings = holdings
        self._deposits = deposits
        self._recoveries = recoveries
        self._sightings = sightings
        self._book = book
        self._now_us = now_us

    async def quote(self, id_: str, deposit: int | None = None) -> tuple[Filed, Quote]:
        """Tell what a request could be sent back. Errors: `NotOpen`, `NothingToRecover`."""
        filed, (found, listed) = await self._recoveries.wanted(id_, deposit)
        if listed is None:
            return filed, Quote(found, "", 0, 0)
        units = to_ledger(int(found.row.chain_amount), listed.decimals).units
        return filed, Quote(found, listed.asset, units, fee_of(listed))

    async def send_back(
        self, id_: str, operator: str, *, address: str = "", tag: str = "", fee_units: int | None = None
    ) -> str:
        """Send the deposit that a request means back, once; return the withdrawal's id.

        Without an address it goes to the one that was stated with the request; without a fee, less the network's.
        Errors: `NotOpen`, `NothingToRecover`, `NotReturnable`, `NotHeld`, `AmountTooSmall`.
        """
        filed = await self._recoveries.filed(id_)
        begun = [
            (each.row.stream, settled)
            for each in await self._recoveries.of_transaction(filed)
            if (settled := await self._settled(each.row.stream)) is not None and settled.recovery == id_
        ]
        if begun:
            stream, settled = begun[0]
        else:
            stream, settled = await self._settle(id_, operator, address, tag, fee_units)
        if settled.back is None:
            raise NothingToRecover("the deposit was given to who asked for it already")
        await asyncio.to_thread(self._sightings.give, stream, filed.owner)
        return await self._request(filed.network, settled, settled.back)

    async def _settle(
        self, id_: str, operator: str, address: str, tag: str, fee_units: int | None
    ) -> tuple[str, Settled]:
        """Settle what is held into a withdrawal, and say where it goes."""
        filed, quote = await self.quote(id_)
        row = quote.deposit.row
        network = self._holdings.configured(filed.network).network
        listed = network.asset_named(quote.asset)
        asset = self._runtime.catalog.asset_named(quote.asset)
        if listed is None or asset is None:
            raise NothingToRecover(f"{row.contract} is not listed on {filed.network}; list it first")
        deep, unlock = quote.deposit.confirmations, network.unlock_confirmations
        if deep < unlock:
            raise NotReturnable(f"the deposit is {deep} blocks deep; wait until it is {unlock}")
        fee = quote.fee_units if fee_units is None else fee_units
        _check_amount(quote.units, fee, listed)
        where, its_tag = (address, tag) if address else (filed.address, filed.tag)
        checked = await self._checked(filed.network, listed, where, its_tag)
        back = Return(_withdrawal_of(row.stream), checked, its_tag, fee)
        account = await self._deposits.account_of(filed.owner)
        settlement = deposit_rules.Settlement(filed.owner, account, 0, operator, id_, back)
        rule = deposit_rules.settle(self._deposits.accounts_of(filed.network), listed, asset.id, settlement)
        await self._decisions.decide(StreamKey(DEPOSIT, row.stream), rule)
        settled = await self._settled(row.stream)
        assert settled is not None, "what was settled says so"
        return row.stream, settled

    async def _checked(self, network: str, listed: ChainAsset, address: str, tag: str) -> str:
        """Spell an address as its network does. Errors: `NotReturnable`."""
        if not address:
            raise NotReturnable("no address was stated with the request: name one")
        configured = self._holdings.configured(network)
        if tag and not is_tag(tag, configured.network, is_tagged=configured.is_tagged):
            raise NotReturnable(f"{tag} is no tag of {network}")
        try:
            adapter = self._holdings.adapter(network)
            canonical = adapter.canonical(address, tag or None, listed.contract)
            holder = await adapter.holder(canonical, tag or None, listed.contract)
        except InvalidAddress as invalid:
            raise NotReturnable(f"it cannot be paid there: {invalid}") from invalid
        except NodeUnavailable as unavailable:
            raise NotReturnable(f"it is not known who would be paid there; try again: {unavailable}") from unavailable
        if {canonical, holder} & set(await asyncio.to_thread(self._book.holding, network)):
            raise NotReturnable(f"{canonical} is an address of this exchange")
        return canonical

    async def _settled(self, stream: str) -> Settled | None:
        events = [decode_event(payload) for payload in await self._decisions.events(StreamKey(DEPOSIT, stream))]
        return next((event for event in reversed(events) if isinstance(event, Settled)), None)

    async def _request(self, network: str, settled: Settled, back: Return) -> str:
        """Record the withdrawal that a settled deposit says; nothing if it is there."""
        listed = self._holdings.configured(network).network.asset_named(settled.asset)
        assert listed is not None, "what was settled is listed"
        units = settled.given.units - back.fee_units
        requested = Requested(
            owner=settled.owner,
            account=self._deposits.accounts_of(network).suspense,
            asset=settled.asset_id,
            coin=settled.asset,
            network=network,
            address=back.address,
            tag=back.tag or None,
            contract=listed.contract,
            units=units,
            fee_units=back.fee_units,
            chain_amount=str(to_chain(units, listed.decimals)),
            value_units=None,
            client_id=None,
            wallet=SPOT,
            needs_confirmation=False,
            approvals_needed=0,
            risk=(),
            at_us=self._now_us(),
            refund_account=settled.given.account,
        )
        await self._decisions.decide(StreamKey(WITHDRAWAL, back.withdrawal), withdrawal_rules.request(requested))
        return back.withdrawal


def fee_of(listed: ChainAsset) -> int:
    """Tell what is taken of what is sent back: what a withdrawal costs, in units of 1e-8, rounded up."""
    credit = to_ledger(listed.withdrawal_fee, listed.decimals)
    return credit.units + (1 if credit.remainder else 0)


def _check_amount(units: int, fee: int, listed: ChainAsset) -> None:
    if fee >= units:
        message = f"the deposit is worth {text_of(units)}, no more than the fee of {text_of(fee)}"
        raise deposit_rules.AmountTooSmall(message)
    try:
        to_chain(units - fee, listed.decimals)
    except Inexact as inexact:
        raise NotReturnable(f"{text_of(units - fee)} has more places than the asset") from inexact


def _withdrawal_of(deposit: str) -> str:
    """Name the withdrawal that sends a deposit back: there is one."""
    return hashlib.sha256(f"return {deposit}".encode()).hexdigest()[:32]
