"""A demonstration exchange: founded, and kept moving."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from rialto.bootstrap.demonstration_cards import taking_cards
from rialto.bootstrap.front import Exchange
from rialto.demo.definition import Definition, read_definition
from rialto.demo.demo_keys import DemoKey
from rialto.demo.demo_logins import demo_login, make_logins
from rialto.demo.founding import FoundedUser, found
from rialto.demo.market_makers import MarketMakers
from rialto.foundation.clock import SystemClock
from rialto.gateway.wallet.listings import Listings


@dataclass(frozen=True)
class Demonstration:
    """What a demonstration exchange shows its visitors."""

    symbols: tuple[str, ...]
    keys: tuple[DemoKey, ...]
    card_pages: str | None
    """Where the stand-in of a card provider is; None where cards are taken in earnest, or not at all."""


@asynccontextmanager
async def demonstrating(exchange: Exchange, seed: int) -> AsyncIterator[Demonstration]:
    """Found the demonstration on an exchange and keep its markets moving."""
    definition = read_definition()
    founded = await found(exchange.runtime, definition, exchange.owners, exchange.api_keys, SystemClock())
    await asyncio.to_thread(_describe, exchange.families.wallet.listings, definition)
    makers = MarketMakers(exchange.runtime, definition, founded.house, seed)
    trading = asyncio.create_task(makers.run())
    try:
        keys = await asyncio.to_thread(_keys, exchange, founded.users)
        async with taking_cards(exchange) as stand_in:
            pages = None if stand_in is None else stand_in.url
            yield Demonstration(tuple(definition.symbols), tuple(keys), pages)
    finally:
        makers.stop()
        await trading


def _keys(exchange: Exchange, users: tuple[FoundedUser, ...]) -> list[DemoKey]:
    """Return what users sign and log in with; who cannot log in yet can from now on."""
    parts = exchange.parts
    make_logins(parts.people, parts.master_key, [(user.name, user.owner) for user in users], parts.wall_clock_us())
    return [
        DemoKey(
            user.name,
            user.api_key,
            parts.api_keys.reveal_demo_secret(user.api_key),
            demo_login(parts.people, parts.master_key, user.owner),
        )
        for user in users
    ]


def _describe(listings: Listings, definition: Definition) -> None:
    """Say what assets are called and filed under, where nobody has said so."""
    said = listings.notes()
    for name, asset in definition.assets.items():
        if asset.title and name not in said:
            listings.describe(name, asset.title, asset.tags)
