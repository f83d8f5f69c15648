"""Cards in a demonstration: a stand-in of a provider beside the exchange, and a treasury that has something to sell."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from rialto.bootstrap.front import Exchange
from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, PostingReason
from rialto.core.catalog import Asset
from rialto.core.runtime import Runtime
from rialto.products.fiat.accounts import held_of
from rialto.products.fiat.cards.configuration import SCOPE_MIN, CardsFile, CurrencyTable
from rialto.products.fiat.cards.routes import EVENTS_PATH
from rialto.products.fiat.cards.stand_in.server import StandIn

FILE_NAME: Final = "card-stand-in.json"
CURRENCY: Final = "EUR"
STOCK: Final = {CURRENCY: "1000000", "BTC": "10", "ETH": "200", "BNB": "500", "SOL": "5000", "USDT": "1000000"}
"""What the treasury is given where it has nothing."""


@asynccontextmanager
async def taking_cards(exchange: Exchange) -> AsyncIterator[StandIn | None]:
    """Connect a stand-in, unless a provider is connected or there is no currency for it; yield it."""
    cards, runtime = exchange.families.fiat.cards, exchange.runtime
    if cards.service.connected is not None or runtime.catalog.asset_named(CURRENCY) is None:
        yield None
        return
    stocked = [asset for name in STOCK if (asset := runtime.catalog.asset_named(name)) is not None]
    for asset in stocked:
        await _stock(runtime, asset)
    key, secret = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    stand_in = StandIn(key, secret, path=exchange.settings.data_directory / FILE_NAME)
    await stand_in.start()
    try:
        assets = tuple(asset.name for asset in stocked if asset.name != CURRENCY)
        table = CurrencyTable(SCOPE_MIN, assets)
        await cards.connect(CardsFile(stand_in.url, key, secret, {CURRENCY: table}))
        stand_in.webhook_url = f"http://127.0.0.1:{exchange.port}{EVENTS_PATH}"
        yield stand_in
    finally:
        await stand_in.stop()


async def _stock(runtime: Runtime, asset: Asset) -> None:
    if not any(await held_of(runtime, TREASURY_ACCOUNT, asset.id)):
        await runtime.submit(Post(TREASURY_ACCOUNT, asset.id, STOCK[asset.name], PostingReason.ADJUSTMENT))
