"""An exchange in a time that the test sets: opened on a directory as a start does, and the client of its public calls.

Two symbols, two accounts that never run out, and trades between them at any price and moment.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from rialto.contracts.commands import Command, ListSymbol, OpenAccount, Post, RegisterAsset
from rialto.contracts.events import AccountOpened, Outcome
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason, Side
from rialto.core.runtime import Runtime
from rialto.foundation.clock import SettableClock
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.foundation.secrets import MasterKey
from rialto.gateway.assembly import Gateway, assemble
from rialto.gateway.limits import RateLimit, RateLimits
from rialto.gateway.sites import Site
from rialto.identity.api_keys import ApiKeys
from rialto.projections.history import History
from rialto.projections.projector import Projector
from rialto.projections.writer import Writer
from tests.exchange import BTC, USDT, limit, spec

UNLIMITED = RateLimits(request_weight=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 100_000_000))
SELLER, BUYER = 5, 6


class Trade(NamedTuple):
    id: int
    at_us: int
    price: int
    quantity: int


class Timed:
    """An exchange in a time that the test sets, and the client of its public calls."""

    def __init__(
        self,
        runtime: Runtime,
        projector: Projector,
        clock: SettableClock,
        gateway: Gateway,
        client: httpx.AsyncClient,
    ) -> None:
        self.runtime = runtime
        self.projector = projector
        self.clock = clock
        self.gateway = gateway
        self.client = client
        self.trades: list[Trade] = []

    async def submit(self, command: Command) -> Outcome:
        return await self.runtime.submit(command, self.clock.now_us())

    async def found(self) -> None:
        for asset_name in ("BTC", "USDT"):
            await self.submit(RegisterAsset(asset_name))
        for name in ("BTCUSDT", "BTC2USDT"):
            await self.submit(ListSymbol(spec(name=name, notional_min="0")))
        for owner in (1, 2):
            opened = (await self.submit(OpenAccount(owner, AccountKind(AccountClass.SPOT)))).events[0]
            assert isinstance(opened, AccountOpened)
            for asset in (BTC, USDT):
                await self.submit(Post(opened.account, asset, "100000000", PostingReason.DEPOSIT))

    def trade(self, price: int, quantity: int) -> Iterable[Any]:
        """Trade so many units of 0.01 and 0.00001; what was submitted can be awaited."""
        text, amount = f"{price // 100}.{price % 100:02}", f"0.{quantity:05}"
        now_us = self.clock.now_us()
        self.trades.append(Trade(len(self.trades) + 1, now_us, price, quantity))
        name = f"t{len(self.trades)}"
        yield self.runtime.enqueue(limit(SELLER, Side.SELL, text, amount, f"{name}s"), now_us)
        yield self.runtime.enqueue(limit(BUYER, Side.BUY, text, amount, f"{name}b"), now_us)

    async def get(self, path: str, **parameters: str) -> Any:
        response = await self.client.get(path, params={"symbol": "BTCUSDT", **parameters})
        assert response.status_code == 200, response.text
        return response.json()


@asynccontextmanager
async def timed(directory: Path, clock: SettableClock, sites: Sequence[Site] = ()) -> AsyncIterator[Timed]:
    """Open an exchange on a directory, new or not, as a start does."""
    url = f"sqlite:///{directory / 'rialto.sqlite'}"
    migrate(url)
    people, writing = open_engine(url, Access.DURABLE), open_engine(url, Access.REBUILDABLE)
    reading = open_engine(url, Access.READ_ONLY, connections=4)
    writer = Writer(writing)
    opening = {"outcomes_from": writer.watermark + 1, "on_outcomes": writer.write_all, "clock": clock}
    runtime = Runtime.open(directory / "journal", **opening)  # type: ignore[arg-type]
    await runtime.start()
    projector = Projector(writing, lag_max=1_000_000)
    projector.start(runtime.last_sequence)
    runtime.subscribe(projector.accept, vital=True)
    history = History(reading, projector, lambda: runtime.last_sequence)
    keys = ApiKeys(people, MasterKey.load_or_create(directory / "master.key"))
    gateway = assemble(runtime, history, keys, limits=UNLIMITED, sites=sites)
    transport = httpx.ASGITransport(gateway.application)
    async with httpx.AsyncClient(transport=transport, base_url="http://exchange") as client:
        yield Timed(runtime, projector, clock, gateway, client)
    await runtime.close()
    await projector.close(30)
    history.close()
    for engine in (people, writing, reading):
        engine.dispose()
