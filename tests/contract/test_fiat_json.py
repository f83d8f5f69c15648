"""The two orders of fiat money as JSON bodies: signed over the query, read as a form would be, refused where bad."""

import time
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest

from tests.contract.test_fiat import EVERYTHING, THEIRS, detail, open_bank, prepared
from tests.gateway import Trader, refusal
from tests.whole_exchange import whole_exchange

DEPOSIT = "/sapi/v1/fiat/deposit"
JSON = "application/json"


async def sent(
    trader: Trader, path: str, body: str, *, content_type: str = JSON, covers_body: bool = False, **query: str
) -> httpx.Response:
    """Send a body; the signature is over the query, or over both."""
    asked = urlencode({**query, "timestamp": time.time_ns() // 1_000_000, "recvWindow": 60_000})
    signature = quote(trader.sign(asked + body if covers_body else asked), safe="")
    headers = {"X-MBX-APIKEY": trader.key.key, "content-type": content_type}
    return await trader.client.post(f"{path}?{asked}&signature={signature}", content=body.encode(), headers=headers)


async def test_orders_may_be_json(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        await open_bank(whole)
        ann = await whole.trader("ann", EVERYTHING)
        body = (
            '{"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": 100.10, "ext": {"a": [1]}, "b": null}'
        )
        for content_type, covers_body in ((JSON, False), (f"{JSON};charset=UTF-8", True)):
            response = await sent(ann, DEPOSIT, body, content_type=content_type, covers_body=covers_body)
            assert response.status_code == 200, response.text
            # A number is read as it is written, and not as a binary fraction.
            assert (await detail(ann, response.json()["data"]["orderId"]))["amount"] == "100.10"
        withdrawal = (
            '{"currency":"EUR","apiPaymentMethod":"bank_transfer","amount":20,'
            f'"accountInfo":{{"accountNumber":"{THEIRS}"}}}}'
        )
        assert refusal(await sent(ann, "/sapi/v2/fiat/withdraw", withdrawal))[1] == -4026


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        ("{", JSON, -1135),
        ("[]", JSON, -1135),
        ("1", JSON, -1135),
        ('{"currency": "\\ud800"}', JSON, -1135),
        ('{"currency":' + "[" * 20_000, JSON, -1135),
        ('{"a":' + "[" * 20_000 + "]" * 20_000 + "}", JSON, -1135),
        ("{" + ",".join(f'"p{number}":1' for number in range(65)) + "}", JSON, -1101),
        ('{"currency":"EUR","apiPaymentMethod":"bank_transfer"}', JSON, -1102),
        ('{"currency":"EUR","apiPaymentMethod":"bank_transfer","amount":1e2}', JSON, -1100),
        ('{"currency":"EUR","apiPaymentMethod":"bank_transfer","amount":"20","owner":2}', JSON, -1104),
        ("currency=EUR&apiPaymentMethod=bank_transfer&amount=20", "application/x-www-form-urlencoded", -1022),
    ],
)
async def test_what_is_wrong_with_a_body_is_told(tmp_path: Path, body: str, content_type: str, code: int) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        await open_bank(whole)
        ann = await whole.trader("ann", EVERYTHING)
        assert refusal(await sent(ann, DEPOSIT, body, content_type=content_type))[1] == code


async def test_only_these_calls_take_json(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        ann = await whole.trader("ann", EVERYTHING)
        order = '{"symbol":"BTCUSDT","side":"BUY","type":"MARKET","quantity":"1"}'
        assert refusal(await sent(ann, "/api/v3/order", order))[1] == -1102
        wrong = await sent(ann, DEPOSIT, "{}", currency="EUR", apiPaymentMethod="bank_transfer", amount="1", owner="2")
        assert refusal(wrong)[1] in (-1101, -1104)
