"""Statements in: every booked entry becomes an event of its order, once; then the statement joins the chain.

Importing a file again does nothing new. One that breaks off in the middle goes on where it was.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

import structlog

from rialto.contracts.amounts import text_of
from rialto.contracts.rejections import InsufficientBalance
from rialto.contracts.vocabulary import StreamKey
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.products.fiat import rules
from rialto.products.fiat.banks import Bank
from rialto.products.fiat.iso20022.payments import Account
from rialto.products.fiat.iso20022.statements import Entry, Statement, UnreadableStatement, read_statements
from rialto.products.fiat.model import (
    CHARGE_KIND,
    STATEMENT_KIND,
    Charged,
    DepositOrdered,
    Order,
    Paid,
    Received,
    SentBack,
    Stage,
    StatementTaken,
    Suspended,
    encode,
    statements_of,
)
from rialto.products.fiat.references import order_in, unordered_id
from rialto.products.fiat.reversing import Reversing
from rialto.products.fiat.rules import FiatRefused
from rialto.products.fiat.service import FiatService
from rialto.projections.decisions import Decision, Decisions

NamesMatch = Callable[[int, str], bool]
"""Tells whether a payer's name may be an owner's own; blocking."""

Arrivals = Callable[[Sequence[str], str, str, int, int, int], Awaitable[bool]]
"""Takes what a provider of cards sent: by what an entry names, its bank and reference, custody, asset and units."""

NAMES_MAX: Final = 20
"""How many words of an entry are looked at for the name of such a transfer."""

NO_PAYMENT: Final = ("", "NOTPROVIDED")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_log = structlog.stdlib.get_logger(__name__)


def any_name(_owner: int, _name: str) -> bool:
    """Take every name."""
    return True


async def nobody_sends(*_entry: object) -> bool:
    """Know of no transfer."""
    return False


class Imported(NamedTuple):
    """What came of a file."""

    statements: tuple[str, ...]
    counts: Counter[str]
    """How many entries were `credited`, `suspended`, `paid`, `paid again`, `sent back`, `charged`, `transferred`,
    `reversed`, `unexplained`, or had been `known` already."""


class StatementImport:
    """Books statements."""

    def __init__(
        self,
        runtime: Runtime,
        decisions: Decisions,
        service: FiatService,
        reversing: Reversing,
        names_match: NamesMatch = any_name,
        arrivals: Arrivals = nobody_sends,
    ) -> None:
        self._runtime = runtime
        self._decisions = decisions
        self._service = service
        self._reversing = reversing
        self._names_match = names_match
        self._arrivals = arrivals
        self.booking: Final = asyncio.Lock()
        """Held while a file is booked: what is between two entries is compared with nothing."""

    async def take(self, content: bytes) -> Imported:
        """Book a file.

        Errors: `UnreadableStatement`, `FiatRefused` for a statement that leaves a gap, those of `Decisions.decide`;
        what was booked until then stays booked, and the file is to be imported again.
        """
        statements = await asyncio.to_thread(read_statements, content)
        counts: Counter[str] = Counter()
        async with self.booking:
            for statement in statements:
                await self._take(statement, counts)
        return Imported(tuple(statement.id for statement in statements), counts)

    async def _take(self, statement: Statement, counts: Counter[str]) -> None:
        bank, now_us = self._bank_of(statement), self._runtime.now_us()
        event = StatementTaken(statement.id, statement.opening, statement.closing, len(statement.entries), now_us)
        stream = StreamKey(STATEMENT_KIND, bank.name)
        rules.follows(statements_of(await self._decisions.events(stream)), event)
        for entry in statement.entries:
            counts[await self._book(bank, entry)] += 1
        custody, asset = self._service.custody(bank.name), self._service.asset_of(bank)
        if await self._decisions.decide(stream, partial(_taking, custody, asset, event)) is not None:
            _log.info("statement booked", bank=bank.name, statement=statement.id, **dict(counts))

    def _bank_of(self, statement: Statement) -> Bank:
        for bank in self._service.banks.values():
            if bank.account.number == statement.account and bank.currency == statement.currency:
                return bank
        raise UnreadableStatement(
            f"statement {statement.id} is of account {statement.account} in {statement.currency}, which is no bank here"
        )

    async def _book(self, bank: Bank, entry: Entry) -> str:
        """Book an entry; return what came of it."""
        custody, now_us = self._service.custody(bank.name), self._runtime.now_us()
        payment = entry.end_to_end_id if entry.end_to_end_id not in NO_PAYMENT else ""
        if entry.is_reversal and entry.units < 0:
            return await self._reversing.take_back(bank, entry)
        if entry.is_reversal:
            return await self._reversing.give_back(bank, entry) or await self._suspend(
                bank, entry, unordered_id(bank.name, entry.reference), "the bank gave back what is not known"
            )
        if entry.units < 0:
            if payment and (await self._service.order(payment)).stage is not Stage.NONE:
                state = await self._service.order(payment)
                self._check_payout(state, entry)
                if state.paid is not None:
                    return "paid again" if await self._reversing.pay_again(bank, entry) else "known"
                is_new = await self._service.happen(payment, Paid(custody, entry.reference, now_us))
                return "paid" if is_new else "known"
            return await self._charge(bank, entry)
        if payment and entry.return_reason and (await self._service.order(payment)).stage is not Stage.NONE:
            self._check_payout(await self._service.order(payment), entry)
            event = SentBack(custody, entry.reference, entry.return_reason, now_us)
            if not await self._service.happen(payment, event):
                return "known"
            await self._reversing.tell_returned(bank, payment, entry.return_reason)
            return "sent back"
        return await self._credit(bank, entry)

    @staticmethod
    def _check_payout(order: Order, entry: Entry) -> None:
        expected = rules.payout_of(order)
        if abs(entry.units) != expected:
            raise FiatRefused(
                f"entry {entry.reference} moves {text_of(abs(entry.units))}, but order {entry.end_to_end_id} is of "
                f"{text_of(expected)}; ask the bank"
            )

    async def _credit(self, bank: Bank, entry: Entry) -> str:
        custody, now_us, asset = self._service.custody(bank.name), self._runtime.now_us(), self._service.asset_of(bank)
        unordered = unordered_id(bank.name, entry.reference)
        booked = await self._service.order(unordered)
        if booked.stage is not Stage.NONE:
            return "known"
        named = order_in(entry.creditor_reference, entry.text)
        order = await self._service.order(named) if named else None
        if order is None or order.ordered is None:
            names = [each for each in (entry.end_to_end_id, *entry.text.split()[:NAMES_MAX]) if _NAME.fullmatch(each)]
            if await self._arrivals(names, bank.name, entry.reference, custody, asset, entry.units):
                return "transferred"
        if named is None or order is None or not isinstance(order.ordered, DepositOrdered):
            return await self._suspend(bank, entry, unordered, "no order of ours is named")
        if order.received is not None and order.received.entry == entry.reference:
            return "known"
        ordered = order.ordered
        if ordered.bank != bank.name or entry.units <= bank.deposit_fee:
            return await self._suspend(bank, entry, unordered, f"order {named} has another bank, or the fee is more")
        if not await asyncio.to_thread(self._names_match, ordered.owner, entry.party.name):
            return await self._suspend(bank, entry, unordered, f"order {named} is of somebody with another name")
        event = Received(
            ordered.owner, ordered.account, custody, asset, bank.name, entry.reference, entry.units, bank.deposit_fee,
            now_us,
        )  # fmt: skip
        # A second transfer for one order is a deposit of its own.
        await self._service.happen(named if order.received is None else unordered, event)
        return "credited"

    async def _suspend(self, bank: Bank, entry: Entry, order: str, reason: str) -> str:
        event = Suspended(
            self._service.custody(bank.name),
            self._service.asset_of(bank),
            bank.name,
            entry.reference,
            entry.units,
            reason,
            self._runtime.now_us(),
        )
        if entry.party.account:
            name = entry.party.name or "Account holder"
            await self._service.note_sender(order, Account(name, entry.party.account.upper()))
        await self._service.happen(order, event)
        _log.warning("transfer in suspense", bank=bank.name, order=order, reason=reason)
        return "suspended"

    async def _charge(self, bank: Bank, entry: Entry) -> str:
        event = Charged(
            self._service.custody(bank.name),
            self._service.asset_of(bank),
            bank.name,
            entry.reference,
            -entry.units,
            self._runtime.now_us(),
        )

        def rule(payloads: Sequence[bytes]) -> Decision | None:
            return None if payloads else Decision(encode(event), rules.charge(event))

        stream = StreamKey(CHARGE_KIND, unordered_id(bank.name, entry.reference))
        try:
            return "charged" if await self._decisions.decide(stream, rule) is not None else "known"
        except CommandRefused as refused:
            if isinstance(refused.rejection, InsufficientBalance):
                raise FiatRefused(
                    f"the bank took {text_of(-entry.units)} {bank.currency} (entry {entry.reference}), which the "
                    "treasury does not hold; adjust the treasury and import again"
                ) from refused
            raise


def _taking(custody: int, asset: int, event: StatementTaken, payloads: Sequence[bytes]) -> Decision | None:
    """Let a statement join the chain; nothing where it has already."""
    taken = statements_of(payloads)
    legs = rules.brought(custody, asset, taken, event)
    return Decision(encode(event), legs) if rules.follows(taken, event) else None
