"""Withdrawals to addresses of this exchange: paid inside at once, told apart by tags, refused where nobody has them."""

from pathlib import Path

from rialto.identity.restrictions import Permission
from tests.contract.test_deposits import address, eventually, free
from tests.custody_exchange import custody_exchange
from tests.gateway import Trader, refusal

ALL = (Permission.READ, Permission.TRADE, Permission.WITHDRAW)
APPLY = "/sapi/v1/capital/withdraw/apply"
HISTORY = "/sapi/v1/capital/withdraw/history"
OWN = "It is an address of your own account."
NOBODYS = "It is an address of this exchange itself."


async def refused(trader: Trader, **asked: object) -> tuple[int, str]:
    _, code, message = refusal(await trader.send("POST", APPLY, {"amount": "1", **asked}))
    return code, message.removeprefix("Illegal address. ")


async def test_a_shared_address_pays_whose_tag_is_named(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice", ALL, LTC="10")
        bob, carol = await funded.whole.trader("bob", ALL), await funded.whole.trader("carol", ALL)
        shared, his = await address(bob, "LTC", "TAG")
        _, hers = await address(carol, "LTC", "TAG")
        _, own = await address(alice, "LTC", "TAG")
        there = {"coin": "LTC", "network": "TAG", "address": shared}
        made = (await alice.do("POST", APPLY, **there, addressTag=his, amount="3"))["id"]
        (found,) = await alice.do("GET", HISTORY, idList=made)
        assert (found["status"], found["transferType"], found["transactionFee"]) == (6, 1, "0")
        assert (found["address"], found["addressTag"]) == (shared, his)
        assert found["txId"] == f"Internal transfer {made}"
        assert [await free(each, "LTC") for each in (bob, carol)] == ["3.00000000", "0.00000000"]
        (received,) = await bob.do("GET", "/sapi/v1/capital/deposit/hisrec", coin="LTC")
        assert (received["amount"], received["transferType"], received["txId"]) == ("3", 1, found["txId"])
        await alice.do("POST", APPLY, **there, addressTag=hers, amount="2")
        assert await free(carol, "LTC") == "2.00000000"
        assert await refused(alice, **there, addressTag=own) == (-4033, OWN)
        for nobodys in ({}, {"addressTag": "12"}):
            assert await refused(alice, **there, **nobodys) == (-4033, NOBODYS)
        assert await free(alice, "LTC") == "5.00000000"
        assert funded.tag.pool == {}
        assert funded.tag.held() == 0


async def test_an_address_is_ours_however_it_is_spelled_also_after_a_restart(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice", ALL, USDT="10")
        bob = await funded.whole.trader("bob", ALL)
        his, _ = await address(bob, "USDT", "ETH")
        hers, _ = await address(alice, "USDT", "ETH")
    async with custody_exchange(tmp_path, funded.chains) as again:
        alice.client = bob.client = again.whole.client
        shouted = his.replace("eth:", "ETH:")
        assert shouted != his
        there = {"coin": "USDT", "network": "ETH"}
        returning = {"address": shouted, "amount": "4", "transactionFeeFlag": "true", "withdrawOrderId": "once"}
        made = await alice.do("POST", APPLY, **there, **returning)
        assert await alice.do("POST", APPLY, **there, **returning) == made
        await eventually(lambda: free(bob, "USDT"), "4.00000000")
        (found,) = await alice.do("GET", HISTORY, idList=made["id"])
        assert (found["transferType"], found["address"], found["amount"]) == (1, his, "4.00000000")
        # What a fee would have been stays with who pays, unless it is to go along.
        await alice.do("POST", APPLY, **there, address=his, amount="4")
        await eventually(lambda: free(bob, "USDT"), "7.50000000")
        assert await free(alice, "USDT") == "2.50000000"
        assert await refused(alice, **there, address=hers) == (-4033, OWN)
        for path in ("1/0", "2/0"):
            assert await refused(alice, **there, address=again.eth.derive(path), amount="2") == (-4033, NOBODYS)
