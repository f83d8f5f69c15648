"""Clients no one here wrote read markets and accounts of a running demonstration exchange, killed in between."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.connectors import rest_configuration
from tests.demo_process import UNLIMITED, Credentials, DemoProcess


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of an exchange that traded a little and was killed."""
    directory = tmp_path_factory.mktemp("markets") / "data"
    demo = DemoProcess(directory, UNLIMITED)
    trade(demo, demo.credentials("bob"))
    demo.kill()
    return directory


@pytest.fixture(scope="module")
def exchange(data: Path) -> Iterator[DemoProcess]:
    demo = DemoProcess(data, UNLIMITED)
    yield demo
    assert demo.stop() == 0


@pytest.fixture(scope="module")
def credentials(exchange: DemoProcess) -> Credentials:
    return exchange.credentials("bob")


def trade(demo: DemoProcess, credentials: Credentials) -> None:
    from binance.client import Client

    Client.API_URL = demo.url + "/api"
    bought = Client(credentials.key, credentials.secret).order_market_buy(symbol="ETHUSDT", quantity="1")
    assert bought["status"] == "FILLED"


def test_the_official_connector(exchange: DemoProcess, credentials: Credentials) -> None:
    from binance_common.errors import BadRequestError
    from binance_sdk_spot.rest_api.models import ExchangeInfoSymbolStatusEnum, TickerTypeEnum, TickerWindowSizeEnum
    from binance_sdk_spot.spot import Spot

    configuration = rest_configuration(exchange.url, credentials.key, credentials.secret)
    api = Spot(config_rest_api=configuration).rest_api
    rates = api.account_commission("ETHUSDT").data()
    assert rates.standard_commission is not None
    assert (rates.symbol, rates.standard_commission.taker) == ("ETHUSDT", "0.00100000")
    filters = api.my_filters("ETHUSDT").data().symbol_filters
    assert filters
    day: Any = api.ticker("ETHUSDT").data().actual_instance
    week: Any = api.ticker("ETHUSDT", window_size=TickerWindowSizeEnum.WINDOW_SIZE_7d).data().actual_instance
    assert day.count == week.count >= 1
    assert (day.first_id, week.open_price) == (1, day.open_price)
    zoned: Any = api.ticker_trading_day("ETHUSDT", time_zone="05:45").data().actual_instance
    assert zoned.close_time - zoned.open_time == 86_399_999
    several: Any = api.ticker(symbols=["ETHUSDT", "BTCUSDT"], type=TickerTypeEnum.MINI).data().actual_instance
    assert [each.symbol for each in several] == ["ETHUSDT", "BTCUSDT"]
    assert several[0].price_change is None
    rules = api.execution_rules(symbol="ETHUSDT").data().symbol_rules
    assert rules is not None
    assert [each.symbol for each in rules] == ["ETHUSDT"]
    block_trades: Any = api.historical_block_trades("ETHUSDT", from_id=1).data()
    assert block_trades == []
    with pytest.raises(BadRequestError, match="doesn't have a reference price"):
        api.reference_price("ETHUSDT")
    assert api.exchange_info(symbol_status=ExchangeInfoSymbolStatusEnum.TRADING).data().symbols
    assert api.get_account().data().update_time


def ccxt_client(ccxt: ModuleType, exchange: DemoProcess, credentials: Credentials) -> Any:
    """A client of one of ccxt's libraries, with nothing changed but the addresses."""
    client = ccxt.binance(
        {
            "apiKey": credentials.key,
            "secret": credentials.secret,
            "options": {"fetchMarkets": {"types": ["spot"]}, "fetchMargins": False},
        }
    )
    client.urls["api"] = {
        name: address.replace("https://api.binance.com", exchange.url) for name, address in client.urls["api"].items()
    }
    return client


def test_ccxt(exchange: DemoProcess, credentials: Credentials) -> None:
    import ccxt

    client = ccxt_client(ccxt, exchange, credentials)
    assert client.load_markets()["ETH/USDT"]["active"]
    rolling = client.public_get_ticker({"symbol": "ETHUSDT", "windowSize": "2h"})
    trading_day = client.public_get_ticker_tradingday({"symbol": "ETHUSDT"})
    assert int(rolling["count"]) >= 1
    assert {"priceChange", "weightedAvgPrice", "lastId"} <= trading_day.keys() & rolling.keys()
    commission = client.private_get_account_commission({"symbol": "ETHUSDT"})
    assert commission["discount"]["discount"] == "0.00000000"
    assert "USDT" in client.fetch_currencies()
    moved = client.transfer("USDT", 25, "spot", "funding")
    assert client.fetch_balance({"type": "funding"})["USDT"]["total"] == 25
    assert [each["id"] for each in client.fetch_transfers("USDT", params={"type": "MAIN_FUNDING"})] == [moved["id"]]
    client.transfer("USDT", 25, "funding", "spot")


async def test_ccxt_without_waiting(exchange: DemoProcess, credentials: Credentials) -> None:
    import ccxt.async_support as ccxt

    client = ccxt_client(ccxt, exchange, credentials)
    try:
        markets, book, candles = await asyncio.gather(
            client.load_markets(), client.fetch_order_book("ETH/USDT", 5), client.fetch_ohlcv("ETH/USDT", "1m", limit=2)
        )
        assert "ETH/USDT" in markets
        assert candles
        price = client.price_to_precision("ETH/USDT", book["bids"][-1][0] * 0.9)
        orders = await asyncio.gather(*(client.create_order("ETH/USDT", "limit", "buy", 0.05, price) for _ in range(3)))
        resting = await client.fetch_open_orders("ETH/USDT")
        assert {order["id"] for order in orders} <= {order["id"] for order in resting}
        await client.cancel_all_orders("ETH/USDT")
        assert await client.fetch_open_orders("ETH/USDT") == []
    finally:
        await client.close()


def test_python_binance(exchange: DemoProcess, credentials: Credentials) -> None:
    from binance.client import Client
    from binance.exceptions import BinanceAPIException

    Client.API_URL = exchange.url + "/api"
    client = Client(credentials.key, credentials.secret, ping=False)
    assert client.get_symbol_info("ETHUSDT")["status"] == "TRADING"
    assert client.get_account()["updateTime"] > 0
    assert client._get("ticker", version="v3", data={"symbol": "ETHUSDT", "windowSize": "1h"})["count"] >= 1
    with pytest.raises(BinanceAPIException) as refusal:
        client._get("ticker", version="v3", data={"symbol": "ETHUSDT", "windowSize": "8d"})
    assert refusal.value.code == -1130
