"""The provider's books against ours: every line looked at, its fee booked, and what it owes compared with the ledger.

Fees are the treasury's; where it holds too little, the books wait, and say so. What the provider sent to a bank stands
in transit until a statement of the bank has it. A difference that cannot be explained stops payouts of the currency to
cards until it can. State: the newest comparison of each currency; none of it survives a restart.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import msgspec
import structlog

from rialto.contracts.amounts import text_of
from rialto.contracts.commands import Leg
from rialto.contracts.rejections import InsufficientBalance
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, PostingReason, StreamKey
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.products.fiat.accounts import held_of
from rialto.products.fiat.cards.connected import Connected
from rialto.products.fiat.cards.following import Following
from rialto.products.fiat.cards.provider import BookLine, Books, ProviderRefused
from rialto.products.fiat.cards.reading import CardReading
from rialto.products.fiat.cards.service import CardService
from rialto.products.fiat.rules import CENT, FiatRefused
from rialto.projections.decisions import Decision, Decisions

CHARGE_KIND: Final = "card_charge"
TRANSFER_KIND: Final = "card_transfer"
READ_KIND: Final = "card_books"
TRANSFER: Final = "transfer"

_log = structlog.stdlib.get_logger(__name__)


class Charged(msgspec.Struct, frozen=True, tag="charged.1"):
    """The provider took something for itself, for a line of its books; the treasury bears it."""

    currency: str
    number: int
    amount: int
    at_us: int


class Transferred(msgspec.Struct, frozen=True, tag="transferred.1"):
    """The provider sent what it owed to a bank."""

    currency: str
    transit: int
    asset: int
    amount: int
    at_us: int


class Arrived(msgspec.Struct, frozen=True, tag="arrived.1"):
    """A bank booked it."""

    bank: str
    entry: str
    custody: int
    amount: int
    at_us: int


class BooksRead(msgspec.Struct, frozen=True, tag="books_read.1"):
    """Every line up to one was booked."""

    last: int
    balance: int
    at_us: int


_transfers: Final = msgspec.msgpack.Decoder(Transferred | Arrived)
_read: Final = msgspec.msgpack.Decoder(BooksRead)
_encode: Final = msgspec.msgpack.Encoder().encode


class CardBooks:
    """Reads the provider's books."""

    def __init__(
        self,
        runtime: Runtime,
        decisions: Decisions,
        service: CardService,
        following: Following,
        reading: CardReading,
        now_us: Callable[[], int],
    ) -> None:
        self._runtime = runtime
        self._decisions = decisions
        self._service = service
        self._following = following
        self._reading = reading
        self._now_us = now_us
        self.differences: dict[str, int] = {}
        """What the provider owes beyond what the ledger says, by currency, in units of 1e-8."""

    def is_stopped(self, currency: str) -> bool:
        """Tell whether payouts of a currency are stopped."""
        return self.differences.get(currency, 0) != 0

    async def read(self) -> None:
        """Read the books of every currency. Errors: those of `Following.look`."""
        connected = self._service.needed()
        for currency in connected.terms:
            if self._runtime.catalog.asset_named(currency) is not None:
                await self._read(connected, currency)

    async def _read(self, connected: Connected, currency: str) -> None:
        asset = self._runtime.catalog.asset_named(currency)
        assert asset is not None, "who calls has looked"
        custody, stream = connected.custody[currency], StreamKey(READ_KIND, currency)
        before = await held_of(self._runtime, custody, asset.id)
        taken = [_read.decode(each) for each in await self._decisions.events(stream)]
        last = taken[-1].last if taken else 0
        books = await connected.provider.books(currency, last)
        for line in books.lines:
            await self._book(connected, currency, asset.id, line)
        if books.lines:
            await self._note(stream, books)
            return  # Compared the next time, when nothing moves.
        shortfall = await self._reading.shortfall(asset.id)
        if await held_of(self._runtime, custody, asset.id) == before:
            self._compare(currency, books.balance * CENT + sum(before) + shortfall)

    async def _note(self, stream: StreamKey, books: Books) -> None:
        event = BooksRead(books.lines[-1].number, books.balance, self._now_us())

        def rule(payloads: Sequence[bytes]) -> Decision | None:
            is_new = not payloads or _read.decode(payloads[-1]).last < event.last
            return Decision(_encode(event)) if is_new else None

        await self._decisions.decide(stream, rule)

    def _compare(self, currency: str, difference: int) -> None:
        was = self.differences.get(currency, 0)
        self.differences[currency] = difference
        if difference and difference != was:
            _log.error(
                "cards do not reconcile: payouts to cards stopped", currency=currency, difference=text_of(difference)
            )
        elif was and not difference:
            _log.info("cards reconcile again", currency=currency)

    async def _book(self, connected: Connected, currency: str, asset: int, line: BookLine) -> None:
        """Book one line, once."""
        if line.kind == TRANSFER:
            await self._transfer(connected, currency, asset, line)
        elif (await self._service.order(line.reference)).ordered is not None:
            try:
                await self._following.look(line.reference)
            except (FiatRefused, ProviderRefused) as refused:
                # It will not be otherwise later: what comes of it is a difference.
                _log.error("card order not followed", order=line.reference, reason=str(refused))
        else:
            _log.error("the provider's books name no order of ours", line=line.number, reference=line.reference[:40])
        if not line.fee:
            return
        stream, at_us = StreamKey(CHARGE_KIND, f"{currency}-{line.number}"), self._now_us()
        units, why = line.fee * CENT, PostingReason.FEE
        legs = (
            _leg(TREASURY_ACCOUNT, asset, -units, why),
            _leg(connected.custody[currency], asset, units, why),
        )
        payload = _encode(Charged(currency, line.number, units, at_us))
        try:
            await self._decisions.decide(stream, lambda payloads: None if payloads else Decision(payload, legs))
        except CommandRefused as refused:
            if isinstance(refused.rejection, InsufficientBalance):
                raise FiatRefused(
                    f"the provider took {text_of(units)} {currency} (line {line.number}), which the treasury does not "
                    "hold; adjust the treasury"
                ) from refused
            raise

    async def _transfer(self, connected: Connected, currency: str, asset: int, line: BookLine) -> None:
        units, transit = -line.gross * CENT, connected.transit[currency]
        if units <= 0:
            raise FiatRefused(f"line {line.number} of the provider's books is a transfer of nothing")
        why = PostingReason.TRANSFER
        legs = (_leg(connected.custody[currency], asset, units, why), _leg(transit, asset, -units, why))
        payload = _encode(Transferred(currency, transit, asset, units, self._now_us()))
        stream = StreamKey(TRANSFER_KIND, line.object)
        await self._decisions.decide(stream, lambda payloads: None if payloads else Decision(payload, legs))

    async def arrive(self, names: Sequence[str], bank: str, entry: str, custody: int, asset: int, units: int) -> bool:
        """Take an entry of a bank's statement that names a transfer; False where none of the names is one, or where it
        was of something else.

        Errors: those of `Decisions.decide`.
        """
        for name in names:
            stream = StreamKey(TRANSFER_KIND, name)
            events = await self._decisions.events(stream)
            sent = _transfers.decode(events[0]) if events else None
            if not isinstance(sent, Transferred) or (sent.asset, sent.amount) != (asset, units):
                continue
            if len(events) > 1:
                arrived = _transfers.decode(events[1])
                return isinstance(arrived, Arrived) and (arrived.bank, arrived.entry) == (bank, entry)
            why = PostingReason.TRANSFER
            legs = (_leg(sent.transit, asset, units, why), _leg(custody, asset, -units, why))
            decision = Decision(_encode(Arrived(bank, entry, custody, units, self._now_us())), legs)
            await self._decisions.decide(stream, partial(_second, decision))
            return True
        return False


def _second(decision: Decision, payloads: Sequence[bytes]) -> Decision | None:
    return decision if len(payloads) == 1 else None


def _leg(account: int, asset: int, units: int, reason: PostingReason) -> Leg:
    return Leg(account, asset, text_of(units), text_of(0), reason)
