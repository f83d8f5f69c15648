"""Clients no one here wrote, unmodified but for the address, trade on a running demonstration exchange."""

import runpy
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from tests.connectors import rest_configuration
from tests.demo_process import UNLIMITED, Credentials, DemoProcess, free_port

ROOT = Path(__file__).parents[2]
FIX_PORT = free_port()
EXAMPLES = sorted((ROOT / "examples").glob("[0-9]*.py"))


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProcess]:
    environment = {**UNLIMITED, "RIALTO_FIX_ORDER_ENTRY_PORT": str(FIX_PORT)}
    demo = DemoProcess(tmp_path_factory.mktemp("clients") / "data", environment)
    yield demo
    assert demo.stop() == 0


@pytest.fixture(scope="module")
def credentials(exchange: DemoProcess) -> Credentials:
    return exchange.credentials("bob")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_run(
    path: Path, exchange: DemoProcess, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EXCHANGE_URL", exchange.url)
    monkeypatch.setenv("EXCHANGE_DATA", str(exchange.data))
    monkeypatch.setenv("EXCHANGE_FIX_PORT", str(FIX_PORT))
    monkeypatch.setattr(sys, "argv", [str(path)])
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out


def test_the_example_stands_in_the_readme() -> None:
    """What the README shows is what was run above, without the lines that only fetch the key."""
    readme = (ROOT / "README.md").read_text()
    shown = readme.split("```python\n")[1].split("```")[0].strip()
    assert shown in EXAMPLES[0].read_text()


def test_python_binance(exchange: DemoProcess, credentials: Credentials) -> None:
    from binance.client import Client
    from binance.exceptions import BinanceAPIException

    Client.API_URL = exchange.url + "/api"
    client = Client(credentials.key, credentials.secret, ping=True)
    assert client.get_symbol_info("ETHUSDT")["status"] == "TRADING"
    book = client.get_order_book(symbol="ETHUSDT", limit=5)
    price = f"{float(book['bids'][-1][0]) * 0.9:.2f}"
    placed = client.order_limit_buy(symbol="ETHUSDT", quantity="0.1", price=price, newOrderRespType="RESULT")
    assert (placed["status"], placed["origQty"]) == ("NEW", "0.10000000")
    assert placed["orderId"] in {order["orderId"] for order in client.get_open_orders(symbol="ETHUSDT")}
    assert client.get_order(symbol="ETHUSDT", orderId=placed["orderId"])["status"] == "NEW"
    canceled = client.cancel_order(symbol="ETHUSDT", orderId=placed["orderId"])
    assert (canceled["status"], canceled["origClientOrderId"]) == ("CANCELED", placed["clientOrderId"])
    before = client.get_asset_balance("ETH")
    bought = client.order_market_buy(symbol="ETHUSDT", quoteOrderQty="500")
    assert bought["status"] == "FILLED"
    assert bought["fills"]
    after = client.get_asset_balance("ETH")
    assert after["free"] != before["free"]
    trades = client.get_my_trades(symbol="ETHUSDT", orderId=bought["orderId"])
    assert [trade["id"] for trade in trades] == [fill["tradeId"] for fill in bought["fills"]]
    assert [order["status"] for order in client.get_all_orders(symbol="ETHUSDT")] == ["CANCELED", "FILLED"]
    candles = client.get_klines(symbol="ETHUSDT", interval="1m", limit=2)
    assert candles
    assert client.get_ticker(symbol="ETHUSDT")["count"] > 0
    with pytest.raises(BinanceAPIException, match="Invalid symbol") as refusal:
        client.get_order_book(symbol="NOSUCH")
    assert refusal.value.code == -1121
    with pytest.raises(BinanceAPIException, match="insufficient balance") as refusal:
        client.order_limit_sell(symbol="ETHUSDT", quantity="300", price=f"{float(book['asks'][0][0]) * 2:.2f}")
    assert refusal.value.code == -2010


def test_the_official_connector(exchange: DemoProcess, credentials: Credentials) -> None:
    from binance_common.errors import BadRequestError
    from binance_sdk_spot.rest_api.models import NewOrderSideEnum, NewOrderTimeInForceEnum, NewOrderTypeEnum
    from binance_sdk_spot.spot import Spot

    configuration = rest_configuration(exchange.url, credentials.key, credentials.secret)
    api = Spot(config_rest_api=configuration).rest_api
    assert api.time().data().server_time is not None
    symbols = api.exchange_info(symbol="LTCUSDT").data().symbols
    assert symbols is not None
    assert [symbol.symbol for symbol in symbols] == ["LTCUSDT"]
    bids = api.depth("LTCUSDT", limit=5).data().bids
    assert bids
    price = round(float(bids[0][0]) * 0.9, 2)
    placed = api.new_order(
        "LTCUSDT",
        NewOrderSideEnum.BUY,
        NewOrderTypeEnum.LIMIT,
        time_in_force=NewOrderTimeInForceEnum.GTC,
        quantity=1.0,
        price=price,
        new_client_order_id="official-1",
    ).data()
    assert (placed.status, placed.client_order_id) == ("NEW", "official-1")
    assert api.get_order("LTCUSDT", orig_client_order_id="official-1").data().status == "NEW"
    assert api.delete_order("LTCUSDT", orig_client_order_id="official-1").data().status == "CANCELED"
    bought = api.new_order("LTCUSDT", NewOrderSideEnum.BUY, NewOrderTypeEnum.MARKET, quantity=2.0).data()
    assert bought.status == "FILLED"
    trades = cast(list[Any], api.my_trades("LTCUSDT", order_id=bought.order_id).data())
    assert sum(Decimal(trade.qty or "0") for trade in trades) == 2
    balances = api.get_account(omit_zero_balances=True).data().balances
    assert balances
    with pytest.raises(BadRequestError, match="Unknown order sent"):
        api.delete_order("LTCUSDT", orig_client_order_id="official-1")
