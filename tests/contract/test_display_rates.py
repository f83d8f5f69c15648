"""Rates for showing: of the own markets where they trade, else of the package or of a source that is named."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from rialto.contracts.commands import ListSymbol, Post, RegisterAsset
from rialto.contracts.vocabulary import AccountClass, PostingReason
from rialto.foundation.settings.display import DisplaySettings
from tests.ethereum_exchange import eventually
from tests.exchange import spec
from tests.unit.gateway.rates.test_reference import FILE
from tests.whole_exchange import Whole, whole_exchange

PATH = "/account/v1/display-rates"


async def told(whole: Whole) -> dict[str, Any]:
    answer = await whole.client.get(PATH)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def rate_of(rates: dict[str, Any], currency: str) -> tuple[str, str]:
    return next((each["rate"], each["source"]) for each in rates["currencies"] if each["currency"] == currency)


async def test_a_currency_that_is_traded_here_is_told_by_its_market(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        rates = await told(whole)
        assert (rates["unit"], rates["assets"]) == ("USDT", [{"asset": "USDT", "price": "1"}])
        assert len(rates["currencies"]) == 37
        assert rate_of(rates, "USD") == ("1", "ECB")
        assert rate_of(rates, "EUR") == ("0.895094880057", "ECB")
        runtime = whole.exchange.runtime
        await runtime.submit(RegisterAsset("EUR"))
        euro = runtime.catalog.asset_named("EUR")
        dollar = runtime.catalog.asset_named("USDT")
        assert euro is not None
        assert dollar is not None
        small = {"tick": "0.0001", "price_min": "0.0001", "notional_min": "0.0001"}
        await runtime.submit(ListSymbol(spec(name="EURUSDT", base=euro.id, quote=dollar.id, **small)))
        maker, taker = await whole.trader("maker", USDT="1000", BTC="1"), await whole.trader("taker", USDT="1000")
        owner = whole.exchange.owners.find_named("maker")
        assert owner is not None
        account = await runtime.account_of(owner.id, AccountClass.SPOT)
        await runtime.submit(Post(account, euro.id, "50", PostingReason.DEPOSIT))
        for symbol, price, quantity in (("BTCUSDT", "100.00", "1"), ("EURUSDT", "1.25", "50")):
            await maker.place("SELL", price, quantity, symbol=symbol)
            await taker.place("BUY", price, quantity, symbol=symbol)
        await eventually(lambda: price_of(whole, "BTC"), "100")
        rates = await told(whole)
        assert rate_of(rates, "EUR") == ("0.8", "MARKET")
        assert rate_of(rates, "USD") == ("1", "ECB")


async def price_of(whole: Whole, asset: str) -> str | None:
    return next((each["price"] for each in (await told(whole))["assets"] if each["asset"] == asset), None)


@asynccontextmanager
async def bank(content: bytes) -> AsyncIterator[str]:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=content)

    application = web.Application()
    application.router.add_get("/daily.xml", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/daily.xml"
    finally:
        await runner.cleanup()


async def test_a_source_that_is_named_is_asked_and_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    async def yen() -> tuple[str, str]:
        return rate_of(await told(whole), "JPY")

    async with bank(FILE) as url, whole_exchange(tmp_path / "named", display=DisplaySettings(rates_url=url)) as whole:
        await eventually(yen, ("157.142857142857", "NAMED"))
        assert rate_of(await told(whole), "VND")[1] == "OPEN"
    async with bank(b"<html"), whole_exchange(tmp_path / "broken", display=DisplaySettings(rates_url=url)) as whole:
        assert (await yen())[1] == "ECB"
        assert (await yen())[1] == "ECB"
