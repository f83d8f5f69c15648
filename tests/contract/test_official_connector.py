"""The official connector, unmodified but for the address: every call it has, over REST and over the WebSocket API.

One course of trading runs over both. Each answer must pass the connector's own model with nothing left over, and say
what the course makes true.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import pytest
from binance_common.configuration import ConfigurationWebSocketAPI
from binance_common.models import WebsocketApiResponse
from binance_sdk_spot.rest_api.rest_api import SpotRestAPI
from binance_sdk_spot.spot import Spot
from binance_sdk_spot.websocket_api.websocket_api import SpotWebSocketAPI
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import BaseModel

from rialto.contracts.commands import ReportBlockTrade, SetReferencePrice
from rialto.contracts.symbol_rules import Reference, ReferenceMethod, SymbolRules
from rialto.contracts.vocabulary import Side
from rialto.identity.restrictions import Permission, Restrictions
from tests.connectors import PATIENCE_MS, rest_configuration
from tests.exchange import BTCUSDT
from tests.gateway import pool
from tests.streams import Streaming, eventually, streaming
from tests.websocket_client import connected

OF_REST: Final = frozenset(
    name for name, _ in inspect.getmembers(SpotRestAPI, inspect.isfunction) if not name.startswith(("_", "send_"))
)
EXTRA: Final = frozenset(
    (
        *("close_connection", "connect", "create_connection", "init_connection", "is_one_of_model", "off_connection"),
        *("on", "on_connection", "ping_server", "ping_ws_api", "receive_loop", "reconnect", "schedule_reconnect"),
        *("send_message", "send_signed_message", "session_re_log_on", "stream_messages", "subscribe_user_data"),
        "unsubscribe",
    )
)
"""What the WebSocket client offers that is no call of the API."""

OF_WEBSOCKET: Final = frozenset(
    name
    for name, _ in inspect.getmembers(SpotWebSocketAPI, inspect.isfunction)
    if not name.startswith("_") and name not in EXTRA
)
CONDITIONAL: Final = frozenset(
    (
        *("allocId", "matchType", "preventedMatches", "preventedQuantity", "tradeId", "usedSor", "workingFloor"),
        *("rateLimits", "selfTradePreventionMode", "specialCommissionForOrder"),
    )
)
"""Documented fields that not all of the connector's models know."""

ENVELOPE: Final = frozenset(("id", "status", "result"))
"""What the connector's model of exchange information over the WebSocket API leaves out."""

NAMES: Final = {
    "agg_trades": "trades_aggregate",
    "all_order_list": "all_order_lists",
    "delete_open_orders": "open_orders_cancel_all",
    "delete_order": "order_cancel",
    "delete_order_list": "order_list_cancel",
    "get_account": "account_status",
    "get_open_orders": "open_orders_status",
    "get_order": "order_status",
    "get_order_list": "order_list_status",
    "get_trades": "trades_recent",
    "historical_block_trades": "block_trades_historical",
    "historical_trades": "trades_historical",
    "new_order": "order_place",
    "open_order_list": "open_order_lists_status",
    "order_list_oco": "order_list_place_oco",
    "order_list_opo": "order_list_place_opo",
    "order_list_opoco": "order_list_place_opoco",
    "order_list_oto": "order_list_place_oto",
    "order_list_otoco": "order_list_place_otoco",
    "order_oco": "order_list_place",
    "rate_limit_order": "account_rate_limits_orders",
    "sor_order": "sor_order_place",
    "ticker_book_ticker": "ticker_book",
}
"""What the WebSocket client calls the same call, where the names differ."""

LIMIT: Final = {"type": "LIMIT", "time_in_force": "GTC"}


class Transport(Protocol):
    """One way to call: by the names of the REST client."""

    async def call(self, name: str, **parameters: Any) -> Any:
        """Return the answer as the connector's model dumps it, by the API's names."""


class OverRest:
    """The connector's REST client."""

    def __init__(self, url: str, key: str, private_key: str) -> None:
        configuration = rest_configuration(url, key, private_key=private_key)
        self._api = Spot(config_rest_api=configuration).rest_api
        self.called: set[str] = set()

    async def call(self, name: str, **parameters: Any) -> Any:
        self.called.add(name)
        response = await asyncio.to_thread(getattr(self._api, name), **parameters)
        return dumped(response.data())


