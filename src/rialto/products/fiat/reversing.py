"""Entries by which a bank takes back what it had booked, and payments that it booked twice.

What is taken back is found by the bank's own reference of it, by the reference of an order of ours, or by the number of
a payment of ours, and only if it is of the same amount: what is matched wrongly takes money from somebody else. What
cannot be told waits for operators; what was found is reversed once, by its order's own stream.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec
import structlog
from sqlalchemy import select

from rialto.contracts.amounts import text_of
from rialto.contracts.vocabulary import StreamKey
from rialto.core.runtime import Runtime
from rialto.identity.telling import Telling
from rialto.products.fiat import reversals, rules
from rialto.products.fiat.banks import Bank
from rialto.products.fiat.iso20022.reasons import in_words
from rialto.products.fiat.iso20022.statements import Entry
from rialto.products.fiat.model import (
    CHARGE_KIND,
    Charged,
    ChargeReversed,
    Stage,
    Unexplained,
    WithdrawalOrdered,
    charges_of,
    encode,
)
from rialto.products.fiat.references import order_in, unordered_id
from rialto.products.fiat.service import FiatService
from rialto.products.fiat.tables import fiat_orders
from rialto.projections.decisions import Decision, Decisions
from rialto.projections.history import History
from rialto.projections.pages import Page
from rialto.wire.decimals import shortened

REVERSED: Final = "the bank reversed it"
_log = structlog.stdlib.get_logger(__name__)


class _Row(msgspec.Struct, frozen=True, array_like=True):
    order_no: str


class Reversing:
    """Books them. Methods may raise what `Decisions.decide` and `History` do, and `FiatRefused`."""

    def __init__(
        self, runtime: Runtime, decisions: Decisions, history: History, service: FiatService, telling: Telling
    ) -> None:
        self._runtime = runtime
        self._decisions = decisions
        self._history = history
        self._service = service
        self._telling = telling

    async def take_back(self, bank: Bank, entry: Entry) -> str:
        """Book an entry that takes a credit back; return what came of it."""
        waiting = unordered_id(bank.name, entry.reference)
        if (await self._service.order(waiting)).stage is not Stage.NONE:
            return "known"
        orders = await self._credits(bank, entry)
        if await self._is_booked(orders, entry):
            return "known"
        for order in orders:
            state = await self._service.order(order)
            if reversals.credited_of(state) == -entry.units and await self._service.take_back(
                order, entry.reference, entry.return_reason or REVERSED
            ):
                _log.warning("a bank took a deposit back", bank=bank.name, order=order)
                await self._tell_taken(bank, order)
                return "reversed"
        reason = "the bank took back what is not known"
        event = Unexplained(
            *(self._service.custody(bank.name), self._service.asset_of(bank), bank.name, entry.reference),
            *(-entry.units, reason, self._runtime.now_us()),
        )
        await self._service.happen(waiting, event)
        _log.error("a bank took back what is not known; say whose it was", bank=bank.name, order=waiting)
        return "unexplained"

    async def give_back(self, bank: Bank, entry: Entry) -> str:
        """Book an entry that takes a debit back; return what came of it, or nothing where it is not known what was."""
        if (await self._service.order(unordered_id(bank.name, entry.reference))).stage is not Stage.NONE:
            return "known"
        orders = await self._debits(bank, entry)
        if await self._is_booked(orders, entry):
            return "known"
        custody, now_us = self._service.custody(bank.name), self._runtime.now_us()
        for order in orders:
            state = await self._service.order(order)
            if state.paid is None or rules.payout_of(state) != entry.units:
                continue
            make = partial(
                reversals.give_back, entry=entry.reference, custody=custody, amount=entry.units,
                reason=entry.return_reason or REVERSED, now_us=now_us,
            )  # fmt: skip
            if await self._service.follow(order, make):
                if (await self._service.order(order)).stage is Stage.REFUNDED:
                    await self.tell_returned(bank, order, entry.return_reason or REVERSED)
                return "reversed"
        return await self._give_charge_back(bank, entry) if entry.original else ""

    async def pay_again(self, bank: Bank, entry: Entry) -> bool:
        """Book a payment of ours that the bank had booked before; False where this entry is known."""
        make = partial(
            reversals.paid_again, entry=entry.reference, custody=self._service.custody(bank.name),
            amount=-entry.units, now_us=self._runtime.now_us(),
        )  # fmt: skip
        if not await self._service.follow(entry.end_to_end_id, make):
            return False
        _log.error("a bank paid an order again", bank=bank.name, order=entry.end_to_end_id, entry=entry.reference)
        return True

    async def tell_returned(self, bank: Bank, order: str, reason: str) -> None:
        """Tell whoever ordered a payment that it came back."""
        state = await self._service.order(order)
        if isinstance(state.ordered, WithdrawalOrdered):
            values = {**_about(bank, order, rules.payout_of(state)), "reason": in_words(reason)}
            await self._telling.tell(state.ordered.owner, "payment-returned", values)

    async def _tell_taken(self, bank: Bank, order: str) -> None:
        state = await self._service.order(order)
        taken = state.reversal
        if taken is None or taken.owner == reversals.NOBODY:
            return
        values = {**_about(bank, order, taken.taken + taken.claim), "reason": in_words(taken.reason)}
        await self._telling.tell(taken.owner, "deposit-taken-back", {**values, "claim": _money(taken.claim)})
        if taken.claim:
            _log.error("what was taken back was spent: its owner withdraws nothing", owner=taken.owner, order=order)

    async def _is_booked(self, orders: Sequence[str], entry: Entry) -> bool:
        return any([entry.reference in (await self._service.order(order)).entries for order in orders])

    async def _credits(self, bank: Bank, entry: Entry) -> list[str]:
        """List the orders that may be meant, those that the bank's own reference names first."""
        found = await self._by_reference(bank, entry)
        named = order_in(entry.creditor_reference, entry.text)
        if named is not None and await self._is_of(named, bank):
            found.append(named)
        return list(dict.fromkeys(found))

    async def _debits(self, bank: Bank, entry: Entry) -> list[str]:
        found = await self._by_reference(bank, entry)
        if entry.end_to_end_id and await self._is_of(entry.end_to_end_id, bank):
            found.append(entry.end_to_end_id)
        return list(dict.fromkeys(found))

    async def _by_reference(self, bank: Bank, entry: Entry) -> list[str]:
        if not entry.original or entry.original == entry.reference:
            return []
        c = fiat_orders.c
        booked = select(c.order_no).where(c.bank == bank.name, c.entry == entry.original).order_by(c.order_no)
        rows = await self._history.read(_Row, Page(booked, newest_first=False))
        return [*(row.order_no for row in rows), unordered_id(bank.name, entry.original)]

    async def _is_of(self, order: str, bank: Bank) -> bool:
        """Tell whether an order is one of this bank's."""
        state = await self._service.order(order)
        first = state.ordered or state.received or state.suspended
        return first is not None and first.bank == bank.name

    async def _give_charge_back(self, bank: Bank, entry: Entry) -> str:
        event = ChargeReversed(
            *(self._service.custody(bank.name), self._service.asset_of(bank), bank.name, entry.reference, entry.units),
            self._runtime.now_us(),
        )
        stream = StreamKey(CHARGE_KIND, unordered_id(bank.name, entry.original))
        events = charges_of(await self._decisions.events(stream))
        if len(events) > 1 and events[1].entry == entry.reference:
            return "known"

        def rule(payloads: Sequence[bytes]) -> Decision | None:
            taken = charges_of(payloads)
            if len(taken) != 1 or not isinstance(taken[0], Charged) or taken[0].amount != event.amount:
                return None
            return Decision(encode(event), rules.charge(event))

        return "reversed" if await self._decisions.decide(stream, rule) is not None else ""


def _about(bank: Bank, order: str, units: int) -> dict[str, str]:
    return {"amount": _money(units), "currency": bank.currency, "order": order}


def _money(units: int) -> str:
    return shortened(text_of(units), 2)
