"""What the wallet's calls say, as a client reads it."""

from pathlib import Path
from typing import Any

import pytest

from rialto.contracts.commands import SetDiscount, SetSymbolStatus
from rialto.contracts.symbol_rules import SymbolStatus
from rialto.gateway.wallet.listings import Change, InvalidListing, Listings
from rialto.identity.restrictions import Permission
from tests.exchange import BTCUSDT
from tests.gateway import Trader, refusal, until
from tests.whole_exchange import ASSETS, Whole, whole_exchange

DAY_US = 86_400_000_000


async def traded(whole: Whole) -> tuple[Trader, Trader]:
    """Two people, one trade of 1 BTC at 20,000, and an order that holds some more."""
    alice = await whole.trader("alice", BTC="3", USDT="100.5")
    bob = await whole.trader("bob", USDT="50000")
    await alice.place("SELL", "20000", "1")
    await bob.place("BUY", "20000", "1")
    await alice.place("SELL", "30000", "0.25")
    return alice, bob


async def test_assets_are_listed_with_what_they_are_worth(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice, _ = await traded(whole)
        nothing: dict[str, Any] = {"freeze": "0", "withdrawing": "0", "ipoable": "0"}
        assert await alice.do("POST", "/sapi/v3/asset/getUserAsset") == [
            {"asset": "BTC", "free": "1.75", "locked": "0.25", **nothing},
            {"asset": "USDT", "free": "20080.5", "locked": "0", **nothing},
        ]
        (bitcoin,) = await alice.do("POST", "/sapi/v3/asset/getUserAsset", asset="btc", needBtcValuation="true")
        assert bitcoin["btcValuation"] == "2"
        wallets = await alice.do("GET", "/sapi/v1/asset/wallet/balance", quoteAsset="USDT", needBalanceDetail="true")
        spot = wallets[0]
        assert (spot["walletName"], spot["activate"], spot["balance"]) == ("Spot", True, "60080.5")
        assert [each["asset"] for each in spot["assetBalances"]] == ["BTC", "USDT"]
        assert {each["walletName"]: each["activate"] for each in wallets[1:]}["Funding"] is False
        refused = await alice.send("POST", "/sapi/v3/asset/getUserAsset", {"asset": "NONE"})
        assert refusal(refused) == (400, -4018, "We don't have this asset.")


async def test_fees_are_those_of_the_account(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice, _ = await traded(whole)
        assert await alice.do("GET", "/sapi/v1/asset/tradeFee") == [
            {"symbol": "BTCUSDT", "makerCommission": "0.001", "takerCommission": "0.001"}
        ]
        refused = await alice.send("GET", "/sapi/v1/asset/tradeFee", {"symbol": "NONE"})
        assert refusal(refused)[1] == -1121


async def test_the_discount_is_kept(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice, _ = await traded(whole)
        await whole.exchange.runtime.submit(SetDiscount(ASSETS.index("BNB"), "0.75"))
        path = "/sapi/v1/bnbBurn"
        both = {"spotBNBBurn": True, "interestBNBBurn": True}
        assert await alice.do("POST", path, spotBNBBurn="true", interestBNBBurn="true") == both
    async with whole_exchange(tmp_path) as whole:
        alice.client = whole.client
        assert await alice.do("POST", path, interestBNBBurn="false") == {"spotBNBBurn": True, "interestBNBBurn": False}
        answer = await alice.do("GET", "/api/v3/account/commission", symbol="BTCUSDT")
        assert answer["discount"]["enabledForAccount"] is True
        assert refusal(await alice.send("POST", path))[1] == -1102


async def test_what_is_announced_happens(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        parts = whole.exchange.parts
        listings = Listings(parts.people)
        now_us = parts.runtime.now_us()
        with pytest.raises(InvalidListing, match="passed already"):
            listings.schedule("BTCUSDT", Change.DELIST, now_us, now_us)
        listings.schedule("BTCUSDT", Change.DELIST, now_us + 1_000_000, now_us)
        listings.schedule("ETHUSDT", Change.OPEN, now_us + DAY_US, now_us)
        (delisting,) = (await whole.client.get("/sapi/v1/spot/delist-schedule")).json()
        assert delisting == {"delistTime": (now_us + 1_000_000) // 1_000, "symbols": ["BTCUSDT"]}
        (opening,) = (await whole.client.get("/sapi/v1/spot/open-symbol-list")).json()
        assert opening["symbols"] == ["ETHUSDT"]
        await until(lambda: parts.runtime.catalog.symbol(BTCUSDT).status is not SymbolStatus.TRADING)
        assert (await whole.client.get("/sapi/v1/system/status")).json() == {"status": 1, "msg": "system_maintenance"}
        await until(lambda: not listings.scheduled(Change.DELIST))
        assert (await whole.client.get("/sapi/v1/spot/delist-schedule")).json() == []
        await parts.runtime.submit(SetSymbolStatus(BTCUSDT, SymbolStatus.TRADING))
        assert (await whole.client.get("/sapi/v1/system/status")).json() == {"status": 0, "msg": "normal"}


async def test_assets_are_filed_under_tags(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        listings = Listings(whole.exchange.parts.people)
        listings.describe("BTC", "Bitcoin", ["Layer1", "PoW"])
        listings.describe("BTC", "Bitcoin", ["PoW"])
        with pytest.raises(InvalidListing, match="neither a name nor a tag"):
            listings.describe("BTC", "Bit\ncoin", [])
        shown = (await whole.client.get("/sapi/v1/spot/asset/tags", params={"tag": "PoW"})).json()
        assert shown == [{"assetCode": "BTC", "assetName": "Bitcoin", "trading": True, "tags": ["PoW"]}]
        every = (await whole.client.get("/sapi/v1/spot/asset/tags")).json()
        assert {each["assetCode"]: each["trading"] for each in every}["LTC"] is False


async def test_snapshots_are_of_days_that_ended(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice, _ = await traded(whole)
        path = "/sapi/v1/accountSnapshot"
        assert await alice.do("GET", path, type="SPOT") == {"code": 200, "msg": "", "snapshotVos": []}
        assert await alice.do("GET", path, type="MARGIN") == {"code": 200, "msg": "", "snapshotVos": []}
        month = {"startTime": 1_700_000_000_000, "endTime": 1_700_000_000_000 + 31 * DAY_US // 1_000}
        assert refusal(await alice.send("GET", path, {"type": "SPOT", **month}))[1] == -1128


async def test_what_is_no_question_for_a_snapshot_is_refused(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice")
        for damaged in ({}, {"type": "CASH"}, {"type": "SPOT", "limit": 6}, {"type": "SPOT", "limit": 31}):
            assert refusal(await alice.send("GET", "/sapi/v1/accountSnapshot", damaged))[0] == 400


async def test_histories_of_what_is_not_offered_have_no_rows(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice")
        times = {"startTime": 1_700_000_000_000, "endTime": 1_700_000_001_000}
        mining = await alice.do("GET", "/sapi/v1/asset/ledger-transfer/cloud-mining/queryByPage", **times)
        assert mining == {"total": 0, "rows": []}
        path = "/sapi/v1/asset/custody/transfer-history"
        assert await alice.do("GET", path, email="a@b.c", **times) == {"total": 0, "rows": []}


async def test_only_who_may_read_reads(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        trading_only = await whole.trader("alice", [Permission.TRADE])
        assert refusal(await trading_only.send("POST", "/sapi/v3/asset/getUserAsset"))[1] == -2015
