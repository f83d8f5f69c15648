"""freqtrade, unmodified but for addresses, trades for some minutes; orders and balances agree on both sides."""

import os
import signal
import sqlite3
import subprocess
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.demo_process import UNLIMITED, DemoProcess
from tests.gateway import Trader

EXAMPLE = Path(__file__).parents[2] / "examples" / "freqtrade"
TRADING_S = 180
CLOSED_TRADES_MIN = 2


def asked(exchange: DemoProcess, path: str, **parameters: object) -> Any:
    """Ask for something signed by the bot's key."""
    key, secret = exchange.credentials("bob")
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    query += f"{'&' if query else ''}timestamp={time.time_ns() // 1_000_000}"
    url = f"{exchange.url}{path}?{query}&signature={Trader.sign_with(secret, query)}"
    response = httpx.get(url, headers={"X-MBX-APIKEY": key}, trust_env=False)
    assert response.status_code == 200, response.text
    return response.json()


def balances(exchange: DemoProcess) -> dict[str, Decimal]:
    """Return what the bot's account holds."""
    account = asked(exchange, "/api/v3/account")
    return {each["asset"]: Decimal(each["free"]) + Decimal(each["locked"]) for each in account["balances"]}


def trade(exchange: DemoProcess, directory: Path) -> None:
    """Let the bot trade for its time."""
    key, secret = exchange.credentials("bob")
    (directory / "user_data").mkdir()
    config = (EXAMPLE / "config.json").read_text().replace("127.0.0.1:8000", exchange.url.removeprefix("http://"))
    (directory / "config.json").write_text(config)
    command = [os.environ["RIALTO_TEST_FREQTRADE"], "trade", "-c", "config.json", "--strategy", "Often"]
    command += ["--strategy-path", str(EXAMPLE / "strategies"), "--userdir", "user_data"]
    command += ["--db-url", f"sqlite:///{directory / 'trades.sqlite'}"]
    environment = {**os.environ, "FREQTRADE__EXCHANGE__KEY": key, "FREQTRADE__EXCHANGE__SECRET": secret}
    with (directory / "bot.log").open("wb") as log:
        bot = subprocess.Popen(command, cwd=directory, env=environment, stdout=log, stderr=subprocess.STDOUT)
        with pytest.raises(subprocess.TimeoutExpired):
            bot.wait(TRADING_S)
        bot.send_signal(signal.SIGTERM)
        bot.wait(60)


@pytest.mark.timeout(TRADING_S + 180)
def test_freqtrade_trades_and_both_sides_agree(tmp_path: Path) -> None:
    exchange = DemoProcess(tmp_path / "data", UNLIMITED)
    before = balances(exchange)
    trade(exchange, tmp_path)
    database = sqlite3.connect(tmp_path / "trades.sqlite")
    orders = database.execute("select order_id, symbol, side, status, filled, average from orders").fetchall()
    closed = database.execute("select count(*) from trades where is_open = 0").fetchone()[0]
    log = (tmp_path / "bot.log").read_text()
    assert closed >= CLOSED_TRADES_MIN, log[-4_000:]
    # Every order the bot knows is the exchange's, filled as the bot thinks it was, and there are no others.
    theirs = {
        str(order["orderId"]): order
        for symbol in ("BTCUSDT", "ETHUSDT")
        for order in asked(exchange, "/api/v3/allOrders", symbol=symbol)
    }
    assert set(theirs) == {order_id for order_id, *_ in orders}
    for order_id, pair, side, status, filled, _ in orders:
        order = theirs[order_id]
        assert (order["symbol"], order["side"].lower()) == (pair.replace("/", ""), side)
        assert (order["status"] == "FILLED") == (status == "closed"), order
        assert Decimal(order["executedQty"]) == Decimal(str(filled or 0)).quantize(Decimal("1e-8"))
    # What the account holds has changed by its trades and nothing else.
    expected = dict(before)
    for symbol, base in (("BTCUSDT", "BTC"), ("ETHUSDT", "ETH")):
        for each in asked(exchange, "/api/v3/myTrades", symbol=symbol):
            sign = 1 if each["isBuyer"] else -1
            expected[base] += sign * Decimal(each["qty"])
            expected["USDT"] -= sign * Decimal(each["quoteQty"])
            expected[each["commissionAsset"]] -= Decimal(each["commission"])
    assert balances(exchange) == expected
    assert "Invalid response status" not in log, "a stream was refused"
    assert "Couldn't reuse watch" not in log.split("Wallets synced", 3)[-1], "candles did not come by the stream"
    assert exchange.stop() == 0
