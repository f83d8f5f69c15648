"""A whole exchange in this process, wired as in earnest: every family, real core, database and sockets."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from rialto import bootstrap
from rialto.bootstrap.front import Exchange
from rialto.contracts.commands import ListSymbol, OpenAccount, Post, RegisterAsset
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason
from rialto.identity.restrictions import Permission, Restrictions
from tests.databases import migrated_sqlite
from tests.exchange import spec
from tests.founded import settings_in
from tests.gateway import Trader
from tests.plain_http import plain_client

ASSETS = ("BTC", "USDT", "ETH", "LTC", "BNB")
MADE_AT_US = 1_700_000_000_000_000


@dataclass(frozen=True)
class Whole:
    """A running exchange and how tests reach it."""

    exchange: Exchange
    client: httpx.AsyncClient

    async def trader(
        self,
        name: str,
        permissions: Iterable[Permission] = (Permission.READ, Permission.TRADE),
        **funds: str,
    ) -> Trader:
        """Make an owner with a spot account that holds some funds (`USDT="100"`), and a client with a key of theirs.

        A key that may withdraw is restricted to this machine, because it must be to something.
        """
        permissions = tuple(permissions)
        here = Restrictions.read(["127.0.0.1"] if Permission.WITHDRAW in permissions else [], [])
        parts = self.exchange.parts
        owner = parts.owners.create(name, MADE_AT_US)
        outcome = await parts.runtime.submit(OpenAccount(owner.id, AccountKind(AccountClass.SPOT)))
        opened = outcome.events[0]
        assert isinstance(opened, AccountOpened)
        for asset, amount in funds.items():
            await parts.runtime.submit(Post(opened.account, ASSETS.index(asset), amount, PostingReason.DEPOSIT))
        made = parts.api_keys.create(owner.id, "tests", permissions, MADE_AT_US, restrictions=here)
        return Trader(self.client, *made)


@asynccontextmanager
async def whole_exchange(data: Path, **settings: object) -> AsyncIterator[Whole]:
    """Run an exchange with the assets and BTCUSDT; on a directory that was used before, it goes on from there."""
    # Without the page, whether it is built here or not: what is served is the same everywhere.
    quiet = {"port": 0, "replica": False, "portal": False, "page_directory": data / "no-page"}
    # A busy machine is no busy exchange: nobody is told to come again.
    quiet |= {"wait_target_milliseconds": 10_000, "wait_milliseconds_max": 10_000}
    quiet |= {"history_wait_milliseconds_max": 30_000}
    if "database_url" not in settings:
        migrated_sqlite(data / "rialto.sqlite")
    made = settings_in(data, **{**quiet, **settings})
    async with bootstrap.running_exchange(made) as exchange:
        catalog = exchange.runtime.catalog
        for name in ASSETS:
            if catalog.asset_named(name) is None:
                await exchange.runtime.submit(RegisterAsset(name))
        if catalog.symbol_named("BTCUSDT") is None:
            await exchange.runtime.submit(ListSymbol(spec()))
        url = f"http://127.0.0.1:{exchange.port}"
        async with plain_client(url) as client:
            yield Whole(exchange, client)
