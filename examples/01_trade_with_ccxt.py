"""Trade on a running demonstration exchange with ccxt, changing nothing but the address.

Start the exchange with `make run`, then run this with the virtual environment's Python:

    .venv/bin/python examples/01_trade_with_ccxt.py
"""

import json
import os
import subprocess
import sys

import ccxt

url = os.environ.get("EXCHANGE_URL", "http://127.0.0.1:8000")
data = os.environ.get("EXCHANGE_DATA", "data")
demo_key = [sys.executable, "-m", "rialto", "demo-key", "--json", "--data", data]
key = json.loads(subprocess.run(demo_key, check=True, capture_output=True, text=True).stdout)

exchange = ccxt.binance(
    {
        "apiKey": key["apiKey"],
        "secret": key["secretKey"],
        "options": {"fetchMarkets": {"types": ["spot"]}, "fetchMargins": False},
    }
)
exchange.urls["api"] = {
    name: address.replace("https://api.binance.com", url) for name, address in exchange.urls["api"].items()
}

markets = exchange.load_markets()
book = exchange.fetch_order_book("BTC/USDT", limit=5)
print(len(markets), "markets; best bid", book["bids"][0], "best ask", book["asks"][0])

price = exchange.price_to_precision("BTC/USDT", book["bids"][-1][0] * 0.98)
resting = exchange.create_order("BTC/USDT", "limit", "buy", 0.01, price)
print("resting:", [order["id"] for order in exchange.fetch_open_orders("BTC/USDT")])
exchange.cancel_order(resting["id"], "BTC/USDT")

before = exchange.fetch_balance()["BTC"]["free"]
bought = exchange.create_order("BTC/USDT", "market", "buy", 0.01)
after = exchange.fetch_balance()["BTC"]["free"]
fills = exchange.fetch_my_trades("BTC/USDT", params={"orderId": bought["id"]})
print("bought", bought["filled"], "at", bought["average"], "in", len(fills), "fills")
print("BTC before", before, "after", after, "(the commission is taken from what is received)")
