"""Mis-sent deposits: their senders ask, operators give them back, and nothing is made or lost by it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from rialto.custody.deposits.rules import AmountTooSmall
from rialto.custody.recovery.model import NotOpen
from rialto.custody.recovery.service import NothingToRecover
from tests.contract.test_deposits import ETHER, HISTORY, address, eventually, followed, free, held
from tests.contract.test_reconciliation import checked
from tests.custody_exchange import NETWORKS, custody_exchange
from tests.gateway import Trader, refusal

RECOVERIES = "/account/v1/recoveries"


async def statuses(trader: Trader) -> list[tuple[Any, ...]]:
    """What a trader is told of their requests."""
    found = await trader.do("GET", RECOVERIES)
    return [(each["status"], each["amount"], each["fee"], each["reason"]) for each in found]


async def test_a_missing_tag_is_settled_by_an_operator(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice, bob = await funded.whole.trader("alice"), await funded.whole.trader("bob")
        where, _ = await address(alice, "LTC", "TAG")
        made = funded.tag.pay(where, 5_000)
        funded.tag.mine()
        await followed(funded, funded.tag)
        answer = await alice.do("POST", "/sapi/v1/capital/deposit/credit-apply", txId=made)
        assert answer == {"code": "000000", "message": "success", "data": True, "success": True}
        await alice.do("POST", "/sapi/v1/capital/deposit/credit-apply", txId=made)
        (request,) = await alice.do("GET", RECOVERIES)
        await bob.do("POST", RECOVERIES, network="TAG", txId=made, coin="LTC")
        (other,) = await bob.do("GET", RECOVERIES)
        recoveries = funded.whole.exchange.families.custody.recoveries
        await recoveries.refuse(other["id"], "olga", "you did not send it")
        assert await statuses(bob) == [("refused", "0", "0", "you did not send it")]
        with pytest.raises(NotOpen):
            await recoveries.refuse(other["id"], "olga", "again")
        with pytest.raises(NotOpen):
            await recoveries.settle(other["id"], "olga")
        with pytest.raises(AmountTooSmall, match=r"worth 0\.00005000"):
            await recoveries.settle(request["id"], "olga", fee_units=5_000)
        await recoveries.settle(request["id"], "olga", fee_units=100)
        with pytest.raises(NothingToRecover):
            await recoveries.settle(request["id"], "olga", fee_units=100)
        assert await statuses(alice) == [("settled", "0.000049", "0.000001", "")]
        assert await free(alice, "LTC") == "0.00004900"
        assert await held(funded, "TAG", "LTC") == 5_000
        assert await checked(funded, "TAG") == {}
        (deposit,) = await alice.do("GET", HISTORY)
        assert (deposit["status"], deposit["txId"]) == (1, made)


async def test_what_was_not_listed_can_be_given_once_it_is(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice")
        where, _ = await address(alice, "ETH", "ETH")
        funded.eth.pay(where, 25 * 10**17, contract="bnb-token")
        funded.eth.mine(2)
        await followed(funded, funded.eth)
        (deposit,) = await alice.do("GET", HISTORY)
        await alice.do("POST", "/sapi/v1/capital/deposit/credit-apply", depositId=deposit["id"])
        (request,) = await alice.do("GET", RECOVERIES)
        recoveries = funded.whole.exchange.families.custody.recoveries
        with pytest.raises(NothingToRecover, match="bnb-token is not listed"):
            await recoveries.settle(request["id"], "olga")
    listed = f'{NETWORKS}\n[[networks.ETH.assets]]\nasset = "BNB"\ndecimals = 18\ncontract = "bnb-token"\n'
    tag = listed.index("[networks.TAG]")
    end = listed.index("[[networks.ETH.assets]]", tag)
    listed = listed[:tag] + listed[end:] + listed[tag:end]
    async with custody_exchange(tmp_path, funded.chains, networks=listed) as again:
        alice.client = again.whole.client
        assert await checked(again, "ETH") == {}
        await again.whole.exchange.families.custody.recoveries.settle(request["id"], "olga")
        await eventually(lambda: free(alice, "BNB"), "2.50000000")
        assert await checked(again, "ETH") == {}


async def test_requests_for_nothing_are_refused_and_bounded(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice, bob = await funded.whole.trader("alice"), await funded.whole.trader("bob")
        where, _ = await address(bob, "ETH", "ETH")
        made = funded.eth.pay(where, ETHER // 1000)
        funded.eth.mine(2)
        await followed(funded, funded.eth)
        path = "/sapi/v1/capital/deposit/credit-apply"
        others = await alice.send("POST", path, {"txId": made})
        assert refusal(others) == (400, -4001, "Invalid operation.")
        assert refusal(await alice.send("POST", path, {}))[1] == -1102
        nowhere = await alice.send("POST", RECOVERIES, {"network": "XRP", "txId": made, "coin": "XRP"})
        assert refusal(nowhere)[1] == -1130
        for network, tag in (("TAG", "no-number"), ("ETH", "7")):
            back = {"returnAddress": f"{network.lower()}:mine", "returnAddressTag": tag}
            wrong = await alice.send("POST", RECOVERIES, {"network": network, "txId": "t", "coin": "ETH", **back})
            assert refusal(wrong)[1] == -4008
        filed = [alice.do("POST", RECOVERIES, network="ETH", txId=f"t{number}", coin="ETH") for number in range(20)]
        ids = await asyncio.gather(*filed)
        assert len({each["id"] for each in ids}) == 20
        more = await alice.send("POST", RECOVERIES, {"network": "ETH", "txId": "t21", "coin": "ETH"})
        assert refusal(more) == (400, -4104, "20 of your recovery requests wait for an answer already.")
        again = await alice.do("POST", RECOVERIES, network="ETH", txId="t3", coin="ETH")
        assert again in ids
