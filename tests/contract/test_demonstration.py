"""What a visitor of a demonstration finds: users who can log in, and what is shown to whom."""

import asyncio
import json
from pathlib import Path

import httpx

from rialto import bootstrap
from tests.browser import Browser
from tests.demo_process import DemoProcess, rialto
from tests.founded import settings_in


async def test_a_demonstration_user_logs_in_and_sees_the_balances(tmp_path: Path) -> None:
    data = tmp_path / "data"
    process = await asyncio.to_thread(lambda: DemoProcess(data, {"RIALTO_LOG_LEVEL": "debug"}))
    try:
        shown = await asyncio.to_thread(lambda: rialto("demo-key", "--json", "--data", str(data)))
        key = json.loads(shown.stdout)
        plain = await asyncio.to_thread(lambda: rialto("demo-key", "--data", str(data)))
        assert f"e-mail     alice@example.com\npassword   {key['password']}\n" in plain.stdout
        async with Browser(process.url) as alice:
            session = await alice.post("login", email="alice@example.com", password=key["password"])
            assert session["session"]["level"] == 2
            account = await alice.get("/api/v3/account")
            held = {balance["asset"]: balance["free"] for balance in account["balances"]}
            assert held["BTC"] == "2.00000000"
            assert account["canTrade"]
            # Who may do what the page shows can prove who they are.
            await alice.post("step-up", password=key["password"])
            back = f"{process.url.rstrip('/')}/wallet/fiat"
            bought = {"currency": "EUR", "asset": "BTC", "amount": "200", "returnUrl": back}
            assert (await alice.post("/fiat/v1/card/purchases", **bought))["url"].startswith("http://127.0.0.1:")
    finally:
        await asyncio.to_thread(process.stop)
    assert key["password"].encode() not in Path(process.log.name).read_bytes()
    for file in data.rglob("*"):
        assert not file.is_file() or key["password"].encode() not in file.read_bytes(), file
    again = await asyncio.to_thread(lambda: DemoProcess(data))
    try:
        shown = await asyncio.to_thread(lambda: rialto("demo-key", "--json", "--data", str(data)))
        assert json.loads(shown.stdout) == key
    finally:
        await asyncio.to_thread(again.stop)


async def test_assets_of_a_demonstration_have_names_and_tags_unless_an_operator_gave_others(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, port=0, replica=False, portal=False)
    for _ in range(2):
        async with bootstrap.running_exchange(settings) as exchange:
            exchange.families.wallet.listings.describe("DOGE", "Much wow", ["Dogs"])
            async with bootstrap.demonstrating(exchange, 1), httpx.AsyncClient(trust_env=False) as client:
                response = await client.get(f"http://127.0.0.1:{exchange.port}/sapi/v1/spot/asset/tags")
        shown = {each["assetCode"]: (each["assetName"], each["tags"]) for each in response.json()}
        assert shown["BTC"] == ("Bitcoin", ["Layer 1", "Payments"])
        assert shown["USDC"] == ("USD Coin", ["Stablecoin"])
        assert shown["DOGE"] == ("Much wow", ["Dogs"])
        assert all(name and tags for name, tags in shown.values())
