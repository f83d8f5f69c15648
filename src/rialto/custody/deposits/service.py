"""Deposits: what was seen becomes money in the ledger, once it is deep enough, and is taken back when it is gone.

Called by the follower of each network after every round; nothing it does depends on being called once. What it decides
from is the stream of the deposit itself, so that neither a crash nor another process makes it act twice.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import structlog
from sqlalchemy import select

from rialto.contracts.amounts import units_of
from rialto.contracts.commands import OpenAccount
from rialto.contracts.events import AccountOpened
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.rejections import AccountExists, InsufficientBalance
from rialto.contracts.vocabulary import FEES_ACCOUNT, TREASURY_ACCOUNT, AccountClass, AccountKind, StreamKey
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.custody.addresses.book import AddressBook
from rialto.custody.chains.adapter import Deposit as ChainCredit
from rialto.custody.chains.adapter import ScannedBlock
from rialto.custody.deposits import rules
from rialto.custody.deposits.model import (
    KIND,
    Hold,
    Place,
    Reversed,
    State,
    decode_event,
    fold,
    number_of,
)
from rialto.custody.deposits.sightings import SENDERS_KEPT_MAX, Sighting, Sightings
from rialto.custody.deposits.tables import deposits
from rialto.custody.networks.accounts import CustodyAccounts
from rialto.custody.networks.registry import Holdings
from rialto.custody.networks.switches import Switches
from rialto.projections.decisions import Decisions
from rialto.projections.history import History
from rialto.projections.pages import Page

REVERSALS_TRIED_MAX: Final = 20
RELEASED_AT_ONCE_MAX: Final = 1_000
TEXT_MAX: Final = 128
"""How much is kept of a tag or the name of a contract that others chose."""

_log = structlog.stdlib.get_logger(__name__)


class _Small(msgspec.Struct, frozen=True, array_like=True):
    stream: str
    owner: int
    asset: str
    chain_amount: str
    is_due: bool


class Deposits:
    """The deposits of every network."""

    def __init__(
        self,
        runtime: Runtime,
        decisions: Decisions,
        history: History,
        holdings: Holdings,
        accounts: CustodyAccounts,
        book: AddressBook,
        switches: Switches,
        sightings: Sightings,
        now_us: Callable[[], int],
        on_shortfall: Callable[[int], None] = lambda _owner: None,
        is_listed: Callable[[str], bool] = lambda _address: False,
    ) -> None:
        """`on_shortfall` is told an owner who has something that is not there any more; it may block.

        `is_listed` tells whether nobody may deal with who has an address.
        """
        self._runtime = runtime
        self._decisions = decisions
        self._history = history
        self._holdings = holdings
        self._accounts = accounts
        self._book = book
        self._switches = switches
        self._sightings = sightings
        self._now_us = now_us
        self._on_shortfall = on_shortfall
        self._is_listed = is_listed
        self._looked: set[str] = set()
        self._unknown_assets: set[str] = set()
        self.figures: Counter[str] = Counter()
        """How many were credited, held, reversed, restored and so on since the start."""

    def refresh(self) -> None:
        """Take over addresses that others gave out. Blocks."""
        self._book.refresh()

    def watched(self, network: str) -> frozenset[str]:
        """Return the addresses to look for."""
        return self._book.watched(network)

    def read(self, network: str, scanned: ScannedBlock) -> Sequence[Sighting]:
        """Say what a block's credits are to us. What we sent ourselves is none: sweeps, gas, change."""
        return [
            self._sighting(network, scanned, credit)
            for credit in scanned.deposits
            if credit.amount > 0 and not any(self._book.is_ours(network, sender) for sender in credit.senders)
        ]

    async def settle(self, network: str, height: int) -> None:
        """Record what is deep enough at a height, and take back what has been gone for as long.

        Errors: those of `Decisions` and the database; what was not done then is done the next time.
        """
        confirmations = self._holdings.configured(network).network.confirmations
        deep = height - confirmations + 1
        is_any = False
        for sighting in await asyncio.to_thread(self._sightings.unsettled, network, deep):
            is_any |= await self._arrive(sighting)
        for sighting in await asyncio.to_thread(self._sightings.gone, network, deep):
            await self._reverse(StreamKey(KIND, sighting.stream), network, height)
            await asyncio.to_thread(self._sightings.settle, sighting)
        if is_any or network not in self._looked:
            await self._release_small(network)
            self._looked.add(network)

    async def account_of(self, owner: int) -> int:
        """Return the account that an owner's deposits go to, opened now if there was none."""
        try:
            return await self._runtime.account_of(owner, AccountClass.SPOT)
        except CommandRefused:
            pass
        try:
            opened = (await self._runtime.submit(OpenAccount(owner, AccountKind(AccountClass.SPOT)))).events[0]
        except CommandRefused as refused:
            if not isinstance(refused.rejection, AccountExists):
                raise
            return await self._runtime.account_of(owner, AccountClass.SPOT)
        assert isinstance(opened, AccountOpened)
        return opened.account

    def accounts_of(self, network: str) -> rules.Accounts:
        """Return the house's accounts that a network's deposits concern."""
        return rules.Accounts(self._accounts.of(network), self._accounts.suspense, TREASURY_ACCOUNT, FEES_ACCOUNT)

    def _sighting(self, network: str, scanned: ScannedBlock, credit: ChainCredit) -> Sighting:
        place = Place(
            network,
            credit.transaction,
            credit.index,
            credit.address,
            _bounded(credit.tag or ""),
            _bounded(credit.contract or ""),
        )
        stream = place.stream.id
        listed = self._holdings.configured(network).network.asset_of(credit.contract)
        is_house = self._book.is_house(network, credit.address)
        # Of many senders those are kept that matter.
        senders = sorted(credit.senders, key=self._is_listed, reverse=True)[:SENDERS_KEPT_MAX]
        return Sighting(
            stream=stream,
            number=number_of(stream),
            network=network,
            transaction=credit.transaction,
            index=credit.index,
            address=credit.address,
            tag=place.tag,
            contract=place.contract,
            asset="" if listed is None else listed.asset,
            chain_amount=str(credit.amount),
            senders=" ".join(senders),
            owner=None if is_house else self._book.owner_of(network, credit.address, credit.tag),
            is_house=is_house,
            height=scanned.block.height,
            block=scanned.block.hash,
            gone_at=None,
            seen_at_us=self._now_us(),
        )

    async def _arrive(self, sighting: Sighting) -> bool:
        """Record an arrival; tell whether anything was recorded."""
        network = sighting.network
        listed = None
        asset_id = 0
        if sighting.asset:
            if not self._switches.deposits_open(network, sighting.asset):
                return False
            asset = self._runtime.catalog.asset_named(sighting.asset)
            if asset is None:
                if sighting.asset not in self._unknown_assets:
                    self._unknown_assets.add(sighting.asset)
                    _log.error("deposits wait: the asset is not registered", network=network, asset=sighting.asset)
                return False
            asset_id = asset.id
            listed = self._holdings.configured(network).network.asset_named(sighting.asset)
        assert sighting.height is not None, "what is deep is in a block"
        arrival = rules.Arrival(
            place=Place(
                network, sighting.transaction, sighting.index, sighting.address, sighting.tag, sighting.contract
            ),
            chain_amount=int(sighting.chain_amount),
            height=sighting.height,
            block=sighting.block,
            listed=listed,
            asset_id=asset_id,
            owner=sighting.owner,
            account=None if sighting.owner is None else await self.account_of(sighting.owner),
            is_house=sighting.is_house,
            is_of_listed=any(map(self._is_listed, sighting.senders.split())),
        )
        stream, rule = arrival.place.stream, rules.arrive(self.accounts_of(network), arrival)
        try:
            decided = await self._decisions.decide(stream, rule)
        except rules.ArrivalChanged:
            _log.warning("a deposit came back with another amount", network=network, number=sighting.number)
            await self._reverse(stream, network, sighting.height)
            decided = await self._decisions.decide(stream, rule)
        await asyncio.to_thread(self._sightings.settle, sighting)
        if decided is None:
            return False
        event = decode_event(decided.decision.payload)
        self.figures[type(event).__name__.lower()] += 1
        _log.info(
            "deposit", what=type(event).__name__.lower(), network=network, number=sighting.number, asset=sighting.asset
        )
        return True

    async def _reverse(self, stream: StreamKey, network: str, height: int) -> None:
        """Take back what is gone, as far as its owner has it; what is lacking is stated, and its owner locked."""
        for _ in range(REVERSALS_TRIED_MAX):
            known = fold(await self._decisions.events(stream))
            if known is None or known.state is State.REVERSED:
                return
            free = {part.account: await self._free(part.account, known.asset_id) for part in known.parts}
            try:
                decided = await self._decisions.decide(stream, rules.reverse(self.accounts_of(network), height, free))
            except (CommandRefused, rules.PartsMoved) as refused:
                if isinstance(refused, CommandRefused) and not isinstance(refused.rejection, InsufficientBalance):
                    raise
                # The balance changed since it was asked for.
                continue
            if decided is None:
                return
            event = decode_event(decided.decision.payload)
            assert isinstance(event, Reversed)
            self.figures["reversed"] += 1
            lacking = sum(part.units for part in event.lacking)
            number = number_of(stream.id)
            _log.warning("deposit reversed", network=network, number=number, lacking=lacking)
            if lacking and known.owner is not None:
                self.figures["shortfalls"] += 1
                _log.error("a reversed deposit was spent", network=network, number=number, owner=known.owner)
                await asyncio.to_thread(self._on_shortfall, known.owner)
            return
        raise RuntimeError(f"the balance of deposit {number_of(stream.id)} changed too often to take it back; again")

    async def _free(self, account: int, asset_id: int) -> int:
        answer = await self._runtime.ask(Balances(account))
        assert isinstance(answer, BalancesAnswer)
        return next((units_of(each.free) for each in answer.balances if each.asset == asset_id), 0)

    async def _release_small(self, network: str) -> None:
        """Give owners what was held of theirs once it adds up to the minimum, or what was to be given with it."""
        c = deposits.c
        conditions = (
            c.network == network,
            c.state == State.HELD.value,
            c.reason == Hold.BELOW_MINIMUM.value,
        )
        statement = select(c.stream, c.owner, c.asset, c.chain_amount, c.is_due).where(*conditions).order_by(c.stream)
        groups: defaultdict[tuple[int, str], list[_Small]] = defaultdict(list)
        for small in await self._history.read(_Small, Page(statement, newest_first=False)):
            groups[small.owner, small.asset].append(small)
        configured = self._holdings.configured(network).network
        for (owner, asset), held in groups.items():
            group = held[:RELEASED_AT_ONCE_MAX]
            listed = configured.asset_named(asset)
            total = sum(int(small.chain_amount) for small in group)
            is_enough = listed is not None and total >= max(listed.deposit_min, 1)
            for position, small in enumerate(group):
                if not small.is_due and not is_enough:
                    continue
                others = tuple(each.stream for each in group[1:]) if position == 0 and is_enough else ()
                rule = rules.release(self.accounts_of(network), await self.account_of(owner), others)
                if await self._decisions.decide(StreamKey(KIND, small.stream), rule) is not None:
                    self.figures["released"] += 1


def _bounded(text: str) -> str:
    """Keep what can be stored and shown of what strangers chose."""
    return "".join(each if each.isprintable() else "?" for each in text[:TEXT_MAX])
