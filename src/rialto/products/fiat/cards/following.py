"""What the provider says of orders, taken over: told by its events, and looked after where events were missed.

An event only says which order to look at. What is there is asked for and taken over in the order in which it must have
happened, so that events which come twice, late, or not at all make no difference.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec
import structlog

from rialto.contracts.vocabulary import TREASURY_ACCOUNT
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.products.fiat.accounts import against_balances, held_of
from rialto.products.fiat.cards import rules
from rialto.products.fiat.cards.connected import Connected
from rialto.products.fiat.cards.model import (
    Authorized,
    Captured,
    CardOrder,
    Declined,
    Ended,
    Opened,
    PaidOut,
    PayoutOrdered,
    PurchaseOrdered,
)
from rialto.products.fiat.cards.provider import (
    ActionState,
    DisputeState,
    Payment,
    PaymentState,
    ProviderDispute,
    ProviderPayout,
    ProviderRefused,
    ProviderUnavailable,
)
from rialto.products.fiat.cards.reading import CardReading
from rialto.products.fiat.cards.service import MINUTE_US, CardService
from rialto.products.fiat.cards.signatures import check_signature
from rialto.products.fiat.model import Stage
from rialto.products.fiat.rules import CENT, FiatRefused

LOOK_EVERY_S: Final = 15.0
UNOPENED_US: Final = 2 * MINUTE_US
"""After how long an order that the provider does not know ends: by then whoever ordered it was told that it failed."""

_OVER: Final = {
    PaymentState.CANCELED: "it was canceled",
    PaymentState.EXPIRED: "it was not paid in time",
    PaymentState.FAILED: "no card was taken",
}

_log = structlog.stdlib.get_logger(__name__)


class Told(msgspec.Struct, frozen=True):
    """An event of the provider's, as far as it is believed: which order of ours it is about."""

    id: str
    type: str
    reference: str


class NotYet(Exception):
    """The event is about an order that is just being made: it is to be sent again."""


_events: Final = msgspec.json.Decoder(Told)


