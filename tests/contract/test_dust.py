"""Dust is exchanged at what it is worth, once a day, all of a request or nothing."""

from pathlib import Path
from typing import Any

from rialto.contracts.commands import ListSymbol, Post
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, AccountClass, PostingReason
from tests.exchange import BTC, spec
from tests.gateway import Trader, refusal
from tests.whole_exchange import ASSETS, Whole, whole_exchange

LTC, BNB = ASSETS.index("LTC"), ASSETS.index("BNB")
DUST = "/sapi/v1/asset/dust"
CONVERT = "/sapi/v1/asset/dust-convert/convert"


async def price(whole: Whole) -> None:
    """Have LTC traded at 0.004 BTC, and BNB at 0.01 BTC."""
    runtime = whole.exchange.runtime
    small = {"quote": BTC, "tick": "0.000001", "price_min": "0.000001", "notional_min": "0.0001"}
    await runtime.submit(ListSymbol(spec(name="LTCBTC", base=LTC, **small)))
    await runtime.submit(ListSymbol(spec(name="BNBBTC", base=BNB, **small)))
    maker = await whole.trader("maker", BTC="10", LTC="10", BNB="10")
    taker = await whole.trader("taker", BTC="10")
    for symbol, at in (("LTCBTC", "0.004"), ("BNBBTC", "0.01")):
        await maker.place("SELL", at, "1", symbol=symbol)
        await taker.place("BUY", at, "1", symbol=symbol)


async def markets(whole: Whole) -> Trader:
    """Markets, and a person with 0.2 LTC, worth 0.0008 BTC or 0.08 BNB."""
    await price(whole)
    return await whole.trader("alice", LTC="0.2", ETH="1", BTC="1", USDT="3")


async def fund(whole: Whole) -> None:
    await whole.exchange.runtime.submit(Post(TREASURY_ACCOUNT, BNB, "5", PostingReason.ADJUSTMENT))


async def refused(trader: Trader, path: str, **parameters: Any) -> tuple[int, int, str]:
    return refusal(await trader.send("POST", path, parameters))


async def test_dust_becomes_bnb(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await markets(whole)
        listed = await alice.do("POST", "/sapi/v1/asset/dust-btc")
        assert listed["details"] == [
            {
                "asset": "LTC", "assetFullName": "LTC", "amountFree": "0.2", "toBTC": "0.0008", "toBNB": "0.08",
                "toBNBOffExchange": "0.0784", "exchange": "0.0016",
            }
        ]  # fmt: skip
        assert (listed["totalTransferBNB"], listed["dribbletPercentage"]) == ("0.08", "0.02")
        assert await refused(alice, DUST, asset="LTC") == (400, -5010, "Asset transfer fail.")
        await fund(whole)
        done = await alice.do("POST", DUST, asset="LTC")
        assert (done["totalTransfered"], done["totalServiceCharge"]) == ("0.0784", "0.0016")
        (result,) = done["transferResult"]
        assert (result["fromAsset"], result["amount"], result["transferedAmount"]) == ("LTC", "0.2", "0.0784")
        held = {each["asset"]: each["free"] for each in await alice.do("POST", "/sapi/v3/asset/getUserAsset")}
        assert held == {"BNB": "0.0784", "BTC": "1", "ETH": "1", "USDT": "3"}
        (logged,) = (await alice.do("GET", "/sapi/v1/asset/dribblet"))["userAssetDribblets"]
        assert (logged["transId"], logged["totalTransferedAmount"]) == (result["tranId"], "0.0784")
    async with whole_exchange(tmp_path) as whole:
        alice.client = whole.client
        assert (await alice.do("GET", "/sapi/v1/asset/dribblet"))["total"] == 1
        assert await refused(alice, DUST, asset="BNB,LTC") == (400, -5003, "You don't have this asset.")


async def test_what_is_no_dust_is_refused_with_everything(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await markets(whole)
        await fund(whole)
        exceeded = "The residual balances of {} have exceeded 0.001BTC, Please re-choose."
        assert await refused(alice, DUST, asset="LTC,BTC") == (400, -5004, exceeded.format("BTC"))
        assert await refused(alice, DUST, asset="ETH") == (
            400,
            -5004,
            exceeded.format("ETH"),
        )  # Nobody knows its worth.
        assert await refused(alice, DUST, asset="NONE") == (400, -4018, "We don't have this asset.")
        assert (await refused(alice, DUST, asset="LTC,LTC"))[1] == -1130
        assert (await refused(alice, DUST))[1] == -1102
        poor = await whole.trader("poor", LTC="0.00000001")
        assert (await refused(poor, DUST, asset="LTC"))[1] == -5005  # Worth less than the smallest unit of BNB.
        held = {each["asset"]: each["free"] for each in await alice.do("POST", "/sapi/v3/asset/getUserAsset")}
        assert held["LTC"] == "0.2"


async def test_a_request_is_made_once_a_day_and_once_for_its_id(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await markets(whole)
        await fund(whole)
        convertible = await alice.do("POST", "/sapi/v1/asset/dust-convert/query-convertible-assets", targetAsset="BNB")
        assert [each["asset"] for each in convertible["details"]] == ["LTC"]
        first = await alice.do("POST", CONVERT, asset="LTC", clientId="mine", targetAsset="BNB")
        assert await alice.do("POST", CONVERT, asset="LTC", clientId="mine", targetAsset="BNB") == first
        assert await refused(alice, CONVERT, asset="LTC", clientId="other") == (
            400,
            -5003,
            "You don't have this asset.",
        )
    async with whole_exchange(tmp_path) as whole:
        alice.client = whole.client
        assert await alice.do("POST", CONVERT, asset="LTC", clientId="mine", targetAsset="BNB") == first
        spot = await whole.exchange.runtime.account_of(alice.key.owner, AccountClass.SPOT)
        await whole.exchange.runtime.submit(Post(spot, LTC, "0.01", PostingReason.DEPOSIT))
        assert await refused(alice, DUST, asset="LTC") == (400, -5006, "Only transfer once in 24 hours.")
