"""Cards, wired: the provider that the file in the data directory names, or none until one is connected."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rialto.bootstrap.parts import Parts
from rialto.custody.withdrawals.requesting import Requests
from rialto.foundation.metrics import gauges
from rialto.gateway.router import Route
from rialto.products.fiat.cards.books import CardBooks
from rialto.products.fiat.cards.configuration import CardsFile, read_cards
from rialto.products.fiat.cards.connected import connected_to
from rialto.products.fiat.cards.desk import CardDesk
from rialto.products.fiat.cards.following import Following
from rialto.products.fiat.cards.http_provider import HttpCardProvider
from rialto.products.fiat.cards.keeping import KeptCards
from rialto.products.fiat.cards.process import CardProcess
from rialto.products.fiat.cards.reading import CardReading
from rialto.products.fiat.cards.routes import CardRoutes
from rialto.products.fiat.cards.service import CardService
from rialto.products.fiat.claims import Claims
from rialto.wire.wallet_errors import WalletError

Locked = Callable[[int, str], Awaitable[int]]


@dataclass(frozen=True)
class CardsFamily:
    """What others need of it."""

    parts: Parts
    service: CardService
    following: Following
    books: CardBooks
    reading: CardReading
    process: CardProcess
    routes: list[Route[Any]]

    @property
    def desk(self) -> CardDesk:
        """What operators act on."""
        return CardDesk(self.service, self.following, self.reading, self.books)

    def also_stopped_by(self, is_stopped: Callable[[str], bool]) -> None:
        """Have no card paid either while something else stops a currency."""
        self.service.is_stopped = lambda currency: self.books.is_stopped(currency) or is_stopped(currency)

    async def connect(self, file: CardsFile) -> None:
        """Connect a provider, and follow it from now on. Precondition: none is connected."""
        assert self.service.connected is None, "one provider at a time"
        self.service.connected = await connected_to(self.parts.runtime, file, HttpCardProvider(file.url, file.key))
        await self.parts.jobs.join(self.process)

    async def let_go(self) -> None:
        """Let go of connections to the provider, once nothing asks it any more."""
        if self.service.connected is not None:
            await self.service.connected.provider.close()


async def open_cards(parts: Parts, requests: Requests) -> CardsFamily:
    """Open cards, and connect the provider of the file, if there is one. Errors: `InvalidConfiguration`.

    Payouts take turns with `requests` for withdrawals by chains, under the same locks and limits.
    """
    identity, now_us = parts.identity, parts.wall_clock_us

    async def level(owner: int) -> int | None:
        person = await identity.clerks.run(lambda: identity.people.find(owner))
        return None if person is None else person.level

    reading, kept = CardReading(parts.history), KeptCards(parts.people, parts.master_key)
    service = CardService(
        *(parts.runtime, parts.decisions, reading, Claims(parts.history), kept, level),
        *(requests.in_line, requests.turn, now_us),
    )
    requests.count_also(service.taken_since)
    following = Following(parts.runtime, service, reading, now_us)
    books = CardBooks(parts.runtime, parts.decisions, service, following, reading, now_us)
    service.is_stopped = books.is_stopped
    routes = CardRoutes(service, following).routes()
    family = CardsFamily(parts, service, following, books, reading, CardProcess(following, books), routes)
    parts.metrics.add(
        lambda: [
            gauges(
                "rialto_cards_unreconciled",
                "Whether the card provider owes something else than the ledger says, so that cards are not paid.",
                ("currency",),
                {(currency,): int(difference != 0) for currency, difference in books.differences.items()},
            )
        ]
    )
    # What is connected later is let go of here too: on the stack it would come before clients and jobs that still ask.
    parts.stack.push_async_callback(family.let_go)
    file = read_cards(parts.settings.data_directory)
    if file is not None:
        await family.connect(file)
    return family


def unless_claimed(parts: Parts, locked: Locked) -> Locked:
    """Have nothing withdrawn by who has something to make good that was taken back."""
    claims = Claims(parts.history)

    async def checked(owner: int, asset: str) -> int:
        if await claims.has(owner):
            raise WalletError.WITHDRAWALS_LIMITED.error(
                "A payment that was taken back is to be made good first.", form=1
            )
        return await locked(owner, asset)

    return checked