class OverWebSocket:
    """The connector's WebSocket API client, with every request signed."""

    def __init__(self, api: SpotWebSocketAPI) -> None:
        self.api = api
        self.called: set[str] = set()

    async def call(self, name: str, **parameters: Any) -> Any:
        name = NAMES.get(name, name)
        self.called.add(name)
        response: WebsocketApiResponse[Any] = await getattr(self.api, name)(**parameters)
        answer = dumped(response.data())
        if name == "my_filters":  # The connector's model looks for the filters beside the result, and keeps nothing.
            return answer["rateLimits"]
        assert answer["status"] == 200, answer
        return answer.get("result")


async def routed_over(do: Transport, **order: Any) -> Any:
    """Place a routed order; the WebSocket API puts the answer into a list."""
    answer = await do.call("sor_order", **order)
    return answer[0] if isinstance(answer, list) else answer


def dumped(model: Any) -> Any:
    """Return a model as plain data, and hold it against carrying anything it does not know."""
    if isinstance(model, list):
        return [dumped(each) for each in model]
    if not isinstance(model, BaseModel):
        return model
    instance = getattr(model, "actual_instance", None)
    if instance is not None:
        return dumped(instance)
    unknown = getattr(model, "additional_properties", None) or {}
    assert set(unknown) <= CONDITIONAL or set(unknown) == ENVELOPE, model
    return unknown | {
        field.alias or name: dumped(getattr(model, name))
        for name, field in type(model).model_fields.items()
        if name != "additional_properties" and getattr(model, name) is not None
    }


