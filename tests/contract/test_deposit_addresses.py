"""Deposit addresses and what there is to deposit, as clients ask."""

import asyncio
from pathlib import Path

from rialto.custody.networks.switches import Switch
from tests.custody_exchange import custody_exchange
from tests.gateway import refusal

ADDRESS = "/sapi/v1/capital/deposit/address"


async def test_an_address_is_ones_own_and_stays(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice, bob = await funded.whole.trader("alice"), await funded.whole.trader("bob")
        found = await alice.do("GET", ADDRESS, coin="ETH")
        assert set(found) == {"address", "coin", "tag", "url"}
        assert found["url"] == f"https://explorer.example/address/{found['address']}"
        at_once = await asyncio.gather(*(alice.do("GET", ADDRESS, coin="USDT", network="ETH") for _ in range(5)))
        assert {each["address"] for each in at_once} == {found["address"]}, "one address an owner and network"
        other = await bob.do("GET", ADDRESS, coin="ETH")
        assert other["address"] != found["address"]
        (listed,) = await alice.do("GET", f"{ADDRESS}/list", coin="ETH", network="ETH")
        assert listed == {"coin": "ETH", "address": found["address"], "tag": "", "isDefault": 1}
        tagged = [await each.do("GET", ADDRESS, coin="LTC") for each in (alice, bob)]
        assert tagged[0]["address"] == tagged[1]["address"]
        assert tagged[0]["tag"] != tagged[1]["tag"]
    async with custody_exchange(tmp_path, funded.chains) as again:
        alice.client = again.whole.client
        assert await alice.do("GET", ADDRESS, coin="ETH") == found


async def test_what_there_is_none_of_is_refused(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice")
        no_asset = await alice.send("GET", ADDRESS, {"coin": "DOGE"})
        assert refusal(no_asset) == (400, -4018, "We don't have this asset.")
        no_network = await alice.send("GET", ADDRESS, {"coin": "LTC", "network": "ETH"})
        assert refusal(no_network)[1] == -1130
        custody = funded.whole.exchange.families.custody
        await asyncio.to_thread(custody.switches.set, Switch("ETH", "ETH", False, True, "olga", "upgrade", 1))
        shut = await alice.send("GET", ADDRESS, {"coin": "ETH"})
        assert refusal(shut) == (400, -4040, "This address not charged.")


async def test_assets_are_told_with_networks_and_balances(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice", USDT="100.5")
        await alice.place("BUY", "20000", "0.001")
        custody = funded.whole.exchange.families.custody
        await asyncio.to_thread(custody.switches.set, Switch("ETH", "USDT", True, False, "olga", "upgrade", 1))
        coins = {each["coin"]: each for each in await alice.do("GET", "/sapi/v1/capital/config/getall")}
        tether = coins["USDT"]
        assert (tether["free"], tether["locked"], tether["trading"]) == ("80.5", "20", True)
        assert [each["network"] for each in tether["networkList"]] == ["ETH", "TAG"]
        first, second = tether["networkList"]
        assert (first["isDefault"], second["isDefault"]) == (True, False)
        assert (first["withdrawEnable"], first["withdrawDesc"], first["depositEnable"]) == (False, "upgrade", True)
        assert (first["withdrawFee"], first["withdrawMin"], first["depositDust"]) == ("0.5", "2", "1")
        assert (first["minConfirm"], first["unLockConfirm"]) == (2, 4)
        assert first["withdrawIntegerMultiple"] == "0.000001"
        assert first["contractAddress"] == "token"
        assert second["withdrawTag"]
        assert coins["LTC"]["name"] == "Litecoin"
        assert not coins["BNB"]["depositAllEnable"]
