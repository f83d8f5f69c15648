"""Buy bitcoin by card on a running demonstration exchange, whose cards are taken by a stand-in: no money moves.

Start the exchange with `make run`, then run this with the virtual environment's Python:

    .venv/bin/python examples/03_buy_by_card.py
"""

import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from urllib.parse import urlencode

import httpx

url = os.environ.get("EXCHANGE_URL", "http://127.0.0.1:8000")
data = os.environ.get("EXCHANGE_DATA", "data")
demo_key = [sys.executable, "-m", "rialto", "demo-key", "--json", "--data", data]
key = json.loads(subprocess.run(demo_key, check=True, capture_output=True, text=True).stdout)


def call(method, path, **parameters):
    """Send a signed request, and return its answer."""
    query = urlencode({**parameters, "timestamp": time.time_ns() // 1_000_000})
    signature = hmac.new(key["secretKey"].encode(), query.encode(), hashlib.sha256).hexdigest()
    answer = httpx.request(
        method, f"{url}{path}?{query}&signature={signature}", headers={"X-MBX-APIKEY": key["apiKey"]}, timeout=30
    )
    return answer.raise_for_status().json()


# The exchange's own page; others are named by its operator, in cards.toml.
back = f"{url.rstrip('/')}/wallet/fiat"
order = call("POST", "/fiat/v1/card/purchases", currency="EUR", amount="100", asset="BTC", returnUrl=back)
print("to be paid on", order["url"], "for", order["obtainAmount"], "BTC at", order["price"])

# What a person does in a browser, with a card that pays; the page lists cards that do otherwise.
paid = httpx.post(order["url"], data={"number": "4242 4242 4242 4242"}, timeout=30)
assert paid.headers["location"] == back, paid.text

detail = {"orderStatus": "ORDER_INITIAL"}
while detail["orderStatus"] in ("ORDER_INITIAL", "ORDER_PROCESSING"):
    time.sleep(0.5)
    detail = call("GET", "/sapi/v1/fiat/get-order-detail", orderNo=order["orderId"])["data"]
assert detail["orderStatus"] == "ORDER_SUCCESS", detail
payment = call("GET", "/sapi/v1/fiat/payments", transactionType=0)["data"][0]
print("bought", payment["obtainAmount"], payment["cryptoCurrency"], "for", payment["sourceAmount"], "EUR")
