"""A demonstration exchange: founded, and kept moving."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from rialto.bootstrap.front import Exchange
from rialto.demo.definition import read_definition
from rialto.demo.demo_keys import DemoKey
from rialto.demo.founding import found
from rialto.demo.market_makers import MarketMakers
from rialto.foundation.clock import SystemClock


@dataclass(frozen=True)
class Demonstration:
    """What a demonstration exchange shows its visitors."""

    symbols: tuple[str, ...]
    keys: tuple[DemoKey, ...]


@asynccontextmanager
async def demonstrating(exchange: Exchange, seed: int) -> AsyncIterator[Demonstration]:
    """Found the demonstration on an exchange and keep its markets moving."""
    definition = read_definition()
    founded = await found(exchange.runtime, definition, exchange.owners, exchange.api_keys, SystemClock())
    makers = MarketMakers(exchange.runtime, definition, founded.house, seed)
    trading = asyncio.create_task(makers.run())
    try:
        keys = [
            DemoKey(user.name, user.api_key, exchange.api_keys.reveal_demo_secret(user.api_key))
            for user in founded.users
        ]
        yield Demonstration(tuple(definition.symbols), tuple(keys))
    finally:
        makers.stop()
        await trading
