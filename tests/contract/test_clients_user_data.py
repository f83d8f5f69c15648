"""Clients no one here wrote hear of their account's orders, trades and balances as these happen."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.connectors import PATIENCE_MS
from tests.streams import Streaming, streaming

TIMEOUT_S = 10


@pytest_asyncio.fixture
async def served(tmp_path: Path) -> AsyncIterator[Streaming]:
    async with streaming(tmp_path) as served:
        yield served


async def in_time(awaited: Any) -> Any:
    return await asyncio.wait_for(awaited, TIMEOUT_S)


async def test_ccxt(served: Streaming) -> None:
    import ccxt.pro as ccxt

    alice, address = served.exchange.alice, f"127.0.0.1:{served.port}"
    client = ccxt.binance(
        {
            "apiKey": alice.key.key,
            "secret": alice.secret,
            "options": {"fetchMarkets": {"types": ["spot"]}, "fetchMargins": False, "fetchCurrencies": False},
        }
    )
    client.urls["api"] = {
        name: each.replace("https://api.binance.com", f"http://{address}") if isinstance(each, str) else each
        for name, each in client.urls["api"].items()
    }
    client.urls["api"]["ws"]["ws-api"]["spot"] = f"ws://{address}/ws-api/v3"
    try:
        await client.load_markets()
        await client.ensure_user_data_stream_ws_subscribe_signature()
        orders, trades = asyncio.create_task(client.watch_orders()), asyncio.create_task(client.watch_my_trades())
        balance = asyncio.create_task(client.watch_balance())
        placed = await client.create_order("BTC/USDT", "limit", "buy", 1, 40_000, {"newClientOrderId": "mine"})
        (order,) = await in_time(orders)
        assert (order["id"], order["status"], order["clientOrderId"]) == (placed["id"], "open", "mine")
        await served.exchange.bob.place("SELL", "40000", "0.4")
        (trade,) = await in_time(trades)
        assert (trade["order"], trade["amount"], trade["price"]) == (placed["id"], 0.4, 40_000)
        assert (trade["takerOrMaker"], trade["fee"]["currency"]) == ("maker", "BTC")
        assert (await in_time(balance))["USDT"]["used"] >= 24_000
        canceled = asyncio.create_task(client.watch_orders())
        await client.cancel_order(placed["id"], "BTC/USDT")
        (order,) = await in_time(canceled)
        assert (order["status"], order["clientOrderId"], order["filled"]) == ("canceled", "mine", 0.4)
    finally:
        await client.close()


async def test_python_binance(served: Streaming) -> None:
    from binance import AsyncClient, BinanceSocketManager

    alice = served.exchange.alice
    client = AsyncClient(alice.key.key, alice.secret)
    client.API_URL = f"http://127.0.0.1:{served.port}/api"
    client.ws_api._url = f"ws://127.0.0.1:{served.port}/ws-api/v3"
    try:
        async with BinanceSocketManager(client).user_socket() as events:
            await served.exchange.bob.place("SELL", "50000", "1")
            placed = await client.order_limit_buy(symbol="BTCUSDT", quantity="2", price="50000")
            received = [await in_time(events.recv()) for _ in range(3)]
            assert [event.get("x", event["e"]) for event in received] == ["NEW", "TRADE", "outboundAccountPosition"]
            assert received[1]["i"] == placed["orderId"]
            assert (received[1]["X"], received[1]["l"]) == ("PARTIALLY_FILLED", "1.00000000")
    finally:
        await client.close_connection()


async def test_the_official_connector(served: Streaming) -> None:
    from binance_common.configuration import ConfigurationWebSocketAPI
    from binance_sdk_spot.spot import Spot
    from binance_sdk_spot.websocket_api.models import OrderPlaceSideEnum, OrderPlaceTimeInForceEnum, OrderPlaceTypeEnum

    alice = served.exchange.alice
    configuration = ConfigurationWebSocketAPI(
        api_key=alice.key.key,
        api_secret=alice.secret,
        stream_url=f"ws://127.0.0.1:{served.port}/ws-api/v3",
        timeout=PATIENCE_MS,
    )
    api: Any = Spot(config_ws_api=configuration).websocket_api
    connection = await api.create_connection()
    received: asyncio.Queue[Any] = asyncio.Queue()
    try:
        subscribed = await connection.user_data_stream_subscribe_signature()
        subscribed.stream.on("message", received.put_nowait)
        placed = await connection.order_place(
            symbol="BTCUSDT",
            side=OrderPlaceSideEnum.SELL,
            type=OrderPlaceTypeEnum.LIMIT,
            time_in_force=OrderPlaceTimeInForceEnum.GTC,
            price=60_000,
            quantity=1,
        )
        report = (await in_time(received.get())).actual_instance
        position = (await in_time(received.get())).actual_instance
        assert (type(report).__name__, type(position).__name__) == ("ExecutionReport", "OutboundAccountPosition")
        result = placed.data().result
        assert result is not None
        assert (report.i, report.c, report.x) == (result.order_id, result.client_order_id, "NEW")
        assert [(each.a, each.l) for each in position.B] == [("BTC", "1.00000000")]
    finally:
        await connection.close_connection(close_session=True)
