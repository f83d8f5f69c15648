"""Where the provider's page may go back to: addresses of origins that were named, and nobody else's. Pure.

An address is compared letter by letter, not parsed: what two parsers read differently could lead elsewhere.
"""

from collections.abc import Iterable

from rialto.products.fiat.rules import FiatRefused


class ForeignReturn(FiatRefused):
    """It would lead away from this exchange and from who may take people on from here."""


def check_return(url: str, origins: Iterable[str]) -> None:
    """Refuse an address of another origin. Errors: `ForeignReturn`."""
    for origin in origins:
        if url == origin or url.startswith(tuple(f"{origin}{sign}" for sign in "/?#")):
            return
    raise ForeignReturn("the address to go back to is of an origin that nobody named; see return_origins in cards.toml")
