"""Who passkeys are made for, and when trading over the API is locked, by the settings."""

from typing import Final
from urllib.parse import urlsplit

from rialto.foundation.configuration import Settings
from rialto.gateway.standing.ratios import TradingRules
from rialto.identity.factors.passkeys import RelyingParty

EXCHANGE_NAME: Final = "Rialto"
"""What the exchange is called in authenticator apps and by passkeys."""

SECOND_US: Final = 1_000_000


def relying_party(settings: Settings) -> RelyingParty:
    """Return who passkeys are made for: the site people reach, or this machine."""
    if settings.public_url:
        host = urlsplit(settings.public_url).hostname
        if host:
            return RelyingParty(host, EXCHANGE_NAME, (settings.public_url,))
    return RelyingParty("localhost", EXCHANGE_NAME, (f"http://localhost:{settings.port}",))


def trading_rules(settings: Settings) -> TradingRules:
    """Return when trading over the API is locked."""
    return TradingRules(
        unfilled_orders_min=settings.unfilled_orders_min,
        immediate_orders_min=settings.immediate_orders_min,
        resting_orders_min=settings.resting_orders_min,
        lock_us_min=settings.trading_lock_seconds_min * SECOND_US,
    )
