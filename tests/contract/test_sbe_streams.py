"""Market streams in SBE over a live exchange: who may connect, what is sent, and that a book can be kept from it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
import websockets
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from websockets.asyncio.client import ClientConnection

from rialto.contracts.market import BookTickerChanged
from rialto.contracts.vocabulary import Side
from rialto.identity.restrictions import Permission, Restrictions
from rialto.streams import sbe_payloads
from rialto.streams.names import Kind, Topic
from tests.exchange import BTCUSDT, limit
from tests.patience import PATIENCE_S
from tests.sbe import Decoded, decode
from tests.streams import ACCOUNTS, Streaming, streaming, trade_at_random

SCHEMA = "stream_1_0.xml"


def key(exchange: Streaming, private: Any = None, **options: Any) -> str:
    """Register an Ed25519 key, or another, and return its name."""
    public = (private or Ed25519PrivateKey.generate()).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    owner = exchange.exchange.alice.key.owner
    return exchange.exchange.keys.register(owner, "reader", [Permission.READ], 1, pem, **options).key


def connect(exchange: Streaming, path: str, **options: Any) -> websockets.connect:
    name = options.pop("name", None) or key(exchange)
    headers = {"X-MBX-APIKEY": name, **options.pop("headers", {})}
    return exchange.connect(path, additional_headers=headers, **options)


async def receive(client: ClientConnection, timeout: float = PATIENCE_S) -> Decoded:
    async with asyncio.timeout(timeout):
        message = await client.recv()
    assert isinstance(message, bytes), message
    return decode(message, SCHEMA)


async def ask(client: ClientConnection, method: str, *params: object) -> Any:
    """Send a request and return the reply, passing over market data."""
    await client.send(msgspec.json.encode({"method": method, "params": params, "id": 1}).decode())
    async with asyncio.timeout(PATIENCE_S):
        while isinstance(message := await client.recv(), bytes):
            pass
        return msgspec.json.decode(message)


async def trade(exchange: Streaming) -> None:
    """Trade with two resting orders at once, and leave a book."""
    seller, buyer = ACCOUNTS
    for price, name in (("50000", "a"), ("50001.5", "b")):
        await exchange.runtime.submit(limit(seller, Side.SELL, price, "1", name))
    await exchange.runtime.submit(limit(buyer, Side.BUY, "50001.5", "1.5", "c"))
    await exchange.runtime.submit(limit(buyer, Side.BUY, "49999", "2", "d"))


async def test_the_trades_of_an_order_come_in_one_message(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connect(exchange, "/stream-sbe/ws/btcusdt@trade") as client:
        await trade(exchange)
        event = await receive(client)
        shown = await exchange.get("/api/v3/trades", symbol="BTCUSDT")
        assert (event.message, event["symbol"], len(event["trades"])) == ("TradesStreamEvent", "BTCUSDT", 2)
        assert abs(event["eventTime"] - exchange.runtime.now_us()) < 60_000_000
        assert event["transactTime"] // 1000 == shown[0]["time"]
        assert [
            (each["id"], f"{each['price']:.8f}", f"{each['qty']:.8f}", each["isBuyerMaker"], each["isBestMatch"])
            for each in event["trades"]
        ] == [(each["id"], each["price"], each["qty"], each["isBuyerMaker"], each["isBestMatch"]) for each in shown]


async def test_the_newest_best_bid_and_ask_is_what_json_shows(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connect(exchange, "/stream-sbe/ws/btcusdt@bestBidAsk") as client:
        await trade(exchange)
        last = exchange.runtime.market.depth(BTCUSDT, 1).last_update_id
        event = await receive(client)
        while event["bookUpdateId"] < last:
            event = await receive(client)
        assert (event.message, event["symbol"]) == ("BestBidAskStreamEvent", "BTCUSDT")
        shown = await exchange.get("/api/v3/ticker/bookTicker", symbol="BTCUSDT")
        for name in ("bidPrice", "bidQty", "askPrice", "askQty"):
            assert f"{event[name]:.8f}" == shown[name]


async def test_snapshots_show_twenty_levels_and_only_when_the_book_changed(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange:
        for number in range(25):
            await exchange.runtime.submit(limit(ACCOUNTS[0], Side.SELL, f"{50_000 + number}", "1", f"n{number}"))
        async with connect(exchange, "/stream-sbe/ws/btcusdt@depth20") as client:
            event = await receive(client)
            shown = await exchange.get("/api/v3/depth", symbol="BTCUSDT", limit=20)
            assert (event.message, event["bookUpdateId"]) == ("DepthSnapshotStreamEvent", shown["lastUpdateId"])
            assert [[f"{each['price']:.8f}", f"{each['qty']:.8f}"] for each in event["asks"]] == shown["asks"]
            assert (len(event["asks"]), event["bids"]) == (20, [])
            with pytest.raises(TimeoutError):
                await receive(client, 0.2)
            await exchange.runtime.submit(limit(ACCOUNTS[1], Side.BUY, "49000", "1", "more"))
            assert (await receive(client))["bookUpdateId"] == shown["lastUpdateId"] + 1


async def test_a_book_kept_from_diffs_is_ours_and_json_readers_miss_nothing(tmp_path: Path) -> None:
    async with (
        streaming(tmp_path) as exchange,
        connect(exchange, "/stream-sbe/ws/btcusdt@depth") as client,
        exchange.connect("/ws/btcusdt@depth@100ms") as plain,
    ):
        trading = asyncio.create_task(trade_at_random(exchange.runtime, 600, seed=5, pause_s=0.002))
        events, texts = await asyncio.gather(read_until(client, trading), read_until(plain, trading))
        assert events[-1]["lastBookUpdateId"] == texts[-1]["u"] == last_update(exchange)
        for before, after in pairwise(events):
            assert after["firstBookUpdateId"] == before["lastBookUpdateId"] + 1
        lasted_us = events[-1]["eventTime"] - events[0]["eventTime"]
        assert len(events) <= lasted_us // 20_000 + 2, "no more often than every 20 ms"
        for earlier, later in pairwise(texts):
            assert later["U"] == earlier["u"] + 1
        assert len(events) > 2 * len(texts), "faster than JSON"
        shown = await exchange.get("/api/v3/depth", symbol="BTCUSDT", limit=5000)
        for side, name in (("bids", "b"), ("asks", "a")):
            binary: dict[str, str] = {}
            text: dict[str, str] = {}
            for event in events:
                binary |= {f"{each['price']:.8f}": f"{each['qty']:.8f}" for each in event[side]}
            for update in texts:
                text |= dict(update[name])
                prices = [Decimal(price) for price, _ in update[name]]
                assert prices == sorted(prices, reverse=side == "bids")
            for book in (binary, text):
                assert {price: quantity for price, quantity in book.items() if quantity.strip("0.")} == dict(
                    shown[side]
                )


async def read_until(client: ClientConnection, trading: asyncio.Task[None]) -> list[Any]:
    """Return what comes until trading has ended and nothing follows."""
    read: list[Any] = []
    while True:
        try:
            async with asyncio.timeout(1):
                message = await client.recv()
        except TimeoutError:
            if trading.done():
                return read
        else:
            read.append(decode(message, SCHEMA) if isinstance(message, bytes) else msgspec.json.decode(message))


def last_update(exchange: Streaming) -> int:
    return exchange.runtime.market.depth(BTCUSDT, 1).last_update_id


async def test_several_streams_requests_and_properties(tmp_path: Path) -> None:
    names = ["btcusdt@trade", "btcusdt@bestBidAsk"]
    async with (
        streaming(tmp_path) as exchange,
        connect(exchange, f"/stream-sbe/stream?streams={'/'.join(names)}") as client,
    ):
        assert (await ask(client, "LIST_SUBSCRIPTIONS"))["result"] == names
        assert (await ask(client, "SUBSCRIBE", "btcusdt@depth20"))["result"] is None
        await trade(exchange)
        seen: set[str] = set()
        async with asyncio.timeout(5):
            while len(seen) < 3:
                seen.add((await receive(client)).message)
        assert seen == {"TradesStreamEvent", "BestBidAskStreamEvent", "DepthSnapshotStreamEvent"}
        assert (await ask(client, "UNSUBSCRIBE", *names, "btcusdt@depth20"))["result"] is None
        assert (await ask(client, "GET_PROPERTY", "combined"))["result"] is True
        assert "unknown stream type" in (await ask(client, "SUBSCRIBE", "btcusdt@kline_1m"))["msg"]
        await trade_at_random(exchange.runtime, 5, seed=1)
        with pytest.raises(TimeoutError):
            await receive(client, 0.2)


async def test_the_end_is_announced_in_json(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connect(exchange, "/stream-sbe/stream?streams=btcusdt@trade") as client:
        ending = asyncio.create_task(exchange.hub.connections.drain())
        notice = msgspec.json.decode(await client.recv())
        assert (notice["e"], len(str(notice["E"]))) == ("serverShutdown", 13)
        await ending


async def test_a_host_of_its_own_serves_the_documented_paths(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange:
        name = key(exchange)
        local = socket.create_connection(("127.0.0.1", exchange.port))
        url = f"ws://stream-sbe.example.org:{exchange.port}/ws/btcusdt@bestBidAsk"
        async with websockets.connect(url, sock=local, proxy=None, additional_headers={"X-MBX-APIKEY": name}) as client:
            await trade(exchange)
            assert (await receive(client)).message == "BestBidAskStreamEvent"


@asynccontextmanager
async def refused(exchange: Streaming, path: str, **headers: str) -> AsyncIterator[tuple[int, str]]:
    with pytest.raises(websockets.InvalidStatus) as caught:
        async with exchange.connect(path, additional_headers=headers):
            pass
    response = caught.value.response
    yield response.status_code, response.body.decode()


async def test_only_holders_of_ed25519_keys_may_connect(tmp_path: Path) -> None:
    path = "/stream-sbe/ws/btcusdt@trade"
    async with streaming(tmp_path) as exchange:
        elsewhere = key(exchange, restrictions=Restrictions.read(["192.0.2.0/24"], []))
        here = key(exchange, restrictions=Restrictions.read(["127.0.0.0/8"], ["ETHUSDT"]))
        rsa = key(exchange, generate_private_key(65537, 2048))
        for headers, status in (
            ({}, 401),
            ({"X-MBX-APIKEY": "nosuch"}, 401),
            ({"X-MBX-APIKEY": elsewhere}, 401),
            ({"X-MBX-APIKEY": exchange.exchange.alice.key.key}, 403),
            ({"X-MBX-APIKEY": rsa}, 403),
        ):
            async with refused(exchange, path, **headers) as (found, _body):
                assert found == status, headers
        async with connect(exchange, path, name=here):
            pass
        for wrong in ("/stream-sbe/ws/btcusdt@aggTrade", "/stream-sbe/ws/nosuch@trade", "/stream-sbe/nowhere"):
            async with refused(exchange, wrong, **{"X-MBX-APIKEY": here}) as (found, _body):
                assert found in (400, 404)
        async with exchange.connect("/ws/btcusdt@trade", additional_headers={"X-MBX-APIKEY": here}) as client:
            await trade(exchange)
            assert isinstance(await client.recv(), str), "a key alone does not make a JSON stream another"


async def test_who_reads_too_slowly_gets_the_newest_best_prices_alone(tmp_path: Path) -> None:
    topic = Topic(Kind.SBE_BEST_BID_ASK, BTCUSDT)

    def publish(exchange: Streaming, number: int) -> None:
        changed = BookTickerChanged(BTCUSDT, number, "1.00000000", "2.00000000", "3.00000000", "4.00000000")
        build = partial(sbe_payloads.best_bid_ask, changed, "LONG" * 60, number)
        exchange.hub.publish_binary(topic, build, newest_only=True)

    async with (
        streaming(tmp_path) as exchange,
        connect(exchange, "/stream-sbe/ws/btcusdt@bestBidAsk", max_queue=1) as client,
    ):
        counters = exchange.hub.connections.counters
        for number in range(1, 6):
            publish(exchange, number)
        assert (await receive(client))["bookUpdateId"] == 5, "of one turn, only the newest"
        assert counters.culled == 4
        client.transport.pause_reading()
        number = 5
        while counters.culled == 4 and number < 500_000:
            for _ in range(1_000):
                number += 1
                publish(exchange, number)
                await asyncio.sleep(0)
        held_from = number
        for _ in range(1_000):
            number += 1
            publish(exchange, number)
            await asyncio.sleep(0)
        client.transport.resume_reading()
        received = [0]
        while received[-1] < number:
            received.append((await receive(client))["bookUpdateId"])
        assert received == sorted(received)
        assert [each for each in received if each > held_from] == [number], "what was held back is the newest alone"
        assert counters.slow_readers == 0
