"""A provider that is connected: how it is asked, on which terms cards are taken, and the ledger's accounts for it."""

from typing import Final, NamedTuple

from rialto.core.runtime import Runtime
from rialto.products.fiat.accounts import open_custody_account
from rialto.products.fiat.cards.configuration import SCOPE_MAX, CardsFile, Terms, terms_of
from rialto.products.fiat.cards.provider import CardProvider
from rialto.products.fiat.rules import FiatRefused

TRANSIT_OFFSET: Final = SCOPE_MAX
"""What is on its way from the provider to a bank stands in a custody account of the currency's scope and this."""


class NotTaken(FiatRefused):
    """Cards are not taken here, or not for this."""


class Connected(NamedTuple):
    """A provider, and what it takes cards for."""

    provider: CardProvider
    file: CardsFile
    terms: dict[str, Terms]
    """By currency."""
    custody: dict[str, int]
    """The account that holds minus what the provider owes, by currency."""
    transit: dict[str, int]
    """The account that holds minus what is on its way to a bank, by currency."""

    def terms_for(self, currency: str) -> Terms:
        """Return a currency's terms. Errors: `NotTaken`."""
        found = self.terms.get(currency.upper())
        if found is None:
            raise NotTaken(f"cards are not taken for {currency[:16]} here")
        return found


async def connected_to(runtime: Runtime, file: CardsFile, provider: CardProvider) -> Connected:
    """Open the accounts of the ledger for a provider. Errors: those of the runtime."""
    terms = {currency: terms_of(currency, table) for currency, table in file.currencies.items()}
    custody = {each.currency: await open_custody_account(runtime, each.scope) for each in terms.values()}
    transit = {
        each.currency: await open_custody_account(runtime, each.scope + TRANSIT_OFFSET) for each in terms.values()
    }
    return Connected(provider, file, terms, custody, transit)
