"""Requests to recover what was mis-sent: filed by people, settled or refused by operators."""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec
from sqlalchemy import select

from rialto.contracts.vocabulary import StreamKey
from rialto.core.runtime import Runtime
from rialto.custody.chains.amounts import to_ledger
from rialto.custody.chains.network import ChainAsset
from rialto.custody.deposits import rules
from rialto.custody.deposits.history import DepositHistory, ListedDeposit
from rialto.custody.deposits.model import KIND as DEPOSIT
from rialto.custody.deposits.model import Hold, State
from rialto.custody.deposits.service import Deposits
from rialto.custody.deposits.sightings import Sightings
from rialto.custody.networks.registry import Holdings
from rialto.custody.recovery import model
from rialto.custody.recovery.model import Filed, NotOpen, RecoveryState
from rialto.custody.recovery.tables import recoveries
from rialto.projections.decisions import Decisions
from rialto.projections.history import History
from rialto.projections.pages import Page

OPEN_MAX: Final = 20
"""How many requests of one owner may wait for an answer."""

REASON_LENGTH_MAX: Final = 255
LISTED_MAX: Final = 1_000


class TooManyRequests(Exception):
    """As many requests of an owner wait as may."""


class NothingToRecover(Exception):
    """No deposit is held that the request could mean; or its asset is not listed, so that it cannot be given yet."""


class Recovery(msgspec.Struct, frozen=True, array_like=True):
    """A request and its answer."""

    id: str
    owner: int
    network: str
    transaction: str
    coin: str
    state: str
    given: str
    fee: str
    operator: str
    reason: str
    filed_at_us: int
    answered_at_us: int | None
    address: str
    tag: str
    withdrawal: str | None


class _Id(msgspec.Struct, frozen=True, array_like=True):
    id: str


class Recoveries:
    """The requests. Every method may raise the errors of `Decisions` and `History`."""

    def __init__(
        self,
        runtime: Runtime,
        decisions: Decisions,
        history: History,
        holdings: Holdings,
        deposits: Deposits,
        deposit_history: DepositHistory,
        sightings: Sightings,
        now_us: Callable[[], int],
    ) -> None:
        self._runtime = runtime
        self._decisions = decisions
        self._history = history
        self._holdings = holdings
        self._deposits = deposits
        self._deposit_history = deposit_history
        self._sightings = sightings
        self._now_us = now_us

    async def file(
        self, owner: int, network: str, transaction: str, coin: str, address: str = "", tag: str = ""
    ) -> str:
        """File a request, once; return its id. The address is where it may be sent back to, as its network spells it.

        Errors: `TooManyRequests`.
        """
        id_ = model.id_of(owner, network, transaction)
        c = recoveries.c
        waiting = select(c.id).where(c.owner == owner, c.state == RecoveryState.FILED.value, c.id != id_)
        found = await self._history.read(_Id, Page(waiting.limit(OPEN_MAX), newest_first=False))
        if len(found) >= OPEN_MAX:
            raise TooManyRequests(f"{OPEN_MAX} of your requests wait for an answer; wait for one of them first")
        filed = Filed(owner, network, transaction, coin, self._now_us(), address, tag)
        await self._decisions.decide(model.stream_of(id_), model.file(filed))
        return id_

    async def filed(self, id_: str) -> Filed:
        """Return what was filed, of a request that was not refused. Errors: `NotOpen`."""
        return model.filed_of(await self._decisions.events(model.stream_of(id_)))

    async def of_transaction(self, filed: Filed) -> list[ListedDeposit]:
        """List the deposits that a request may mean, whatever became of them."""
        found = await self._deposit_history.found(transaction=filed.transaction)
        return [each for each in found if each.row.network == filed.network]

    async def of(self, owner: int | None = None, state: RecoveryState | None = None) -> list[Recovery]:
        """List requests, the newest first: an owner's, or those in a state."""
        c = recoveries.c
        statement = select(recoveries).order_by(c.filed_at_us.desc(), c.id).limit(LISTED_MAX)
        if owner is not None:
            statement = statement.where(c.owner == owner)
        if state is not None:
            statement = statement.where(c.state == state.value)
        return await self._history.read(Recovery, Page(statement, newest_first=False))

    async def settle(self, id_: str, operator: str, *, fee_units: int = 0, deposit: int | None = None) -> None:
        """Give the held deposit of the request's transaction to who filed it, less a fee.

        `deposit` is its number, needed where the transaction has several, which may be others'.
        Errors: `NotOpen`, `NothingToRecover`,
        `NotHeld` and `AmountTooSmall` of the deposits' rules.
        """
        filed, (found, listed) = await self.wanted(id_, deposit)
        row = found.row
        asset = None if listed is None else self._runtime.catalog.asset_named(listed.asset)
        if listed is None or asset is None:
            raise NothingToRecover(f"{row.contract} is not listed on {filed.network}; list it first")
        account = await self._deposits.account_of(filed.owner)
        settlement = rules.Settlement(filed.owner, account, fee_units, operator, id_)
        rule = rules.settle(self._deposits.accounts_of(filed.network), listed, asset.id, settlement)
        await self._decisions.decide(StreamKey(DEPOSIT, row.stream), rule)
        await asyncio.to_thread(self._sightings.give, row.stream, filed.owner)

    async def amount(self, id_: str, deposit: int | None = None) -> tuple[str, int] | None:
        """Tell the asset and amount, in units of 1e-8, that a request would give; None where its asset is not listed.

        Errors: `NotOpen`, `NothingToRecover`.
        """
        _, (found, listed) = await self.wanted(id_, deposit)
        if listed is None:
            return None
        return listed.asset, to_ledger(int(found.row.chain_amount), listed.decimals).units

    async def wanted(self, id_: str, deposit: int | None) -> tuple[Filed, tuple[ListedDeposit, ChainAsset | None]]:
        """Find what was filed, and the one deposit that is held and that it means.

        Errors: `NotOpen`, `NothingToRecover`.
        """
        filed = await self.filed(id_)
        held = [
            each
            for each in await self.of_transaction(filed)
            if each.row.state == State.HELD.value
            and each.row.reason != Hold.LISTED_SENDER.value
            and deposit in (None, each.row.number)
        ]
        configured = self._holdings.configured(filed.network).network
        if not held:
            raise NothingToRecover(f"no deposit of {filed.transaction} on {filed.network} is held")
        if len(held) > 1:
            numbers = ", ".join(str(each.row.number) for each in held)
            raise NothingToRecover(f"the transaction has several deposits that are held: name one of {numbers}")
        return filed, (held[0], configured.asset_of(held[0].row.contract or None))

    async def refuse(self, id_: str, operator: str, reason: str) -> None:
        """Refuse a request, with a reason its owner reads. Errors: `NotOpen`."""
        if not 0 < len(reason) <= REASON_LENGTH_MAX:
            raise ValueError(f"the reason has {len(reason)} characters; give 1 to {REASON_LENGTH_MAX}")
        found = [each for each in await self.of(state=RecoveryState.FILED) if each.id == id_]
        if not found:
            raise NotOpen("there is no such request, or it was answered already")
        await self._decisions.decide(model.stream_of(id_), model.refuse(operator, reason))