def keys_of(exchange: Streaming, name: str) -> tuple[str, str]:
    """Register an Ed25519 key for one of the traders; return it with the private key in PEM."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    owner = getattr(exchange.exchange, name).key.owner
    here = Restrictions.read(["127.0.0.1"], [])
    made = exchange.exchange.keys.register(owner, "connector", list(Permission), 1, public, restrictions=here)
    return made.key, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@asynccontextmanager
async def websocket_client(exchange: Streaming) -> AsyncIterator[SpotWebSocketAPI]:
    key, private = keys_of(exchange, "alice")
    configuration = ConfigurationWebSocketAPI(
        api_key=key,
        private_key=private,
        stream_url=f"ws://127.0.0.1:{exchange.port}/ws-api/v3",
        timeout=PATIENCE_MS,
    )
    api = Spot(config_ws_api=configuration).websocket_api
    await api.create_connection()  # type: ignore[no-untyped-call]
    try:
        yield api
    finally:
        await api.close_connection()


@pytest.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Streaming]:
    rules = SymbolRules(reference=Reference(ReferenceMethod.EXTERNAL, calculation_id=42))
    async with streaming(tmp_path, rules=rules) as running:
        await pool(running.exchange)
        await running.runtime.submit(SetReferencePrice(BTCUSDT, "50000"))
        await running.runtime.submit(ReportBlockTrade(BTCUSDT, "50000", "1", Side.BUY))
        yield running


async def trade(do: Transport, exchange: Streaming) -> None:
    """Place, change, fill and cancel orders of every kind, and look at each."""
    symbol, bob = "BTCUSDT", exchange.exchange.bob
    placed = await do.call("new_order", symbol=symbol, side="BUY", **LIMIT, quantity=1.5, price=49000.5)
    assert (placed["status"], placed["origQty"], placed["price"]) == ("NEW", "1.50000000", "49000.50000000")
    order = {"symbol": symbol, "order_id": placed["orderId"]}
    assert (await do.call("get_order", **order))["status"] == "NEW"
    assert [each["orderId"] for each in await do.call("get_open_orders", symbol=symbol)] == [placed["orderId"]]
    amended = await do.call("order_amend_keep_priority", **order, new_qty=1.25)
    assert amended["amendedOrder"]["qty"] == "1.25000000"
    assert [each["newQty"] for each in await do.call("order_amendments", **order)] == ["1.25000000"]
    replaced = await do.call(
        "order_cancel_replace",
        symbol=symbol,
        side="BUY",
        **LIMIT,
        cancel_replace_mode="STOP_ON_FAILURE",
        cancel_order_id=placed["orderId"],
        quantity=1.0,
        price=49100.0,
    )
    assert replaced["newOrderResponse"]["price"] == "49100.00000000"
    await bob.place("SELL", "49100", "0.4")
    canceled = await do.call("delete_order", symbol=symbol, order_id=replaced["newOrderResponse"]["orderId"])
    assert (canceled["status"], canceled["executedQty"]) == ("CANCELED", "0.40000000")
    bought = await do.call("my_trades", symbol=symbol)
    assert [(each["qty"], each["isBuyer"], each["isMaker"]) for each in bought] == [("0.40000000", True, True)]
    assert [each["status"] for each in await do.call("all_orders", symbol=symbol)] == ["CANCELED", "CANCELED"]
    tested = await do.call(
        "order_test", symbol=symbol, side="BUY", **LIMIT, quantity=1.0, price=49000.0, compute_commission_rates=True
    )
    assert tested["standardCommissionForOrder"]["maker"] == "0.00100000"
    await prevent_a_match(do)
    await route(do, exchange)


async def prevent_a_match(do: Transport) -> None:
    symbol = "BTCUSDT"
    await do.call("new_order", symbol=symbol, side="BUY", **LIMIT, quantity=1.0, price=48000.0)
    sold = await do.call(
        "new_order",
        symbol=symbol,
        side="SELL",
        **LIMIT,
        quantity=1.0,
        price=48000.0,
        self_trade_prevention_mode="EXPIRE_TAKER",
    )
    assert sold["status"] == "EXPIRED_IN_MATCH"
    (prevented,) = await do.call("my_prevented_matches", symbol=symbol, order_id=sold["orderId"])
    assert prevented["selfTradePreventionMode"] == "EXPIRE_TAKER"
    assert [each["status"] for each in await do.call("delete_open_orders", symbol=symbol)] == ["CANCELED"]


async def route(do: Transport, exchange: Streaming) -> None:
    await exchange.exchange.bob.place("SELL", "50500", "1")
    await exchange.exchange.bob.place("SELL", "50000", "1", symbol="BTCUSDC")
    order: dict[str, Any] = {"symbol": "BTCUSDT", "side": "BUY", **LIMIT, "quantity": 1.5, "price": 51000.0}
    assert await do.call("sor_order_test", **order, compute_commission_rates=True)
    routed = await routed_over(do, **order)
    assert (routed["status"], routed["usedSor"], len(routed["fills"])) == ("FILLED", True, 2)
    allocations = await do.call("my_allocations", symbol="BTCUSDT")
    assert [each["qty"] for each in allocations] == ["1.00000000", "0.50000000"]


async def place_lists(do: Transport) -> None:
    """Place every kind of order list, look at them, cancel them."""
    symbol: dict[str, Any] = {"symbol": "BTCUSDT"}
    working: dict[str, Any] = {
        "working_type": "LIMIT",
        "working_side": "BUY",
        "working_price": 40000.0,
        "working_quantity": 0.01,
        "working_time_in_force": "GTC",
    }
    above = {"above_type": "LIMIT_MAKER", "above_price": 60000.0}
    below = {"below_type": "STOP_LOSS", "below_stop_price": 30000.0}
    pending: dict[str, Any] = {"pending_side": "SELL"}
    bracket = {f"pending_{name}": value for name, value in {**above, **below}.items()}
    single: dict[str, Any] = {
        **pending,
        "pending_type": "LIMIT",
        "pending_price": 61000.0,
        "pending_time_in_force": "GTC",
    }
    old = await do.call("order_oco", **symbol, side="SELL", quantity=0.01, price=60000.0, stop_price=30000.0)
    oco = await do.call("order_list_oco", **symbol, side="SELL", quantity=0.01, **above, **below)
    oto = await do.call("order_list_oto", **symbol, **working, **single, pending_quantity=0.01)
    otoco = await do.call("order_list_otoco", **symbol, **working, **pending, **bracket, pending_quantity=0.01)
    opo = await do.call("order_list_opo", **symbol, **working, **single)
    opoco = await do.call("order_list_opoco", **symbol, **working, **pending, **bracket)
    lists = [old, oco, oto, otoco, opo, opoco]
    assert [each["contingencyType"] for each in lists] == ["OCO", "OCO", "OTO", "OTO", "OTO", "OTO"]
    assert [len(each["orderReports"]) for each in lists] == [2, 2, 2, 3, 2, 3]
    ids = [each["orderListId"] for each in lists]
    assert sorted(each["orderListId"] for each in await do.call("open_order_list")) == ids
    shown = await do.call("get_order_list", order_list_id=ids[0])
    assert (shown["listOrderStatus"], len(shown["orders"])) == ("EXECUTING", 2)
    ended = await do.call("delete_order_list", **symbol, order_list_id=ids[0])
    assert ended["listOrderStatus"] == "ALL_DONE"
    canceled = await do.call("delete_open_orders", **symbol)
    assert len(canceled) == 5
    assert sorted(each["orderListId"] for each in await do.call("all_order_list")) == ids


async def look_around(do: Transport) -> None:
    """Ask for everything that is public, and for the account."""
    symbol: dict[str, Any] = {"symbol": "BTCUSDT"}
    assert await do.call("ping") in ({}, None)
    assert (await do.call("time"))["serverTime"] > 1_700_000_000_000
    assert {each["symbol"] for each in (await do.call("exchange_info"))["symbols"]} == {"BTCUSDT", "BTCUSDC"}
    assert await do.call("execution_rules", **symbol)
    assert set(await do.call("depth", **symbol)) == {"lastUpdateId", "bids", "asks"}
    trades = await do.call("get_trades", **symbol)
    assert [each["qty"] for each in trades[:1]] == ["0.40000000"]
    assert await do.call("historical_trades", **symbol, from_id=0) == trades
    assert (await do.call("agg_trades", **symbol))[0]["q"] == "0.40000000"
    assert [each["qty"] for each in await do.call("historical_block_trades", **symbol, from_id=0)] == ["1.00000000"]
    assert (await do.call("klines", **symbol, interval="1m"))[-1][4]
    assert (await do.call("ui_klines", **symbol, interval="1h"))[-1][4]
    assert (await do.call("avg_price", **symbol))["mins"] == 5
    assert (await do.call("reference_price", **symbol))["referencePrice"] == "50000.00000000"
    assert (await do.call("reference_price_calculation", **symbol))["externalCalculationId"] == 42
    assert (await do.call("ticker24hr", **symbol))["count"] > 0
    assert [each["symbol"] for each in await do.call("ticker24hr", symbols=["BTCUSDT", "BTCUSDC"])]
    assert (await do.call("ticker", **symbol, window_size="1h"))["count"] > 0
    assert (await do.call("ticker_trading_day", **symbol))["count"] > 0
    assert (await do.call("ticker_price", **symbol))["price"]
    assert set(await do.call("ticker_book_ticker", **symbol)) >= {"symbol", "bidPrice", "askPrice"}
    account = await do.call("get_account", omit_zero_balances=True)
    assert [each["asset"] for each in account["balances"]] == ["BTC", "USDT"]
    assert (await do.call("account_commission", **symbol))["standardCommission"]["maker"] == "0.00100000"
    assert [each["interval"] for each in await do.call("rate_limit_order")] == ["SECOND", "DAY"]


def check_filters(answer: Any) -> None:
    """Look for the filters that every symbol of the tests has."""
    assert {"PRICE_FILTER", "LOT_SIZE", "NOTIONAL"} <= {each["filterType"] for each in answer["symbolFilters"]}


async def use_session(api: SpotWebSocketAPI, called: set[str], exchange: Streaming) -> None:
    """Log on, subscribe in both ways, see an order's events, and leave."""

    async def call(name: str, **parameters: Any) -> Any:
        called.add(name)
        answer = await getattr(api, name)(**parameters)
        response = dumped(getattr(answer, "response", answer).data())
        assert response["status"] == 200, response
        if name.startswith("user_data_stream_subscribe"):
            answer.stream.on("message", lambda event: events.append(dumped(event)))
        return response.get("result")

    events: list[Any] = []
    assert "apiKey" not in await call("session_status")
    assert (await call("session_logon"))["apiKey"]
    assert (await call("user_data_stream_subscribe"))["subscriptionId"] == 0
    assert [each["subscriptionId"] for each in await call("session_subscriptions")] == [0]
    await exchange.exchange.alice.place("SELL", "90000", "0.5")
    await eventually(lambda: len(events) >= 2)
    report, position = events[:2]
    assert (report["x"], report["X"], report["p"], report["q"]) == ("NEW", "NEW", "90000.00000000", "0.50000000")
    assert [(each["a"], each["l"]) for each in position["B"]] == [("BTC", "0.50000000")]
    assert await call("user_data_stream_unsubscribe") in ({}, None)
    assert (await call("user_data_stream_subscribe_signature"))["subscriptionId"] == 1
    assert "apiKey" not in await call("session_logout")


async def test_over_rest(exchange: Streaming) -> None:
    key, private = keys_of(exchange, "alice")
    do = OverRest(f"http://127.0.0.1:{exchange.port}", key, private)
    await trade(do, exchange)
    await place_lists(do)
    await look_around(do)
    check_filters(await do.call("my_filters", symbol="BTCUSDT"))
    assert do.called == OF_REST


async def test_over_the_websocket_api(exchange: Streaming) -> None:
    async with websocket_client(exchange) as api:
        do = OverWebSocket(api)
        await trade(do, exchange)
        await place_lists(do)
        await look_around(do)
        assert await do.call("my_filters", symbol="BTCUSDT")
        async with connected(exchange.port) as client:
            answer = await client.ask_signed("myFilters", exchange.exchange.alice, symbol="BTCUSDT")
            check_filters(answer["result"])
        await use_session(api, do.called, exchange)
        assert do.called == OF_WEBSOCKET
