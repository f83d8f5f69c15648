"""A live exchange behind the gateway: real core, database, keys and sockets, and a client that signs."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from rialto.contracts.commands import ListSymbol, PoolSymbols, Post, RegisterAsset
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, PostingReason
from rialto.core.runtime import Runtime
from rialto.foundation.database import Access, open_engine
from rialto.foundation.secrets import MasterKey
from rialto.gateway.admission import AdmissionRules
from rialto.gateway.assembly import Gateway, assemble
from rialto.gateway.bounds import Bounds
from rialto.gateway.limits import RateLimits
from rialto.gateway.server import HttpServer, ServerSettings
from rialto.gateway.sites import Site
from rialto.gateway.websocket.session import SessionLimits
from rialto.identity.api_keys import ApiKey, ApiKeys
from rialto.identity.owners import Owners
from rialto.identity.restrictions import Permission
from rialto.projections.history import History
from rialto.projections.projector import Projector
from rialto.streams.user_data.streams import UserDataStreams
from tests.databases import migrated_sqlite
from tests.exchange import BTC, BTCUSDT, USDT, found, running, spec
from tests.plain_http import plain_client

Parameters = Mapping[str, object]

USDC = 2
BTCUSDC = 1


class Trader:
    """A client of the REST API with one key. What it sends is spelled by the test, signed here."""

    def __init__(self, client: httpx.AsyncClient, key: ApiKey, secret: str) -> None:
        self.client = client
        self.key = key
        self.secret = secret

    def sign(self, payload: str) -> str:
        """Return the signature of a payload."""
        return self.sign_with(self.secret, payload)

    @staticmethod
    def sign_with(secret: str, payload: str) -> str:
        """Return the signature of a payload by a secret."""
        return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()

    async def send(
        self, method: str, path: str, parameters: Parameters | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send a signed request, everything in the query string."""
        query = urlencode({**(parameters or {}), "timestamp": time.time_ns() // 1_000_000})
        url = f"{path}?{query}&signature={quote(self.sign(query), safe='')}"
        return await self.client.request(method, url, headers={"X-MBX-APIKEY": self.key.key, **(headers or {})})

    async def do(self, method: str, path: str, **parameters: object) -> Any:
        """Send a signed request that succeeds, and return its answer."""
        response = await self.send(method, path, parameters)
        assert response.status_code == 200, response.text
        return response.json()

    async def place(self, side: str, price: str, quantity: str, symbol: str = "BTCUSDT", **parameters: object) -> Any:
        """Place a limit order."""
        order = {"symbol": symbol, "side": side, "type": "LIMIT", "timeInForce": "GTC"}
        return await self.do("POST", "/api/v3/order", **order, price=price, quantity=quantity, **parameters)


class Live:
    """A running exchange: its address, its parts, two traders with funded accounts."""

    def __init__(
        self, client: httpx.AsyncClient, runtime: Runtime, gateway: Gateway, keys: ApiKeys, traders: list[Trader]
    ) -> None:
        self.client = client
        self.runtime = runtime
        self.gateway = gateway
        self.keys = keys
        self.alice, self.bob = traders

    async def get(self, path: str, **parameters: Any) -> Any:
        """Read something public that is there, and return the answer."""
        response = await self.client.get(path, params=parameters)
        assert response.status_code == 200, response.text
        return response.json()

    async def refused(self, method: str, path: str, **parameters: Any) -> tuple[int, int, str]:
        """Send an unsigned request that is refused; return status, code and message."""
        return refusal(await self.client.request(method, path, params=parameters))


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, for as long as it may take on a busy machine."""
    for _ in range(10_000):
        if is_so():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never came to be")


def refusal(response: httpx.Response) -> tuple[int, int, str]:
    """Return status, code and message of a refusal."""
    answer = response.json()
    assert set(answer) == {"code", "msg"}
    return response.status_code, answer["code"], answer["msg"]


async def pool(exchange: Live) -> None:
    """Let two books of one base fill each other's orders, with a treasury that can pay in both quotes."""
    runtime = exchange.runtime
    await runtime.submit(RegisterAsset("USDC"))
    await runtime.submit(ListSymbol(spec(name="BTCUSDC", quote=USDC)))
    await runtime.submit(PoolSymbols(BTC, (BTCUSDT, BTCUSDC)))
    for asset in (USDT, USDC):
        await runtime.submit(Post(TREASURY_ACCOUNT, asset, "1000000", PostingReason.ADJUSTMENT))


@asynccontextmanager
async def live(
    directory: Path,
    *,
    limits: RateLimits | None = None,
    bounds: Bounds | None = None,
    admission_rules: AdmissionRules | None = None,
    session_limits: SessionLimits | None = None,
    sites: Sequence[Site] = (),
    **symbol: Any,
) -> AsyncIterator[Live]:
    """Run an exchange on a directory, listening on a free port."""
    url = migrated_sqlite(directory / "rialto.sqlite")
    engines = [open_engine(url, Access.DURABLE), open_engine(url, Access.REBUILDABLE)]
    reader = open_engine(url, Access.READ_ONLY, connections=4)
    owners, keys = Owners(engines[0]), ApiKeys(engines[0], MasterKey.load_or_create(directory / "master.key"))
    made = [
        keys.create(owners.create(name, 1).id, "tests", [Permission.READ, Permission.TRADE], 1)
        for name in ("alice", "bob")
    ]
    async with running(directory / "journal") as runtime:
        projector = Projector(engines[1], lag_max=10_000)
        projector.start(runtime.last_sequence)
        runtime.subscribe(projector.accept, vital=True)
        history = History(reader, projector, lambda: runtime.last_sequence, 30)
        await found(runtime, **symbol)
        gateway = assemble(
            runtime,
            history,
            keys,
            limits=limits or RateLimits(),
            bounds=bounds or Bounds(),
            admission_rules=admission_rules or AdmissionRules(),
            sites=sites,
            user_data=UserDataStreams(runtime),
            session_limits=session_limits or SessionLimits(),
        )
        server = HttpServer(gateway.application, gateway.edge, ServerSettings(port=0, drain_seconds=2))
        await server.start()
        async with plain_client(f"http://127.0.0.1:{server.port}") as client:
            yield Live(client, runtime, gateway, keys, [Trader(client, *each) for each in made])
        await server.stop()
        history.close()
        await projector.close(5)
    for engine in [*engines, reader]:
        engine.dispose()
