"""Exchanges dust: looks at balances and prices, decides, records."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import select

from rialto.contracts.rejections import InsufficientBalance
from rialto.contracts.vocabulary import AccountClass, StreamKey
from rialto.core.catalog import Asset
from rialto.core.errors import CommandRefused
from rialto.core.prices import Prices
from rialto.core.runtime import Runtime
from rialto.products.dust.model import STREAM_KIND, DustExchanged, decode, encode
from rialto.products.dust.projection import dust_exchanges
from rialto.products.dust.rules import Dust, DustRefused, NotHeld, Terms, appraise, check_period, legs_of
from rialto.projections.decisions import Decision, Decisions
from rialto.projections.history import History
from rialto.projections.pages import Page

BTC = "BTC"
REQUESTS_SHOWN_MAX = 100


class TreasuryEmpty(DustRefused):
    """The house has too little of the target to pay with, or the dust was spent meanwhile."""


class NoSuchTarget(DustRefused):
    """There is no such asset to exchange into, or nothing to value dust by."""


class Done(NamedTuple):
    """A request that is durable, by the number clients know it by."""

    sequence: int
    event: DustExchanged


class Exchange(msgspec.Struct, frozen=True, array_like=True):
    """One asset of a request of the past."""

    sequence: int
    asset: int
    target: int
    amount: str
    worth: str
    fee: str
    at_us: int


class DustService:
    """Exchanges dust, and tells what was exchanged."""

    def __init__(self, runtime: Runtime, decisions: Decisions, history: History, prices: Prices, terms: Terms) -> None:
        self._runtime = runtime
        self._decisions = decisions
        self._history = history
        self._prices = prices
        self.terms = terms

    def appraised(self, asset: Asset, amount: int, target: Asset) -> Dust:
        """Look at what is held of an asset."""
        btc = self._runtime.catalog.asset_named(BTC)
        in_btc = None if btc is None else self._prices.rate(asset.id, btc.id)
        return Dust(asset.id, asset.name, amount, in_btc, self._prices.rate(asset.id, target.id))

    async def exchange(
        self,
        owner: int,
        account: int,
        account_class: AccountClass,
        held: Sequence[tuple[Asset, int]],
        target: Asset,
        client_id: str = "",
    ) -> Done:
        """Exchange all that is free of some assets; of a request made before under the same client id, its result.

        Errors: `DustRefused`, and those of `Decisions.decide`.
        """
        stream = StreamKey(STREAM_KIND, str(owner))
        repeated = await self._made_before(stream, client_id) if client_id else None
        if repeated is not None:
            return repeated
        now_us = self._runtime.now_us()
        appraised = tuple(
            appraise(self.appraised(asset, amount, target), self.terms) for asset, amount in held if asset != target
        )
        if not appraised:
            raise NotHeld(target.name)
        event = DustExchanged(owner, account, account_class.value, target.id, appraised, now_us, client_id)

        def rule(payloads: Sequence[bytes]) -> Decision:
            check_period([decode(payload) for payload in payloads], now_us, self.terms)
            return Decision(encode(event), legs_of(event))

        try:
            decided = await self._decisions.decide(stream, rule)
        except CommandRefused as refused:
            if isinstance(refused.rejection, InsufficientBalance):
                raise TreasuryEmpty(target.name) from refused
            raise
        assert decided is not None
        return Done(decided.outcome.sequence, event)

    async def _made_before(self, stream: StreamKey, client_id: str) -> Done | None:
        for version, payload in enumerate(await self._decisions.events(stream), start=1):
            event = decode(payload)
            if event.client_id == client_id:
                return Done(await self._decisions.sequence_of(stream, version), event)
        return None

    async def exchanges(
        self, owner: int, account_class: AccountClass, start_us: int | None, end_us: int | None
    ) -> list[Exchange]:
        """List what an owner exchanged, newest first."""
        table = dust_exchanges.c
        conditions = [table.owner == owner, table.account_class == account_class.value]
        if start_us is not None:
            conditions.append(table.at_us >= start_us)
        if end_us is not None:
            conditions.append(table.at_us <= end_us)
        columns = (table.sequence, table.asset, table.target, table.amount, table.worth, table.fee, table.at_us)
        newest = select(*columns).where(*conditions).order_by(table.sequence.desc(), table.position)
        return await self._history.read(Exchange, Page(newest.limit(REQUESTS_SHOWN_MAX), newest_first=False))
