"""Orders paid by card and payouts to cards: made, given back, made good.

State: the provider that is connected, if one is.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from fractions import Fraction
from functools import partial
from typing import Final, NamedTuple

from rialto.contracts.amounts import text_of
from rialto.contracts.rejections import InsufficientBalance
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, AccountClass, StreamKey
from rialto.core.catalog import Asset
from rialto.core.errors import CommandRefused
from rialto.core.prices import Prices
from rialto.core.runtime import Runtime
from rialto.products.fiat.cards import rules
from rialto.products.fiat.cards.configuration import Terms
from rialto.products.fiat.cards.connected import Connected, NotTaken
from rialto.products.fiat.cards.keeping import KeptCards
from rialto.products.fiat.cards.legs import legs_of
from rialto.products.fiat.cards.model import (
    CARD_KIND,
    CardEvent,
    CardOrder,
    Ended,
    Opened,
    PayoutOrdered,
    PurchaseOrdered,
    encode,
    order_of,
)
from rialto.products.fiat.cards.provider import ProviderRefused, ProviderUnavailable
from rialto.products.fiat.cards.reading import CardReading
from rialto.products.fiat.cards.returning import check_return
from rialto.products.fiat.claims import Claims
from rialto.products.fiat.rules import CENT, FiatRefused
from rialto.products.fiat.service import NotEnough, OutsideLimits, Turn
from rialto.projections.decisions import Decision, Decisions
from rialto.wire.decimals import ONE

ORDER_BYTES: Final = 8
MINUTE_US: Final = 60_000_000

Level = Callable[[int], Awaitable[int | None]]
"""Tells how far an owner is verified; None for an owner who is no person."""

Queue = Callable[[int], AbstractAsyncContextManager[None]]
"""One owner's orders are admitted one after the other while this lasts."""

Make = Callable[[CardOrder], CardEvent | None]
"""A rule with everything it needs but the order."""


class TooOften(FiatRefused):
    """The owner did as much with cards lately as one may."""


class NoSuchCard(FiatRefused):
    """The owner has no such card."""


class CardOrdered(NamedTuple):
    """An order that the provider has a page for."""

    order: str
    url: str
    event: PurchaseOrdered
    expires_at_us: int