class Following:
    """Takes over what the provider says."""

    def __init__(self, runtime: Runtime, service: CardService, reading: CardReading, now_us: Callable[[], int]) -> None:
        self._runtime = runtime
        self._service = service
        self._reading = reading
        self._now_us = now_us

    async def told(self, signature: bytes, body: bytes) -> None:
        """Take an event, as it was received.

        Errors: `BadSignature`, msgspec's for what is no event, `NotYet`, those of `look`.
        """
        check_signature(self._service.needed().file.webhook_secret, signature, body, self._now_us() // 1_000_000)
        event = _events.decode(body)
        _log.info("card event", id=event.id[:64], type=event.type[:64], order=event.reference[:32])
        state = await self._service.order(event.reference)
        if state.ordered is None:
            return  # Another house's, under the same account with the provider.
        if not state.payment and state.stage is not Stage.INITIAL:
            return  # It ended before the provider had answered: nobody was shown its page.
        if not state.payment:
            raise NotYet("the order is being made")
        await self.look(event.reference)

    async def sweep(self) -> None:
        """Look at every order that may have gone on; what fails is looked at again the next time."""
        for row in await self._reading.waiting():
            await self.try_look(row.order_no)

    async def try_look(self, order: str) -> None:
        """Look at an order; what fails is logged, and looked at again by the next sweep."""
        try:
            await self.look(order)
        except (ProviderUnavailable, ProviderRefused, FiatRefused, CommandRefused) as error:
            _log.error("card order not followed", order=order, reason=str(error))

    async def look(self, order: str) -> None:
        """Look at one order at the provider, and take over what is there.

        Errors: `ProviderUnavailable`, `ProviderRefused`, `FiatRefused`, those of `Decisions.decide`.
        """
        connected, state = self._service.needed(), await self._service.order(order)
        match state.ordered:
            case PurchaseOrdered() as ordered if state.payment:
                await self._take(connected, order, ordered, await connected.provider.payment(state.payment))
            case PurchaseOrdered() as ordered:
                if self._now_us() > ordered.at_us + UNOPENED_US:
                    await self._end(order, "the provider opened no page")
            case PayoutOrdered() as payout:
                await self._carry_out(connected, order, payout, state)
            case None:
                raise FiatRefused(f"there is no order {order[:32]}")

    async def _take(self, connected: Connected, order: str, ordered: PurchaseOrdered, payment: Payment) -> None:
        try:
            self._check(order, ordered, payment.reference, payment.amount, payment.currency)
        except rules.PaymentDiffers:
            if (await self._service.order(order)).stage is Stage.INITIAL:
                await self._end(order, "the provider has another payment under its name")
            raise
        now_us = self._now_us()
        for decline in payment.declines:
            declined = Declined(decline.reason[:64], now_us)
            await self._service.happen(order, partial(rules.declined, event=declined, count=len(payment.declines)))
        payment = await self._move_on(connected, order, ordered, payment)
        if payment.state in _OVER:
            reason = payment.reason or _OVER[payment.state]
            await self._end(order, reason[:200], is_expired=payment.state is PaymentState.EXPIRED)
        elif payment.state is PaymentState.CAPTURED:
            await self._authorize(order, ordered, payment)
            captured = Captured(connected.custody[payment.currency], now_us)
            await self._service.happen(order, partial(rules.captured, event=captured))
            await self._take_refunds(connected, order, payment)
            for dispute in payment.disputes:
                await self._take_dispute(order, ordered, dispute)

    async def _move_on(self, connected: Connected, order: str, ordered: PurchaseOrdered, payment: Payment) -> Payment:
        """Capture what was authorised, and cancel what nobody waits for any more; return the payment as it is then."""
        stage = (await self._service.order(order)).stage
        is_late = self._now_us() > ordered.at_us + connected.file.order_minutes * MINUTE_US
        if payment.state is PaymentState.OPEN and (is_late or stage in (Stage.FAILED, Stage.EXPIRED)):
            canceled = await connected.provider.cancel(payment.id)
            if canceled.state is PaymentState.CANCELED:
                canceled = msgspec.structs.replace(canceled, state=PaymentState.EXPIRED)
            return canceled
        if payment.state is not PaymentState.AUTHORIZED:
            return payment
        if stage in (Stage.FAILED, Stage.EXPIRED):
            return await connected.provider.cancel(payment.id)
        await self._authorize(order, ordered, payment)
        return await connected.provider.capture(payment.id)

    async def _authorize(self, order: str, ordered: PurchaseOrdered, payment: Payment) -> None:
        if (await self._service.order(order)).stage is not Stage.INITIAL:
            return
        card = ""
        if payment.card is not None:
            card = await asyncio.to_thread(self._service.cards.keep, ordered.owner, payment.card, self._now_us())
        authorized = Authorized(card, self._now_us())
        await self._service.happen(order, partial(rules.authorized, event=authorized))

    async def _take_refunds(self, connected: Connected, order: str, payment: Payment) -> None:
        """Take over what became of refunds, and ask again for what the provider does not know of."""
        state, now_us = await self._service.order(order), self._now_us()
        said = {each.reference: each for each in payment.refunds}
        for refund in state.refunds:
            if refund.is_paid or refund.is_failed:
                continue
            id_, custody = refund.ordered.refund, connected.custody[payment.currency]
            found = said.get(f"{order}:{id_}")
            if found is None:
                found = await connected.provider.refund(f"{order}:{id_}", payment.id, refund.ordered.amount // CENT)
            if found.amount * CENT != refund.ordered.amount:
                raise rules.PaymentDiffers(f"refund {id_} of order {order} has another amount at the provider")
            if found.state is ActionState.PAID:
                await self._service.happen(order, partial(rules.refund_paid, id_=id_, custody=custody, now_us=now_us))
            elif found.state is ActionState.FAILED:
                failed = partial(rules.refund_failed, id_=id_, reason=found.reason[:200], now_us=now_us)
                await self._service.happen(order, failed)

    async def _take_dispute(self, order: str, ordered: PurchaseOrdered, dispute: ProviderDispute) -> None:
        """Take back what is there for a chargeback; stop who cannot give it all."""
        now_us, amount = self._now_us(), dispute.amount * CENT

        async def take() -> bool:
            owners, _locked = await held_of(self._runtime, ordered.account, ordered.bought)
            treasurys, _locked = await held_of(self._runtime, TREASURY_ACCOUNT, ordered.asset)
            held, said = rules.Held(owners, treasurys), dispute.reason[:64]
            rule = partial(rules.disputed, id_=dispute.id, amount=amount, reason=said, held=held, now_us=now_us)
            return await self._service.happen(order, rule)

        is_new = await against_balances(take, f"dispute {dispute.id}")
        if is_new and (await self._service.order(order)).claim:
            _log.error("a chargeback was spent: its owner withdraws nothing", order=order, owner=ordered.owner)
        if dispute.state is not DisputeState.OPEN:
            is_won = dispute.state is DisputeState.WON
            await self._service.happen(
                order, partial(rules.dispute_closed, id_=dispute.id, is_won=is_won, now_us=now_us)
            )

    async def _carry_out(self, connected: Connected, order: str, ordered: PayoutOrdered, state: CardOrder) -> None:
        """Ask for a payout, once, and take over what became of it."""
        if state.stage not in (Stage.INITIAL, Stage.PROCESSING):
            return
        currency, provider = self._runtime.catalog.asset(ordered.asset).name, connected.provider
        try:
            said = await (provider.payout(state.payment) if state.payment else self._ask_for(connected, order, ordered))
        except ProviderRefused as refused:
            if state.payment:
                raise
            await self._end(order, str(refused)[:200])
            return
        if said is None:
            await self._end(order, "the card is not kept any more")
            return
        self._check(order, ordered, said.reference, said.amount, said.currency)
        opened = Opened(said.id, "", self._now_us())
        await self._service.happen(order, partial(rules.opened, event=opened))
        if said.state is ActionState.PAID:
            paid = PaidOut(connected.custody[currency], self._now_us())
            await self._service.happen(order, partial(rules.paid_out, event=paid))
        elif said.state is ActionState.FAILED:
            await self._end(order, said.reason[:200] or "the card was not paid")

    async def _ask_for(self, connected: Connected, order: str, ordered: PayoutOrdered) -> ProviderPayout | None:
        card = await asyncio.to_thread(self._service.cards.find, ordered.owner, ordered.card)
        if card is None:
            return None
        currency = self._runtime.catalog.asset(ordered.asset).name
        return await connected.provider.pay_out(order, card.id, ordered.amount // CENT, currency)

    async def _end(self, order: str, reason: str, *, is_expired: bool = False) -> None:
        ended = Ended(reason, is_expired, self._now_us())
        await self._service.happen(order, partial(rules.ended, event=ended))

    def _check(
        self, order: str, ordered: PurchaseOrdered | PayoutOrdered, reference: str, amount: int, currency: str
    ) -> None:
        asset = self._runtime.catalog.asset(ordered.asset).name
        if (reference, amount * CENT, currency) != (order, ordered.amount, asset):
            raise rules.PaymentDiffers(f"what the provider has for order {order} is not what was ordered")