class CardService:
    """Makes orders."""

    def __init__(
        self,
        runtime: Runtime,
        decisions: Decisions,
        reading: CardReading,
        claims: Claims,
        cards: KeptCards,
        level: Level,
        queue: Queue,
        turn: Turn,
        now_us: Callable[[], int],
    ) -> None:
        self._runtime = runtime
        self._decisions = decisions
        self._reading = reading
        self._claims = claims
        self.cards = cards
        self._level = level
        self._queue = queue
        self._turn = turn
        self._now_us = now_us
        self._prices = Prices(runtime)
        self.connected: Connected | None = None
        self.own_origins: tuple[str, ...] = ()
        """Those of the exchange's own page, once it is open."""
        self.is_stopped: Callable[[str], bool] = lambda _currency: False
        """Tells whether payouts of a currency are stopped."""

    def needed(self) -> Connected:
        """Return the provider that is connected. Errors: `NotTaken`."""
        if self.connected is None:
            raise NotTaken("cards are not taken here")
        return self.connected

    async def order_purchase(self, owner: int, currency: str, asset: str, amount: int, return_url: str) -> CardOrdered:
        """Order something to be paid by card, and have the provider open a page for it; `amount` is what is paid.

        Errors: `FiatRefused`, `ProviderUnavailable`, `ProviderRefused`, those of `Decisions.decide`.
        """
        connected = self.needed()
        check_return(return_url, (*self.own_origins, *connected.file.return_origins))
        terms = connected.terms_for(currency)
        if amount % CENT or not terms.payment_min <= amount <= terms.payment_max:
            least, most = text_of(terms.payment_min), text_of(terms.payment_max)
            raise OutsideLimits(f"give {least} to {most}, in whole cents")
        paid_in, bought = self._asset(terms.currency), self._bought(terms, asset)
        price = self._price(bought, paid_in, 10_000 + terms.spread_basis_points, is_up=True)
        fee = rules.fee_of(amount, terms.fee_basis_points)
        obtained = rules.obtained_for(amount - fee, price)
        if obtained <= 0:
            raise OutsideLimits("the amount does not cover the fee")
        async with self._queue(owner):
            await self._admit(owner, connected, terms, paid_in, amount)
            account = await self._runtime.account_of(owner, AccountClass.SPOT)
            now_us, order = self._now_us(), secrets.token_hex(ORDER_BYTES).upper()
            event = PurchaseOrdered(owner, account, paid_in.id, amount, fee, bought.id, obtained, price, now_us)
            try:
                await self.happen(order, partial(rules.ordered, event=event))
            except CommandRefused as refused:
                if isinstance(refused.rejection, InsufficientBalance):
                    raise NotTaken(f"there is not so much {bought.name} to be sold now") from refused
                raise
        expires_at_us = now_us + connected.file.order_minutes * MINUTE_US
        url = await self._open_page(connected, order, event, return_url, expires_at_us)
        return CardOrdered(order, url, event, expires_at_us)

    async def order_payout(self, owner: int, currency: str, asset: str, given: int, card: str) -> str:
        """Order a payout to a card for so much of an asset, which is held; return the order's number.

        Errors: `FiatRefused`, what the owner's turn raises, those of `Decisions.decide`.
        """
        connected = self.needed()
        terms = connected.terms_for(currency)
        if self.is_stopped(terms.currency):
            raise NotTaken(f"payouts of {terms.currency} are stopped for now")
        kept = await asyncio.to_thread(self.cards.find, owner, card)
        if kept is None:
            raise NoSuchCard("you have not paid with such a card")
        paid, sold = self._asset(terms.currency), self._bought(terms, asset)
        price = self._price(sold, paid, 10_000 - terms.spread_basis_points, is_up=False)
        amount = rules.worth_of(given, price) - terms.payout_fee
        if (sold is paid and given % CENT) or not terms.payment_min <= amount <= terms.payment_max:
            least, most = text_of(terms.payment_min), text_of(terms.payment_max)
            raise OutsideLimits(f"the card is to be paid {least} to {most}, in whole cents")
        async with self._turn(owner, sold.id, given):
            await self._admit(owner, connected, terms, paid, 0)
            account = await self._runtime.account_of(owner, AccountClass.SPOT)
            order = secrets.token_hex(ORDER_BYTES).upper()
            event = PayoutOrdered(
                *(owner, account, paid.id, amount, terms.payout_fee, sold.id, given, price, card),
                self._now_us(),
            )
            try:
                await self.happen(order, partial(rules.ordered, event=event))
            except CommandRefused as refused:
                if isinstance(refused.rejection, InsufficientBalance):
                    raise NotEnough("the balance does not cover it, or the house cannot pay so much now") from refused
                raise
        return order

    async def taken_since(self, owner: int, since_us: int) -> list[tuple[int, int]]:
        """List what an owner had cards paid for since a time and did not get back: assets, and units of 1e-8."""
        return await self._reading.taken_since(owner, since_us)

    async def order_refund(self, order: str, refund: str, amount: int, by: str, reason: str) -> bool:
        """Have a part of a payment given back; False where this refund was ordered already.

        Errors: `FiatRefused`, those of `Decisions.decide`.
        """
        now_us = self._now_us()
        rule = partial(rules.refund_ordered, id_=refund, amount=amount, by=by, reason=reason, now_us=now_us)
        return await self.happen(order, rule)

    async def cover(self, order: str, amount: int, by: str, *, by_treasury: bool) -> bool:
        """Make good what a chargeback lacks, out of the owner's account or the treasury.

        Errors: `FiatRefused`, those of `Decisions.decide`.
        """
        ordered, now_us = (await self.order(order)).ordered, self._now_us()
        if ordered is None:
            raise FiatRefused(f"there is no order {order}")
        account = TREASURY_ACCOUNT if by_treasury else ordered.account
        return await self.happen(order, partial(rules.covered, account=account, amount=amount, by=by, now_us=now_us))

    async def forget(self, owner: int, card: str) -> bool:
        """Forget a card; tell whether it was there. One that may be about to be paid stays.

        Errors: `TooOften`, those of `History`.
        """
        async with self._queue(owner):
            if await self._reading.is_paying(owner):
                raise TooOften("a payout is under way")
            return await asyncio.to_thread(self.cards.forget, owner, card)

    async def order(self, order: str) -> CardOrder:
        """Tell where an order is."""
        return order_of(await self._decisions.events(StreamKey(CARD_KIND, order)))

    async def happen(self, order: str, make: Make) -> bool:
        """Let what a rule says follow; False where it has happened already.

        Errors: `FiatRefused`, those of `Decisions.decide`.
        """

        def rule(payloads: Sequence[bytes]) -> Decision | None:
            state = order_of(payloads)
            event = make(state)
            return None if event is None else Decision(encode(event), legs_of(state, event))

        return await self._decisions.decide(StreamKey(CARD_KIND, order), rule) is not None

    async def _open_page(
        self, connected: Connected, order: str, event: PurchaseOrdered, return_url: str, expires_at_us: int
    ) -> str:
        """Have the provider open a page. Where it does not, nobody can pay: the order ends."""
        currency = self._runtime.catalog.asset(event.asset).name
        try:
            payment = await connected.provider.create(
                order, event.amount // CENT, currency, return_url, expires_at_us // 1_000_000
            )
        except (ProviderUnavailable, ProviderRefused):
            ended = Ended("the provider opened no page", False, self._now_us())
            await self.happen(order, partial(rules.ended, event=ended))
            raise
        opened = Opened(payment.id, payment.url, self._now_us())
        await self.happen(order, partial(rules.opened, event=opened))
        return payment.url

    async def _admit(self, owner: int, connected: Connected, terms: Terms, paid_in: Asset, amount: int) -> None:
        await self._claims.check(owner)
        lately = await self._reading.lately(owner, paid_in.id, self._now_us())
        file = connected.file
        if lately.open >= file.open_orders_max:
            raise TooOften(f"{lately.open} orders are open; finish one first")
        if lately.orders_in_hour >= file.orders_per_hour_max:
            raise TooOften(f"{lately.orders_in_hour} orders were made within an hour")
        if lately.declines_in_day >= file.declines_per_day_max:
            raise TooOften(f"cards were declined {lately.declines_in_day} times within a day")
        limit = terms.day_limit(await self._level(owner)) if amount else None
        if limit is not None and lately.paid_in_day + amount > limit:
            raise OutsideLimits(f"{text_of(max(limit - lately.paid_in_day, 0))} is left for 24 hours")

    def _asset(self, name: str) -> Asset:
        found = self._runtime.catalog.asset_named(name)
        if found is None:
            raise NotTaken(f"{name} is not listed")
        return found

    def _bought(self, terms: Terms, name: str) -> Asset:
        if name != terms.currency and name not in terms.assets:
            raise NotTaken(f"{name[:16]} is not sold for {terms.currency} here")
        return self._asset(name)

    def _price(self, asset: Asset, currency: Asset, basis_points: int, *, is_up: bool) -> int:
        """Return the price of one with the spread, in units of 1e-8: the dearest, rounded up, or the cheapest, down."""
        if asset.id == currency.id:
            return ONE
        rate = (self._prices.at_most if is_up else self._prices.at_least)(asset.id, currency.id)
        if rate is None:
            raise NotTaken(f"nobody knows now what {asset.name} costs")
        exact = rate * Fraction(basis_points, 10_000) * ONE
        price = -(-exact.numerator // exact.denominator) if is_up else exact.numerator // exact.denominator
        if not price:
            raise NotTaken(f"{asset.name} is worth too little")
        return price
